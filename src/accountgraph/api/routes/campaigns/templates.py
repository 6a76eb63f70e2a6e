"""Templates: the words of campaigns."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import CampaignKey, which
from accountgraph.campaigns.apply import Applied
from accountgraph.campaigns.definition.campaign import Template as TemplateWords
from accountgraph.campaigns.messages.preview import Preview
from accountgraph.campaigns.templates import TemplateVersion, change_template, preview_template, template_versions
from accountgraph.listing import Page, page_templates
from accountgraph.listing.outreach import Template

templates = Routes("templates")
TemplateKey = Annotated[str, Meta(description="The template's name in its campaign.")]
Whom = Annotated[UUID, Meta(description="For whom.")]


class TemplatePreviewWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whom, and with which words; they are not kept."""

    contact_id: UUID
    words: TemplateWords


@templates.get("/templates", needs=Permission.CAMPAIGNS_READ)
async def list_templates(
    call: Call, *, sort: Literal["name", "-name"] | None = None, limit: Limit = A_PAGE, after: After = None
) -> Page[Template]:
    """The templates of all campaigns by name (`campaign/template`), each in its newest version."""
    return await page_templates(call.db, sort=sort, limit=limit, after=after)


@templates.get("/campaigns/{campaign}/templates/{template}", needs=Permission.CAMPAIGNS_READ)
async def get_template_versions(call: Call, campaign: CampaignKey, template: TemplateKey) -> Page[TemplateVersion]:
    """The versions of a campaign's template, the newest first."""
    return Page(items=await template_versions(call.db, which(campaign), template))


@templates.put("/campaigns/{campaign}/templates/{template}", needs=Permission.CAMPAIGNS_WRITE)
async def put_template(call: Call, campaign: CampaignKey, template: TemplateKey, body: TemplateWords) -> Applied:
    """Give a template other words: a new version of its campaign, whose preview has to be approved again before they go live.

    The same words change nothing.
    """
    return await change_template(call.session, which(campaign), template, body)


@templates.get("/campaigns/{campaign}/templates/{template}/preview", needs=Permission.CAMPAIGNS_READ)
async def get_template_preview(call: Call, campaign: CampaignKey, template: TemplateKey, contact_id: Whom) -> Page[Preview]:
    """The steps that use a template, in each variant, as a contact would get them."""
    return Page(items=await preview_template(call.db, which(campaign), template, contact_id, call.now))


@templates.post("/campaigns/{campaign}/templates/{template}/preview", needs=Permission.CAMPAIGNS_READ, writes=False)
async def preview_template_words(call: Call, campaign: CampaignKey, template: TemplateKey, body: TemplatePreviewWanted) -> Page[Preview]:
    """The same with other words, which are not kept."""
    return Page(items=await preview_template(call.db, which(campaign), template, body.contact_id, call.now, words=body.words))
