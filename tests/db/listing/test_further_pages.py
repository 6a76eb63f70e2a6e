"""What waits, what stands and what happened, a page at a time: every row once, in its order, whatever comes in between."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.errors import InvalidValueError
from accountgraph.listing import page_drafts, page_exclusions, page_holds, page_inbox, page_senders, page_signals
from tests.db.campaigns.world import World, begin_world
from tests.db.listing.test_pages import all_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.db import Database, Session
    from accountgraph.listing import Page
    from tests.beginnings import Make
    from tests.factories import Clock

# Three at a time have the same moment, so that the id has to tell which comes first.
AT = "current_moment() - make_interval(mins => n / 3)"
MANY = {
    "senders": f"INSERT INTO senders (address, created_at, is_active) SELECT 'm' || n || '@ours.com', {AT}, n % 2 = 0 FROM {{rows}}",
    "drafts": "INSERT INTO drafts (enrolment_id, step_key, channel, state, detail, asked_at, settled_at)"
    f" SELECT e.id, 'step-' || n, 'email', 'failed', 'no', {AT}, now() FROM {{rows}} CROSS JOIN (SELECT id FROM enrolments LIMIT 1) AS e",
    "holds": "INSERT INTO holds (scope, company_id, reason, created_at, until, lifted_at) SELECT 'account', c.id, 'r' || n,"
    f" {AT}, CASE n % 4 WHEN 1 THEN current_moment() - interval '1 day' END, CASE n % 4 WHEN 2 THEN current_moment() END"
    " FROM {rows} CROSS JOIN (SELECT id FROM companies LIMIT 1) AS c",
    "exclusions": "INSERT INTO account_exclusions (company_id, reason, created_at, ended_at)"
    f" SELECT c.id, 'owner', {AT}, CASE WHEN c.name NOT LIKE '%0' THEN current_moment() END"
    " FROM {rows} INNER JOIN companies AS c ON c.name = 'Acme ' || n",
    "signals": "INSERT INTO signals (kind, at, contact_id, source, dedupe_key) SELECT CASE n % 2 WHEN 0 THEN 'reply' ELSE 'open' END,"
    f" {AT}, p.id, 'test', 's' || n FROM {{rows}} CROSS JOIN (SELECT id FROM contacts LIMIT 1) AS p",
    "inbox": "WITH told AS (INSERT INTO signals (kind, at, contact_id, source, dedupe_key) SELECT 'reply',"
    f" {AT}, p.id, 'test', 'i' || n FROM {{rows}} CROSS JOIN (SELECT id FROM contacts LIMIT 1) AS p"
    " RETURNING id, at, contact_id, dedupe_key)"
    " INSERT INTO tasks (kind, title, contact_id, signal_id, due_at, owner, state, outcome, closed_at)"
    " SELECT CASE WHEN dedupe_key LIKE '%3' THEN 'question' ELSE 'reply' END, 'Answer', contact_id, id, at, 'ann',"
    " CASE WHEN dedupe_key LIKE '%5' THEN 'done' ELSE 'open' END, CASE WHEN dedupe_key LIKE '%5' THEN 'done' END,"
    " CASE WHEN dedupe_key LIKE '%5' THEN current_moment() END FROM told",
}
ALL = {
    "senders": "SELECT id FROM senders ORDER BY created_at, id",
    "drafts": "SELECT id FROM drafts ORDER BY asked_at DESC, id DESC",
    "holds": "SELECT id FROM holds WHERE lifted_at IS NULL AND (until IS NULL OR until > current_moment()) ORDER BY created_at, id",
    "exclusions": "SELECT id FROM account_exclusions WHERE ended_at IS NULL ORDER BY created_at, id",
    "signals": "SELECT id FROM signals ORDER BY at, id",
    "inbox": "SELECT id FROM tasks WHERE state = 'open' ORDER BY due_at, id",
}


async def _begin_large(timed: Database, clock: Clock) -> World:
    world = await begin_world(timed, clock)
    [person] = await world.account("acme.com", "John")
    await world.enrol(await world.campaign(), person)
    await run(timed, "INSERT INTO companies (name) SELECT 'Acme ' || n FROM generate_series(1, 40) AS n")
    return world


@pytest.fixture
def beginning() -> Make:
    return _begin_large


async def run(db: Database, statement: str) -> None:
    await db.run(lambda session: session.execute(statement))


async def ids(db: Database, statement: str) -> list[Any]:
    async def asked(session: Session) -> list[Any]:
        return [row_id for (row_id,) in await (await session._connection.execute(statement.encode())).fetchall()]

    return await db.run(asked)


def reader(name: str, db: Database) -> Callable[[str | None], Awaitable[Page[Any]]]:
    pages: dict[str, Callable[[str | None], Awaitable[Page[Any]]]] = {
        "senders": lambda after: page_senders(db, limit=3, after=after),
        "drafts": lambda after: page_drafts(db, limit=3, after=after),
        "holds": lambda after: page_holds(db, db.now(), limit=3, after=after),
        "exclusions": lambda after: page_exclusions(db, limit=3, after=after),
        "signals": lambda after: page_signals(db, limit=3, after=after),
        "inbox": lambda after: page_inbox(db, db.now(), limit=3, after=after),
    }
    return pages[name]


@pytest.mark.parametrize("name", sorted(MANY))
async def test_each_row_comes_once_in_its_order(timed: Database, world: World, name: str) -> None:
    await run(timed, MANY[name].format(rows="generate_series(1, 20) AS n"))
    rows = await all_of(reader(name, timed))
    assert [row.id for row in rows] == await ids(timed, ALL[name])
    assert len(rows) >= 2


@pytest.mark.parametrize("name", sorted(MANY))
async def test_rows_that_come_meanwhile_make_none_appear_twice_or_be_left_out(timed: Database, world: World, name: str) -> None:
    await run(timed, MANY[name].format(rows="generate_series(1, 20) AS n"))
    there = set(await ids(timed, ALL[name]))

    async def come(number: int) -> None:
        if number < 5:
            await run(timed, MANY[name].format(rows=f"generate_series({21 + 4 * number}, {24 + 4 * number}) AS n"))

    found = [row.id for row in await all_of(reader(name, timed), come)]
    assert len(found) == len(set(found))
    assert there <= set(found)


async def test_filters_leave_what_fits(timed: Database, world: World, clock: Clock) -> None:
    for statement in MANY.values():
        await run(timed, statement.format(rows="generate_series(1, 20) AS n"))
    now = clock()
    assert {one.kind for one in (await page_inbox(timed, now, kind="question")).items} == {"question"}
    assert (await page_inbox(timed, now, owner="nobody")).items == []
    assert len((await page_inbox(timed, now, owner="Ann")).items) == 18
    assert {one.kind for one in (await page_signals(timed, kind="open", sort="-at")).items} == {"open"}
    assert all(one.is_active for one in (await page_senders(timed, active_only=True)).items)
    assert (await page_senders(timed, channel="sms")).items == []
    assert len((await page_drafts(timed, state="failed")).items) == 20
    assert (await page_drafts(timed, state="written")).items == []
    assert len((await page_holds(timed, now, everything=True)).items) == 20
    assert len((await page_holds(timed, now)).items) == 10
    assert len((await page_holds(timed, now - timedelta(days=2))).items) == 15
    assert len((await page_exclusions(timed, with_ended=True)).items) == 20
    company = (await page_exclusions(timed)).items[0].company_id
    assert [one.company_id for one in (await page_exclusions(timed, company_id=company)).items] == [company]


async def test_cursor_of_the_holds_that_stand_is_none_of_all_holds(timed: Database, world: World, clock: Clock) -> None:
    await run(timed, MANY["holds"].format(rows="generate_series(1, 20) AS n"))
    page = await page_holds(timed, clock(), limit=1)
    with pytest.raises(InvalidValueError, match="begin anew"):
        await page_holds(timed, clock(), everything=True, after=page.next)
