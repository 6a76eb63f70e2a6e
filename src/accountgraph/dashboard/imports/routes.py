"""The addresses of these pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.imports.choosing import choose, choosing_page
from accountgraph.dashboard.imports.dropping import imports_page, take
from accountgraph.dashboard.imports.rejected import rejects_file, rejects_page, send_again
from accountgraph.dashboard.imports.watching import cancel, forget, import_page

if TYPE_CHECKING:
    from starlette.routing import Route

    from accountgraph.dashboard.visits import Visits

_NEEDS = Permission.IMPORTS_WRITE


def routes(visits: Visits) -> list[Route]:
    """All of them."""
    one = "/imports/{import_id}"
    return [
        visits.shows("/imports", _NEEDS, imports_page),
        visits.takes("/imports", _NEEDS, take),
        visits.shows(f"{one}/choose", _NEEDS, choosing_page),
        visits.does(f"{one}/choose", _NEEDS, choose),
        visits.shows(one, _NEEDS, import_page),
        visits.does(f"{one}/cancel", _NEEDS, cancel),
        visits.does(f"{one}/forget", _NEEDS, forget),
        visits.shows(f"{one}/rejects.csv", _NEEDS, rejects_file),
        visits.shows(f"{one}/rejects", _NEEDS, rejects_page),
        visits.does(f"{one}/rejects", _NEEDS, send_again, largest=2_000_000),
    ]
