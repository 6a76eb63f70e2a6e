"""The campaigns of the demo as they went: the real engine on a clock set back, in the transaction that loads the demo.

Nothing leaves: every message goes to the demo's own post. What people do with it, theirs and ours, is drawn from the seed.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.engine.runner import Runner
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.demo.outreach.answers import ABSENT, answer_to, some_mind
from accountgraph.demo.outreach.desk import Waiting, Work
from accountgraph.demo.outreach.post import DemoPost
from accountgraph.demo.outreach.reading import read_by
from accountgraph.demo.world.hours import business_days_before, reading_time
from accountgraph.demo.world.rows import chance_of
from accountgraph.intake.mail import take_mail

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping

    from accountgraph.db import Database, Session
    from accountgraph.demo.world.rows import Person, Row

Deed = Callable[[], Awaitable[None]]
LATEST_ANSWER = 5.5  # weekdays before now: after it only those answer whom the inbox is to show
_LOST = 4.5  # weekdays before now: of the next message nobody knows what became of it
_LOOKS = ((9, 10), (14, 10))  # UTC: when the engine looks what is due, for Europe and for America; messages then leave over two hours
_SATURDAY = 5
_ANSWERS = {1: 0.062, 2: 0.05, 3: 0.075, 4: 0.07, 5: 0.06, 6: 0.06}
_MISTYPED = {("greywacke-quarries.example", 5), ("rosewell-bakeries.example", 6), ("fennimore-insurance.example", 5)}
"""Whose address is wrong: by account and place."""
_BETTER = frozenset({"story", "people"})  # the variants that do better


class Sent(Struct, frozen=True, kw_only=True):
    """A message of ours as its recipient has it. `number`: of the touch, from 1."""

    intent_id: UUID
    touchpoint_id: UUID
    contact_id: UUID
    company_id: UUID | None
    step_key: str
    variant: str | None
    subject: str | None
    content: str | None
    sender_id: UUID | None
    sender: str | None
    message_id: str | None
    address: str
    name: str
    number: int
    campaign: str


class Clock:
    """The demo's clock, which is moved."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def __call__(self) -> datetime:
        """The time."""
        return self.now


class Season:
    """All campaigns from the first day to now. `session`: the transaction; `seed`: of everything that is drawn."""

    def __init__(self, session: Session, seed: int, start: datetime, now: datetime, people: Mapping[UUID, Person]) -> None:
        self.clock = Clock(start)
        self.session = session.by_clock(self.clock)
        self.events: list[Row] = []
        self._seed, self._now, self._people = seed, now, people
        self._latest_answer = business_days_before(now, LATEST_ANSWER)
        self._post = DemoPost(self.clock, refuses_after=now - timedelta(days=16), loses_after=business_days_before(now, _LOST))
        self._runner = Runner(cast("Database", self.session), lambda _: self._post, calls_at_once=100)
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._looks = _looks(start, now)
        self.is_active = False  # whether a campaign runs that the engine has to look at
        self.work = Work(self, seed, now)
        self._number = 0
        self.sent: list[tuple[datetime, Sent]] = []
        self.left_at: dict[UUID, datetime] = {}  # by intent

    def zone_of(self, contact_id: UUID | None) -> str:
        """Where a person lives, IANA."""
        one = self._people.get(contact_id) if contact_id else None
        return one.zone if one else "UTC"

    def plan(self, at: datetime, deed: Deed) -> None:
        """Let something be done at a time; what is after now never happens."""
        if at < self._now:
            self._number += 1
            heapq.heappush(self._deeds, (max(at, self.clock.now), self._number, deed))

    async def live(self) -> None:
        """Go on until now."""
        for look in self._looks:
            await self._live_on(look)
            if self.is_active:
                await self._move(look)
                await self._runner.run_due()
                await self.note(self._post.collect())
                await self._look_for_work()
        await self._live_on(self._now)
        await self._move(self._now)

    async def _live_on(self, until: datetime) -> None:
        while self._deeds and self._deeds[0][0] <= until:
            at, _, deed = heapq.heappop(self._deeds)
            await self._move(at)
            await deed()
            await self._look_for_work()

    async def note(self, intents: list[UUID]) -> None:
        """Messages have arrived: what comes of them is planned."""
        if not intents:
            return
        for one in await self.session.rows(Sent, "demo.sent", {"ids": intents}):
            chance = chance_of(self._seed, one.campaign, one.address, one.step_key)
            at = self.clock.now + timedelta(seconds=chance.triangular(20, 9000, 2000))
            if at < self._now:
                self.left_at[one.intent_id] = at
                self.sent.append((at, one))
                self._after_mail(one, at, chance)

    async def answer(self, sent: Sent, mind: str) -> None:
        """A person answers a message: a mail comes in, and is taken as any mail is."""
        chance = chance_of(self._seed, sent.address, sent.step_key, "answer")
        raw = answer_to(sent, mind, self.clock.now, chance)
        source = sent.sender or "demo"
        await take_mail(self.session, raw, source=source, sender_id=sent.sender_id, received_at=self.clock.now)

    async def signal(self, kind: SignalKind, sent: Sent, **more: Any) -> None:  # noqa: ANN401 - fields of Signal
        """Something else happens with a message."""
        signal = Signal(
            kind=kind,
            dedupe_key=f"demo {kind} {sent.campaign} {sent.address} {sent.step_key}",
            source="the demo",
            at=self.clock.now,
            contact_id=sent.contact_id,
            touchpoint_id=sent.touchpoint_id,
            intent_id=sent.intent_id,
            **more,
        )
        await record_signal(self.session, signal, self.clock.now)

    def _after_mail(self, sent: Sent, at: datetime, chance: random.Random) -> None:
        person = self._people[sent.contact_id]
        if sent.number == 1 and (chance.random() < 0.01 or (person.firm.domain, person.place) in _MISTYPED):
            self.plan(at + timedelta(seconds=20), lambda: self.signal(SignalKind.HARD_BOUNCE, sent, text="550 5.1.1 user unknown"))
            return
        answers = chance.random() < _ANSWERS.get(sent.number, 0.05) * (1.5 if sent.variant in _BETTER else 0.8)
        opened = read_by(person, sent.touchpoint_id, at=at, now=self._now, chance=chance, events=self.events, is_read=answers)
        if chance.random() < 0.025:
            self.plan(at + timedelta(seconds=chance.uniform(30, 200)), lambda: self.answer(sent, ABSENT))
        elif opened is not None and chance.random() < 0.008:
            self.plan(opened + timedelta(minutes=2), lambda: self.signal(SignalKind.UNSUBSCRIBE, sent))
        elif answers and opened is not None:
            replied = reading_time(chance, opened, person.zone, typical_hours=5)
            if replied < self._latest_answer:
                mind = some_mind(chance)
                self.plan(replied, lambda: self.answer(sent, mind))

    async def _look_for_work(self) -> None:
        for one in await self.session.rows(Waiting, "demo.waiting", {"now": self.clock.now}):
            self.work.take_on(one)

    async def _move(self, at: datetime) -> None:
        self.clock.now = max(self.clock.now, at)
        await self.session.tell_time(self.clock.now)


def _looks(start: datetime, end: datetime) -> list[datetime]:
    """When the engine looks, on each weekday between the two."""
    days = (start + timedelta(days=number) for number in range((end - start).days + 2))
    looks = (day.replace(hour=hour, minute=minute, second=0, microsecond=0) for day in days for hour, minute in _LOOKS)
    return [look for look in looks if start < look < end and look.weekday() < _SATURDAY]
