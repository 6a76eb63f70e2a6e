"""Where the account's page and what belongs to it stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from accountgraph.access import Permission
from accountgraph.dashboard.account import changes
from accountgraph.dashboard.account.beside import beside_page, way_to
from accountgraph.dashboard.account.joining import campaign_page, join
from accountgraph.dashboard.account.page import account_page

if TYPE_CHECKING:
    from accountgraph.dashboard.visits import Visits

HERE = "/app/w/{workspace}/accounts/{company_id}"


def routes(visits: Visits) -> list[Route]:
    """All of them."""
    read, write, run = Permission.GRAPH_READ, Permission.GRAPH_WRITE, Permission.CAMPAIGNS_RUN
    return [
        Route("/app/w/{workspace}/accounts/undo", visits.action(write, changes.undo), methods=["POST"]),
        Route(HERE, visits.page(read, account_page), methods=["GET"]),
        Route(f"{HERE}/people/{{contact_id}}", visits.page(read, beside_page), methods=["GET"]),
        Route(f"{HERE}/people/{{contact_id}}/way", visits.page(read, way_to), methods=["GET"]),
        Route(f"{HERE}/edit", visits.page(write, changes.edit_page), methods=["GET"]),
        Route(f"{HERE}/edit", visits.action(write, changes.save), methods=["POST"]),
        Route(f"{HERE}/hold", visits.action(run, changes.hold), methods=["POST"]),
        Route(f"{HERE}/release", visits.action(run, changes.release), methods=["POST"]),
        Route(f"{HERE}/campaign", visits.page(run, campaign_page), methods=["GET"]),
        Route(f"{HERE}/campaign", visits.action(run, join), methods=["POST"]),
    ]
