"""Which schema and which role a workspace is, and how a connection is bound to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from accountgraph.errors import DatabaseError, SchemaVersionError
from accountgraph.migration import newest

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.config import Settings

_REGISTERED = "SELECT schema_name, role_name, agent_role_name, schema_version FROM accountgraph.workspaces WHERE name = %s"
_SET_LOCAL = (
    "SELECT set_config('role', %s, true), set_config('search_path', %s, true), set_config('timezone', 'UTC', true),"
    " set_config('accountgraph.now', coalesce(%s, ''), true)"
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A workspace's schema, and the role to act in it."""

    schema: str
    role: str

    async def set(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Bind a connection for as long as it lives."""
        statement = sql.SQL("SET ROLE {}; SET search_path = {}; SET TIME ZONE 'UTC'").format(
            sql.Identifier(self.role), sql.Identifier(self.schema)
        )
        await connection.execute(statement)

    async def set_local(self, connection: psycopg.AsyncConnection[Any], now: datetime | None) -> None:
        """Bind the open transaction, and set its time."""
        path = sql.Identifier(self.schema).as_string(None)
        await connection.execute(_SET_LOCAL, (self.role, path, now.isoformat() if now else None))


async def binding_of(url: str, settings: Settings, *, as_agent: bool) -> Binding:
    """Look a workspace up in the registry.

    Raises:
        DatabaseError: no such workspace, or no registry at all.
        SchemaVersionError: its schema is older or newer than this program.
    """
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=None) as connection:
        try:
            row = await (await connection.execute(_REGISTERED, (settings.workspace,))).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            raise DatabaseError("This database holds no AccountGraph yet; run `accountgraph migrate`.") from None
    if row is None:
        raise DatabaseError(
            f"There is no workspace {settings.workspace!r} here; `accountgraph workspace create {settings.workspace}` makes it."
        )
    schema, role, agent_role, version = row
    if version != newest("workspace"):
        raise SchemaVersionError(
            f"Workspace {settings.workspace!r} has schema version {version}, this program needs {newest('workspace')}; "
            + ("run `accountgraph migrate`." if (version or "") < newest("workspace") else "use a newer accountgraph.")
        )
    return Binding(schema, agent_role if as_agent else role)
