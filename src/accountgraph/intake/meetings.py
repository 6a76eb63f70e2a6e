"""What calendar services tell of meetings: the same road as the calendar mails that people send."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from accountgraph.campaigns.desk.meetings import record_meeting
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal
from accountgraph.channels.providers.event import Booking
from accountgraph.intake.matching import key_of

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.channels.providers.event import BookedMeeting
    from accountgraph.db import Session

_KINDS = {
    Booking.BOOKED: SignalKind.MEETING_BOOKED,
    Booking.MOVED: SignalKind.MEETING_BOOKED,
    Booking.CANCELLED: SignalKind.MEETING_MISSED,
    Booking.MISSED: SignalKind.MEETING_MISSED,
}
_MOST_INVITEES = 50
_LONGEST = 300  # characters of a meeting's name at its service


async def take_meeting(session: Session, told: BookedMeeting, received_at: datetime) -> list[str]:
    """Take what a service says of a meeting, in the caller's transaction; gives what it did for each invitee whom we know, in words."""
    kind, said = _KINDS.get(told.booking), f"{told.name} of {told.provider}"
    if kind is None or told.uid is None:
        return [f"{said}: kept, nothing to act on"]
    if kind is SignalKind.MEETING_BOOKED and told.start is None:
        return [f"{said}: it does not say when, so that nothing is done"]
    keys = sorted({key for email in told.invitees[:_MOST_INVITEES] if (key := key_of(email))})
    people = await session.rows(UUID, "intake.events.invitees", {"keys": keys})
    if not people:
        return [f"{said}: nobody we know is invited"]
    effects = []
    for person in people:
        signal = _signal(told, kind, person, received_at)
        effects += [
            f"{said}: {told.booking}",
            *await record_meeting(session, signal, session.now()),
        ]
    return effects


def _signal(told: BookedMeeting, kind: SignalKind, person: UUID, received_at: datetime) -> Signal:
    at = told.at or received_at
    return Signal(
        kind=kind,
        dedupe_key=f"{told.provider} meeting {told.event_id} {person}"[:500],
        source=told.provider,
        at=at,
        contact_id=person,
        until=told.start if kind is SignalKind.MEETING_BOOKED else None,
        text=": ".join(part for part in (told.summary, told.reason) if part)[:2000] or None,
        meeting=tuple(f"{told.provider} {uid[:_LONGEST]}" for uid in (told.uid, told.previous_uid) if uid),
        sequence=int(at.timestamp() * 1000),
    )
