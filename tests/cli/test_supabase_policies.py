"""`migrate --supabase-policies`: members get in through the Data API, as far as their membership goes, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Program

# What Supabase has in every database: the role of a signed-in user, and who that is.
SUPABASE = """
DO $$ BEGIN IF to_regrole('authenticated') IS NULL THEN CREATE ROLE authenticated; END IF; END $$;
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT current_setting(''test.user'')::uuid';
GRANT USAGE ON SCHEMA auth TO authenticated;
"""


class Api:
    """The Data API, as far as the database sees it."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self.connection = connection
        self.connection.execute(SUPABASE.encode())

    def join(self, role: str) -> UUID:
        user = uuid4()
        self.connection.execute("INSERT INTO accountgraph.users (id, email) VALUES (%s, %s)", (user, f"{user}@example.org"))
        self.connection.execute("INSERT INTO accountgraph.memberships VALUES (%s, 'abm', %s)", (user, role))
        return user

    def call(self, user: UUID, statement: str) -> list[tuple[object, ...]]:
        with self.connection.transaction():
            self.connection.execute("SELECT set_config('role', 'authenticated', true), set_config('test.user', %s, true)", (str(user),))
            cursor = self.connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@pytest.fixture
def api(run: Program, url: str) -> Iterator[Api]:
    script = run("migrate", "--supabase-policies").out.encode()
    with psycopg.connect(url, autocommit=True) as connection:
        made = Api(connection)
        for _ in range(2):  # it can be run again
            connection.execute(script)
        connection.execute("INSERT INTO abm.companies (name) VALUES ('Acme')")
        yield made


def test_a_member_reads_and_writes_and_counts_are_kept(api: Api) -> None:
    member = api.join("member")
    api.call(member, "INSERT INTO abm.contacts (company_id, first_name) SELECT id, 'Ann' FROM abm.companies")
    assert api.call(member, "SELECT total_contacts FROM abm.companies") == [(1,)]


def test_a_viewer_reads_and_cannot_write(api: Api) -> None:
    viewer = api.join("viewer")
    assert api.call(viewer, "SELECT name FROM abm.companies") == [("Acme",)]
    assert api.call(viewer, "UPDATE abm.companies SET name = 'Mine' RETURNING id") == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        api.call(viewer, "INSERT INTO abm.companies (name) VALUES ('Mine')")


def test_a_stranger_sees_nothing(api: Api) -> None:
    assert api.call(uuid4(), "SELECT name FROM abm.companies") == []


def test_the_registry_and_the_view_stay_closed(api: Api) -> None:
    owner = api.join("owner")
    for table in ("accountgraph.memberships", "accountgraph.api_keys", "abm.account_overview"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            api.call(owner, f"SELECT 1 FROM {table}")
