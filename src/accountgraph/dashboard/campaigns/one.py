"""One campaign: where it stands, what it waits for, how far its people came, and what it does in plain words."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.funnel import funnel_of
from accountgraph.campaigns.lifecycle import get_status
from accountgraph.campaigns.listing import campaign_glances, version_lines
from accountgraph.campaigns.telling import tell
from accountgraph.campaigns.telling_policy import tell_policy
from accountgraph.dashboard.campaigns import words
from accountgraph.dashboard.campaigns.room import drawn

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.campaigns.lifecycle import Campaign, CampaignStatus
    from accountgraph.campaigns.listing import CampaignGlance
    from accountgraph.dashboard.visits import Visit

VERSIONS = 3  # that are named here


async def campaign_page(visit: Visit) -> Response:
    """The page."""
    campaign_id = visit.id_in_path("campaign_id", "campaign")
    status = await get_status(visit.db, campaign_id)
    campaign = status.campaign
    glances, funnels, versions, definition = await asyncio.gather(
        campaign_glances(visit.db, [campaign_id]),
        funnel_of(visit.db, campaign_id),
        version_lines(visit.db, campaign_id),
        load_version(visit.db, campaign.version_id),
    )
    return drawn(
        visit,
        campaign,
        "one",
        status_=status,
        waits=list(_waits(visit, campaign, status)),
        stages=_stages(visit, campaign, glances[campaign_id]),
        glance=glances[campaign_id],
        funnels=funnels,
        definition=definition,
        steps=tell(definition),
        parts=tell_policy(definition),
        versions=versions[:VERSIONS],
        waits_for_version=campaign.is_live and campaign.version_in_force != campaign.version_id,
    )


def _waits(visit: Visit, campaign: Campaign, status: CampaignStatus) -> Any:  # noqa: ANN401 - pairs of words and an address
    """What the campaign waits for, the most pressing first: words, and where that is done."""
    work, path = status.work, words.address(visit, campaign)
    if work.unknown:
        yield f"{work.unknown:,} of its messages: nobody knows whether they left", f"{path}/ledger?state=unknown"
    if work.pending_approvals:
        yield f"{work.pending_approvals:,} of its messages wait for approval", f"{path}/people?state=paused&reason=approval"
    if work.open_tasks:
        yield f"{work.open_tasks:,} of its steps are tasks for one of us", f"{path}/people?state=paused&reason=task"
    if campaign.status == "draft":
        yield "somebody to start it; until then nothing leaves", None
    elif campaign.status == "paused":
        yield "somebody to resume it; until then nothing leaves", None
    elif campaign.status == "active" and not status.under_way:
        yield "people: nobody is under way", f"{path}/people"


def _stages(visit: Visit, campaign: Campaign, glance: CampaignGlance) -> list[dict[str, Any]]:
    """The funnel: people by stage, their share of those who began, and where they are listed."""
    counts = (glance.enrolled, glance.contacted, glance.engaged, glance.replied, glance.meetings)
    path = f"{words.address(visit, campaign)}/people?live={'yes' if campaign.is_live else 'no'}&stage="
    return [
        {"words": said, "people": count, "share": 100 * count / glance.enrolled if glance.enrolled else 0, "path": path + stage}
        for (stage, said), count in zip(words.STAGES.items(), counts, strict=True)
    ]
