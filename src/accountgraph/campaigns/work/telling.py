"""What a person tells us that happened: a signal, with what they need not say."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.signals.reactions import REPLIES, SignalKind
from accountgraph.campaigns.signals.record import Recorded, Signal, record_signal
from accountgraph.campaigns.work.persons import said_by
from accountgraph.errors import InvalidValueError
from accountgraph.store.consents import without_nul

if TYPE_CHECKING:
    from accountgraph.db import Session

# What answers a message of ours: the latest that they had got, where nobody says which.
_ANSWERS = REPLIES | {
    SignalKind.OUT_OF_OFFICE,
    SignalKind.HARD_BOUNCE,
    SignalKind.SOFT_BOUNCE,
    SignalKind.POLICY_BOUNCE,
    SignalKind.UNSUBSCRIBE,
    SignalKind.COMPLAINT,
}


class Told(Struct, frozen=True, kw_only=True):
    """What somebody says: fields as of `Signal`. `key` None: the same of the same person on the same day is the same signal."""

    kind: SignalKind
    by: str
    contact_id: UUID | None = None
    company_id: UUID | None = None
    at: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    message_id: str | None = None
    person: dict[str, Any] | None = None
    channel: str | None = None
    learned: dict[str, Any] = {}
    key: str | None = None


async def tell(session: Session, told: Told, now: datetime) -> Recorded:
    """Record what somebody says happened. An answer belongs to the latest e-mail that the person had got from us.

    Raises:
        InvalidValueError: nobody is named, or a time has no offset.
        NotFoundError: whom it is about is not known.
    """
    without_nul(("text", told.text), ("message_id", told.message_id))
    by, at = said_by(told.by), told.at or now
    if at.tzinfo is None:
        raise InvalidValueError("at", f"{at.isoformat()} has no offset; write for example {at.isoformat()}Z.")
    answered = None
    if told.contact_id is not None and told.kind in _ANSWERS:
        answered = await session.value("campaigns.inbox.latest_message", {"contact_id": told.contact_id, "at": at})
    signal = Signal(
        kind=told.kind,
        dedupe_key=told.key or _key(told, at),
        source=by,
        at=at,
        contact_id=told.contact_id,
        company_id=told.company_id,
        touchpoint_id=answered,
        until=told.until,
        text=told.text,
        message_id=told.message_id,
        person=told.person,
        channel=told.channel,
        learned=told.learned,
    )
    return await record_signal(session, signal, now)


def _key(told: Told, at: datetime) -> str:
    said = sha256(f"{told.text}\n{told.person}\n{told.message_id}".encode()).hexdigest()[:16]
    return f"told {told.kind} {told.contact_id or told.company_id} {at:%Y-%m-%d} {said}"
