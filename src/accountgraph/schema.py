"""Workspaces as schemas: create, migrate, list, drop; and the SQL of it all for people who run it themselves.

Everything here blocks; call it in a thread from async code. A workspace is one schema, owned by a
role of its own; the `accountgraph` schema holds the registry of them.
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any, LiteralString, cast

import psycopg
from psycopg import conninfo, sql

from accountgraph.driver_errors import translated
from accountgraph.errors import AccountGraphError, DatabaseError, DuplicateError, InvalidValueError, NotFoundError
from accountgraph.migration import MIGRATIONS, newest
from accountgraph.queries import sql_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.config import Config
    from sqlalchemy import Connection as SqlAlchemyConnection

Connection = psycopg.Connection[tuple[Any, ...]]
_LOCK = 4_701_312_201  # any number of our own: one migration at a time in a database
_IN_USE = 470_131_202  # the same for ephemeral workspaces that somebody is at
_OLD = "SELECT w.name FROM accountgraph.workspaces AS w WHERE w.is_ephemeral AND w.created_at < now() - interval '1 day'"
_UNUSED = (
    "SELECT w.name FROM accountgraph.workspaces AS w WHERE w.is_ephemeral AND pg_try_advisory_lock_shared(470131202, hashtext(w.name))"
)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_RESERVED = {"accountgraph", "public", "information_schema", "procrastinate", "extensions", "auth", "storage"}


@dataclass(frozen=True, slots=True)
class Workspace:
    """A registered workspace; `version` is None before its first migration."""

    name: str
    schema: str
    role: str
    agent_role: str
    version: str | None


@dataclass(frozen=True, slots=True)
class Migrated:
    """What `migrate` did to one workspace; `error` says why it is still at `before`."""

    workspace: str
    before: str | None
    after: str | None
    error: str | None = None


def migrate(url: str, *, on_step: Callable[[Workspace, int, int], None] | None = None) -> list[Migrated]:
    """Bring the registry and every workspace to the newest schema, a transaction each.

    A workspace that fails stays whole at its old version, and the others go on.
    `on_step(workspace, number, total)` is called before each.
    """
    _migrate_registry(url)
    workspaces = list_workspaces(url)
    outcomes = []
    for number, workspace in enumerate(workspaces, 1):
        if on_step:
            on_step(workspace, number, len(workspaces))
        outcomes.append(_migrate_one(url, workspace))
    return outcomes


def create_workspace(url: str, name: str, *, must_be_new: bool = False, is_ephemeral: bool = False) -> Workspace:
    """Make a workspace: its roles, its schema, all its tables. One transaction; safe to call twice at once.

    `is_ephemeral`: no worker looks into it; its tables are made in one go, without the steps by which others came to them.

    Raises:
        InvalidValueError: `name` cannot be a workspace's name.
        DuplicateError: it is there already and `must_be_new`.
    """
    check_name(name)
    if not is_ephemeral:
        _migrate_registry(url)
    with _locked(url) as connection:
        known = next((w for w in _workspaces(connection) if w.name == name), None)
        if known and must_be_new:
            raise DuplicateError("workspace", f"there is a workspace {name!r} already.")
        if known:
            return known
        workspace = Workspace(name, name, _role_name(), _role_name(), None)
        connection.execute(_creation(workspace, _trigram_schema(connection) or "accountgraph", is_ephemeral=is_ephemeral))
        _upgrade(connection, workspace, in_one_go=is_ephemeral)
    return workspace


def drop_workspace(url: str, name: str) -> None:
    """Remove a workspace with everything in it, and its roles."""
    with _locked(url) as connection:
        workspace = next((w for w in _workspaces(connection) if w.name == name), None)
        if workspace is None:
            raise NotFoundError(f"There is no workspace {name!r}.")
        drop = sql.SQL("DROP SCHEMA {} CASCADE; {} DROP OWNED BY {role}, {agent};")
        connection.execute(drop.format(sql.Identifier(workspace.schema), no_shared_rights(workspace), **_roles(workspace)))
        _drop_roles(connection, workspace)
        connection.execute("DELETE FROM accountgraph.workspaces WHERE name = %s", (name,))


def _drop_roles(connection: _Migrator, workspace: Workspace) -> None:
    """Roles belong to the whole cluster: where a copy of this database uses them too, they stay for it."""
    with suppress(psycopg.errors.DependentObjectsStillExist), connection.driver.transaction():
        connection.execute(sql.SQL("DROP ROLE {role}, {agent}").format(**_roles(workspace)))


@contextmanager
def ephemeral_workspace(url: str, *, has_sessions: bool = True) -> Iterator[tuple[Workspace, str]]:
    """A workspace for as long as the block lasts; nothing of it stays. What a process that died left behind is removed before.

    With it comes the URL to open it by: sessions that plan once and do not wait for the disk.

    A lock of the session's own says that somebody is at it. `has_sessions` False: the URL leads to a transaction pooler, where
    such a lock says nothing; what is a day old counts as left behind.
    """
    with translated(), psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        for (left_behind,) in connection.execute(_UNUSED if has_sessions else _OLD).fetchall():
            with suppress(NotFoundError):
                drop_workspace(url, left_behind)
        name = f"simulation_{secrets.token_hex(6)}"
        if has_sessions:
            connection.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", (_IN_USE, name))
        try:
            yield create_workspace(url, name, is_ephemeral=True), _hasty(url) if has_sessions else url
        finally:
            with suppress(NotFoundError):
                drop_workspace(url, name)


def _hasty(url: str) -> str:
    """Its tables are small, its statements few and its rows of no worth: planning each time anew, compiling and flushing cost most."""
    own = conninfo.conninfo_to_dict(url).get("options") or ""
    return conninfo.make_conninfo(
        url, options=f"{own} -c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c synchronous_commit=off".strip()
    )


def list_workspaces(url: str) -> list[Workspace]:
    """The registered workspaces, by name; none where there is no registry yet."""
    with translated(), psycopg.connect(url, prepare_threshold=None) as connection:
        return _workspaces(connection)


def lasting_workspaces(url: str) -> frozenset[str]:
    """The names of the registered workspaces that are there to stay: without those that a simulation is in at this moment."""
    with translated(), psycopg.connect(url, prepare_threshold=None) as connection:
        rows = connection.execute("SELECT name FROM accountgraph.workspaces WHERE NOT is_ephemeral").fetchall()
    return frozenset(name for (name,) in rows)


def migration_sql(name: str) -> str:
    """The SQL that makes registry and workspace `name` from nothing, to be applied by hand (psql, `supabase db push`)."""
    check_name(name)
    workspace = Workspace(name, name, _role_name(), _role_name(), None)
    parts = [
        "-- Run as a role that may create schemas and roles, in one transaction.",
        "BEGIN;",
        _REGISTRY.as_string(None),
        "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA accountgraph;",
        "SET LOCAL search_path = accountgraph;",
        _offline("shared"),
        _creation(workspace, "accountgraph").as_string(None),
        _bound(workspace).as_string(None),
        _offline("workspace"),
        "RESET ROLE; RESET search_path;",
        _VERSIONED.format(version=sql.Literal(newest("workspace")), name=sql.Literal(name)).as_string(None) + ";",
        "COMMIT;",
    ]
    return "\n\n".join(parts) + "\n"


FOLDERS = ("campaigns", "channels", "requests", "records", "outgoing", "agents", "imports", "live", "desk", "analytics", "auditing")
"""Of `sql/schema`, in order: what is audited comes before the triggers that see to it."""


def current_schema_sql() -> str:
    """The schema of a workspace as it stands today: the files of `sql/schema`, then of its folders, in order."""
    graph = sql_folder() / "schema"
    texts = []
    for folder in (graph, *(graph / name for name in FOLDERS)):
        names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))
        texts += [(folder / name).read_text(encoding="utf-8") for name in names]
    return "\n".join(texts)


_REGISTRY = sql.SQL("CREATE SCHEMA IF NOT EXISTS accountgraph;")
_VERSIONED = sql.SQL("UPDATE accountgraph.workspaces SET schema_version = {version} WHERE name = {name}")


def _migrate_registry(url: str) -> None:
    with _locked(url) as connection:
        connection.execute(_REGISTRY)
        connection.execute("SET LOCAL search_path = accountgraph")
        if _trigram_schema(connection) is None:
            connection.execute("CREATE EXTENSION pg_trgm SCHEMA accountgraph")
        _run_alembic(connection, "shared")


def _migrate_one(url: str, workspace: Workspace) -> Migrated:
    try:
        with _locked(url) as connection:
            _upgrade(connection, workspace)
    except AccountGraphError as error:
        return Migrated(workspace.name, workspace.version, workspace.version, str(error))
    return Migrated(workspace.name, workspace.version, newest("workspace"))


def _upgrade(connection: _Migrator, workspace: Workspace, *, in_one_go: bool = False) -> None:
    connection.execute(_bound(workspace))
    if in_one_go:
        connection.execute(sql.SQL(current_schema_sql()))
    else:
        _run_alembic(connection, "workspace")
    connection.execute("RESET ROLE; RESET search_path")
    connection.execute(_VERSIONED.format(version=sql.Literal(newest("workspace")), name=sql.Literal(workspace.name)))


def _bound(workspace: Workspace) -> sql.Composed:
    statement = sql.SQL("SET LOCAL ROLE {role}; SET LOCAL search_path = {schema}; SET LOCAL accountgraph.agent_role = {agent};")
    return statement.format(schema=sql.Identifier(workspace.schema), **_roles(workspace))


def _creation(workspace: Workspace, trigram_schema: str, *, is_ephemeral: bool = False) -> sql.Composed:
    """Roles, schema and registry row. The grant lets who made the roles act as them (SET is the default from PostgreSQL 16 on)."""
    statement = sql.SQL(
        "CREATE ROLE {role} NOLOGIN; CREATE ROLE {agent} NOLOGIN; GRANT {role}, {agent} TO CURRENT_USER;"
        " CREATE SCHEMA {schema} AUTHORIZATION {role}; {rights}"
        " INSERT INTO accountgraph.workspaces (name, schema_name, role_name, agent_role_name, is_ephemeral)"
        " VALUES ({name}, {name}, {role_name}, {agent_name}, {is_ephemeral});"
    )
    return statement.format(
        schema=sql.Identifier(workspace.schema),
        rights=shared_rights(workspace, trigram_schema),
        name=sql.Literal(workspace.name),
        role_name=sql.Literal(workspace.role),
        agent_name=sql.Literal(workspace.agent_role),
        is_ephemeral=sql.Literal(is_ephemeral),
        **_roles(workspace),
    )


def shared_rights(workspace: Workspace, trigram_schema: str) -> sql.Composed:
    """What a workspace's roles need beyond its schema: the search's operators, and their own row of the registry."""
    statement = sql.SQL(
        "GRANT USAGE ON SCHEMA accountgraph, {extensions} TO {role}, {agent}; GRANT SELECT ON accountgraph.workspaces TO {role}, {agent};"
        " GRANT EXECUTE ON FUNCTION accountgraph.wake(timestamptz), accountgraph.enqueue(text, jsonb) TO {role}, {agent};"
    )
    return statement.format(extensions=sql.Identifier(trigram_schema), **_roles(workspace))


def no_shared_rights(workspace: Workspace) -> sql.Composed:
    """Take them back: who is no superuser cannot leave it to `DROP OWNED`."""
    statement = sql.SQL(
        "REVOKE ALL ON SCHEMA accountgraph FROM {role}, {agent}; REVOKE ALL ON accountgraph.workspaces FROM {role}, {agent};"
        " REVOKE ALL ON FUNCTION accountgraph.wake(timestamptz), accountgraph.enqueue(text, jsonb) FROM {role}, {agent};"
    )
    return statement.format(**_roles(workspace))


def _roles(workspace: Workspace) -> dict[str, sql.Identifier]:
    return {"role": sql.Identifier(workspace.role), "agent": sql.Identifier(workspace.agent_role)}


def _role_name() -> str:
    """Roles belong to the whole cluster: a random name collides with nobody's."""
    return f"ag_{secrets.token_hex(6)}"


@dataclass(frozen=True, slots=True)
class _Migrator:
    """One transaction, as the driver knows it and as Alembic wants it."""

    driver: Connection
    alembic: SqlAlchemyConnection

    def execute(
        self, statement: LiteralString | sql.SQL | sql.Composed, params: tuple[Any, ...] | None = None
    ) -> psycopg.Cursor[tuple[Any, ...]]:
        return self.driver.execute(statement, params)


@contextmanager
def _locked(url: str) -> Iterator[_Migrator]:
    """One transaction that no other migration of this database runs beside."""
    from sqlalchemy import create_engine, exc, pool  # noqa: PLC0415 - heavy, and only needed to migrate

    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url, prepare_threshold=None), poolclass=pool.NullPool)
    with translated():
        try:
            with engine.begin() as connection:
                migrator = _Migrator(cast("Connection", connection.connection.driver_connection), connection)
                migrator.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                yield migrator
        except exc.DBAPIError as error:
            raise error.orig or error from error


def _workspaces(connection: Connection | _Migrator) -> list[Workspace]:
    if connection.execute("SELECT to_regclass('accountgraph.workspaces')").fetchone() == (None,):
        return []
    statement = "SELECT name, schema_name, role_name, agent_role_name, schema_version FROM accountgraph.workspaces ORDER BY name"
    return [Workspace(*row) for row in connection.execute(statement)]


def _trigram_schema(connection: _Migrator) -> str | None:
    statement = "SELECT n.nspname FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'"
    row = connection.execute(statement).fetchone()
    return row[0] if row else None


def check_name(name: str) -> None:
    """Refuse what cannot be the name of a workspace and its schema."""
    if not _NAME.fullmatch(name) or name in _RESERVED or name.startswith("pg_"):
        raise InvalidValueError(
            "workspace", f"{name!r} cannot be a workspace's name; use a-z, 0-9 and _, begin with a letter, 40 characters at most."
        )


def _run_alembic(migrator: _Migrator, lineage: str) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and only needed to migrate
    from alembic.util.exc import CommandError  # noqa: PLC0415

    config = _alembic_config(lineage)
    config.attributes["connection"] = migrator.alembic
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseError(f"The schema could not be brought up to date: {error}. Is it of a newer accountgraph?") from error


def _offline(lineage: str) -> str:
    from alembic import command  # noqa: PLC0415 - heavy, and only needed to migrate

    config = _alembic_config(lineage)
    config.output_buffer = StringIO()
    command.upgrade(config, "head", sql=True)
    return re.sub(r"^(BEGIN|COMMIT);\n", "", config.output_buffer.getvalue(), flags=re.MULTILINE).strip()


def _alembic_config(lineage: str) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - heavy, and only needed to migrate

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("version_locations", str(MIGRATIONS / lineage))
    config.set_main_option("path_separator", "os")
    return config
