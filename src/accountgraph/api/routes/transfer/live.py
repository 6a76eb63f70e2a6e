"""Live: what happens in the workspace, as it is committed."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.streams.events import EventStream
from accountgraph.api.streams.sources import ChangesOf
from accountgraph.errors import InvalidValueError
from accountgraph.live.changes import KINDS

live = Routes("live")


@live.get("/changes", needs=Permission.GRAPH_READ)
async def watch_changes(
    call: Call,
    kinds: Annotated[list[str], Meta(description=f"These alone: {', '.join(KINDS)}.")] = [],  # noqa: B006
) -> EventStream:
    """What happens in the workspace, as it is committed: server-sent events.

    Each names what it is about by ids alone. Tasks, approvals and imports are told to those who may see them. `Last-Event-ID` goes
    on where a stream broke off, and nothing is left out; without it, the stream begins with what comes. `reset`: too much happened
    meanwhile, read anew what you show. A stream ends after a quarter of an hour at most; come again with its last id.
    """
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise InvalidValueError("kinds", f"there is no {', '.join(unknown)}; there is {', '.join(KINDS)}.")
    streams, workspace = call.parts.streams, call.principal.workspace
    streams.check(call.principal)
    feed = streams.feed((workspace, "changes"), lambda: ChangesOf(call.parts.workspaces, workspace))
    after = call.request.headers.get("last-event-id")
    if after is not None:
        feed.source.order(after)  # refused where it is none
    return EventStream(streams, feed, call.principal, after, frozenset(kinds))
