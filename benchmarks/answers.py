"""The four answers: against hand-written SQL, against a naive client, at eight connections, and with ten times the accounts.

The same accounts, picked at random, are asked about again and again: what is measured is the work, not the disk.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import asynccontextmanager
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psycopg

from accountgraph.db import Database
from accountgraph.graph import CompanyGraph
from benchmarks import hand, naive
from benchmarks.distance import distant
from benchmarks.measure import Bench, Figure, in_turns, ms, percentile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from uuid import UUID

    Ask = Callable[[UUID], Awaitable[object]]

CONNECTIONS = 8
# Whom one asks about: an account; the primary contact of one, to go on from; somebody whom the next message is for.
SAMPLE = {
    "company": "SELECT id FROM companies ORDER BY md5(id::text) LIMIT {calls}",
    "talking": "SELECT contact_id FROM conversations WHERE status = 'active' ORDER BY md5(id::text) LIMIT {calls}",
    "primary": "SELECT id FROM contacts WHERE is_primary_contact ORDER BY md5(id::text) LIMIT {calls}",
}
ABOUT = {"overview": "company", "expansion": "primary", "context": "talking", "health": "company"}


async def measure(bench: Bench) -> list[Figure]:
    """All ratios of the four answers."""
    async with _open(bench, bench.workspace) as large, _open(bench, bench.tenth) as small:
        figures = []
        for name in ABOUT:
            figures += await _ratios(bench, name, large, small)
            async with _open(bench, bench.workspace) as crowded:
                figures.append(await _tail(bench, name, crowded))
        async with distant(bench.url) as url, _open(replace(bench, url=url), bench.workspace) as far:
            figures += [await _naive(bench, name, far, "the same, server 1 ms away") for name in ABOUT]
        return figures


class _Place:
    """A workspace with ids to ask about, and both ways of asking."""

    def __init__(self, db: Database, connection: hand.Connection, ids: dict[str, list[UUID]]) -> None:
        self.db = db
        self.connection = connection
        self.ids = ids
        self.graph = CompanyGraph(db)

    def ours(self, name: str, graph: CompanyGraph | None = None) -> Ask:
        on = graph or self.graph
        asks: dict[str, Ask] = {
            "overview": on.get_account_overview,
            "expansion": on.find_expansion_targets,
            "context": on.get_conversation_context,
            "health": on.get_account_health_score,
        }
        return asks[name]

    def key(self, name: str, number: int) -> UUID:
        keys = self.ids[ABOUT[name]]
        return keys[number % len(keys)]


@asynccontextmanager
async def _open(bench: Bench, workspace: str) -> AsyncIterator[_Place]:
    async with (
        Database(bench.url, workspace=workspace, connections=CONNECTIONS) as db,
        await psycopg.AsyncConnection.connect(bench.url, autocommit=True) as connection,
    ):
        await connection.execute(f"SET search_path = {workspace}".encode())
        ids = {}
        for what, statement in SAMPLE.items():
            cursor = await connection.execute(statement.format(calls=bench.calls).encode())
            ids[what] = [row[0] for row in await cursor.fetchall()]
        yield _Place(db, connection, ids)


async def _ratios(bench: Bench, name: str, large: _Place, small: _Place) -> list[Figure]:
    ask, ask_small = large.ours(name), small.ours(name)
    by_hand: Callable[[Any, UUID], Awaitable[object]] = getattr(hand, name)
    times = await in_turns(
        {
            "ours": lambda number: ask(large.key(name, number)),
            "hand": lambda number: by_hand(large.connection, large.key(name, number)),
            "tenth": lambda number: ask_small(small.key(name, number)),
        },
        bench.calls,
        bench.rounds,
    )
    ours = times["ours"]
    return [
        Figure(name, "to hand-written SQL", ours / times["hand"], 1.3, True, f"{ms(ours)}, by hand {ms(times['hand'])}"),
        Figure(name, "round trips", await _round_trips(large, name), 1, True),
        Figure(name, "10 x the accounts", ours / times["tenth"], 1.2, True, f"{ms(ours)}, with a tenth {ms(times['tenth'])}"),
        await _naive(bench, name, large, "naive client, a query a repository call"),
    ]


async def _naive(bench: Bench, name: str, place: _Place, what: str) -> Figure:
    ask = place.ours(name)
    naively: Callable[[Database, UUID], Awaitable[object]] = getattr(naive, name)
    times = await in_turns(
        {"ours": lambda number: ask(place.key(name, number)), "naive": lambda number: naively(place.db, place.key(name, number))},
        max(3, bench.calls // 4),
        3,
    )
    return Figure(name, what, times["naive"] / times["ours"], 10, False, f"{ms(times['naive'])} to {ms(times['ours'])}")


async def _round_trips(place: _Place, name: str) -> float:
    """How often the server said that it waits for the next question; libpq traces on Linux only."""
    if sys.platform != "linux":
        return 1
    async with place.db.transaction() as session:
        with tempfile.TemporaryFile() as trace:
            connection: Any = session._connection
            connection.pgconn.trace(trace.fileno())
            await place.ours(name, CompanyGraph(session))(place.key(name, 0))
            connection.pgconn.untrace()
            trace.seek(0)
            return trace.read().decode().count("ReadyForQuery")


async def _tail(bench: Bench, name: str, place: _Place) -> Figure:
    ask = place.ours(name)
    times: list[float] = []
    numbers = iter(range(bench.calls * CONNECTIONS))

    async def client() -> None:
        for number in numbers:
            begun = perf_counter()
            await ask(place.key(name, number))
            times.append(perf_counter() - begun)

    await asyncio.gather(*(ask(place.key(name, number)) for number in range(CONNECTIONS * 3)))
    await asyncio.gather(*(client() for _ in range(CONNECTIONS)))
    middle, tail = percentile(times, 0.5), percentile(times, 0.99)
    return Figure(name, f"p99 to p50 at {CONNECTIONS} connections", tail / middle, 5, True, f"p99 {ms(tail)}, p50 {ms(middle)}")
