"""Lists of campaigns, of people in them, of what was decided and sent: a page at a time."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import OfCampaign, campaign_id_of
from accountgraph.campaigns.decision import Verdict
from accountgraph.campaigns.lifecycle import Campaign
from accountgraph.listing import (
    Attempt,
    DecisionMade,
    Enrolment,
    Intent,
    Page,
    page_attempts,
    page_campaigns,
    page_decisions,
    page_enrolments,
    page_intents,
)

campaign_lists = Routes("campaigns")
people_lists = Routes("enrolments")
ledger_lists = Routes("ledger")
Status = Literal["draft", "active", "paused", "finished", "cancelled"]
State = Literal["pending", "active", "waiting", "paused", "finished", "failed"]
IntentState = Literal["planned", "calling", "sent", "refused", "unknown", "withdrawn"]


@campaign_lists.get("/campaigns", needs=Permission.CAMPAIGNS_READ)
async def list_campaigns(
    call: Call,
    *,
    status: Status | None = None,
    is_live: bool | None = None,
    sort: Literal["name", "-name"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Campaign]:
    """Campaigns by name, each with its newest version. `is_live`: only with a status."""
    return await page_campaigns(call.db, status=status, is_live=is_live, sort=sort, limit=limit, after=after)


@people_lists.get("/enrolments", needs=Permission.CAMPAIGNS_READ)
async def list_enrolments(
    call: Call,
    *,
    campaign: OfCampaign | None = None,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    state: State | None = None,
    sort: Literal["created_at", "-created_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Enrolment]:
    """People in campaigns, as they began. `state`: only of one campaign, contact or company."""
    return await page_enrolments(
        call.db,
        campaign_id=await campaign_id_of(call, campaign),
        contact_id=contact_id,
        company_id=company_id,
        state=state,
        sort=sort,
        limit=limit,
        after=after,
    )


@people_lists.get("/decisions", needs=Permission.CAMPAIGNS_READ)
async def list_decisions(
    call: Call,
    *,
    enrolment_id: UUID | None = None,
    contact_id: UUID | None = None,
    verdict: Verdict | None = None,
    rule: str | None = None,
    sort: Literal["id", "-id"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[DecisionMade]:
    """What was decided, with its rule and its reason, as it was first made. `verdict`, `rule`: only of one enrolment or contact."""
    return await page_decisions(
        call.db, enrolment_id=enrolment_id, contact_id=contact_id, verdict=verdict, rule=rule, sort=sort, limit=limit, after=after
    )


@ledger_lists.get("/intents", needs=Permission.CAMPAIGNS_READ)
async def list_intents(
    call: Call,
    *,
    campaign: OfCampaign | None = None,
    enrolment_id: UUID | None = None,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    state: IntentState | None = None,
    is_live: bool | None = None,
    sort: Literal["planned_at", "-planned_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Intent]:
    """What was decided to be sent or done, as it was planned. `is_live`: only with another filter."""
    return await page_intents(
        call.db,
        campaign_id=await campaign_id_of(call, campaign),
        enrolment_id=enrolment_id,
        contact_id=contact_id,
        company_id=company_id,
        state=state,
        is_live=is_live,
        sort=sort,
        limit=limit,
        after=after,
    )


@ledger_lists.get("/attempts", needs=Permission.CAMPAIGNS_READ)
async def list_attempts(
    call: Call,
    *,
    intent_id: UUID | None = None,
    sort: Literal["id", "-id"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Attempt]:
    """Calls to providers as they were made, and what came of each."""
    return await page_attempts(call.db, intent_id=intent_id, sort=sort, limit=limit, after=after)
