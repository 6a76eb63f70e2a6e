"""What questions about touches are given: a period, a zone, filters."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from accountgraph.analytics import Asked, Narrowed, asked_of
from accountgraph.api.call import Call
from accountgraph.api.routes.campaigns.given import campaign_id_of
from accountgraph.enums import AccountTier, Channel

Since = Annotated[date, Meta(description="The first day; 89 days before the last, where it is left out.")]
Until = Annotated[date, Meta(description="The last day; today, where it is left out.")]
Zone = Annotated[str, Meta(max_length=100, description="Whose days: a zone as Europe/Berlin; the workspace's, where it is left out.")]
Industry = Annotated[str, Meta(max_length=500, description="Only accounts of this industry, as it is written there.")]
OfSender = Annotated[UUID, Meta(description="Only what left through this mailbox or number.")]


async def asked(
    call: Call,
    *,
    since: date | None = None,
    until: date | None = None,
    zone: str | None = None,
    channel: Channel | None = None,
    tier: AccountTier | None = None,
    industry: str | None = None,
    campaign: str | None = None,
    sender_id: UUID | None = None,
) -> Asked:
    """The question that a request asks.

    Raises:
        InvalidValueError: naming `since`, `until` or `zone`.
        NotFoundError: there is no such campaign.
    """
    narrowed = Narrowed(
        channel=channel, tier=tier, industry=industry, campaign_id=await campaign_id_of(call, campaign), sender_id=sender_id
    )
    return await asked_of(call.db, since=since, until=until, zone=zone, narrowed=narrowed)
