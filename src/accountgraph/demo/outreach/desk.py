"""What our own people did in the campaigns of the demo: approve, ring, connect, answer, meet."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import complete
from accountgraph.campaigns.desk.outcomes import Sentiment
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.approvals import accept_approval
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.resume import resume
from accountgraph.demo.world.firms import DOMAIN_END
from accountgraph.demo.world.hours import business_days_before, sending_time, soon_at_work
from accountgraph.demo.world.rows import OURS, chance_of
from accountgraph.demo.world.texts import TALKS

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from accountgraph.demo.outreach.season import Season

LEFT_OPEN = {"approval": 6.0, "call": 6.0, "linkedin": 5.0, "meeting_outcome": 0.05}
"""Weekdays before now: what would be done later is still open now; of other kinds, it is `_LEFT`."""
_LEFT = 3.4
_OUR_ZONE = "Europe/London"
STEPS = frozenset({"call", "linkedin"})
_BUYERS = frozenset(f"{name}{DOMAIN_END}" for name in ("harbourlight-care", "quillan-press", "silverfjord-seafood", "stonebridge-labs"))
_INTERESTED = frozenset({"reply_positive", "reply_question"})
_ANSWERED = ("answered with two times", "answered, sent the page", "rang them, sent a summary", "answered, and noted the date")


class Waiting(Struct, frozen=True, kw_only=True):
    """Something that waits for one of us. `about`: the signal's kind, or the step; `content_hash`: of a message to approve."""

    id: UUID
    kind: str
    about: str
    address: str
    company_id: UUID | None
    contact_id: UUID | None
    content_hash: str | None
    waits_until: datetime | None


class Work:
    """Who of ours does what, and when."""

    def __init__(self, season: Season, seed: int, now: datetime) -> None:
        self._season, self._seed, self._now = season, seed, now

    def take_on(self, one: Waiting) -> None:
        """Somebody will see to it, unless that is so late that it is still open now."""
        if one.kind == "resolve_unknown":
            return
        chance = chance_of(self._seed, one.address, one.kind, one.about)
        asked = self._season.clock.now
        begin = max(asked, one.waits_until) if one.waits_until else asked
        if one.kind == "meeting_outcome" and one.waits_until:
            at = one.waits_until + timedelta(minutes=chance.randint(35, 90))
        else:
            at = soon_at_work(chance, begin, self._season.zone_of(one.contact_id) if one.kind in STEPS else _OUR_ZONE)
        if at < business_days_before(self._now, LEFT_OPEN.get(one.kind, _LEFT)):
            self._season.plan(max(at, asked + timedelta(minutes=5)), partial(self._do, one, chance))

    async def do_all_but(self, left: Sequence[Waiting], most: int) -> None:
        """Of what is open, the oldest first, all but so many are done after all."""
        for one in left[: max(0, len(left) - most)]:
            await self._do(one, chance_of(self._seed, one.address, one.kind, one.about, "late"))

    async def _do(self, one: Waiting, chance: random.Random) -> None:
        session, now, by = self._season.session, self._season.clock.now, chance.choice(OURS)
        try:
            if one.kind == "approval":
                assert one.content_hash is not None  # noqa: S101 - an approval has one
                await accept_approval(session, one.id, one.content_hash, by=by, now=now)
                return
            account = self._account(one, by, chance)
            await complete(session, one.id, account, now)
        except WorkStateError:  # it was withdrawn meanwhile
            return
        if one.kind in STEPS:
            return
        if one.kind == "reply" and one.about in _INTERESTED:
            await self._meet(one, chance)
        if one.kind == "meeting_outcome" and account.outcome == "held":
            await self._sell(one, chance)
        if one.company_id is not None and one.kind in {"reply", "question", "meeting_outcome"}:
            await resume(session, company_id=one.company_id, now=now)

    def _account(self, one: Waiting, by: str, chance: random.Random) -> Account:
        if one.kind == "call":
            return _call(by, chance)
        if one.kind == "meeting_outcome" and one.about == SignalKind.MEETING_BOOKED:
            if chance.random() < 0.88:
                return Account(by=by, outcome="held", seconds=chance.choice((1500, 1800, 2700)), note=chance.choice(TALKS))
            return Account(by=by, outcome="missed")
        words = {"linkedin": "sent", "reply": chance.choice(_ANSWERED)}
        return Account(by=by, outcome=words.get(one.kind, "seen to"))

    async def _meet(self, one: Waiting, chance: random.Random) -> None:
        if chance.random() > 0.6:
            return
        day = self._season.clock.now + timedelta(days=chance.uniform(2, 8))
        at = sending_time(chance, day, "America/New_York", "call").replace(minute=0, second=0)
        await self._signal(SignalKind.MEETING_BOOKED, one, until=at)

    async def _sell(self, one: Waiting, chance: random.Random) -> None:
        if one.address.partition("@")[2] not in _BUYERS:
            return
        await self._signal(SignalKind.DEAL_OPENED, one)
        at = self._season.clock.now + timedelta(days=chance.uniform(20, 55))
        kind = SignalKind.DEAL_WON if chance.random() < 0.75 else SignalKind.DEAL_LOST
        self._season.plan(at, partial(self._signal, kind, one))

    async def _signal(self, kind: SignalKind, one: Waiting, until: datetime | None = None) -> None:
        now = self._season.clock.now
        signal = Signal(
            kind=kind,
            dedupe_key=f"demo {kind} {one.address} {now:%Y-%m-%d %H:%M:%S}",
            source="the demo",
            at=now,
            contact_id=one.contact_id,
            until=until,
        )
        await record_signal(self._season.session, signal, now)


def _call(by: str, chance: random.Random) -> Account:
    word = chance.choices(("voicemail", "no_answer", "reached", "gatekeeper", "busy"), (34, 30, 26, 6, 4))[0]
    if word != "reached":
        return Account(by=by, outcome=word)
    mood = chance.choices((Sentiment.NEUTRAL, Sentiment.POSITIVE, Sentiment.NEGATIVE), (7, 2, 1))[0]
    return Account(by=by, outcome=word, seconds=chance.randint(80, 900), sentiment=mood, note=chance.choice(TALKS))
