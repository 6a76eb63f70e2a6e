"""Where the account's page and what belongs to it stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.account import changes
from accountgraph.dashboard.account.beside import beside_page, way_to
from accountgraph.dashboard.account.joining import campaign_page, join
from accountgraph.dashboard.account.page import account_page
from accountgraph.dashboard.undoing import undo

if TYPE_CHECKING:
    from starlette.routing import Route

    from accountgraph.dashboard.visits import Visits

HERE = "/accounts/{company_id}"


def routes(visits: Visits) -> list[Route]:
    """All of them."""
    read, write, run = Permission.GRAPH_READ, Permission.GRAPH_WRITE, Permission.CAMPAIGNS_RUN
    return [
        visits.does("/accounts/undo", Permission.GRAPH_MERGE, undo),
        visits.shows(HERE, read, account_page),
        visits.shows(f"{HERE}/people/{{contact_id}}", read, beside_page),
        visits.shows(f"{HERE}/people/{{contact_id}}/way", read, way_to),
        visits.shows(f"{HERE}/edit", write, changes.edit_page),
        visits.does(f"{HERE}/edit", write, changes.save),
        visits.does(f"{HERE}/hold", run, changes.hold),
        visits.does(f"{HERE}/release", run, changes.release),
        visits.shows(f"{HERE}/campaign", run, campaign_page),
        visits.does(f"{HERE}/campaign", run, join),
    ]
