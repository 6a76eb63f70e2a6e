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
from accountgraph.simulation.colleagues import Waiting, do_work
from accountgraph.simulation.copying import let_planner_know
from accountgraph.simulation.post import SimulatedPost

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.db import Database
    from accountgraph.simulation.clock import VirtualClock

PLANNED_ANEW_AT = 200  # decisions, and at twice as many each time after
NOTHING_MOVES = timedelta(hours=1)  # where something stays due although the engine has looked at all, it looks again so much later


class Progress(Struct, frozen=True, kw_only=True):
    """How far a simulation is."""

    start: datetime
    now: datetime
    until: datetime
    touches: int
    answers: int


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
        self._to_come: list[tuple[datetime, int, _Touched, Happening]] = []
        self._our_work: list[tuple[datetime, int, list[Waiting]]] = []
        self._touches = self._answers = self._number = self._decided = 0
        self._plan_anew_at = PLANNED_ANEW_AT

    async def run(self, until: datetime) -> None:
        """Go on until nothing more comes, or until then."""
        start = self._clock.now
        await self._work()
        while (following := await self._next_moment()) is not None:
            tick = self._clock.next_tick(following)
            await self._live_on(min(tick, until))
            if tick >= until:
                break
            self._clock.move(tick)
            await self._work()
            if self._on_progress:
                told = Progress(start=start, now=self._clock.now, until=until, touches=self._touches, answers=self._answers)
                self._on_progress(told)

    async def _work(self) -> None:
        """The engine does all that is due now; what it asks of us is put on our list."""
        done = await self._runner.run_due()
        await self._note_touches(self._post.collect())
        if not done.decided:
            return
        self._decided += done.decided
        if self._decided >= self._plan_anew_at:
            self._plan_anew_at = 2 * self._decided
            await let_planner_know(self._world)
        waiting = await self._world.rows(Waiting, "campaigns.simulation.waiting", {"now": self._clock.now})
        by_time: dict[datetime, list[Waiting]] = {}
        for one in waiting:
            at = self._behaviour.done_at(one.kind, self._clock.now)
            if at is not None:
                by_time.setdefault(at, []).append(one)
        for at, work in by_time.items():
            heapq.heappush(self._our_work, (at, self._next_number(), work))

    async def _live_on(self, until: datetime) -> None:
        """People, theirs and ours, do what they do up to then, each at their own time."""
        while (at := self._next_deed()) is not None and at <= until:
            self._clock.move(at)
            if self._our_work and self._our_work[0][0] == at:
                *_, work = heapq.heappop(self._our_work)
                await self._note_touches(await self._world.run(partial(do_work, work=work, now=at)))
            else:
                *_, touched, happening = heapq.heappop(self._to_come)
                await self._answer(touched, happening)

    async def _note_touches(self, intents: list[UUID]) -> None:
        if not intents:
            return
        touched = await self._world.rows(_Touched, "campaigns.simulation.touched", {"ids": intents})
        for one in touched:
            self._touches += 1
            touch = Touch(address=one.address, channel=one.channel, number=one.number, at=self._clock.now)
            for happening in self._behaviour.after(touch, self._seed):
                heapq.heappush(self._to_come, (happening.at, self._next_number(), one, happening))

    async def _answer(self, touched: _Touched, happening: Happening) -> None:
        self._answers += 1
        signal = Signal(
            kind=happening.kind,
            dedupe_key=f"simulation {self._answers}",
            source="simulation",
            at=happening.at,
            contact_id=touched.contact_id,
            intent_id=touched.intent_id,
            until=happening.until,
            text=happening.text,
            person=happening.person,
        )
        await self._world.run(partial(record_signal, signal=signal, now=self._clock.now))

    def _next_number(self) -> int:
        """Breaks ties of time by order."""
        self._number += 1
        return self._number

    def _next_deed(self) -> datetime | None:
        """When somebody does something next."""
        return min((queue[0][0] for queue in (self._our_work, self._to_come) if queue), default=None)

    async def _next_moment(self) -> datetime | None:
        """When something happens next; what is due by now was looked at, so that it waits for something else."""
        now = self._clock.now
        due: datetime | None = await self._world.value("campaigns.enrolments.next_due", {"now": now})
        if due is not None and due <= now:
            due = now + NOTHING_MOVES
        return min((at for at in (due, self._next_deed()) if at is not None), default=None)
