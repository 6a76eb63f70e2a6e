"""The addresses of these pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.analytics.delivery import find_delivery
from accountgraph.dashboard.analytics.funnel import find_accounts, find_funnel
from accountgraph.dashboard.analytics.groups import find_groups
from accountgraph.dashboard.analytics.health import find_health
from accountgraph.dashboard.analytics.hours import find_hours
from accountgraph.dashboard.analytics.messages import WITHIN, find_messages
from accountgraph.dashboard.analytics.overview import find_overview
from accountgraph.dashboard.analytics.replies import find_replies
from accountgraph.dashboard.analytics.tabs import Pages, Tab
from accountgraph.dashboard.analytics.variants import find_variants

if TYPE_CHECKING:
    from starlette.routing import Route

    from accountgraph.dashboard.visits import Visits

TABS = (
    Tab("Engagement", "", "overview", find_overview, ("span",)),
    Tab("Compared", "groups", "groups", find_groups, ("by", "goal", "sort")),
    Tab("Funnel", "funnel", "funnel", find_funnel),
    Tab("Time to reply", "replies", "replies", find_replies),
    Tab("Health", "health", "health", find_health, ("back",)),
    Tab("Deliverability", "deliverability", "delivery", find_delivery, ("along",)),
    Tab("Best hours", "hours", "hours", find_hours, ("what",)),
    Tab("Variants", "variants", "variants", find_variants, ("goal",)),
    Tab("Accounts behind the funnel", "funnel/{stage}", "accounts", find_accounts, ("stopped", "after"), is_listed=False),
    Tab("Messages behind a number", "messages", "messages", find_messages, ("came", *WITHIN, "after"), is_listed=False),
)


def routes(visits: Visits) -> list[Route]:
    """All of them."""
    pages = Pages(TABS)
    needs = Permission.CAMPAIGNS_READ
    return [visits.shows(f"/analytics/{tab.path}".rstrip("/"), needs, pages.draw(tab)) for tab in TABS]
