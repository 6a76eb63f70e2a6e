"""The addresses of these pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from accountgraph.access import Permission
from accountgraph.dashboard.imports.choosing import choose, choosing_page
from accountgraph.dashboard.imports.dropping import imports_page, take
from accountgraph.dashboard.imports.rejected import rejects_file, rejects_page, send_again
from accountgraph.dashboard.imports.watching import cancel, forget, import_page

if TYPE_CHECKING:
    from accountgraph.dashboard.visits import Visits

_NEEDS = Permission.IMPORTS_WRITE


def routes(visits: Visits, base: str) -> list[Route]:
    """All of them, below `base`."""
    one = f"{base}/imports/{{import_id}}"
    return [
        Route(f"{base}/imports", visits.page(_NEEDS, imports_page), methods=["GET"]),
        Route(f"{base}/imports", visits.upload(_NEEDS, take), methods=["POST"]),
        Route(f"{one}/choose", visits.page(_NEEDS, choosing_page), methods=["GET"]),
        Route(f"{one}/choose", visits.action(_NEEDS, choose), methods=["POST"]),
        Route(one, visits.page(_NEEDS, import_page), methods=["GET"]),
        Route(f"{one}/cancel", visits.action(_NEEDS, cancel), methods=["POST"]),
        Route(f"{one}/forget", visits.action(_NEEDS, forget), methods=["POST"]),
        Route(f"{one}/rejects.csv", visits.page(_NEEDS, rejects_file), methods=["GET"]),
        Route(f"{one}/rejects", visits.page(_NEEDS, rejects_page), methods=["GET"]),
        Route(f"{one}/rejects", visits.action(_NEEDS, send_again, largest=2_000_000), methods=["POST"]),
    ]
