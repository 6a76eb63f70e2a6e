"""The course of a simulation: the engine does what is due, people do what they do, and the clock jumps to what comes next."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.engine.runner import Runner
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.enums import Channel
from accountgraph.simulation.behaviour import Behaviour, Happening, Touch
from accountgraph.simulation.post import SimulatedPost

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.db import Database
    from accountgraph.simulation.clock import VirtualClock

NOTHING_MOVES = timedelta(hours=1)  # where something is due that a hold keeps from being done, it is looked at again so much later


class Progress(Struct, frozen=True, kw_only=True):
    """How far a simulation is."""

    start: datetime
    now: datetime
    until: datetime
    touches: int
    answers: int


class Waiting(Struct, frozen=True):
    """Something that waits for one of us: an `approval` or a `task`."""

    id: UUID
    kind: str
    since: datetime
    address: str


class _Touched(Struct, frozen=True):
    intent_id: UUID
    contact_id: UUID
    address: str
    channel: Channel
    number: int


class Course:
    """One simulation in its workspace."""

    def __init__(
        self,
        world: Database,
        clock: VirtualClock,
        behaviour: Behaviour,
        seed: int,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._world, self._clock, self._behaviour, self._seed = world, clock, behaviour, seed
        self._on_progress = on_progress
        self._post = SimulatedPost()
        self._runner = Runner(world, lambda _: self._post, calls_at_once=100)
        self._to_come: list[tuple[datetime, str, int, _Touched, Happening]] = []
        self._touches = self._answers = self._drawn = 0

    async def run(self, until: datetime) -> None:
        """Go on until nothing more comes, or until then."""
        start = self._clock.now
        while self._clock.now < until:
            moved = await self._step()
            if self._on_progress:
                told = Progress(start=start, now=self._clock.now, until=until, touches=self._touches, answers=self._answers)
                self._on_progress(told)
            following = await self._next_moment(moved=moved)
            if following is None:
                return
            self._clock.jump(following)

    async def _step(self) -> bool:
        """All that is due now; gives whether anything was done."""
        done = await self._runner.run_due()
        await self._note_touches(self._post.collect())
        answered = await self._answer()
        return bool(done.decided or done.unknown or answered)

    async def _note_touches(self, intents: list[UUID]) -> None:
        if not intents:
            return
        touched = await self._world.rows(_Touched, "campaigns.simulation.touched", {"ids": intents})
        for one in touched:
            self._touches += 1
            touch = Touch(address=one.address, channel=one.channel, number=one.number, at=self._clock.now)
            for happening in self._behaviour.after(touch, self._seed):
                self._drawn += 1
                heapq.heappush(self._to_come, (happening.at, one.address, self._drawn, one, happening))

    async def _answer(self) -> int:
        """People do what is due by now."""
        number = 0
        while self._to_come and self._to_come[0][0] <= self._clock.now:
            at, address, nth, touched, happening = heapq.heappop(self._to_come)
            signal = Signal(
                kind=happening.kind,
                dedupe_key=f"simulation {nth} {address}",
                source="simulation",
                at=at,
                contact_id=touched.contact_id,
                intent_id=touched.intent_id,
                until=happening.until,
                text=happening.text,
                person=happening.person,
            )
            await self._world.run(partial(record_signal, signal=signal, now=self._clock.now))
            number += 1
        self._answers += number
        return number

    async def _next_moment(self, *, moved: bool) -> datetime | None:
        now = self._clock.now
        due: datetime | None = await self._world.value("campaigns.enrolments.next_due")
        if due is not None and due <= now and not moved:
            due = now + NOTHING_MOVES
        return min((at for at in (due, self._to_come[0][0] if self._to_come else None) if at is not None), default=None)
