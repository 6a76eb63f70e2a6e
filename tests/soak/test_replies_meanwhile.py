"""Replies and other signals come in while workers run: signals lock the account, claims the enrolments, and nobody is in the way."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

from accountgraph.campaigns.engine.runner import Runner
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.db import Database
from tests.db.campaigns.world import World
from tests.soak.size import size
from tests.soak.worlds import FREE, TWO_STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.models import Contact

ACCOUNTS, WORKERS, SIGNALS = size(25, 300), 4, size(80, 2000)
KINDS = (
    SignalKind.REPLY_POSITIVE,
    SignalKind.OUT_OF_OFFICE,
    SignalKind.HARD_BOUNCE,
    SignalKind.REFERRAL,
    SignalKind.UNSUBSCRIBE,
    SignalKind.LEFT_COMPANY,
)
_DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def _deadlocks(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as admin:
        row = admin.execute(_DEADLOCKS).fetchone()
    assert row is not None
    return int(row[0])


async def _answer(db: Database, people: Sequence[Contact], chance: random.Random, first: int) -> None:
    """People answer, each on a message of theirs where they have got one."""
    for number in range(first, first + SIGNALS // WORKERS):
        person, kind = chance.choice(people), chance.choice(KINDS)
        touchpoint = await World(db).select(UUID, "SELECT touchpoint_id FROM intents WHERE contact_id = %(id)s LIMIT 1", id=person.id)
        about: dict[str, Any] = {"touchpoint_id": touchpoint[0]} if touchpoint and touchpoint[0] else {"contact_id": person.id}
        signal = Signal(kind=kind, dedupe_key=f"{number}", source="test", text="Well", **about)
        await db.run(partial(record_signal, signal=signal, now=db.now()))


async def test_signals_while_workers_run_deadlock_with_nobody(url: str) -> None:
    async with Database(url, workspace="abm") as db:
        world = await World.begin(db)
        for number in range(1, WORKERS):
            await world.sender(f"me{number}@ours.com")
        people = [person for n in range(ACCOUNTS) for person in await world.account(f"acme{n}.com", "Anna", "Ben", "Cleo")]
        reactions = {kind.value: {"person": "finish", "rest": "nothing"} for kind in (SignalKind.REPLY_POSITIVE, SignalKind.REFERRAL)}
        policy = {**FREE, "reactions": reactions}  # the others of an account go on, so that there is much to do at the same time
        await world.enrol(await world.campaign(steps=TWO_STEPS, policy=policy), *people)
        others = [Database(url, workspace="abm") for _ in range(WORKERS)]
        workers = [Runner(other, world.transport, calls_at_once=3) for other in others]
        await asyncio.gather(
            *(worker.run_due() for worker in workers),
            *(_answer(db, people, random.Random(nth), nth * SIGNALS) for nth in range(WORKERS)),
        )
        for other in others:
            await other.close()
        sent = len(world.post.sent)
        assert await world.select(int, "SELECT count(*) FROM signals") == [SIGNALS // WORKERS * WORKERS]
        assert world.post.most_to_one <= len(TWO_STEPS)
        assert sent > ACCOUNTS
    assert _deadlocks(url) == 0
