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

# A login may have been given the agent's role alone; roles are looked up by name, for a copied registry may name some that are gone.
_REGISTERED = """
SELECT w.schema_name, w.role_name, w.agent_role_name, w.schema_version,
    EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = w.role_name AND pg_has_role(r.oid, 'MEMBER'))
FROM accountgraph.workspaces AS w
WHERE w.name = %s
"""
_SHARED_VERSION = "SELECT version_num FROM accountgraph.alembic_version"
_SET_LOCAL = (
    "SELECT set_config('role', %s, true), set_config('search_path', %s, true), set_config('timezone', 'UTC', true),"
    " set_config('jit', 'off', true), set_config('accountgraph.now', coalesce(%s, ''), true),"
    " set_config('accountgraph.acting', %s, true)"
)


@dataclass(frozen=True, slots=True)
class Binding:
    """A workspace's schema, and the role to act in it.

    Statements that forbid scans look dear to the planner, and many servers then compile them, for seconds: so that is off.
    """

    schema: str
    role: str

    async def set(self, connection: psycopg.AsyncConnection[Any], acting: str) -> None:
        """Bind a connection for as long as it lives. `acting`: who acts by it, as JSON; empty: nobody is named."""
        statement = sql.SQL("SET ROLE {}; SET search_path = {}; SET TIME ZONE 'UTC'; SET jit = off; SET accountgraph.acting = {}").format(
            sql.Identifier(self.role), sql.Identifier(self.schema), sql.Literal(acting)
        )
        await connection.execute(statement)

    async def set_local(self, connection: psycopg.AsyncConnection[Any], now: datetime | None, acting: str) -> None:
        """Bind the open transaction, and set its time and who acts in it."""
        path = sql.Identifier(self.schema).as_string(None)
        await connection.execute(_SET_LOCAL, (self.role, path, now.isoformat() if now else None, acting))


async def binding_of(url: str, settings: Settings, *, as_agent: bool) -> Binding:
    """Look a workspace up in the registry. A login that has the agent's role alone acts as agent.

    Raises:
        DatabaseError: no such workspace, or no registry at all.
        SchemaVersionError: its schema is older or newer than this program.
    """
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=None) as connection:
        try:
            row = await (await connection.execute(_REGISTERED, (settings.workspace,))).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            raise DatabaseError("This database holds no AccountGraph yet; run `accountgraph migrate`.") from None
        except psycopg.errors.InsufficientPrivilege:
            raise DatabaseError(
                "This login may open no workspace; the database's owner can GRANT it the role that accountgraph.workspaces names."
            ) from None
        binding = _checked(row, settings, as_agent=as_agent)
        # Tried here, where a refusal is told at once: the pool would take it for a database that is away.
        async with connection.transaction():
            await binding.set_local(connection, None, "")
    return binding


async def registry_binding_of(url: str) -> Binding:
    """How a connection works in the registry: as the login itself, for no role of a workspace sees it.

    Raises:
        DatabaseError: there is none, or this login may not read it.
        SchemaVersionError: it is older or newer than this program.
    """
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, prepare_threshold=None) as connection:
        try:
            row = await (await connection.execute(_SHARED_VERSION)).fetchone()
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
            raise DatabaseError("This database holds no AccountGraph yet; run `accountgraph migrate`.") from None
        except psycopg.errors.InsufficientPrivilege:
            raise DatabaseError(
                "This login is a workspace's own and sees no users and keys; use the login that ran `accountgraph migrate`."
            ) from None
    version = row[0] if row else None
    if version != newest("shared"):
        raise SchemaVersionError(
            f"Users and keys have schema version {version}, this program needs {newest('shared')}; "
            + ("run `accountgraph migrate`." if (version or "") < newest("shared") else "use a newer accountgraph.")
        )
    return Binding("accountgraph", "none")


def _checked(row: tuple[Any, ...] | None, settings: Settings, *, as_agent: bool) -> Binding:
    if row is None:
        raise DatabaseError(
            f"There is no workspace {settings.workspace!r} here; `accountgraph workspace create {settings.workspace}` makes it."
        )
    schema, role, agent_role, version, may_be_role = row
    if version != newest("workspace"):
        raise SchemaVersionError(
            f"Workspace {settings.workspace!r} has schema version {version}, this program needs {newest('workspace')}; "
            + ("run `accountgraph migrate`." if (version or "") < newest("workspace") else "use a newer accountgraph.")
        )
    return Binding(schema, agent_role if as_agent or not may_be_role else role)
