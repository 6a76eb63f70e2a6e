"""One search finds accounts, people, what was written to them and what is to be done, the closest first, by indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.db import Database, connect
from accountgraph.errors import InvalidValueError
from accountgraph.listing import FoundKind, search_everything
from accountgraph.store.companies import CompanyRepository
from tests.db.account import Account
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from tests.factories import Clock

MANY = """
INSERT INTO companies (name, domain) SELECT 'Company ' || md5(n::text), 'c' || n || '.example' FROM generate_series(1, 3000) AS n;
INSERT INTO contacts (first_name, last_name, email, email_key)
SELECT 'P' || n, md5(n::text), n || '@x.example', n || '@x.example' FROM generate_series(1, 5000) AS n;
INSERT INTO conversations (contact_id) SELECT c.id FROM contacts AS c;
INSERT INTO touchpoints (conversation_id, subject) SELECT v.id, 'Subject ' || md5(v.id::text) FROM conversations AS v;
INSERT INTO tasks (kind, title, due_at) SELECT 'call', 'Call ' || md5(n::text), now() FROM generate_series(1, 5000) AS n;
"""
READ = "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE schemaname = 'abm' AND relname = ANY (%s)"


async def found(db: Any, term: str, *kinds: str) -> list[tuple[str, str]]:
    return [(one.kind.value, one.title) for one in await search_everything(db, term, kinds or None)]


async def test_everything_is_found_the_closest_first(timed: Database, clock: Clock) -> None:
    world = await World.begin(timed)
    account = await Account.begin(timed, "john", domain="acme.com")
    await account.add("acmella")
    await CompanyRepository(timed).create_company({"name": "The Acme People"})
    await CompanyRepository(timed).create_company({"name": "Macme"})
    await account.write(await account.talk("john"), subject="About acme and you")
    await world.sender("acme@ours.com")
    await world.campaign(name="acme-spring")
    async with timed.transaction() as session:
        await session.execute("INSERT INTO tasks (kind, title, due_at) VALUES ('call', 'Call Acme back', now())")
    titles = await found(timed, "acme")
    assert titles[:3] == [("company", "Acme"), ("contact", "acmella"), ("campaign", "acme-spring")]
    assert set(titles[3:]) == {
        ("mailbox", "acme@ours.com"),
        ("template", "acme-spring/again"),
        ("template", "acme-spring/hello"),
        ("company", "The Acme People"),
        ("company", "Macme"),
        ("contact", "john"),
        ("conversation", "john"),
        ("task", "Call Acme back"),
        ("touchpoint", "About acme and you"),
    }
    assert titles.index(("company", "The Acme People")) < titles.index(("company", "Macme"))
    assert await found(timed, "john@ac", "contact") == [("contact", "john")]
    assert await found(timed, "JO", "contact", "conversation") == [("contact", "john"), ("conversation", "john")]
    assert await found(timed, "h", "contact") == []
    assert await found(timed, "peop ac") == [("company", "The Acme People")]
    assert await found(timed, "you ab", "touchpoint") == [("touchpoint", "About acme and you")]


async def test_signs_of_patterns_are_taken_literally(db: Database) -> None:
    for name in ("100% wool", "O'Neill\\Sons", "plain"):
        await CompanyRepository(db).create_company({"name": name})
    assert await found(db, "100% w") == [("company", "100% wool")]
    assert await found(db, "l\\s") == [("company", "O'Neill\\Sons")]
    assert await found(db, "_") == []
    assert await found(db, "%") == []


async def test_agent_may_search(url: str, db: Database) -> None:
    await Account.begin(db, "john")
    async with connect(url, workspace="abm", as_agent=True) as agent:
        assert ("contact", "john") in await found(agent, "joh")


def test_large_tables_are_never_read_from_end_to_end(url: str) -> None:
    with psycopg.connect(url, options="-c search_path=abm") as admin:
        admin.execute(MANY.encode())
        admin.execute("ANALYZE")
        tables = ["companies", "contacts", "conversations", "touchpoints", "tasks"]
        before: dict[str, int] = dict(admin.execute(READ, (tables,)).fetchall())
        for term in ("md", "abc", "Company 1", "zz zz", "a", "call abc", "'"):
            admin.execute("SELECT * FROM search_everything(%s, %s, 20)", (term, list(FoundKind)))
        assert dict(admin.execute(READ, (tables,)).fetchall()) == before


@given(term=st.text(min_size=1, max_size=30) | st.text("'\\&|!():*<-> %_a", min_size=1, max_size=12))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_searched_for(url: str, term: str) -> None:
    if not term.strip() or "\x00" in term or not term.isprintable():
        return
    with psycopg.connect(url, options="-c search_path=abm -c client_min_messages=error") as admin:
        admin.execute("SELECT * FROM search_everything(%s, %s, 20)", (term, list(FoundKind)))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "a\x00"}, "text"),
        ({"text": "x" * 501}, "text"),
        ({"kinds": ["x"]}, "kinds"),
        ({"limit": 0}, "limit"),
    ],
)
async def test_what_cannot_be_searched_for_is_refused_by_its_name(db: Database, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        await search_everything(db, **{"text": "acme", **wrong})
    assert refused.value.field == field
