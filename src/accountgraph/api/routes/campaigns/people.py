"""People in campaigns: brought in, looked at, paused, let go on, taken out; and leads, who came by themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import CampaignKey, which
from accountgraph.campaigns.enrolment.leads import Lead, ProcessedLead, process_lead
from accountgraph.campaigns.work.enrolled import (
    MOST_AT_ONCE,
    Added,
    EnrolledPerson,
    add_people,
    get_enrolment,
    pause_enrolment,
    remove_enrolment,
    resume_enrolment,
)
from accountgraph.errors import AccountGraphError
from accountgraph.listing import Page

people = Routes("enrolments")
leads = Routes("leads")
MOST_LEADS = 500


class NewPeople(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to bring in; those of one account are approached in this order."""

    contact_ids: Annotated[list[UUID], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class EnrolmentPause(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Until when; None: until somebody lets them go on."""

    until: Annotated[datetime, Meta(tz=True)] | None = None


class Leads(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to 500 leads."""

    items: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=MOST_LEADS)]


class NewLeads(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Up to 500 leads."""

    items: Annotated[list[Lead], Meta(min_length=1, max_length=MOST_LEADS)]


class TakenLead(Struct, frozen=True, kw_only=True):
    """What became of the lead at `position` (from 0): the lead as it was processed, or why it was not."""

    position: int
    processed: ProcessedLead | None
    error: str | None


@people.post("/campaigns/{campaign}/enrolments", needs=Permission.CAMPAIGNS_RUN)
async def enrol_people(call: Call, campaign: CampaignKey, body: NewPeople) -> Added:
    """Bring people into an active campaign by hand.

    Its audience is not asked; before each step it is decided all the same whether they may be written to.
    """
    return await add_people(call.session, which(campaign), body.contact_ids, call.now)


@people.get("/enrolments/{enrolment_id}", needs=Permission.CAMPAIGNS_READ)
async def show_enrolment(call: Call, enrolment_id: UUID) -> EnrolledPerson:
    """Where somebody stands in a campaign."""
    return await get_enrolment(call.db, enrolment_id)


@people.post("/enrolments/{enrolment_id}/pause", needs=Permission.CAMPAIGNS_RUN)
async def pause_person(call: Call, enrolment_id: UUID, body: EnrolmentPause) -> EnrolledPerson:
    """Stop for one person after the call in flight."""
    return await pause_enrolment(call.session, enrolment_id, call.now, until=body.until)


@people.post("/enrolments/{enrolment_id}/resume", needs=Permission.CAMPAIGNS_RUN)
async def resume_person(call: Call, enrolment_id: UUID) -> EnrolledPerson:
    """Let one person go on; what was due meanwhile is due now, within hours, gaps and caps."""
    return await resume_enrolment(call.session, enrolment_id, call.now)


@people.post("/enrolments/{enrolment_id}/remove", needs=Permission.CAMPAIGNS_RUN)
async def remove_person(call: Call, enrolment_id: UUID) -> EnrolledPerson:
    """Take one person out of a campaign for good; what was sent stays recorded."""
    return await remove_enrolment(call.session, enrolment_id, by=call.principal.name, now=call.now)


@leads.post("/leads", needs=Permission.CAMPAIGNS_RUN, body=Lead)
async def process_new_lead(call: Call, body: dict[str, Any]) -> ProcessedLead:
    """Bring somebody in who came to us: account, person, what they wrote, and their campaign.

    What is known is never overwritten, only completed. The same lead again changes nothing.
    """
    return await process_lead(call.session, body, call.now)


@leads.post("/leads/bulk", needs=Permission.CAMPAIGNS_RUN, body=NewLeads, writes=False, largest=30_000_000)
async def process_new_leads(call: Call, body: Leads) -> Page[TakenLead]:
    """Bring many in; each is taken alone, and one that is refused keeps none of the others back."""
    return Page(items=[await _taken(call, position, lead) for position, lead in enumerate(body.items)])


async def _taken(call: Call, position: int, lead: dict[str, Any]) -> TakenLead:
    try:
        processed = await call.database.run(lambda session: process_lead(session, lead, session.now()))
    except AccountGraphError as error:
        return TakenLead(position=position, processed=None, error=" ".join(error.lines))
    return TakenLead(position=position, processed=processed, error=None)
