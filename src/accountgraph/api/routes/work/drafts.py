"""Drafts: messages that a model writes: tried out, looked at."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import CampaignKey, OfCampaign, campaign_id_of, newest_of
from accountgraph.campaigns import drafts as written
from accountgraph.campaigns.drafts import Draft
from accountgraph.drafting.trial import ShownPrompt, Trial, show_prompt, try_draft
from accountgraph.listing import Page, page_drafts
from accountgraph.mailboxes.login.vault import WorkspaceVault

drafts = Routes("drafts")
StepKey = Annotated[str, Meta(description="A step's key, or its place in the text; without it the first that a model writes.")]
Whom = Annotated[UUID, Meta(description="For whom.")]


class DraftTrial(Struct, frozen=True, kw_only=True):
    """One draft with the checker's verdict, which is neither kept nor sent."""

    trial: Trial


class DraftWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom, and of which step."""

    contact_id: UUID
    step: str | None = None


@drafts.get("/drafts", needs=Permission.CAMPAIGNS_READ)
async def list_drafts(
    call: Call,
    *,
    campaign: OfCampaign | None = None,
    state: Literal["wanted", "written", "refused", "failed"] | None = None,
    sort: Literal["asked_at", "-asked_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Draft]:
    """What a model wrote for campaigns, or did not, the newest first."""
    campaign_id = await campaign_id_of(call, campaign)
    return await page_drafts(call.db, state=state, campaign_id=campaign_id, sort=sort, limit=limit, after=after)


@drafts.get("/drafts/{draft_id}", needs=Permission.CAMPAIGNS_READ)
async def get_draft(call: Call, draft_id: UUID) -> Draft:
    """A draft, the facts that it rests on, and what was refused."""
    return await written.get_draft(call.db, draft_id)


@drafts.get("/campaigns/{campaign}/prompt", needs=Permission.CAMPAIGNS_READ)
async def get_draft_prompt(call: Call, campaign: CampaignKey, contact_id: Whom, step: StepKey | None = None) -> ShownPrompt:
    """All that the model would be told for one message. Nothing leaves this machine."""
    return await show_prompt(call.db, await newest_of(call, campaign), contact_id, step)


@drafts.post("/campaigns/{campaign}/drafts/test", needs=Permission.MESSAGES_PROPOSE, writes=False)
async def try_draft_now(call: Call, campaign: CampaignKey, body: DraftWanted) -> DraftTrial:
    """Let the model write one message now, and show it with the checker's verdict. Nothing is kept or sent."""
    tried = await try_draft(call.database, WorkspaceVault(call.database), await newest_of(call, campaign), body.contact_id, body.step)
    return DraftTrial(trial=tried)
