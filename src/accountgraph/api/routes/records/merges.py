"""Two contacts, or two companies, that are the same become one, and can become two again."""

from __future__ import annotations

from enum import StrEnum
from operator import attrgetter
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.listing import Page
from accountgraph.listing.page import page_of
from accountgraph.merging import (
    Duplicates,
    Merge,
    MergePreview,
    Unmerged,
    find_duplicates,
    get_merge,
    list_merges,
    merge_companies,
    merge_contacts,
    preview_company_merge,
    preview_contact_merge,
    unmerge,
)

merges = Routes("merges")


class Merged(StrEnum):
    """What can be merged."""

    CONTACTS = "contacts"
    COMPANIES = "companies"


class MergeWanted(Struct, frozen=True, forbid_unknown_fields=True):
    """`drop` goes into `keep`; `take` names the fields of which the dropped one's value is to win."""

    keep: UUID
    drop: UUID
    take: Annotated[list[str], Meta(max_length=50)] = []


@merges.get("/duplicates/{entity}", needs=Permission.GRAPH_READ)
async def list_duplicates(call: Call, entity: Merged, *, limit: Limit = A_PAGE, after: str | None = None) -> Page[Duplicates]:
    """Rows that may be the same, with the reason."""
    return page_of(await find_duplicates(call.db, entity, limit + 1, after), limit, attrgetter("cursor"))


@merges.post("/contacts/merge/preview", needs=Permission.GRAPH_READ)
async def preview_merge_of_contacts(call: Call, body: MergeWanted) -> MergePreview:
    """What merging two contacts would do: what moves, which value wins, what the strictest rule decides, what stands in the way."""
    return await preview_contact_merge(call.db, body.keep, body.drop, take=body.take)


@merges.post("/contacts/merge", needs=Permission.GRAPH_MERGE)
async def merge_two_contacts(call: Call, body: MergeWanted) -> Merge:
    """Merge two contacts; whoever could not be written to cannot be written to after it either."""
    return await merge_contacts(call.db, body.keep, body.drop, take=body.take, by=call.principal.name)


@merges.post("/companies/merge/preview", needs=Permission.GRAPH_READ)
async def preview_merge_of_companies(call: Call, body: MergeWanted) -> MergePreview:
    """What merging two companies would do."""
    return await preview_company_merge(call.db, body.keep, body.drop, take=body.take)


@merges.post("/companies/merge", needs=Permission.GRAPH_MERGE)
async def merge_two_companies(call: Call, body: MergeWanted) -> Merge:
    """Merge two companies, with their people, domains and all that belongs to them."""
    return await merge_companies(call.db, body.keep, body.drop, take=body.take, by=call.principal.name)


@merges.get("/merges", needs=Permission.GRAPH_READ)
async def list_all_merges(
    call: Call, *, entity: Merged | None = None, row_id: UUID | None = None, limit: Limit = A_PAGE, after: UUID | None = None
) -> Page[Merge]:
    """What was merged, the latest first."""
    found = await list_merges(call.db, entity, row_id=row_id, limit=limit + 1, after=after)
    return page_of(found, limit, attrgetter("id"))


@merges.get("/merges/{merge_id}", needs=Permission.GRAPH_READ)
async def get_one_merge(call: Call, merge_id: UUID) -> Merge:
    """One merge."""
    return await get_merge(call.db, merge_id)


@merges.post("/merges/{merge_id}/undo", needs=Permission.GRAPH_MERGE)
async def undo_merge(call: Call, merge_id: UUID) -> Unmerged:
    """Make two of one again, as far as nothing later stands against it."""
    return await unmerge(call.db, merge_id, by=call.principal.name)
