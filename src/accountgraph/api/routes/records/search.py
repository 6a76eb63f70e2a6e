"""One search over everything."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.listing import Page
from accountgraph.listing.search import Found, FoundKind, search_everything, visible

search = Routes("search")


@search.get("/search", needs=Permission.GRAPH_READ)
async def search_all(
    call: Call,
    *,
    q: Annotated[str, Meta(min_length=1, max_length=200)],
    kinds: list[FoundKind] = [],  # noqa: B006 - read by the declaration alone
    limit: Annotated[int, Meta(ge=1, le=100)] = 20,
) -> Page[Found]:
    """Accounts, people, campaigns, work and what was written: what fits best, as one types.

    What one may not see is not found.
    """
    seen = visible(call.principal, kinds or FoundKind)
    return Page(await search_everything(call.db, q, seen, limit) if seen else [])
