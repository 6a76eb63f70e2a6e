"""What happens in the workspace, as it is committed: the stream that pages listen to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.api.streams.events import EventStream
from accountgraph.api.streams.sources import ChangesOf

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit


async def changes(visit: Visit) -> Response:
    """Server-sent events, as the API has them at `/changes`, for who looks at a page; `Last-Event-ID` goes on where a stream broke off."""
    streams, workspace = visit.parts.streams, visit.principal.workspace
    streams.check(visit.principal)
    feed = streams.feed((workspace, "changes"), lambda: ChangesOf(visit.parts.workspaces, workspace))
    after = visit.request.headers.get("last-event-id")
    if after is not None:
        feed.source.order(after)  # refused where it is none
    return EventStream(streams, feed, visit.principal, after, frozenset())
