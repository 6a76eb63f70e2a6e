"""Going on: after a reply, a meeting or a rejected message stopped people, somebody says who continues. Nothing does by itself."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.engine.onward import go_on
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

# What ends by its own means, and how.
_OTHER_WAYS = {
    "approval": "accept or reject its message",
    "draft": "wait until its message is written",
    "task": "do or skip its task",
    "unknown": "say whether its message left: do the task that asks",
    "campaign": "resume the campaign",
    "hold": "lift the hold",
}


class Standing(Struct, frozen=True, kw_only=True):
    """Where somebody stands in a campaign."""

    enrolment_id: UUID
    contact_id: UUID
    person: str
    campaign: str
    state: str
    reason: str | None
    paused_until: datetime | None
    next_due_at: datetime | None


class Left(Struct, frozen=True, kw_only=True):
    """Somebody who does not go on, and why."""

    standing: Standing
    why: str


class Resumed(Struct, frozen=True, kw_only=True):
    """Who goes on, as they stood before, and who does not."""

    going_on: list[Standing]
    left: list[Left]


async def standings_of(
    db: Connectable, *, company_id: UUID | None = None, contact_id: UUID | None = None, campaign_id: UUID | None = None
) -> list[Standing]:
    """Where the people of an account, or one of them, stand: who is under way, and whom a reply ended."""
    params = {"company_id": company_id, "contact_id": contact_id, "campaign_id": campaign_id}
    return await db.rows(Standing, "campaigns.inbox.standings", params)


async def resume(
    session: Session, *, company_id: UUID | None = None, contact_id: UUID | None = None, campaign_id: UUID | None = None, now: datetime
) -> Resumed:
    """Let the paused people of an account (not of its parents and subsidiaries), or one person, go on, in one campaign or in all.

    What was due meanwhile is due now, within hours, gaps and caps. Who finished does not come back, and what waits for an approval,
    a task, an unknown message, a campaign or a hold goes on by those.

    Raises:
        InvalidValueError: neither or both of account and person are given.
    """
    if (company_id is None) == (contact_id is None):
        raise InvalidValueError("contact_id", "say who goes on: one person (contact_id), or everybody of an account (company_id).")
    if company_id is not None:
        await session.value("campaigns.inbox.lock_company", {"company_id": company_id})
    found = await standings_of(session, company_id=company_id, contact_id=contact_id, campaign_id=campaign_id)
    able = [one for one in found if one.state == "paused" and one.reason not in _OTHER_WAYS]
    went = {one.id: one for one in await go_on(session, [one.enrolment_id for one in able], now)}
    called = {key for key, one in went.items() if one.is_called}
    going_on = [one for one in able if one.enrolment_id in went and one.enrolment_id not in called]
    left = [Left(standing=one, why=why) for one in found if (why := _why(one, is_called=one.enrolment_id in called))]
    return Resumed(going_on=going_on, left=left)


def _why(one: Standing, *, is_called: bool) -> str | None:
    """Why somebody does not go on; None: they do, or never stopped."""
    if one.state == "finished":
        return "has answered and is finished; a new enrolment would begin anew"
    if is_called:
        return f"waits for what came of the last message: {_OTHER_WAYS['unknown']}"
    way = _OTHER_WAYS.get(one.reason or "") if one.state == "paused" else None
    return f"waits ({one.reason}): {way}" if way else None
