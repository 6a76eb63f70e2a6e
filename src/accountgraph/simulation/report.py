"""What a simulation found: the calendar of touches, what was put off and why, where everybody ended, the load of each mailbox."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from accountgraph.enums import Channel

if TYPE_CHECKING:
    from accountgraph.db import Database


class TouchMade(Struct, frozen=True):
    """One touch; `sender` None: a person did it by hand."""

    at: datetime
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


class Answer(Struct, frozen=True):
    """What somebody did."""

    at: datetime
    address: str
    kind: str


class Load(Struct, frozen=True):
    """Messages of one mailbox on one day (UTC)."""

    sender: str
    day: date
    messages: int


class SimulationReport(Struct, frozen=True, kw_only=True, dict=True):
    """The same workspace, campaign, times, behaviour and seed give an equal report. Times are UTC.

    `left_out`: how many of the audience are not approached, by reason.
    """

    campaign: str
    start: datetime
    until: datetime
    seed: int
    left_out: dict[str, int] = {}
    touches: list[TouchMade]
    answers: list[Answer]
    put_off: list[PutOff]
    endings: list[Ending]

    @cached_property
    def load(self) -> list[Load]:
        """Messages by mailbox and day, in that order; days without any are left out."""
        counted = Counter((touch.sender, touch.at.date()) for touch in self.touches if touch.sender)
        return [Load(sender, day, messages) for (sender, day), messages in sorted(counted.items())]

    @cached_property
    def states(self) -> dict[str, int]:
        """How many people ended in which state, with its reason: `finished completed`."""
        return dict(Counter(f"{end.state} {end.reason}" if end.reason else end.state for end in self.endings).most_common())

    def to_json(self) -> bytes:
        """All of it, with the load."""
        return msgspec.json.encode({**msgspec.structs.asdict(self), "load": self.load, "states": self.states})


async def read_report(
    db: Database, *, campaign: str, start: datetime, until: datetime, seed: int, left_out: dict[str, int]
) -> SimulationReport:
    """What the workspace of a simulation holds at its end."""
    return SimulationReport(
        campaign=campaign,
        start=start,
        until=until,
        seed=seed,
        left_out=left_out,
        touches=await db.rows(TouchMade, "campaigns.simulation.touches"),
        answers=await db.rows(Answer, "campaigns.simulation.happenings"),
        put_off=await db.rows(PutOff, "campaigns.simulation.put_off"),
        endings=await db.rows(Ending, "campaigns.simulation.endings"),
    )
