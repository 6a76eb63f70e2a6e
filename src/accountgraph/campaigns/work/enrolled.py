"""One person in a campaign: brought in by hand, looked at, paused, let go on, taken out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.enrolment.enrol import Enrolled, Newcomer, Version, enrol
from accountgraph.campaigns.lifecycle import CampaignStateError, find_campaign
from accountgraph.campaigns.rules.who import ENDED
from accountgraph.campaigns.signals.record import lock_account
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.persons import said_by
from accountgraph.campaigns.work.resume import resume
from accountgraph.errors import InvalidValueError, MissingReferenceError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Connectable, Session

MOST_AT_ONCE = 2000
PAUSED = "by_hand"  # why an enrolment is paused that a person paused
REMOVED = "removed"  # why one is finished that a person took out


class Enrolment(Struct, frozen=True, kw_only=True):
    """A person in a campaign. `version`: the number of the one they began with. `step_key`: the step that is next, or in work.

    `reason`: why they are paused, finished or failed. `next_due_at`: when the step is due, never before the hours that it waits for.
    """

    id: UUID
    campaign_id: UUID
    campaign: str
    version_id: UUID
    version: int
    is_live: bool
    contact_id: UUID | None
    company_id: UUID | None
    conversation_id: UUID | None
    state: str
    reason: str | None
    paused_until: datetime | None
    track: str
    step_key: str
    touch_count: int
    account_rank: int
    sender_id: UUID | None
    next_due_at: datetime | None
    zone: str
    zone_source: str
    region: str | None
    referred_by_id: UUID | None
    first_touch_at: datetime | None
    last_touch_at: datetime | None
    started_at: datetime
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime


class EnrolledPerson(Enrolment, frozen=True, kw_only=True):
    """An enrolment, told by names."""

    person: str | None
    email: str | None
    company: str | None
    sender: str | None


class Added(Struct, frozen=True, kw_only=True):
    """Who began. `left_out`: whom the campaign's rule of re-entry keeps out, for they are in it or were."""

    campaign: str
    enrolled: list[Enrolled]
    left_out: list[UUID]


async def get_enrolment(db: Connectable, enrolment_id: UUID) -> EnrolledPerson:
    """One enrolment.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = await db.row(EnrolledPerson, "campaigns.people.one", {"id": enrolment_id})
    if found is None:
        raise NotFoundError(f"There is no enrolment {enrolment_id}.")
    return found


async def add_people(session: Session, campaign: UUID | str, contact_ids: Sequence[UUID], now: datetime) -> Added:
    """Bring people into an active campaign by hand; those of one account are approached in the order in which they are given.

    Its audience is not asked. Before each step it is decided all the same whether they may be written to.

    Raises:
        NotFoundError: no such campaign.
        CampaignStateError: it is not active.
        InvalidValueError: nobody is given, or too many.
        MissingReferenceError: one of them is not there.
    """
    wanted = list(dict.fromkeys(contact_ids))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        raise InvalidValueError("contact_ids", f"names 1 to {MOST_AT_ONCE:,} people.")
    known = await find_campaign(session, campaign)
    await session.value("campaigns.campaigns.lock_by_id", {"id": known.id})
    found = await find_campaign(session, known.id)
    if found.status != "active":
        raise CampaignStateError(f"Campaign {found.name} is {found.status} and cannot take people; it has to be active.")
    ranked = await session.rows(Newcomer, "campaigns.simulation.ranked", {"contacts": wanted})
    if absent := set(wanted) - {newcomer.contact_id for newcomer in ranked}:
        raise MissingReferenceError("contact_ids", f"there is no contact {min(absent)}.")
    version = Version(found.id, found.version_in_force, await load_version(session, found.version_in_force))
    made = await enrol(session, version, ranked, now, is_live=found.is_live)
    began = {one.contact_id for one in made}
    return Added(campaign=found.name, enrolled=made, left_out=[one for one in wanted if one not in began])


async def pause_enrolment(session: Session, enrolment_id: UUID, now: datetime, *, until: datetime | None = None) -> EnrolledPerson:
    """Stop for one person after the call in flight, until a time or until somebody lets them go on.

    Raises:
        NotFoundError: no such enrolment.
        InvalidValueError: the time is not ahead, or has no offset.
        WorkStateError: it is paused or over already.
    """
    if until is not None and (until.tzinfo is None or until <= now):
        raise InvalidValueError("until", "is a time ahead, with its offset, for example 2031-05-02T09:00:00Z.")
    found = await _locked(session, enrolment_id)
    if found.state in ENDED or found.state == "paused":
        raise WorkStateError(f"Enrolment {found.id} is {found.state} ({found.reason}) and cannot be paused.")
    await session.affect("campaigns.people.pause", {"id": enrolment_id, "reason": PAUSED, "until": until, "now": now})
    return await get_enrolment(session, enrolment_id)


async def resume_enrolment(session: Session, enrolment_id: UUID, now: datetime) -> EnrolledPerson:
    """Let one person go on; what was due meanwhile is due now, within hours, gaps and caps.

    Raises:
        NotFoundError: no such enrolment.
        WorkStateError: it does not stand still, or waits for something else; the message says for what.
    """
    found = await _locked(session, enrolment_id)
    if found.state != "paused" or found.contact_id is None:
        raise WorkStateError(f"Enrolment {found.id} is {found.state} and does not stand still.")
    done = await resume(session, contact_id=found.contact_id, campaign_id=(await find_campaign(session, found.campaign)).id, now=now)
    for left in done.left:
        if left.standing.enrolment_id == enrolment_id:
            raise WorkStateError(f"Enrolment {found.id} {left.why}.")
    return await get_enrolment(session, enrolment_id)


async def remove_enrolment(session: Session, enrolment_id: UUID, *, by: str, now: datetime) -> EnrolledPerson:
    """Take one person out of a campaign for good: what was planned is withdrawn, their tasks and approvals in it are closed.

    A call in flight finishes, and nothing follows it. Who was taken out already stays so.

    Raises:
        NotFoundError: no such enrolment.
        WorkStateError: it ended by itself before.
    """
    found = await _locked(session, enrolment_id)
    if found.state in ENDED and found.reason != REMOVED:
        raise WorkStateError(f"Enrolment {found.id} is {found.state} ({found.reason}); there is nothing left to end.")
    await session.affect("campaigns.people.remove", {"id": enrolment_id, "reason": REMOVED, "by": said_by(by), "now": now})
    return await get_enrolment(session, enrolment_id)


async def _locked(session: Session, enrolment_id: UUID) -> EnrolledPerson:
    """The account and all its enrolments are locked before it, as signals lock them."""
    found = await get_enrolment(session, enrolment_id)
    await lock_account(session, found.company_id, found.contact_id)
    await session.value("campaigns.people.lock", {"id": enrolment_id})
    return await get_enrolment(session, enrolment_id)
