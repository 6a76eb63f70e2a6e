"""The runner: claims what is due, one sender at a time, makes the calls, and goes on until nothing is due.

Any number of runners work side by side on any number of machines: locks in the database keep them out of each other's way.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.drafts import give_up_overdue
from accountgraph.campaigns.engine.call import make_calls
from accountgraph.campaigns.engine.claim import MOST_AT_ONCE, claim
from accountgraph.campaigns.engine.queues import reopen
from accountgraph.campaigns.engine.recover import recover
from accountgraph.campaigns.engine.transaction import run
from accountgraph.tracking.keys import stored_secrets

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from accountgraph.campaigns.engine.claim import Claimed
    from accountgraph.campaigns.engine.transport import Transport
    from accountgraph.db import Database, Session
    from accountgraph.tracking.keys import SecretsOf

CONTENDED_PAUSE = 0.05  # seconds, where other workers are at every account that is due
CALLS_AT_ONCE = 5  # a worker that dies leaves at most so many `unknown`


class Done(Struct, frozen=True):
    """What a run did: steps decided, messages sent, intents left `unknown` by workers that died, steps that now wait for a person."""

    decided: int = 0
    sent: int = 0
    unknown: int = 0
    asked: int = 0

    def __add__(self, other: Done) -> Done:
        return Done(self.decided + other.decided, self.sent + other.sent, self.unknown + other.unknown, self.asked + other.asked)


async def prepare(session: Session, now: datetime) -> int:
    """Open queues again, end pauses whose time has come, take over from workers that died; gives how many calls became `unknown`."""
    await reopen(session, now)
    await give_up_overdue(session, now)
    return (await recover(session, now)).unknown


class Runner:
    """Runs the campaigns of one workspace.

    Args:
        db: the workspace.
        transports: the transport of a name; raises for a name it does not know.
        calls_at_once: calls that one claim makes side by side.
        campaign_id: of this campaign alone; None: of all.
        secrets_of: where the keys that sign links are kept.
    """

    def __init__(
        self,
        db: Database,
        transports: Callable[[str], Transport],
        *,
        calls_at_once: int = CALLS_AT_ONCE,
        campaign_id: UUID | None = None,
        secrets_of: SecretsOf = stored_secrets,
    ) -> None:
        self._db = db
        self._campaign_id = campaign_id
        self._secrets_of = secrets_of
        self._transports = transports
        self._calls_at_once = calls_at_once
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Finish the calls in flight, give the rest back, and return."""
        self._stopping.set()

    async def run_due(self) -> Done:
        """Do all that is due now, end the pauses that are over, and take over from workers that died."""
        done = Done(unknown=await run(self._db, lambda session: prepare(session, session.now())))
        look_ahead = 1
        while not self._stopping.is_set():
            claimed = await run(self._db, partial(self._claim, look_ahead=look_ahead))
            if claimed is None:
                break
            # Where everybody who was looked at has to wait, more are looked at the next time.
            look_ahead = 1 if claimed.calls else min(2 * look_ahead, MOST_AT_ONCE)
            if claimed.is_contended:
                await asyncio.sleep(CONTENDED_PAUSE)
            done += Done(decided=claimed.decided, sent=await self._make_calls(claimed), asked=claimed.asked)
        return done

    async def _claim(self, session: Session, *, look_ahead: int) -> Claimed | None:
        return await claim(session, self._db.now(), campaign_id=self._campaign_id, look_ahead=look_ahead, secrets_of=self._secrets_of)

    async def _make_calls(self, claimed: Claimed) -> int:
        sent = 0
        for start in range(0, len(claimed.calls), self._calls_at_once):
            if self._stopping.is_set():
                await self._give_back(claimed.lease)
                break
            calls = claimed.calls[start : start + self._calls_at_once]
            sent += await make_calls(self._db, self._transports, claimed.lease, calls)
        return sent

    async def _give_back(self, lease: UUID) -> None:
        async def work(session: Session) -> None:
            await session.affect("campaigns.calls.release", {"lease": lease, "now": session.now()})
            await recover(session, session.now())

        await run(self._db, work)
