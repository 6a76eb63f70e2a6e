"""Campaigns looked at: what each does in plain words, whom it would take, what they would get, what is in its way."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import LARGEST, CampaignKey, Text, newest_of, which, written_in
from accountgraph.api.routes.campaigns.given import CampaignText as Written
from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.diff import Change, own_policy
from accountgraph.campaigns.enrolment.shown import ShownAudience, show_audience
from accountgraph.campaigns.lifecycle import Campaign, find_campaign
from accountgraph.campaigns.listing import VersionLine, version_lines
from accountgraph.campaigns.messages.preview import Preview, preview
from accountgraph.campaigns.telling import ToldStep, tell
from accountgraph.listing import Page
from accountgraph.orchestrator import AccountOrchestrator, Conflict

looking = Routes("campaigns")
MostPeople = Annotated[int, Meta(ge=1, le=10_000, description="At most so many people of each kind by name.")]


class ShownCampaign(Struct, frozen=True, kw_only=True):
    """A campaign as of its newest version. `sequence`: in plain words. `policy`: what is not as by default, which is `before`."""

    campaign: Campaign
    definition: CampaignDefinition
    sequence: list[ToldStep]
    policy: list[Change]
    versions: list[VersionLine]


class ShownPreview(Struct, frozen=True, kw_only=True):
    """Every step in every variant as somebody would get it. `content_hash`: of the campaign's text, for whoever approves what they saw."""

    campaign: str
    content_hash: str
    contact_id: UUID
    messages: list[Preview]


class PreviewWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A campaign's text that need not have been applied, and for whom."""

    contact_id: UUID
    definition: CampaignDefinition | None = None
    text: Text | None = None
    format: Literal["toml", "yaml"] = "toml"


class _Wanted(Written, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contact_id: UUID


@looking.get("/campaigns/{campaign}", needs=Permission.CAMPAIGNS_READ)
async def get_campaign(call: Call, campaign: CampaignKey) -> ShownCampaign:
    """What a campaign is and does, in plain language."""
    found = await find_campaign(call.db, which(campaign))
    definition = await load_version(call.db, found.version_id)
    return ShownCampaign(
        campaign=found,
        definition=definition,
        sequence=tell(definition),
        policy=own_policy(definition),
        versions=await version_lines(call.db, found.id),
    )


@looking.get("/campaigns/{campaign}/audience", needs=Permission.CAMPAIGNS_READ)
async def get_campaign_audience(call: Call, campaign: CampaignKey, limit: MostPeople = 100) -> ShownAudience:
    """Whom a campaign would take now, and whom it leaves out and why.

    Reasons: customer, competitor, open_opportunity, owner, live_thread, do_not_contact, inactive, no_address, suppressed,
    jurisdiction, no_consent, topic, already_enrolled, active_elsewhere, most_per_account.
    """
    return await show_audience(call.db, await newest_of(call, campaign), limit=limit)


@looking.get("/campaigns/{campaign}/preview", needs=Permission.CAMPAIGNS_READ)
async def preview_campaign(call: Call, campaign: CampaignKey, contact_id: Annotated[UUID, Meta(description="For whom.")]) -> ShownPreview:
    """Every step and variant of a campaign as a contact would get it; nothing is sent.

    Nobody has to be in the campaign.
    """
    return await _previewed(call, await newest_of(call, campaign), contact_id)


@looking.post("/campaigns/preview", needs=Permission.CAMPAIGNS_READ, body=PreviewWanted, writes=False, largest=LARGEST)
async def preview_campaign_text(call: Call, body: _Wanted) -> ShownPreview:
    """The same, of a campaign's text that need not have been applied."""
    return await _previewed(call, written_in(body), body.contact_id)


@looking.get("/campaigns/{campaign}/conflicts", needs=Permission.CAMPAIGNS_READ)
async def get_campaign_conflicts(call: Call, campaign: CampaignKey) -> Page[Conflict]:
    """What keeps a campaign from approaching people in it: other campaigns, live threads, suppressions, holds."""
    return Page(items=await AccountOrchestrator(call.database).check_conflicts(which(campaign)))


async def _previewed(call: Call, definition: CampaignDefinition, contact_id: UUID) -> ShownPreview:
    shown = await preview(call.db, definition, contact_id, call.now)
    return ShownPreview(campaign=definition.name, content_hash=definition.content_hash, contact_id=contact_id, messages=shown)
