"""The settings: one page for each subject, with the list of subjects at its left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.settings.overview import overview_page
from accountgraph.dashboard.settings.people import PEOPLE
from accountgraph.dashboard.settings.permissions import PERMISSIONS
from accountgraph.dashboard.settings.records import RECORDS
from accountgraph.dashboard.settings.room import shows
from accountgraph.dashboard.settings.sending import SENDING
from accountgraph.dashboard.settings.telling import TELLING

if TYPE_CHECKING:
    from starlette.routing import Route

    from accountgraph.dashboard.visits import Visits

WAYS = (shows("", Permission.SETTINGS_READ, overview_page), *PEOPLE, *SENDING, *PERMISSIONS, *TELLING, *RECORDS)
"""Every page and every action, with what it needs."""


def routes(visits: Visits) -> list[Route]:
    """For the app."""
    return [way.route(visits) for way in WAYS]
