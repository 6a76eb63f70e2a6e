"""Finding people by name or address, for whoever previews a message or brings somebody in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.errors import InvalidValueError
from accountgraph.listing.search import FoundKind, search_everything

if TYPE_CHECKING:
    from accountgraph.dashboard.visits import Visit
    from accountgraph.listing.search import Found

MOST = 12


async def found_people(visit: Visit, q: str | None) -> list[Found]:
    """Who fits best; nobody where nothing is asked."""
    if not q:
        return []
    try:
        return await search_everything(visit.db, q[:200], [FoundKind.CONTACT], limit=MOST)
    except InvalidValueError:  # nothing in it can be searched for
        return []
