"""What was decided about somebody, and what other rules would have decided."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.campaigns.given import LARGEST, CampaignKey, CampaignSource, CampaignText, OfCampaign, which, written_in
from accountgraph.campaigns.replay import Difference, replay
from accountgraph.campaigns.why import Why, why

explaining = Routes("campaigns")
MostDifferences = Annotated[int, Meta(ge=1, le=10_000, description="Show so many differences at most.")]


class ShownReplay(Struct, frozen=True, kw_only=True):
    """A history decided again. `before`, `after`: how many decisions each rule made. `different`: how many came out another way.

    `differences`: the first of them. `missing_steps`: decisions of steps that the other text does not have.
    """

    campaign: str
    decisions: int
    before: dict[str, int]
    after: dict[str, int]
    different: int
    differences: list[Difference]
    missing_steps: int


@explaining.get("/contacts/{contact_id}/why", needs=Permission.CAMPAIGNS_READ)
async def get_why(call: Call, contact_id: UUID, campaign: OfCampaign | None = None) -> Why:
    """Why somebody was written to, or was not: where they stand, and everything that was decided and happened, with its rule and reason."""
    chosen = which(campaign) if campaign is not None else None
    return await call.database.run(lambda session: why(session, contact_id, session.now(), campaign=chosen))


@explaining.get("/campaigns/{campaign}/replay", needs=Permission.CAMPAIGNS_READ)
async def replay_campaign(call: Call, campaign: CampaignKey, limit: MostDifferences = 100) -> ShownReplay:
    """Decide a campaign's history again by the versions it was decided by: the same has to come out."""
    return await _replayed(call, campaign, None, limit)


@explaining.post("/campaigns/{campaign}/replay", needs=Permission.CAMPAIGNS_READ, body=CampaignSource, writes=False, largest=LARGEST)
async def replay_campaign_under(call: Call, campaign: CampaignKey, body: CampaignText, limit: MostDifferences = 100) -> ShownReplay:
    """Decide a campaign's history again by another text, and show what would have been different.

    Each decision is made from the facts of its time alone.
    """
    return await _replayed(call, campaign, body, limit)


async def _replayed(call: Call, campaign: str, other: CampaignText | None, limit: int) -> ShownReplay:
    found = await replay(call.db, which(campaign), written_in(other) if other else None)
    return ShownReplay(
        campaign=campaign,
        decisions=found.decisions,
        before=found.before,
        after=found.after,
        different=len(found.differences),
        differences=found.differences[:limit],
        missing_steps=found.missing_steps,
    )
