"""The registry: its schema stands in the files, nobody but its owner reads it, and its log only grows."""

from __future__ import annotations

import asyncio
import re
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

from accountgraph.access import Registry, Role
from accountgraph.access.keys import KeyGate, create_key, list_keys
from accountgraph.access.log import Action, list_entries, note, tidy
from accountgraph.access.people.login import log_in
from accountgraph.access.people.sessions import list_sessions
from accountgraph.backup import back_up, restore
from accountgraph.config import Settings
from accountgraph.db import Database
from accountgraph.errors import DatabaseError, SchemaVersionError
from accountgraph.postgres import EmbeddedServer
from accountgraph.queries import sql_folder
from accountgraph.schema import list_workspaces
from tests.access.conftest import GOOD, ROOT, person
from tests.db.test_pooler import pooled_url  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.access.people.passwords import Passwords
    from tests.factories import Clock

CLOSED = """
SELECT c.relname FROM pg_class AS c
WHERE c.relnamespace = 'accountgraph'::regnamespace AND c.relkind = 'r' AND c.relname NOT IN ('workspaces', 'alembic_version')
"""


def dumped(url: str, tmp_path: Path) -> str:
    """The registry's schema as pg_dump writes it, without rights, the migrations' own table and what differs by chance."""
    program = str(EmbeddedServer(tmp_path).binary("pg_dump"))
    command = [program, "-d", url, "-n", "accountgraph", "--schema-only", "--no-privileges", "--exclude-table=accountgraph.alembic_version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("--", "\\", "SET "))]
    return re.sub(r"^ *pg_attver=.*$", "", "\n".join(lines), flags=re.MULTILINE)


def test_migrations_make_the_registry_that_stands_in_the_files(url: str, empty_url: str, tmp_path: Path) -> None:
    folder = sql_folder() / "shared"
    with psycopg.connect(empty_url) as connection:
        connection.execute("CREATE SCHEMA accountgraph; CREATE EXTENSION pg_trgm SCHEMA accountgraph; SET search_path = accountgraph")
        for name in sorted(entry.name for entry in folder.iterdir()):
            connection.execute((folder / name).read_text(encoding="utf-8").encode())
    assert dumped(empty_url, tmp_path) == dumped(url, tmp_path)


def test_roles_of_workspaces_and_agents_read_nothing_of_who_may_enter(url: str) -> None:
    [workspace] = list_workspaces(url)
    with psycopg.connect(url, autocommit=True) as connection:
        tables = [name for (name,) in connection.execute(CLOSED)]
        assert {"users", "memberships", "api_keys", "sessions", "password_resets", "invitations", "access_log"} <= set(tables)
        for role in (workspace.role, workspace.agent_role):
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            for table in tables:
                for statement in ("SELECT FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES"):
                    with pytest.raises(psycopg.errors.InsufficientPrivilege):
                        connection.execute(sql.SQL(statement).format(sql.Identifier("accountgraph", table)))
            connection.execute("RESET ROLE")


def test_functions_of_the_registry_are_nobody_elses_to_call(url: str) -> None:
    [workspace] = list_workspaces(url)
    statement = (
        "SELECT p.proname FROM pg_proc AS p"
        " WHERE p.pronamespace = 'accountgraph'::regnamespace AND has_function_privilege(%s, p.oid, 'execute')"
        " AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    with psycopg.connect(url) as connection:
        for role in (workspace.role, workspace.agent_role):
            assert {name for (name,) in connection.execute(statement, (role,))} == {"wake", "enqueue"}


async def test_a_workspace_opened_by_its_own_login_has_no_way_to_the_registry(url: str) -> None:
    async with Database(url, workspace="abm") as db:
        with pytest.raises(DatabaseError, match="may not do that"):
            await list_keys(db, "abm")


async def test_registry_of_another_version_is_refused_with_the_cure(url: str) -> None:
    with psycopg.connect(url) as admin:
        admin.execute("UPDATE accountgraph.alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaVersionError, match="accountgraph migrate"):
        async with Registry(url):
            pass


async def test_database_without_registry_is_refused_with_the_cure(empty_url: str) -> None:
    with pytest.raises(DatabaseError, match="accountgraph migrate"):
        async with Registry(empty_url):
            pass


async def test_registry_works_through_a_transaction_pooler(pooled_url: str, clock: Clock) -> None:  # noqa: F811 - the fixture
    async with Registry(pooled_url, pooler=True, clock=clock) as registry:
        made = await create_key(registry, "abm", "Pooled", Role.VIEWER, created_by=ROOT)
        for _ in range(8):  # so often a statement would have been prepared
            assert (await KeyGate(registry).authenticate(made.token, clock())).id == made.key.id
        async with Database(pooled_url, workspace="abm", pooler=True) as db:
            assert await db.value("workspace.is_empty")


async def test_nothing_is_prepared_where_a_pooler_stands_before_the_database(url: str, clock: Clock) -> None:
    async with Registry(url, pooler=True, clock=clock, connections=1) as registry:
        made = await create_key(registry, "abm", "Pooled", Role.VIEWER, created_by=ROOT)
        for _ in range(8):
            await KeyGate(registry).authenticate(made.token, clock())
        async with registry.transaction() as session:
            assert await session.execute("SELECT FROM pg_prepared_statements") == 0


@pytest.mark.parametrize(
    "statement",
    ["UPDATE accountgraph.access_log SET actor = 'nobody'", "DELETE FROM accountgraph.access_log", "TRUNCATE accountgraph.access_log"],
)
async def test_the_log_only_grows_even_for_a_superuser(url: str, registry: Registry, statement: str) -> None:
    await note(registry, Action.LOGIN, ROOT)
    with psycopg.connect(url) as admin, pytest.raises(psycopg.errors.InsufficientPrivilege, match="only grows"):
        admin.execute(statement.encode())
    assert len(await list_entries(registry)) == 1


def test_owner_of_the_registry_has_no_right_to_change_the_log(url: str) -> None:
    with psycopg.connect(url) as admin:
        rights = admin.execute(
            "SELECT privilege_type FROM information_schema.table_privileges"
            " WHERE table_schema = 'accountgraph' AND table_name = 'access_log'"
        ).fetchall()
    assert {name for (name,) in rights} & {"UPDATE", "TRUNCATE"} == set()


async def test_log_lines_older_than_four_hundred_days_may_go(url: str, registry: Registry, clock: Clock) -> None:
    clock.time = datetime.now(UTC) - timedelta(days=401)
    await note(registry, Action.LOGIN, ROOT)
    clock.forward(days=2)
    await note(registry, Action.LOGOUT, ROOT)
    clock.time = datetime.now(UTC)
    assert await tidy(registry) == 1
    assert [entry.action for entry in await list_entries(registry)] == ["logout"]


async def test_backup_brings_keys_back_and_keeps_what_was_logged_since(url: str, registry: Registry, clock: Clock, tmp_path: Path) -> None:
    made = await create_key(registry, "abm", "Kept", Role.VIEWER, created_by=ROOT)
    file, settings = tmp_path / "all.agbackup", Settings.from_environment()
    await asyncio.to_thread(back_up, url, settings, file, on_step=lambda _: None)
    await create_key(registry, "abm", "Later", Role.VIEWER, created_by=ROOT)
    await registry.close()
    await asyncio.to_thread(restore, url, settings, file, replace=True, on_step=lambda _: None)
    assert [key.label for key in await list_keys(registry, "abm")] == ["Kept"]
    assert (await KeyGate(registry).authenticate(made.token, clock())).name == "Kept"
    await note(registry, Action.LOGIN, ROOT)
    assert [entry.subject for entry in await list_entries(registry)] == [None, "Later", "Kept"]


async def test_backup_holds_no_session(url: str, registry: Registry, passwords: Passwords, tmp_path: Path) -> None:
    user = await person(registry, passwords)
    await log_in(registry, passwords, user.email, GOOD)
    file, settings = tmp_path / "all.agbackup", Settings.from_environment()
    await asyncio.to_thread(back_up, url, settings, file, on_step=lambda _: None)
    await registry.close()
    await asyncio.to_thread(restore, url, settings, file, replace=True, on_step=lambda _: None)
    assert await list_sessions(registry, user.id) == []
    await log_in(registry, passwords, user.email, GOOD)
