"""Workspaces are kept apart by the database, and an agent is kept from what is not its own to decide."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest
from psycopg import conninfo, sql

from accountgraph.db import Database
from accountgraph.errors import ConfigError, DatabaseError, DuplicateError, InvalidValueError, NotFoundError, SchemaVersionError
from accountgraph.schema import create_workspace, drop_workspace, list_workspaces
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.databases import scratch_database
from tests.db.story import Story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def as_role(url: str, role: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        connection.execute(f"SET ROLE {role}".encode())
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


async def test_workspaces_see_nothing_of_each_other(url: str) -> None:
    create_workspace(url, "other")
    async with Database(url, workspace="abm") as one, Database(url, workspace="other") as two:
        await CompanyRepository(one).create_company({"name": "Acme", "domain": "acme.com"})
        assert await CompanyRepository(two).list_companies() == []
        await CompanyRepository(two).create_company({"name": "Acme", "domain": "acme.com"})


def test_role_of_a_workspace_has_no_rights_in_another(url: str) -> None:
    other = create_workspace(url, "other")
    for statement in ("SELECT count(*) FROM abm.contacts", "SELECT label FROM accountgraph.api_keys", "SELECT abm.current_moment()"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            as_role(url, other.role, statement)
    assert as_role(url, other.role, "SELECT count(*) FROM other.contacts") == [(0,)]


@pytest.fixture
def login(url: str, server_url: str) -> Iterator[Callable[[str], str]]:
    """The URL of a login of its own that is granted a workspace's role."""
    name, password = f"ag_{uuid4().hex[:12]}", uuid4().hex
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))

    def granted(role: str) -> str:
        with psycopg.connect(url) as owner:
            owner.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(name)))
        return conninfo.make_conninfo(url, user=name, password=password)

    yield granted
    with psycopg.connect(server_url, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


async def test_login_of_a_workspace_opens_it_and_sees_no_other(url: str, login: Callable[[str], str]) -> None:
    own = create_workspace(url, "other")
    own_url = login(own.role)
    async with Database(own_url, workspace="other") as db:
        await CompanyRepository(db).create_company({"name": "Acme"})
    assert [workspace.name for workspace in list_workspaces(own_url)] == ["other"]
    with pytest.raises(DatabaseError, match="'abm'"):
        await CompanyRepository(Database(own_url, workspace="abm")).list_companies()


async def test_login_of_an_agent_acts_as_agent(url: str, login: Callable[[str], str]) -> None:
    async with Database(login(list_workspaces(url)[0].agent_role), workspace="abm") as db:
        await CompanyRepository(db).create_company({"name": "Acme"})
        with pytest.raises(DatabaseError, match="may not"):
            await SuppressionRepository(db).suppress(domain="acme.com")


async def test_login_that_may_not_act_as_its_role_is_told_so_at_once(url: str, login: Callable[[str], str]) -> None:
    role = list_workspaces(url)[0].role
    own_url = login(role)
    user = str(conninfo.conninfo_to_dict(own_url)["user"])
    with psycopg.connect(url) as owner:
        if owner.info.server_version < 160000:
            pytest.skip("before PostgreSQL 16 every member may act as the role")
        owner.execute(sql.SQL("GRANT {} TO {} WITH SET FALSE").format(sql.Identifier(role), sql.Identifier(user)))
    with pytest.raises(DatabaseError, match="set role"):
        await asyncio.wait_for(CompanyRepository(Database(own_url, workspace="abm")).list_companies(), 5)


async def test_login_of_nobody_is_told_what_it_needs(login: Callable[[str], str]) -> None:
    with pytest.raises(DatabaseError, match="GRANT"):
        await CompanyRepository(Database(login("pg_monitor"), workspace="abm")).list_companies()


async def test_agent_reads_and_proposes(url: str) -> None:
    async with Database(url, workspace="abm", as_agent=True) as db:
        story = await Story.begin(db)
        await story.replied(hours=1)
        assert (await story.contact()).engagement_score > 0


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO abm.consents (contact_id, channel, basis) SELECT id, 'email', 'consent' FROM abm.contacts",
        "INSERT INTO abm.suppressions (domain, reason) VALUES ('acme.com', 'manual')",
        "DELETE FROM abm.suppressions",
        "DELETE FROM abm.contacts",
        "UPDATE abm.engagement_weights SET points = 99",
        "DROP TABLE abm.events",
    ],
)
def test_agent_cannot(url: str, statement: str) -> None:
    agent = list_workspaces(url)[0].agent_role
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_role(url, agent, statement)


@pytest.mark.parametrize(
    "fields", [{"email": "other@acme.com"}, {"status": "invalid"}, {"communication_preferences": {"do_not_contact": True}}], ids=str
)
async def test_agent_cannot_get_round_a_suppression(url: str, fields: dict[str, object]) -> None:
    async with Database(url, workspace="abm", as_agent=True) as db:
        story = await Story.begin(db)
        with pytest.raises(DatabaseError, match="an agent may not change this of contacts"):
            await ContactRepository(db).update_contact(story.person.id, fields)
        assert (await ContactRepository(db).update_contact(story.person.id, {"title": "CTO"})).title == "CTO"
        await story.event("bounced", hours=1)
        assert (await story.contact()).status == "bounced"


def test_agent_cannot_rewrite_what_happened(url: str) -> None:
    agent = list_workspaces(url)[0].agent_role
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        connection.execute("INSERT INTO contacts (first_name) VALUES ('A')")
        connection.execute("INSERT INTO events (kind, at, contact_id) SELECT 'unsubscribed', now(), id FROM contacts")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="an agent may not"):
        as_role(url, agent, "SET search_path = abm; UPDATE events SET at = now() - interval '1 day'")


@pytest.mark.parametrize("statement", ["SET LOCAL search_path = pg_catalog", "SET search_path = pg_catalog", "SET ROLE NONE"])
async def test_connection_comes_back_bound_to_its_workspace_whatever_was_done_with_it(url: str, statement: str) -> None:
    role = list_workspaces(url)[0].role
    async with Database(url, workspace="abm", connections=1) as db:
        async with db.transaction() as session:
            await session.execute(statement)
        async with db.transaction() as session:
            unbound = "SELECT 1 WHERE (current_user, current_setting('search_path')) <> (%(role)s, 'abm')"
            assert await session.execute(unbound, {"role": role}) == 0
        assert await CompanyRepository(db).list_companies() == []


async def test_dropped_workspace_leaves_no_role_and_no_table(url: str) -> None:
    made = create_workspace(url, "other")
    drop_workspace(url, "other")
    assert [each.name for each in list_workspaces(url)] == ["abm"]
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regrole(%s)", (made.role,)).fetchone() == (None,)
        assert connection.execute("SELECT to_regnamespace('other')").fetchone() == (None,)
    with pytest.raises(NotFoundError, match="other"):
        drop_workspace(url, "other")


def test_workspace_of_a_copied_database_can_be_dropped(url: str, server_url: str) -> None:
    made = list_workspaces(url)[0]
    with scratch_database(server_url, template=str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])) as copy:
        drop_workspace(copy, "abm")
        assert list_workspaces(copy) == []
    assert as_role(url, made.role, "SELECT count(*) FROM abm.contacts") == [(0,)]


@pytest.mark.parametrize("name", ["", "Acme", "1st", "a-b", "pg_x", "public", "accountgraph", "x" * 41, 'a"; DROP'])
def test_name_that_cannot_be_a_workspace_is_refused(url: str, name: str) -> None:
    with pytest.raises(InvalidValueError, match="workspace"):
        create_workspace(url, name)


def test_existing_workspace_is_named_where_a_new_one_was_asked_for(url: str) -> None:
    with pytest.raises(DuplicateError, match="'abm'"):
        create_workspace(url, "abm", must_be_new=True)


async def test_missing_workspace_says_how_to_make_it(url: str) -> None:
    with pytest.raises(DatabaseError, match="accountgraph workspace create nowhere"):
        await CompanyRepository(Database(url, workspace="nowhere")).list_companies()


async def test_empty_database_says_how_to_begin(empty_url: str) -> None:
    with pytest.raises(DatabaseError, match="accountgraph migrate"):
        await CompanyRepository(Database(empty_url)).list_companies()


async def test_workspace_of_another_schema_version_is_refused(url: str) -> None:
    for version, cure in (("0000", "accountgraph migrate"), ("9999", "newer accountgraph")):
        with psycopg.connect(url) as connection:
            connection.execute("UPDATE accountgraph.workspaces SET schema_version = %s", (version,))
        with pytest.raises(SchemaVersionError, match=cure):
            await CompanyRepository(Database(url, workspace="abm")).list_companies()


async def test_unreachable_database_is_one_clear_error() -> None:
    with pytest.raises(DatabaseError, match=r"could not be reached.*DATABASE_URL"):
        await CompanyRepository(Database("postgresql://nobody@127.0.0.1:1/none")).list_companies()


async def test_url_that_is_none_is_shown_how_one_looks() -> None:
    with pytest.raises(ConfigError, match="postgresql://user:password@host"):
        await CompanyRepository(Database("nonsense")).list_companies()


@pytest.mark.parametrize("pooler", [False, True])
async def test_times_are_utc_whatever_the_servers_zone(url: str, pooler: bool) -> None:
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {admin.info.dbname} SET timezone = 'Asia/Tokyo'".encode())
    async with Database(url, workspace="abm", pooler=pooler) as db:
        created = await CompanyRepository(db).create_company({"name": "Acme"})
    assert created.created_at is not None
    assert created.created_at.utcoffset() == timedelta(0)
