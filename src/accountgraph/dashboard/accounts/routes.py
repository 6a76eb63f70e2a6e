"""Where the table of accounts and what is done in it stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.accounts import changes, views
from accountgraph.dashboard.accounts.file import accounts_file
from accountgraph.dashboard.accounts.page import accounts_page

if TYPE_CHECKING:
    from starlette.routing import Route

    from accountgraph.dashboard.visits import Visits


def routes(visits: Visits) -> list[Route]:
    """All of them; they stand before those of one account."""
    write, run, keep = Permission.GRAPH_WRITE, Permission.CAMPAIGNS_RUN, Permission.VIEWS_WRITE
    done = [
        ("bulk/tier", write, changes.set_tiers),
        ("bulk/status", write, changes.set_statuses),
        ("bulk/hold", run, changes.hold),
        ("bulk/release", run, changes.release),
        ("bulk/campaign", run, changes.join),
        ("{company_id}/tier", write, changes.set_one_tier),
        ("{company_id}/status", write, changes.set_one_status),
        ("views", keep, views.keep),
        ("views/{view_id}/remove", keep, views.remove),
    ]
    return [
        visits.shows("/accounts", Permission.GRAPH_READ, accounts_page),
        visits.shows("/accounts.csv", Permission.EXPORTS_READ, accounts_file),
        *(visits.does(f"/accounts/{path}", needs, do) for path, needs, do in done),
    ]
