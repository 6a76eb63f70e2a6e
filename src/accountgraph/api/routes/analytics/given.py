"""What questions about touches are given: a period, a zone, filters."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from accountgraph.analytics import Asked, Narrowed, asked_of
from accountgraph.api.call import Call
from accountgraph.api.parameters import ParameterGroup
from accountgraph.api.routes.campaigns.given import OfCampaign, campaign_id_of
from accountgraph.enums import AccountTier, Channel

Since = Annotated[date, Meta(description="The first day; 89 days before the last, where it is left out.")]
Until = Annotated[date, Meta(description="The last day; today, where it is left out.")]
Zone = Annotated[str, Meta(max_length=100, description="Whose days: a zone as Europe/Berlin; the workspace's, where it is left out.")]
Industry = Annotated[str, Meta(max_length=500, description="Only accounts of this industry, as it is written there.")]
OfSender = Annotated[UUID, Meta(description="Only what left through this mailbox or number.")]


class TouchFilters(ParameterGroup, frozen=True, kw_only=True):
    """Which touches: those of a period, of this channel, tier, industry or sender."""

    since: Since | None = None
    until: Until | None = None
    zone: Zone | None = None
    channel: Channel | None = None
    tier: AccountTier | None = None
    industry: Industry | None = None
    sender_id: OfSender | None = None


class AnyTouchFilters(TouchFilters, frozen=True, kw_only=True):
    """The same, and of which campaign."""

    campaign: OfCampaign | None = None


async def asked(call: Call, given: TouchFilters, campaign: str | None = None) -> Asked:
    """The question that a request asks. `campaign`: where the path names it.

    Raises:
        InvalidValueError: naming `since`, `until` or `zone`.
        NotFoundError: there is no such campaign.
    """
    if isinstance(given, AnyTouchFilters):
        campaign = given.campaign
    narrowed = Narrowed(
        channel=given.channel,
        tier=given.tier,
        industry=given.industry,
        campaign_id=await campaign_id_of(call, campaign),
        sender_id=given.sender_id,
    )
    return await asked_of(call.db, since=given.since, until=given.until, zone=given.zone, narrowed=narrowed)
