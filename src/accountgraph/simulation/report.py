"""What a simulation found: the calendar of touches, what was put off and why, where everybody ended, the load of each mailbox."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.rules.throttle import daily_cap, narrowed
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accountgraph.campaigns.definition.policy import SenderLimits
    from accountgraph.db import Database
    from accountgraph.simulation.behaviour import Behaviour


class TouchMade(Struct, frozen=True):
    """One touch; `sender` None: a person did it by hand."""

    at: datetime
    contact_id: UUID
    address: str
    name: str | None
    company: str | None
    channel: Channel
    sender: str | None
    step: str
    subject: str | None


class PutOff(Struct, frozen=True):
    """What one rule deferred (`defer`) or denied (`deny`): for how many people, and how often in all."""

    verdict: str
    rule: str
    people: int
    times: int
    example: str


class Ending(Struct, frozen=True):
    """Where somebody stands at the end."""

    contact_id: UUID
    address: str
    name: str | None
    company: str | None
    state: str
    reason: str | None
    track: str
    step: str
    touches: int
    paused_until: datetime | None
    next_due_at: datetime | None

    @property
    def words(self) -> str:
        """State and reason."""
        return f"{self.state}: {self.reason}" if self.reason else self.state


class Answer(Struct, frozen=True):
    """What somebody did."""

    at: datetime
    contact_id: UUID | None
    address: str
    kind: str


class Load(Struct, frozen=True):
    """Messages of one mailbox on one day (UTC), and the most that its policy lets it send on such a day."""

    sender: str
    day: date
    messages: int
    cap: int


class Named(Struct, frozen=True):
    """Somebody, in words."""

    contact_id: UUID
    address: str
    name: str | None
    company: str | None


class LeftOut(Named, frozen=True):
    """Somebody whom the audience names and who is not approached. The reasons are those of `accountgraph campaign preview`."""

    reason: str


class Asked(Struct, frozen=True, kw_only=True):
    """What was simulated. Times are UTC."""

    campaign: str
    start: datetime
    until: datetime
    seed: int
    left_out: list[LeftOut] = []


class SimulationReport(Asked, frozen=True, kw_only=True):
    """The same workspace, campaign, times, behaviour and seed give an equal report. Times are UTC.

    `load`: by mailbox and day; days without any are missing. `scripts_of_nobody`: scripted addresses that the campaign does not
    approach.
    """

    touches: list[TouchMade]
    answers: list[Answer]
    put_off: list[PutOff]
    endings: list[Ending]
    load: list[Load]
    scripts_of_nobody: list[str] = []

    @property
    def states(self) -> dict[str, int]:
        """How many people ended where, the most frequent first: `finished: completed`."""
        return dict(Counter(end.words for end in self.endings).most_common())

    @property
    def reasons(self) -> dict[str, int]:
        """How many were left out for each reason, the most frequent first."""
        return dict(Counter(one.reason for one in self.left_out).most_common())

    def facts(self) -> dict[str, Any]:
        """All of it, with the figures."""
        return {**msgspec.structs.asdict(self), "states": self.states, "reasons": self.reasons}

    def to_json(self) -> bytes:
        """All of it, with the figures."""
        return msgspec.json.encode(self.facts())


class _Mailbox(Struct, frozen=True):
    address: str
    per_hour: int | None
    per_day: int | None
    warmup_started_at: datetime | None


def left_out(named: Iterable[Named], reasons: Mapping[UUID, str]) -> list[LeftOut]:
    """Those who are left out, by reason, in their order."""
    return sorted(
        (LeftOut(one.contact_id, one.address, one.name, one.company, reasons[one.contact_id]) for one in named), key=lambda one: one.reason
    )


async def read_report(db: Database, asked: Asked, limits: SenderLimits, behaviour: Behaviour) -> SimulationReport:
    """What the workspace of a simulation holds at its end."""
    touches = await db.rows(TouchMade, "campaigns.simulation.touches")
    endings = await db.rows(Ending, "campaigns.simulation.endings")
    mailboxes = await db.rows(_Mailbox, "campaigns.simulation.mailboxes")
    return SimulationReport(
        **msgspec.structs.asdict(asked),
        touches=touches,
        answers=await db.rows(Answer, "campaigns.simulation.happenings"),
        put_off=await db.rows(PutOff, "campaigns.simulation.put_off"),
        endings=endings,
        load=_load(touches, {mailbox.address: mailbox for mailbox in mailboxes}, limits),
        scripts_of_nobody=sorted(set(behaviour.scripts) - {end.address for end in endings}),
    )


def _load(touches: Iterable[TouchMade], mailboxes: Mapping[str, _Mailbox], limits: SenderLimits) -> list[Load]:
    """A day's cap is the one at its end: while a mailbox warms up, it grows in the course of the day."""
    counted = Counter((touch.sender, touch.at.date()) for touch in touches if touch.sender)
    loads = []
    for (sender, day), messages in sorted(counted.items()):
        own = mailboxes[sender]
        began = own.warmup_started_at
        at = datetime.combine(day + timedelta(days=1), time(), tzinfo=began.tzinfo if began else None)
        loads.append(Load(sender, day, messages, daily_cap(narrowed(limits, own), began, at)))
    return loads
