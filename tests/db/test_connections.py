"""A connection that the server dropped while nobody used it is replaced; one that breaks at work is never tried again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.db import Database
from accountgraph.errors import DatabaseError
from accountgraph.store.companies import CompanyRepository

if TYPE_CHECKING:
    from accountgraph.db import Session
    from accountgraph.models import Company

DROP = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'accountgraph'"
)


def drop_connections(url: str) -> int:
    with psycopg.connect(url) as admin:
        return len(admin.execute(DROP.encode()).fetchall())


async def opened(db: Database, count: int) -> None:
    """Let the pool have `count` connections, all idle."""
    if count:
        async with db.transaction():
            await opened(db, count - 1)


@pytest.mark.parametrize("pooler", [False, True])
async def test_connections_dropped_between_uses_are_replaced_unseen(url: str, pooler: bool) -> None:
    async with Database(url, workspace="abm", pooler=pooler) as db:
        companies = CompanyRepository(db)
        await opened(db, 4)
        assert drop_connections(url) == 4
        await companies.create_company({"name": "One"})
        await opened(db, 3)
        assert drop_connections(url) >= 3
        async with db.transaction() as session:
            await CompanyRepository(session).create_company({"name": "Two"})
        assert [company.name for company in await companies.list_companies()] == ["One", "Two"]


async def test_connection_dropped_at_work_is_told_and_nothing_is_done_twice(url: str) -> None:
    async with Database(url, workspace="abm") as db:
        calls = []

        async def work(session: Session) -> Company:
            calls.append(session)
            made = await CompanyRepository(session).create_company({"name": "Acme"})
            drop_connections(url)
            return made

        with pytest.raises(DatabaseError):
            await db.run(work)
        assert len(calls) == 1
        assert await CompanyRepository(db).list_companies() == []


async def test_opening_that_is_cancelled_at_any_moment_leaves_nothing_that_goes_on(url: str) -> None:
    async def look() -> None:
        async with Database(url, workspace="abm") as db:
            await CompanyRepository(db).list_companies()

    for moment in range(0, 60, 3):
        looking = asyncio.create_task(look())
        await asyncio.sleep(moment / 1000)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert left == set(), "these would keep a loop from ending, for they pass over being cancelled"
