"""The list of all people."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.enums import ContactStatus
from accountgraph.listing import Page
from accountgraph.listing.people import PersonRow, page_people

people_table = Routes("contacts")


@people_table.get("/people", needs=Permission.GRAPH_READ)
async def list_people(
    call: Call,
    *,
    q: Annotated[str, Meta(min_length=1, max_length=500)] | None = None,
    company_id: UUID | None = None,
    status: ContactStatus | None = None,
    is_decision_maker: bool | None = None,
    sort: Literal["created_at", "-created_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[PersonRow]:
    """All people, the newest first: their account, their part in it, how engaged they are, and whether one may write to them.

    `q`: anywhere in name or address. `is_decision_maker` goes with another filter.
    """
    return await page_people(
        call.db,
        call.now,
        q=q,
        company_id=company_id,
        status=status,
        is_decision_maker=is_decision_maker,
        sort=sort,
        limit=limit,
        after=after,
    )
