"""Recording signals: one transaction locks the account, reacts as the policies say, and writes all of it down once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from accountgraph.addresses import email_key
from accountgraph.campaigns.signals.consequences import About, Account, Consequences, Written
from accountgraph.campaigns.signals.reactions import SignalKind, Standing
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.given import happened

if TYPE_CHECKING:
    from accountgraph.db import Session


class Signal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that happened.

    About whom: `contact_id`, or `email`, or a message of ours (`touchpoint_id`, `intent_id`); a deal may name `company_id` alone.
    `dedupe_key`: what identifies it at its source, so that the same again changes nothing. `until`: a date it gives (back from
    leave, time of a meeting). `text`: what was written. `person`: somebody it names. `channel`: what was unsubscribed from.
    `learned`: for the conversation's context, as the context calls it (`topics_discussed`, `pain_points_identified` ...).
    `meeting`: what a calendar calls it, and called it before it was moved; `sequence`: which of two things that it says is the later.
    """

    kind: SignalKind
    dedupe_key: Annotated[str, Meta(min_length=1, max_length=500)]
    source: Annotated[str, Meta(min_length=1, max_length=500)]
    at: datetime | None = None
    contact_id: UUID | None = None
    email: str | None = None
    company_id: UUID | None = None
    intent_id: UUID | None = None
    touchpoint_id: UUID | None = None
    until: datetime | None = None
    text: str | None = None
    message_id: str | None = None
    person: dict[str, Any] | None = None
    channel: str | None = None
    learned: dict[str, Any] = {}
    meeting: tuple[str, ...] = ()
    sequence: int | None = None


class Recorded(Struct, frozen=True):
    """What a signal did, in words; `is_new` False: it was recorded before, and this is what it did then."""

    id: UUID
    is_new: bool
    effects: list[str]


class _Known(Struct, frozen=True):
    id: UUID
    effects: list[str]


async def record_signal(session: Session, signal: Signal, now: datetime) -> Recorded:
    """Write down what happened and do what the policies of the campaigns concerned say. The same signal again changes nothing.

    Raises:
        InvalidValueError: the signal says of nobody, a time has no offset, or it is still to come.
        NotFoundError: whom it is about is not known.
    """
    about = await _about(session, signal)
    if signal.at is not None:
        happened("at", signal.at, now)
    accounts = await session.rows(Account, "campaigns.signals.lock_account", {"company_id": about.company_id})
    added = await session.value("campaigns.signals.add", _row(signal, about, now))
    if added is None:
        return await _known(session, signal.dedupe_key)
    reaction = Consequences(session, signal, about, Written(added, accounts, now))
    effects = await reaction.carry_out()
    await session.affect("campaigns.signals.keep_effects", {"id": added, "effects": _json(effects)})
    return Recorded(added, True, effects)


async def lock_account(session: Session, company_id: UUID | None, contact_id: UUID | None) -> None:
    """Lock an account and everybody's enrolments there as a signal will, for whoever changes one of them before they record it."""
    accounts = await session.rows(Account, "campaigns.signals.lock_account", {"company_id": company_id})
    asked = {"companies": [account.id for account in accounts], "contact_id": contact_id}
    await session.rows(Standing, "campaigns.signals.standings", asked)


async def _about(session: Session, signal: Signal) -> About:
    for name in ("at", "until"):
        moment = getattr(signal, name)
        if moment is not None and moment.tzinfo is None:
            raise InvalidValueError(name, f"{moment.isoformat()} has no offset; write for example {moment.isoformat()}Z.")
    keys = ("contact_id", "company_id", "intent_id", "touchpoint_id")
    asked = {key: getattr(signal, key) for key in keys} | {"email": email_key(signal.email) if signal.email else None}
    if not any(asked.values()):
        raise InvalidValueError("contact_id", "say whom it is about: contact_id, email, touchpoint_id, intent_id or company_id.")
    about = await session.row(About, "campaigns.signals.resolve", asked)
    if about is None or (about.contact_id is None and about.company_id is None):
        raise NotFoundError(f"Nobody is known by {', '.join(f'{key} {value}' for key, value in asked.items() if value)}.")
    return about


def _row(signal: Signal, about: About, now: datetime) -> dict[str, Any]:
    names = ("until", "text", "message_id", "person", "channel", "learned", "meeting", "sequence")
    data = {name: value for name in names if (value := getattr(signal, name))}
    return {
        "kind": signal.kind,
        "at": signal.at or now,
        "contact_id": about.contact_id,
        "company_id": about.company_id,
        "intent_id": about.intent_id,
        "touchpoint_id": about.touchpoint_id,
        "source": signal.source,
        "data": _json(data),
        "dedupe_key": signal.dedupe_key,
        "now": now,
    }


async def _known(session: Session, dedupe_key: str) -> Recorded:
    found = await session.row(_Known, "campaigns.signals.known", {"dedupe_key": dedupe_key})
    assert found is not None  # noqa: S101 - it was in the way
    return Recorded(found.id, False, found.effects)


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
