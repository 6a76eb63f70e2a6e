"""The campaign engine: claim, decide and record, against the bare claim-and-advance of the same rows by hand.

Ours is the real runner with a transport that answers at once, in batches of a hundred. It locks the sender, accounts and people,
reads all that the arbiter looks at, decides, writes each decision with its inputs, composes the message, plans the intent with
its lease and its reservation, looks once more just before the call, and writes the attempt, the outcome and where the enrolment
stands, in three transactions. Live, the message also becomes a touchpoint of a conversation, with its event and all counts of
the graph; a dry run leaves the graph alone. By hand is one statement a hundred rows, a transaction each: the due rows with FOR NO
KEY UPDATE SKIP LOCKED, and one UPDATE that advances them. Both on the same rows, with all indexes and triggers, on one connection.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from accountgraph.campaigns.apply import load_versions
from accountgraph.campaigns.engine.deciding import Candidate, Surroundings, decided
from accountgraph.campaigns.engine.queues import FreeDays
from accountgraph.campaigns.engine.runner import Runner
from accountgraph.db import Database
from benchmarks.enrolled import BATCH, Null, fill, make_due
from benchmarks.measure import Bench, Figure
from benchmarks.workers import run_workers

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Session

HAND = (Path(__file__).parent / "hand" / "campaigns.sql").read_text(encoding="utf-8").encode()
DUE = {"tiny": 10, "small": 800, "full": 4_000}  # a round
AGAIN = b"UPDATE enrolments SET next_due_at = now() WHERE id = ANY (%(ids)s)"
BACK = (
    b"UPDATE enrolments SET state = 'waiting', step_key = 'first', touch_count = 0, last_touch_at = NULL, next_due_at = now()"
    b" WHERE id = ANY (%(ids)s)"
)


class _Taken(NamedTuple):
    """Seconds a message of one kind of run."""

    ours: float
    hand: float
    deciding: float


async def measure(bench: Bench) -> list[Figure]:
    """Rates to by hand, live and dry; what of them deciding is; and two processes to one."""
    scaling = []
    figures = []
    for is_live in (True, False):
        taken = await _compared(bench, is_live=is_live)
        detail = f"{1 / taken.ours:,.0f} a second, by hand {1 / taken.hand:,.0f}"
        name = f"claim + decide + record, {'live' if is_live else 'dry run'}, to a bare claim-and-advance"
        figures.append(Figure("campaigns", name, taken.hand / taken.ours, 0.25, False, detail))
        if is_live:
            share = f"{taken.deciding * 1e6:.0f} us of {taken.ours * 1e6:.0f}"
            figures.append(Figure("campaigns", "deciding, of claim + decide + record", taken.deciding / taken.ours, 0.1, True, share))
            scaling.append(await _scaling(bench))
    return figures + scaling


async def _compared(bench: Bench, *, is_live: bool) -> _Taken:
    """In turns on the same rows: every round has its own, and in every other one by hand comes first."""
    due = DUE[bench.size]
    rest = due * 4 if is_live else 0
    queues = await fill(bench.url, bench.scratch, due * (bench.rounds + 1) + rest, is_live=is_live)
    ours, hand, deciding = [], [], []
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute(f"SET search_path = {bench.scratch}".encode())
        async with Database(bench.url, workspace=bench.scratch) as db:
            runner = Runner(db, lambda _: Null(), calls_at_once=BATCH)
            for turn in range(bench.rounds + 1):
                ids = make_due(connection, due)
                if turn % 2:
                    hand.append(_by_hand(connection, queues, due))
                    connection.execute(BACK, {"ids": ids})
                deciding.append(await _deciding(db, ids))
                ours.append(await _by_us(runner, due))
                if turn % 2 == 0:
                    connection.execute(AGAIN, {"ids": ids})
                    hand.append(_by_hand(connection, queues, due))
                if turn == 0:
                    connection.execute(b"VACUUM ANALYZE")  # as autovacuum would
    return _Taken(*(median(times[1:]) / due for times in (ours, hand, deciding)))


async def _by_us(runner: Runner, due: int) -> float:
    begun = perf_counter()
    done = await runner.run_due()
    took = perf_counter() - begun
    if done.sent != due:
        raise RuntimeError(f"{done.sent} were sent, {due} were due.")
    return took


def _by_hand(connection: psycopg.Connection[Any], queues: list[int], due: int) -> float:
    begun = perf_counter()
    done = sum(_advanced(connection, queue) for queue in queues)
    took = perf_counter() - begun
    if done != due:
        raise RuntimeError(f"{done} were advanced, {due} were due.")
    return took


def _advanced(connection: psycopg.Connection[Any], queue: int) -> int:
    """All that are due in a queue, a hundred at a time."""
    done, count = 0, BATCH
    while count == BATCH:
        now = datetime.now(UTC)
        params = {"queue": queue, "now": now, "next": now + timedelta(days=2), "batch": BATCH}
        count = connection.execute(HAND, params).rowcount
        done += count
    return done


async def _deciding(db: Database, ids: list[UUID]) -> float:
    """Seconds of deciding them all: decoding the facts, the rules and the arbiter."""
    now = db.now()

    async def read(session: Session) -> tuple[list[Candidate], Any]:
        found = await session.rows(Candidate, "campaigns.claims.facts", {"ids": ids, "now": now})
        return found, await load_versions(session, {one.version_id for one in found})

    candidates, definitions = await db.run(read)
    around = Surroundings(None, {"US": {"email": "allow"}}, FreeDays())
    begun = perf_counter()
    for start in range(0, len(candidates), BATCH):
        decided(candidates[start : start + BATCH], definitions, around, now, BATCH)
    return perf_counter() - begun


async def _scaling(bench: Bench) -> Figure:
    """Messages a second of two worker processes to those of one. Two are the most that two cores show."""
    rates = []
    for count in (1, 2):
        with psycopg.connect(bench.url, autocommit=True) as connection:
            connection.execute(f"SET search_path = {bench.scratch}".encode())
            make_due(connection, DUE[bench.size] * 2)
        ran = await run_workers(bench, count)
        rates.append(sum(worker.sent for worker in ran) / max(worker.seconds for worker in ran))
    one, two = rates
    detail = f"{two:,.0f} a second, one process {one:,.0f}"
    return Figure("campaigns", "two worker processes, to one", two / one, 1.3, False, detail)
