"""Where the account's page and what belongs to it stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from accountgraph.access import Permission
from accountgraph.dashboard.account.beside import beside_page, way_to
from accountgraph.dashboard.account.page import account_page

if TYPE_CHECKING:
    from accountgraph.dashboard.visits import Visits

HERE = "/app/w/{workspace}/accounts/{company_id}"


def routes(visits: Visits) -> list[Route]:
    """All of them."""
    read = Permission.GRAPH_READ
    return [
        Route(HERE, visits.page(read, account_page), methods=["GET"]),
        Route(f"{HERE}/people/{{contact_id}}", visits.page(read, beside_page), methods=["GET"]),
        Route(f"{HERE}/people/{{contact_id}}/way", visits.page(read, way_to), methods=["GET"]),
    ]
