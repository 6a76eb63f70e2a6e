"""How people behave in a simulation: as a script says, or as rates by channel and attempt have it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

Days = Annotated[float, Meta(ge=0, le=3650)]
Hours = Annotated[float, Meta(ge=0, le=87600)]
Percent = Annotated[float, Meta(ge=0, le=100)]
_SATURDAY = 5


class Response(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody does `after_days` (24 hours each) they got their touch number `touch` (1 is the first).

    `back_after_days`: what an out-of-office says, or when a meeting is. `person`: whom a referral or a stand-in names.
    """

    kind: SignalKind
    after_days: Days = 1
    touch: Annotated[int, Meta(ge=1)] = 1
    text: str | None = None
    back_after_days: Days | None = None
    person: dict[str, Any] | None = None


class Rate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of 100 touches are answered by a signal of `kind`, and within how many hours (least, most), drawn evenly.

    `channel`, `attempt`: of touches by that channel, of that number; None: of all.
    """

    kind: SignalKind
    percent: Percent
    channel: Channel | None = None
    attempt: Annotated[int, Meta(ge=1)] | None = None
    within_hours: tuple[Hours, Hours] = (1, 72)

    def __post_init__(self) -> None:
        least, most = self.within_hours
        if least > most:
            raise ValueError(f"{least:g} hours at least and {most:g} at most cannot be; write the smaller first")


class Touch(Struct, frozen=True, kw_only=True):
    """What somebody got: `number` is 1 for the first."""

    address: str
    channel: Channel
    number: int
    at: datetime


class Happening(Struct, frozen=True, kw_only=True):
    """What somebody will do, and when."""

    at: datetime
    kind: SignalKind
    text: str | None = None
    until: datetime | None = None
    person: dict[str, Any] | None = None


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people do, theirs and ours.

    `scripts`: by e-mail address (or number), responses by a name of one's choice; who has a script does that and nothing else.
    `rates`: for everybody else, asked in their order at each touch; the first that is drawn is what happens.
    `approve_after_hours`, `do_tasks_after_hours`: how long an approval or a step by hand waits for one of us, who do not work at
    weekends (UTC); None: for ever.
    """

    scripts: dict[str, dict[str, Response]] = {}
    rates: tuple[Rate, ...] = ()
    approve_after_hours: Hours | None = 2
    do_tasks_after_hours: Hours | None = 24

    def done_at(self, kind: str, asked_at: datetime) -> datetime | None:
        """When one of us does what was asked for at that time: an `approval` or a `task`. What falls on a weekend is done on Monday."""
        hours = self.approve_after_hours if kind == "approval" else self.do_tasks_after_hours
        if hours is None:
            return None
        at = (asked_at + timedelta(hours=hours)).astimezone(UTC)
        return at + timedelta(days=max(0, 7 - at.weekday())) if at.weekday() >= _SATURDAY else at

    def after(self, touch: Touch, seed: int) -> Iterator[Happening]:
        """What follows from a touch. The same touch and seed give the same, whatever else happens."""
        script = self.scripts.get(touch.address)
        if script is not None:
            for response in script.values():
                if response.touch == touch.number:
                    yield _scripted(response, touch.at + timedelta(days=response.after_days))
            return
        chance = random.Random(f"{seed} {touch.address} {touch.number}")  # noqa: S311 - a simulation has to be repeatable
        for rate in self.rates:
            if rate.channel in {None, touch.channel} and rate.attempt in {None, touch.number} and chance.random() * 100 < rate.percent:
                yield Happening(at=touch.at + timedelta(hours=round(chance.uniform(*rate.within_hours), 2)), kind=rate.kind)
                return


def _scripted(response: Response, at: datetime) -> Happening:
    until = at + timedelta(days=response.back_after_days) if response.back_after_days is not None else None
    return Happening(at=at, kind=response.kind, text=response.text, until=until, person=response.person)


TYPICAL = Behaviour(
    rates=(
        Rate(kind=SignalKind.HARD_BOUNCE, percent=0.5, channel=Channel.EMAIL, attempt=1, within_hours=(0, 0.1)),
        Rate(kind=SignalKind.OUT_OF_OFFICE, percent=4, channel=Channel.EMAIL, within_hours=(0, 0.2)),
        Rate(kind=SignalKind.UNSUBSCRIBE, percent=0.5, channel=Channel.EMAIL),
        Rate(kind=SignalKind.REPLY_POSITIVE, percent=1.5, attempt=1),
        Rate(kind=SignalKind.REPLY_POSITIVE, percent=1),
        Rate(kind=SignalKind.REPLY_NOT_NOW, percent=1),
        Rate(kind=SignalKind.REPLY_REFUSAL, percent=1),
    )
)  # somebody cold at work, in round figures of our own: set what your own past says
