"""Ten thousand people are due and fifty may be written to a day: the work of a day is that of fifty."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from accountgraph.campaigns.enrolment.enrol import Newcomer, enrol
from accountgraph.db import Database
from tests.databases import scratch_database
from tests.db.campaigns.world import World
from tests.factories import Clock
from tests.soak.size import size

if TYPE_CHECKING:
    from accountgraph.campaigns.enrolment.enrol import Version

FEW, MANY = 200, size(2_000, 10_000)
A_DAY = 50
POLICY = {"sender": {"jitter_seconds": [0, 0], "per_day": A_DAY, "per_hour": 10}}
_PEOPLE = """
    WITH made AS (
        INSERT INTO companies (name, domain, country)
        SELECT 'Acme ' || n, 'acme' || n || '.com', 'US' FROM generate_series(1, %(count)s) AS n
        RETURNING id, domain
    )
    INSERT INTO contacts (company_id, first_name, email, email_key, country)
    SELECT m.id, 'Anna', 'anna@' || m.domain, 'anna@' || m.domain, 'US' FROM made AS m RETURNING id"""
# Rows written and read of the tables that grow with the people.
_WORK = """
    SELECT sum(n_tup_ins + n_tup_upd + n_tup_del), sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))
    FROM pg_stat_user_tables WHERE relname IN ('enrolments', 'intents', 'sends', 'decisions')"""


async def _enrol(world: World, version: Version, count: int) -> None:
    people = await world.select(object, _PEOPLE, count=count)

    async def work(session: Any) -> None:
        await enrol(session, version, [Newcomer(person) for person in people], world.db.now(), is_live=True)

    await world.db.run(work)


def _work(url: str) -> tuple[int, int]:
    with psycopg.connect(url, autocommit=True) as admin:
        row = admin.execute(_WORK).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


async def _a_day(server_url: str, template: str, count: int) -> tuple[int, int, int]:
    """A day of a world with so many due people: messages sent, rows written, rows read."""
    clock = Clock()
    with scratch_database(server_url, template) as url:
        async with Database(url, workspace="abm", clock=clock) as db:
            world = await World.begin(db)
            await _enrol(world, await world.campaign(policy=POLICY), count)
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("ANALYZE")
        before = _work(url)
        async with Database(url, workspace="abm", clock=clock) as db:
            runner = World(db, post=world.post).runner()
            end = clock() + timedelta(hours=23)
            while clock() < end:
                await runner.run_due()
                clock.time = max(await db.value("campaigns.enrolments.next_due"), clock() + timedelta(minutes=1))
        after = _work(url)
        return len(world.post.sent), after[0] - before[0], after[1] - before[1]


async def test_work_of_a_capped_day_is_that_of_the_cap_however_many_are_due(server_url: str, template: str) -> None:
    few, many = await _a_day(server_url, template, FEW), await _a_day(server_url, template, MANY)
    assert (few[0], many[0]) == (A_DAY, A_DAY)
    assert many[1] == pytest.approx(few[1], rel=0.1), "rows written"
    assert many[2] < 2 * few[2], "rows read"
    print(f"{MANY} due: {many[1]} rows written, {many[2]} read; {FEW} due: {few[1]} and {few[2]}")
