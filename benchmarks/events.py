"""Recording events, against the same rows written by hand into tables with the same columns, constraints and indexes.

One by one, by hand is what a careful programmer would write with psycopg on a connection kept open: BEGIN, an UPDATE of
the touchpoint, an INSERT of the event, COMMIT. It keeps no engagement, no counts and no judgement of who acted, and it
knows the contact beforehand. In bulk, by hand is the same derived work, set by set, in one transaction (hand/events.sql).
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg

from accountgraph.db import Database
from accountgraph.store.touchpoints import TouchpointRepository
from benchmarks.data import load
from benchmarks.measure import Bench, Figure, in_turns, ms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

Hand = psycopg.AsyncConnection[tuple[Any, ...]]
HAND_TABLES = (Path(__file__).parent / "hand" / "tables.sql").read_text(encoding="utf-8")
BULK = (Path(__file__).parent / "hand" / "events.sql").read_text(encoding="utf-8").split(";\n")
OPENED = "UPDATE hand_touchpoints SET opened_at = %(at)s, updated_at = now() WHERE id = %(id)s AND opened_at IS NULL"
EVENT = (
    "INSERT INTO hand_events (kind, at, touchpoint_id, contact_id, actor, dedupe_key)"
    " VALUES ('opened', %(at)s, %(id)s, %(contact)s, 'human', %(key)s)"
)
UNOPENED = (
    "SELECT t.id, v.contact_id FROM touchpoints AS t JOIN conversations AS v ON v.id = t.conversation_id"
    " WHERE t.opened_at IS NULL AND t.clicked_at IS NULL ORDER BY t.id"
)
COMPANIES = {"tiny": 8, "small": 200, "full": 400}
BATCH = {"tiny": 20, "small": 2_000, "full": 5_000}


async def measure(bench: Bench) -> list[Figure]:
    """The ratios of events a second, ours to by hand."""
    await load(bench.url, bench.scratch, COMPANIES[bench.size], datetime.now(UTC), seed=2)
    async with Database(bench.url, workspace=bench.scratch) as db, by_hand(bench) as hand:
        for statement in HAND_TABLES.split(";\n"):
            await hand.execute(statement.encode())
        unopened = iter(await (await hand.execute(UNOPENED.encode())).fetchall())
        return [
            await _one_by_one(bench, TouchpointRepository(db), hand, list(islice(unopened, bench.calls * (bench.rounds + 1)))),
            await _in_bulk(bench, TouchpointRepository(db), hand, [row[0] for row in unopened]),
        ]


@asynccontextmanager
async def by_hand(bench: Bench) -> AsyncIterator[Hand]:
    """A plain connection; nothing of ours but the tables."""
    async with await psycopg.AsyncConnection.connect(bench.url, autocommit=True) as connection:
        await connection.execute(f"SET search_path = {bench.scratch}".encode())
        yield connection


async def _one_by_one(bench: Bench, touchpoints: TouchpointRepository, hand: Hand, rows: list[tuple[UUID, UUID]]) -> Figure:
    async def ours(number: int) -> None:
        await touchpoints.record_email_opened(rows[number % len(rows)][0])

    async def theirs(number: int) -> None:
        touchpoint, contact = rows[number % len(rows)]
        values = {"id": touchpoint, "contact": contact, "at": datetime.now(UTC), "key": uuid4()}
        async with hand.transaction():
            await hand.execute(OPENED, values)
            await hand.execute(EVENT, values)

    times = await in_turns({"ours": ours, "hand": theirs}, bench.calls, bench.rounds)
    detail = f"{1 / times['ours']:,.0f} a second, by hand {1 / times['hand']:,.0f}"
    return Figure("events", "one by one, to UPDATE + INSERT by hand", times["hand"] / times["ours"], 0.60, False, detail)


async def _in_bulk(bench: Bench, touchpoints: TouchpointRepository, hand: Hand, ids: list[UUID]) -> Figure:
    size = BATCH[bench.size]
    batches = [_events(ids[start : start + size // 2]) for start in range(0, len(ids) - size // 2, size // 2)]

    async def ours(number: int) -> None:
        await touchpoints.record_events(batches[number % len(batches)])

    async def theirs(number: int) -> None:
        events = json.dumps(batches[number % len(batches)], default=str)
        async with hand.transaction():
            for statement in BULK:
                await hand.execute(statement.encode(), {"events": events} if "%(events)s" in statement else None)

    times = await in_turns({"ours": ours, "hand": theirs}, 1, min(bench.rounds, len(batches) - 1))
    detail = f"{size} at once: {ms(times['ours'])}, by hand {ms(times['hand'])}"
    return Figure("events", "in bulk, to set-based SQL by hand", times["hand"] / times["ours"], 0.50, False, detail)


def _events(ids: list[UUID]) -> list[dict[str, Any]]:
    """Two events a message: a delivery or an open, and an open, a click or a reply."""
    now = datetime.now(UTC)
    events = []
    for number, touchpoint in enumerate(ids):
        first, second = ("delivered", "opened") if number % 3 else ("opened", "clicked" if number % 2 else "replied")
        events.append({"touchpoint_id": touchpoint, "kind": first, "at": now - timedelta(hours=2)})
        events.append({"touchpoint_id": touchpoint, "kind": second, "at": now})
    return events
