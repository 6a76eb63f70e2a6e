"""The campaign engine: claim, decide and record, against the bare claim-and-advance of the same rows by hand.

Ours is the real runner with a transport that answers at once, in batches of a hundred. It locks the sender, accounts and people,
reads all that the arbiter looks at, decides, writes each decision with its inputs, composes the message, plans the intent with
its lease and its reservation, looks once more just before the call, and writes the attempt, the outcome and where the enrolment
stands, in three transactions. A worker's default is fewer calls at once, for so many it may leave `unknown` when it dies; the detail
says what that makes. Live, the message also becomes a touchpoint of a conversation, with its event and all counts of
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
from accountgraph.campaigns.engine.runner import CALLS_AT_ONCE, Runner
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


class _Side(NamedTuple):
    """What one way of doing it took in each round: seconds, and bytes of write-ahead log."""

    seconds: list[float]
    written: list[float]

    def a_message(self, due: int) -> tuple[float, float]:
        """The median of the rounds, without the first, which warms up."""
        return median(self.seconds[1:]) / due, median(self.written[1:]) / due


async def measure(bench: Bench) -> list[Figure]:
    """Rates to by hand, live and dry; what of them deciding is; and two processes to one."""
    live = await _compared(bench, is_live=True)
    scaling = await _scaling(bench)
    return [*live, *(await _compared(bench, is_live=False))[:1], scaling]


async def _compared(bench: Bench, *, is_live: bool) -> list[Figure]:
    """In turns on the same rows: every round has its own, and in every other one by hand comes first."""
    due = DUE[bench.size]
    queues = await fill(bench.url, bench.scratch, due * (bench.rounds + 6), is_live=is_live)
    ours, hand, deciding = _Side([], []), _Side([], []), []
    with psycopg.connect(bench.url, autocommit=True) as connection:
        connection.execute(f"SET search_path = {bench.scratch}".encode())
        async with Database(bench.url, workspace=bench.scratch) as db:
            runner = Runner(db, lambda _: Null(), calls_at_once=BATCH)
            for turn in range(bench.rounds + 1):
                ids = make_due(connection, due)
                if turn % 2:
                    _by_hand(hand, connection, queues, due)
                    connection.execute(BACK, {"ids": ids})
                deciding.append(await _deciding(db, ids))
                await _by_us(ours, connection, runner, due)
                if turn % 2 == 0:
                    connection.execute(AGAIN, {"ids": ids})
                    _by_hand(hand, connection, queues, due)
                if turn == 0:
                    connection.execute(b"VACUUM ANALYZE")  # as autovacuum would
            make_due(connection, due)
            few = _Side([], [])
            await _by_us(few, connection, Runner(db, lambda _: Null()), due)
    (took, written), (bare, bare_written) = ours.a_message(due), hand.a_message(due)
    thought = median(deciding[1:]) / due
    detail = (
        f"{1 / took:,.0f} a second, by hand {1 / bare:,.0f}; {written / bare_written:.1f} x the write-ahead log;"
        f" {due / few.seconds[0]:,.0f} a second with {CALLS_AT_ONCE} calls at once"
    )
    name = f"claim + decide + record, {'live' if is_live else 'dry run'}, to a bare claim-and-advance"
    share = f"{thought * 1e6:.0f} us of {took * 1e6:.0f}"
    return [
        Figure("campaigns", name, bare / took, 0.25, False, detail),
        Figure("campaigns", "deciding, of claim + decide + record", thought / took, 0.1, True, share),
    ]


async def _by_us(side: _Side, connection: psycopg.Connection[Any], runner: Runner, due: int) -> None:
    log, begun = _log(connection), perf_counter()
    done = await runner.run_due()
    side.seconds.append(perf_counter() - begun)
    side.written.append(_log(connection) - log)
    if done.sent != due:
        raise RuntimeError(f"{done.sent} were sent, {due} were due.")


def _by_hand(side: _Side, connection: psycopg.Connection[Any], queues: list[int], due: int) -> None:
    log, begun = _log(connection), perf_counter()
    done = sum(_advanced(connection, queue) for queue in queues)
    side.seconds.append(perf_counter() - begun)
    side.written.append(_log(connection) - log)
    if done != due:
        raise RuntimeError(f"{done} were advanced, {due} were due.")


def _log(connection: psycopg.Connection[Any]) -> float:
    """How far the server's write-ahead log has come, in bytes."""
    row = connection.execute(b"SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float").fetchone()
    assert row is not None
    return float(row[0])


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
        found = await session.rows(Candidate, "campaigns.facts.of", {"ids": ids, "now": now})
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
