"""How people behave in a simulation: as a script says, or as rates by channel and attempt have it."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Days = Annotated[float, Meta(ge=0, le=3650)]
Hours = Annotated[float, Meta(ge=0, le=87600)]
Percent = Annotated[float, Meta(ge=0, le=100)]


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
    """How many of 100 touches are answered by a signal of `kind`, and within how many hours, drawn evenly.

    `channel`, `attempt`: of touches by that channel, of that number; None: of all.
    """

    kind: SignalKind
    percent: Percent
    channel: Channel | None = None
    attempt: Annotated[int, Meta(ge=1)] | None = None
    within_hours: tuple[Hours, Hours] = (1, 72)


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
    `approve_after_hours`, `do_tasks_after_hours`: how long an approval or a call waits for one of us; None: for ever.
    """

    scripts: dict[str, dict[str, Response]] = {}
    rates: tuple[Rate, ...] = ()
    approve_after_hours: Hours | None = 2
    do_tasks_after_hours: Hours | None = 24

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
        Rate(kind=SignalKind.HARD_BOUNCE, percent=1, channel=Channel.EMAIL, attempt=1, within_hours=(0, 0.1)),
        Rate(kind=SignalKind.OUT_OF_OFFICE, percent=4, channel=Channel.EMAIL, within_hours=(0, 0.2)),
        Rate(kind=SignalKind.UNSUBSCRIBE, percent=0.5, channel=Channel.EMAIL),
        Rate(kind=SignalKind.REPLY_POSITIVE, percent=1.5, attempt=1),
        Rate(kind=SignalKind.REPLY_POSITIVE, percent=1),
        Rate(kind=SignalKind.REPLY_NOT_NOW, percent=1),
        Rate(kind=SignalKind.REPLY_REFUSAL, percent=1),
    )
)  # somebody cold at work, in round figures of our own: set what your own past says


def behaviour_of(given: Mapping[str, Any]) -> Behaviour:
    """Behaviour as a file or a caller gives it: the fields of `Behaviour`, or the scripts alone, by address.

    A response without a `kind` is of the kind that it is named by: `{"anna@acme.com": {"unsubscribe": {"after_days": 4}}}`.

    Raises:
        InvalidValueError: naming the field and what it takes.
    """
    fields = dict(given) if set(given) & set(Behaviour.__struct_fields__) else {"scripts": dict(given)}
    fields["scripts"] = {
        address: {name: {"kind": name, **response} for name, response in script.items()}
        for address, script in dict(fields.get("scripts", {})).items()
    }
    try:
        return msgspec.convert(fields, Behaviour, strict=False)
    except msgspec.ValidationError as error:
        message, _, place = str(error).partition(" - at `$.")
        raise InvalidValueError(f"behaviour.{place.rstrip('`')}" if place else "behaviour", message) from None
