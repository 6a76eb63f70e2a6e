"""How much waits, beside the names of the places: one cheap question for every page, asked again when something happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.listing.counts import Count, Precision, count_everything

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit
    from accountgraph.listing.counts import Counts


async def counts_page(visit: Visit) -> Response:
    """The figures of the places that this person may go to."""
    found = await count_everything(visit.db, visit.now)
    shown = {place.here: _figure(place.counts, found) for place in visit.places if place.counts}
    return visit.part("inbox/counts", shown=shown)


def _figure(name: str, found: Counts) -> str:
    count: Count = getattr(found, name)
    if name == "tasks":  # what came in stands in the inbox
        count = Count(max(count.count - found.inbox.count, 0), count.precision)
    return f"{count.count:,}{'+' if count.precision is Precision.AT_LEAST else ''}" if count.count else ""
