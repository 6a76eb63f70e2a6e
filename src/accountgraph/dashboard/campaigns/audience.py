"""Whom a campaign would take now, and whom it leaves out and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.enrolment.shown import show_audience
from accountgraph.campaigns.telling_policy import tell_policy
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.reading import page_number

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit

ROWS = 50  # of a page


async def audience_page(visit: Visit) -> Response:
    """Those who would begin; or, with `show`, those who are left out, all of them or for one reason."""
    campaign = await campaign_of(visit)
    definition = await load_version(visit.db, campaign.version_id)
    show, reason, page = visit.asked("show"), visit.asked("reason"), page_number(visit.asked("page"))
    found = await show_audience(visit.db, definition, limit=ROWS, skip=(page - 1) * ROWS, reason=reason)
    is_left_out = show == "left_out"
    total = (found.reasons.get(reason, 0) if reason else found.leaves_out) if is_left_out else found.takes
    return drawn(
        visit,
        campaign,
        "audience",
        found=found,
        people=found.excluded if is_left_out else found.chosen,
        is_left_out=is_left_out,
        reason=reason,
        page=page,
        pages=max(1, -(-total // ROWS)),
        is_nobody=definition.audience.is_nobody,
        whom=tell_policy(definition)[0].says,
    )
