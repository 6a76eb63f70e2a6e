"""All campaigns at a glance, and the versions of one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class CampaignLine(Struct, frozen=True, kw_only=True):
    """A campaign in a list. `under_way`: people who have not ended; `next_due_at`: of their next step, UTC."""

    name: str
    status: str
    is_live: bool
    number: int
    description: str | None
    under_way: int
    ended: int
    next_due_at: datetime | None


class VersionLine(Struct, frozen=True, kw_only=True):
    """A version of a campaign. `people`: those who began with it; `is_approved`: somebody approved its preview."""

    id: UUID
    number: int
    content_hash: str
    created_at: datetime
    people: int
    is_approved: bool


async def campaign_lines(db: Connectable) -> list[CampaignLine]:
    """All campaigns by name."""
    return await db.rows(CampaignLine, "campaigns.listing.campaigns")


async def version_lines(db: Connectable, campaign_id: UUID) -> list[VersionLine]:
    """The versions of a campaign, the newest first."""
    return await db.rows(VersionLine, "campaigns.listing.versions", {"campaign_id": campaign_id})
