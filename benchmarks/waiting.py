"""What waiting enrolments cost: finding the one that is due among all, a worker that has nothing to do, and a worker's memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg

from accountgraph.queries import query
from benchmarks.enrolled import PEOPLE, fill, make_due
from benchmarks.measure import Bench, Figure, in_turns
from benchmarks.workers import idle_share, run_workers

if TYPE_CHECKING:
    from uuid import UUID

ACCOUNTS = {"tiny": 11, "small": 2_750, "full": 250_000}
DUE = {"tiny": 1, "small": 250, "full": 20_000}  # to a worker whose memory is compared with that of one with ten times as many
IDLE = {"tiny": (1, 1), "small": (5, 5), "full": (5, 60)}  # seconds to start in, and to look at
BY_KEY = b"SELECT e.id, e.company_id, e.version_id, e.next_due_at FROM enrolments AS e WHERE e.id = %(id)s"


async def measure(bench: Bench) -> list[Figure]:
    """The three figures, on one workspace."""
    await fill(bench.url, bench.scratch, ACCOUNTS[bench.size])
    enrolments = ACCOUNTS[bench.size] * PEOPLE
    warm_up, seconds = IDLE[bench.size]
    share = await idle_share(bench, warm_up, seconds)
    return [
        await _finding(bench, enrolments),
        Figure("waiting", "idle worker, share of a core", share, 0.01, True, f"CPU over {seconds} s, {enrolments:,} enrolments waiting"),
        await _memory(bench),
    ]


async def _finding(bench: Bench, enrolments: int) -> Figure:
    """All in one transaction of a connection kept open: what is compared is the look, not BEGIN and COMMIT."""
    with psycopg.connect(bench.url, autocommit=True) as admin:
        admin.execute(f"SET search_path = {bench.scratch}".encode())
        [due] = make_due(admin, 1)
        async with await psycopg.AsyncConnection.connect(bench.url) as connection:
            await connection.execute(f"SET search_path = {bench.scratch}".encode())
            await connection.execute(query("campaigns.claims.keep_plans"))
            params: dict[str, Any] = {"now": datetime.now(UTC), "campaign_id": None}

            async def ours(_: int) -> None:
                if await _found(connection, params) != due:
                    raise RuntimeError("Another one than the one that is due was found.")

            async def by_key(_: int) -> None:
                await (await connection.execute(BY_KEY, {"id": due})).fetchone()

            times = await in_turns({"ours": ours, "key": by_key}, bench.calls, bench.rounds)
        admin.execute("UPDATE enrolments SET next_due_at = now() + interval '1 year' WHERE id = %s", (due,))
    ours_us, key_us = times["ours"] * 1e6, times["key"] * 1e6
    detail = f"{ours_us:.0f} us, by primary key {key_us:.0f} us, {enrolments:,} waiting"
    return Figure("waiting", "finding the one that is due, to a look-up by primary key", ours_us / key_us, 5, True, detail)


async def _found(connection: psycopg.AsyncConnection[Any], params: dict[str, Any]) -> UUID | None:
    """The two looks with which a claim begins: the sender with somebody due, and who that is."""
    sender = await (await connection.execute(query("campaigns.claims.sender"), params)).fetchone()
    if sender is None:
        return None
    looked = {**params, "sender_id": sender[0], "is_live": sender[7], "looked_at": 1}
    found = await (await connection.execute(query("campaigns.claims.take"), looked)).fetchone()
    return found[0] if found else None


async def _memory(bench: Bench) -> Figure:
    """A worker's peak with ten times the messages, all others waiting beside them."""
    peaks = []
    count = DUE[bench.size]
    for due in (count, count * 10):
        with psycopg.connect(bench.url, autocommit=True) as connection:
            connection.execute(f"SET search_path = {bench.scratch}".encode())
            make_due(connection, due)
        [ran] = await run_workers(bench, 1)
        if ran.sent != due:
            raise RuntimeError(f"{ran.sent} were sent, {due} were due.")
        peaks.append(ran.peak)
    small, large = peaks
    detail = f"peak {large / 1024:.0f} MB after {count * 10:,} messages, {small / 1024:.0f} MB after {count:,}"
    return Figure("waiting", "memory of a worker, 10 x the enrolments", large / small, 1.2, True, detail)
