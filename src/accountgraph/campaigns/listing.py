"""All campaigns at a glance, and the versions of one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.funnel import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Sequence

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


class CampaignGlance(Struct, frozen=True, kw_only=True):
    """What a list says of a campaign. `enrolled` to `meetings`: people by how far they came, live where it is live, else as a dry run.

    `engaged`: a person opened, clicked or answered. `made_by`: who made it; None: it was made before that was logged.
    """

    id: UUID
    description: str | None
    enrolled: int
    contacted: int
    engaged: int
    replied: int
    meetings: int
    under_way: int
    next_due_at: datetime | None
    made_by: str | None


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


async def campaign_glances(db: Connectable, campaign_ids: Sequence[UUID]) -> dict[UUID, CampaignGlance]:
    """What a list says of these campaigns, by id. One round trip."""
    params = {"ids": list(campaign_ids), "answers": [kind.value for kind in ANSWERS]}
    return {one.id: one for one in await db.rows(CampaignGlance, "campaigns.listing.glance", params)}


async def version_lines(db: Connectable, campaign_id: UUID) -> list[VersionLine]:
    """The versions of a campaign, the newest first."""
    return await db.rows(VersionLine, "campaigns.listing.versions", {"campaign_id": campaign_id})
