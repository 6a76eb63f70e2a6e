"""What all pages of one campaign share: the campaign, its head, its tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.access import Permission
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.dashboard.campaigns import words

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.campaigns.lifecycle import Campaign
    from accountgraph.dashboard.visits import Visit

TABS = (
    ("", "Overview"),
    ("people", "People"),
    ("audience", "Audience"),
    ("messages", "Messages"),
    ("simulate", "Simulate"),
    ("ledger", "Ledger"),
    ("variants", "Variants"),
    ("standing", "In the way"),
    ("versions", "Versions"),
)


async def campaign_of(visit: Visit) -> Campaign:
    """The campaign of the path.

    Raises:
        NotFoundError: there is none with this id.
        ProblemError: 404, it is no id.
    """
    return await find_campaign(visit.db, visit.id_in_path("campaign_id", "campaign"))


def drawn(visit: Visit, campaign: Campaign, template: str, *, status: int = 200, **known: Any) -> Response:  # noqa: ANN401 - what it takes
    """A page of a campaign. `template`: in the folder of campaigns; its name is its tab's, or `tab` is given."""
    known.setdefault("tab", template if template != "one" else "")
    return visit.drawn(
        f"campaigns/{template}",
        campaign.name,
        status=status,
        campaign=campaign,
        path=words.address(visit, campaign),
        tabs=TABS,
        words=words,
        may_write=visit.principal.may(Permission.CAMPAIGNS_WRITE),
        may_run=visit.principal.may(Permission.CAMPAIGNS_RUN),
        **known,
    )
