"""The schema that people read, the migrations that machines run, and the SQL that people run: all one."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import conninfo, sql

from accountgraph.migration import newest
from accountgraph.models import Company, Contact, Conversation, Entity, Relationship, Touchpoint
from accountgraph.postgres import EmbeddedServer
from accountgraph.schema import create_workspace, current_schema_sql, migrate, migration_sql
from tests.databases import scratch_database

if TYPE_CHECKING:
    from pathlib import Path

ENTITIES = [Company, Contact, Relationship, Conversation, Touchpoint]


def dumped(url: str, tmp_path: Path) -> str:
    """The workspace's schema as pg_dump writes it, without what differs by chance."""
    program = EmbeddedServer(tmp_path).binary("pg_dump")
    result = subprocess.run([program, "-d", url, "-n", "abm", "--schema-only"], capture_output=True, text=True, check=True)
    lines = [line for line in result.stdout.splitlines() if line and not line.startswith(("--", "\\", "SET "))]
    text = re.sub(r"ag_[0-9a-f]{12}", "ROLE", "\n".join(lines))
    chance = ("alembic_version", "pg_attver=")  # Alembic's own table; a number that some builds of PostgreSQL keep with a column
    return "\n".join(part for part in text.split(";\n") if not any(word in part for word in chance))


def test_migrations_make_the_schema_that_stands_in_the_files(url: str, empty_url: str, tmp_path: Path) -> None:
    with psycopg.connect(empty_url) as connection:
        connection.execute("CREATE SCHEMA accountgraph; CREATE EXTENSION pg_trgm SCHEMA accountgraph")
        connection.execute(
            "DO $$ BEGIN IF to_regrole('ag_000000000001') IS NULL THEN"
            " CREATE ROLE ag_000000000001; CREATE ROLE ag_000000000002; END IF; END $$"
        )
        connection.execute("GRANT USAGE ON SCHEMA accountgraph TO ag_000000000001, ag_000000000002")
        connection.execute("CREATE SCHEMA abm AUTHORIZATION ag_000000000001; SET LOCAL ROLE ag_000000000001")
        connection.execute("SET LOCAL search_path = abm; SET LOCAL accountgraph.agent_role = ag_000000000002")
        connection.execute(current_schema_sql().encode())
    assert dumped(empty_url, tmp_path) == dumped(url, tmp_path)


def test_printed_sql_makes_the_same_workspace(url: str, empty_url: str, tmp_path: Path) -> None:
    with psycopg.connect(empty_url, autocommit=True) as connection:
        connection.execute(migration_sql("abm").encode())
    assert dumped(empty_url, tmp_path) == dumped(url, tmp_path)
    assert [(outcome.before, outcome.error) for outcome in migrate(empty_url)] == [(newest("workspace"), None)]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: str(entity.__name__))
def test_every_column_has_its_field(url: str, entity: type[Entity]) -> None:
    with psycopg.connect(url) as connection:
        statement = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'abm' AND table_name = %s"
        columns = {name for (name,) in connection.execute(statement, (entity.table,))}
    assert columns - {"engagement_light", "engagement_deep"} == set(entity.__struct_fields__)


def test_enumerations_in_python_are_the_checks_in_the_database(url: str) -> None:
    from enum import EnumType

    from accountgraph import enums

    with psycopg.connect(url) as connection:
        statement = (
            "SELECT pg_get_constraintdef(c.oid) FROM pg_constraint AS c"
            " WHERE c.contype = 'c' AND c.connamespace = 'abm'::regnamespace AND pg_get_constraintdef(c.oid) LIKE '%%ARRAY%%'"
        )
        checks = {frozenset(re.findall(r"'([^']*)'::text", text)) for (text,) in connection.execute(statement)}
    every = [value for value in vars(enums).values() if isinstance(value, EnumType) and value.__module__ == enums.__name__]
    for enum in every:
        if enum is enums.Outcome:  # a generated column, not a check
            continue
        assert any(frozenset(enum) <= check for check in checks), enum


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        (
            "foreign keys without an index",
            (
                "SELECT c.conname FROM pg_constraint AS c WHERE c.contype = 'f' AND c.connamespace = 'abm'::regnamespace AND NOT EXISTS ("
                "SELECT FROM pg_index AS i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])"
            ),
        ),
        (
            "tables without row level security",
            (
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relrowsecurity"
                " AND relnamespace IN ('abm'::regnamespace, 'accountgraph'::regnamespace) AND relname <> 'alembic_version'"
            ),
        ),
        (
            "functions that follow the caller's search_path",
            (
                "SELECT proname FROM pg_proc WHERE pronamespace = 'abm'::regnamespace AND prokind = 'f'"
                " AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%%search_path=%%', false)"
            ),
        ),
        (
            "functions that everybody may call",
            "SELECT proname FROM pg_proc WHERE pronamespace = 'abm'::regnamespace AND has_function_privilege('public', oid, 'execute')",
        ),
    ],
)
def test_schema_has_no(url: str, what: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        found = [name for (name,) in connection.execute(statement.encode())]
    assert found == [], what


def test_workspace_that_cannot_be_migrated_stays_whole_and_says_so(server_url: str) -> None:
    with scratch_database(server_url) as url:
        create_workspace(url, "abm")
        create_workspace(url, "other")
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE abm.alembic_version SET version_num = '9999'")
        outcomes = {outcome.workspace: outcome.error for outcome in migrate(url)}
    assert outcomes["other"] is None
    assert outcomes["abm"] is not None
    assert "newer accountgraph" in outcomes["abm"]


def test_two_migrations_at_once_make_one_workspace(empty_url: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: create_workspace(empty_url, "abm"), range(4)))
    assert len({workspace.role for workspace in made}) == 1


def test_database_user_without_create_role_gets_a_clear_word(server_url: str) -> None:
    from accountgraph.errors import DatabaseError

    with scratch_database(server_url) as url, psycopg.connect(url, autocommit=True) as admin:
        name = f"ag_plain_{conninfo.conninfo_to_dict(url)['dbname']}"
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'x'").format(sql.Identifier(name)))
        database = sql.Identifier(str(conninfo.conninfo_to_dict(url)["dbname"]))
        admin.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(database, sql.Identifier(name)))
        try:
            with pytest.raises(DatabaseError, match="may not do that"):
                create_workspace(conninfo.make_conninfo(url, options=f"-c role={name}"), "abm")
        finally:
            admin.execute(sql.SQL("DROP OWNED BY {role} CASCADE; DROP ROLE {role}").format(role=sql.Identifier(name)))
