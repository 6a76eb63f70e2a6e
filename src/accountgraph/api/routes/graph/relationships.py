"""Relationships: the edges between contacts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.guarding import guard, there
from accountgraph.api.operation import Include, Routes
from accountgraph.api.routes.graph.bulk import LARGEST, BulkAnswer, Rows, rows_of, told
from accountgraph.api.shapes import changes, new
from accountgraph.enums import RelationshipType
from accountgraph.listing import Page, page_relationships
from accountgraph.models import Contact, Relationship
from accountgraph.store.relationships import RelationshipRepository

relationships = Routes("relationships")
INCLUDES = {
    "contact_1": Include(Contact, "contact_id_1", "requests.contacts"),
    "contact_2": Include(Contact, "contact_id_2", "requests.contacts"),
}
FIXED = frozenset({"contact_id_1", "contact_id_2"})


@relationships.post(
    "/relationships", needs=Permission.GRAPH_WRITE, status=201, body=new(Relationship), location="/api/v1/relationships/{id}"
)
async def create_relationship(call: Call, body: dict[str, Any]) -> Relationship:
    """Relate two contacts.

    The same edge, also said the other way round, gives back the one there is.
    """
    return await RelationshipRepository(call.db).create_relationship(body)


@relationships.post("/relationships/bulk", needs=Permission.GRAPH_WRITE, body=rows_of(Relationship), largest=LARGEST)
async def create_relationships(call: Call, body: Rows) -> BulkAnswer:
    """Add many relationships.

    A bad row comes back as an error and spoils no other.
    """
    return told(await RelationshipRepository(call.db).create_many(body.items))


@relationships.get("/relationships", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def list_relationships(
    call: Call,
    *,
    contact_id: UUID | None = None,
    type: RelationshipType | None = None,  # noqa: A002 - the field's name, as everywhere
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Relationship]:
    """Relationships, as they were added.

    `type` goes with `contact_id`.
    """
    return await page_relationships(call.db, contact_id=contact_id, type=type, limit=limit, after=after)


@relationships.get("/relationships/{relationship_id}", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def get_relationship(call: Call, relationship_id: UUID) -> Relationship:
    """One edge."""
    return there(await _read(call, relationship_id), "relationship", relationship_id)


@relationships.patch("/relationships/{relationship_id}", needs=Permission.GRAPH_WRITE, body=changes(Relationship, but=FIXED))
async def update_relationship(call: Call, relationship_id: UUID, body: dict[str, Any]) -> Relationship:
    """Change fields of an edge; its two ends stay."""
    await guard(call, "relationship", relationship_id, lambda key: _read(call, key))
    return await RelationshipRepository(call.db).update_relationship(relationship_id, body)


@relationships.delete("/relationships/{relationship_id}", needs=Permission.GRAPH_WRITE)
async def delete_relationship(call: Call, relationship_id: UUID) -> None:
    """Remove an edge."""
    is_gone = await RelationshipRepository(call.db).delete_relationship(relationship_id)
    there(is_gone or None, "relationship", relationship_id)


async def _read(call: Call, relationship_id: UUID) -> Relationship | None:
    return await RelationshipRepository(call.db).get_relationship_by_id(relationship_id)
