"""Meetings as calendars tell of them: booked, moved and called off, in whatever order that is heard."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.rules.deadlines import deadlines
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import lock_account, record_signal

if TYPE_CHECKING:
    from accountgraph.campaigns.signals.record import Signal
    from accountgraph.db import Session

_MEETINGS = frozenset({SignalKind.MEETING_BOOKED, SignalKind.MEETING_MISSED})


class _Asked(Struct, frozen=True):
    """What is asked about a meeting that is booked: the open task, and the signal that made it."""

    task_id: UUID
    signal_id: UUID
    waits_until: datetime | None


class _Known(Struct, frozen=True):
    """Whose it is, and the latest that a calendar said of it."""

    contact_id: UUID | None
    company_id: UUID | None
    signal_id: UUID | None
    kind: str | None
    sequence: int | None


async def record_meeting(session: Session, signal: Signal, now: datetime) -> list[str]:
    """Record what a calendar says of a meeting; gives what it did, in words. Any other signal is recorded as it is.

    A meeting that is asked about already is asked about after its new time; one that was called off, no more. What was said before
    something that is known of the meeting changes nothing, whatever order it is heard in. Raises as `record_signal`.
    """
    if not signal.meeting or signal.kind not in _MEETINGS:
        return (await record_signal(session, signal, now)).effects
    known = await _known(session, signal)
    await lock_account(session, known.company_id, known.contact_id)
    known = await _known(session, signal)  # it may have been moved while we waited
    names = list(signal.meeting)
    asked = await session.row(_Asked, "campaigns.desk.asked_meeting", {"contact_id": known.contact_id, "names": names})
    if known.signal_id and signal.sequence is not None and known.sequence is not None and signal.sequence < known.sequence:
        await session.affect("campaigns.desk.named_meeting", {"id": known.signal_id, "names": names})
        return await _too_late(session, signal, known, asked, now)
    if signal.kind is SignalKind.MEETING_MISSED:
        recorded = await record_signal(session, signal, now)
        return recorded.effects + (await _asked_no_more(session, asked, signal.source, now) if recorded.is_new else [])
    if asked is None:
        return (await record_signal(session, signal, now)).effects
    later = {"id": asked.signal_id, "sequence": signal.sequence, "until": signal.until}
    await session.affect("campaigns.desk.named_meeting", {"id": asked.signal_id, "names": names})
    await session.affect("campaigns.desk.moved_meeting", later)
    moved = await put_off(session, asked.task_id, asked.waits_until, signal.until) if signal.until else []
    return moved or ["nothing new: the meeting is known"]


async def _too_late(session: Session, signal: Signal, known: _Known, asked: _Asked | None, now: datetime) -> list[str]:
    """Only now it is known that two names are of one meeting: where that was called off, it is asked about no more."""
    said = ["nothing: something later is known of this meeting"]
    return said + (await _asked_no_more(session, asked, signal.source, now) if known.kind == SignalKind.MEETING_MISSED else [])


async def put_off(session: Session, task_id: UUID, before: datetime | None, at: datetime) -> list[str]:
    """Ask what came of a meeting after the time it was moved to; nothing where that is when it is asked already (`before`)."""
    if before == at:
        return []
    due_at, escalate_at = deadlines(at, Policy())
    await session.affect("campaigns.desk.put_off", {"id": task_id, "at": at, "due_at": due_at, "escalate_at": escalate_at})
    return [f"the meeting is on {at:%Y-%m-%d %H:%M %Z}; what came of it is asked afterwards"]


async def _known(session: Session, signal: Signal) -> _Known:
    asked = {"contact_id": signal.contact_id, "touchpoint_id": signal.touchpoint_id, "company_id": signal.company_id}
    found = await session.row(_Known, "campaigns.desk.known_meeting", {**asked, "names": list(signal.meeting)})
    assert found is not None  # noqa: S101 - it always has a row
    return found


async def _asked_no_more(session: Session, asked: _Asked | None, by: str, now: datetime) -> list[str]:
    if asked is None:
        return []
    closing = {"id": asked.task_id, "state": "done", "outcome": "cancelled", "note": None, "by": by, "now": now}
    await session.affect("campaigns.tasks.close", closing)
    return ["what came of it is asked no more"]
