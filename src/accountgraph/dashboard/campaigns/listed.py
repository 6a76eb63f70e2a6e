"""All campaigns, each with its funnel; and what a new one may begin from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.campaigns.definition.file import parse
from accountgraph.campaigns.examples import NAMES, example
from accountgraph.campaigns.listing import campaign_glances
from accountgraph.campaigns.telling import tell
from accountgraph.dashboard.campaigns import words
from accountgraph.listing import page_campaigns
from accountgraph.listing.outreach import CAMPAIGN_STATUSES

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit

ROWS = 25  # of a page


async def campaigns_page(visit: Visit) -> Response:
    """The list; `status` narrows it."""
    status = visit.asked("status")
    status = status if status in CAMPAIGN_STATUSES else None
    found = await page_campaigns(visit.db, status=status, limit=ROWS, after=visit.asked("after"))
    glances = await campaign_glances(visit.db, [one.id for one in found.items]) if found.items else {}
    return visit.drawn(
        "campaigns/list",
        "Campaigns",
        campaigns=found,
        glances=glances,
        shown_status=status,
        statuses=CAMPAIGN_STATUSES,
        is_later_page=visit.asked("after") is not None,
        words=words,
        may_write=visit.principal.may(Permission.CAMPAIGNS_WRITE),
        path=f"{visit.base}/campaigns",
    )


async def new_page(visit: Visit) -> Response:
    """What to begin from: an example, or nothing."""
    examples = [(name, parse(example(name), "toml")) for name in NAMES]
    return visit.drawn(
        "campaigns/new",
        "New campaign",
        examples=[(name, one.description, tell(one)) for name, one in examples],
        path=f"{visit.base}/campaigns",
    )
