"""Where conversations stand: whose turn it is, and how long it has been."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import ConversationStatus
from accountgraph.graph.decoding import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Connectable
    from accountgraph.graph.answers import ConversationHealth, ConversationState
    from accountgraph.graph.policy import ConversationHealthPolicy

MOST_CONVERSATIONS = 1000
_CLOSED = {ConversationStatus.CLOSED, ConversationStatus.WON, ConversationStatus.LOST}


class ConversationTimes(Struct, kw_only=True):
    """When each side did what. Writing is one way to act; an open, a click, an answered call are others.

    `unanswered_since` is our first message that the contact has not reacted to.
    """

    conversation_id: UUID
    contact_id: UUID
    contact_name: str
    status: ConversationStatus
    closed_at: datetime | None = None
    we_wrote_at: datetime | None = None
    they_wrote_at: datetime | None = None
    they_acted_at: datetime | None = None
    unanswered_since: datetime | None = None
    usual_reply_hours: float | None = None


async def conversations_health(
    db: Connectable, policy: ConversationHealthPolicy, *, ids: Sequence[UUID] = (), company_id: UUID | None = None
) -> list[ConversationHealth]:
    """The health of the conversations `ids`, or of the active ones of a company (the latest 1,000)."""
    now = db.now()
    params = {"ids": list(ids), "company_id": company_id, "most": MOST_CONVERSATIONS}
    texts = await db.rows(str, "graph.conversations_health", params)
    return [judged(policy, decoded(ConversationTimes, text), now) for text in texts]


def judged(policy: ConversationHealthPolicy, times: ConversationTimes, now: datetime) -> ConversationHealth:
    """The health that these times make at `now`."""
    days_since_us = _days(times.we_wrote_at, now)
    days_since_them = _days(_latest(times.they_wrote_at, times.they_acted_at), now)
    is_waiting = days_since_us is not None and not _they_wrote_last(times)
    days_waiting = _days(times.unanswered_since, now) if times.unanswered_since else days_since_them
    state, why = _state(policy, times, days_since_them, days_waiting)
    return {
        "conversation_id": times.conversation_id,
        "contact_id": times.contact_id,
        "contact_name": times.contact_name,
        "status": times.status,
        "state": state,
        "days_since_us": days_since_us,
        "days_since_them": days_since_them,
        "days_waiting": days_waiting if is_waiting and state != "closed" else None,
        "usual_reply_hours": None if times.usual_reply_hours is None else round(times.usual_reply_hours, 2),
        "why": why,
    }


def _state(
    policy: ConversationHealthPolicy, times: ConversationTimes, since_them: float | None, waiting: float | None
) -> tuple[ConversationState, list[str]]:
    if times.status in _CLOSED:
        return "closed", [f"its status is {times.status}"]
    if _they_wrote_last(times):
        return "waiting_on_us", [f"{times.contact_name} wrote last, {_said(since_them)} ago"]
    if times.we_wrote_at is None:
        return "waiting_on_us", ["nothing has been sent yet"]
    if since_them is not None and since_them <= policy.engaged_days:
        return "engaged", [f"{times.contact_name} acted {_said(since_them)} ago, within {policy.engaged_days:g} days"]
    return _silence(policy, waiting or 0.0, times.usual_reply_hours)


def _silence(policy: ConversationHealthPolicy, waiting: float, usual_hours: float | None) -> tuple[ConversationState, list[str]]:
    patience, reason = _patience(policy, usual_hours)
    why = [f"we have waited {_said(waiting)}", reason]
    if waiting <= patience:
        return "waiting_on_them", why
    if waiting <= policy.stalled_days:
        return "cooling", why
    return "stalled", [*why, f"that is more than {policy.stalled_days:g} days"]


def _patience(policy: ConversationHealthPolicy, usual_hours: float | None) -> tuple[float, str]:
    """How many days an answer may take."""
    if usual_hours is None:
        return policy.least_patience_days, f"an answer may take {policy.least_patience_days:g} days: this contact has never replied"
    wanted = policy.patience_factor * usual_hours / 24
    patience = min(max(wanted, policy.least_patience_days), policy.most_patience_days)
    return patience, f"an answer may take {patience:.1f} days: this contact usually replies in {_said(usual_hours / 24)}"


def _they_wrote_last(times: ConversationTimes) -> bool:
    return times.they_wrote_at is not None and (times.we_wrote_at is None or times.they_wrote_at >= times.we_wrote_at)


def _latest(first: datetime | None, second: datetime | None) -> datetime | None:
    return max(first, second) if first and second else first or second


def _days(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else round(max((now - moment).total_seconds(), 0) / 86400, 2)


def _said(days: float | None) -> str:
    if days is None:
        return "no time"
    return f"{days * 24:.1f} hours" if days < 1 else f"{days:.1f} days"
