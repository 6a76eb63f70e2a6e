"""Relationships: the edges between contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.db import Connectable, default_database
from accountgraph.enums import RelationshipType
from accountgraph.errors import EdgeExistsError, InvalidValueError, MissingReferenceError, NotFoundError
from accountgraph.models import Colleague, Relationship
from accountgraph.store.bulk import BulkResult, create_many
from accountgraph.store.given import as_json, changes, entity
from accountgraph.store.paging import by_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from uuid import UUID

_BOTH_WAYS = {RelationshipType.COLLEAGUES, RelationshipType.COLLABORATORS}
_INVERSE = {
    RelationshipType.REPORTS_TO: RelationshipType.MANAGER_OF,
    RelationshipType.MANAGER_OF: RelationshipType.REPORTS_TO,
}


class RelationshipRepository:
    """Edges, one a pair. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def create_relationship(self, relationship: Mapping[str, Any] | Relationship) -> Relationship:
        """Relate two contacts; the same edge, also said the other way round, gives back the one there is.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field (an edge to oneself too).
            EdgeExistsError: the two are related already, in another way.
            MissingReferenceError: one of the contacts does not exist.
        """
        wanted = _edge(relationship)
        created = await self._db.write(Relationship, "relationships.create", {"row": as_json(wanted)})
        return created or await self._existing(wanted)

    async def _existing(self, wanted: Relationship) -> Relationship:
        ends = {"contact_id_1": wanted.contact_id_1, "contact_id_2": wanted.contact_id_2}
        known = await self._db.row(Relationship, "relationships.by_pair", ends)
        if known is None:
            missing = await self._db.value("relationships.missing_end", ends)
            raise MissingReferenceError(missing or "id", "there is no such contact." if missing else "an edge has it already.")
        if not says_the_same(known, wanted):
            raise EdgeExistsError(
                "relationship_type",
                f"the two contacts are {known.relationship_type} already (edge {known.id}); update that edge or delete it first.",
            )
        return known

    async def create_many(self, relationships: Iterable[Mapping[str, Any] | Relationship]) -> BulkResult:
        """Add many relationships, some thousands a statement. A bad row comes back as an error and spoils nothing.

        Each statement is a transaction of its own, unless the caller has one open.
        """
        return await create_many(self._db, Relationship, relationships, _edge)

    async def get_relationship_by_id(self, relationship_id: UUID) -> Relationship | None:
        """The edge, or None."""
        return await self._db.row(Relationship, "relationships.by_id", {"id": relationship_id})

    async def get_relationship(self, contact_id_1: UUID, contact_id_2: UUID) -> Relationship | None:
        """The edge of two contacts, whichever way round, or None."""
        return await self._db.row(Relationship, "relationships.by_pair", {"contact_id_1": contact_id_1, "contact_id_2": contact_id_2})

    async def get_contact_relationships(self, contact_id: UUID) -> list[Relationship]:
        """The edges of a contact, either way round, strongest first."""
        return await self._db.rows(Relationship, "relationships.of_contact", {"contact_id": contact_id})

    async def get_colleagues(self, contact_id: UUID) -> list[Colleague]:
        """The colleagues of a contact, strongest first."""
        return await self._db.rows(Colleague, "relationships.colleagues", {"contact_id": contact_id})

    async def check_relationship(self, contact_id_1: UUID, contact_id_2: UUID) -> bool:
        """Whether two contacts are related, whichever way round."""
        return await self.get_relationship(contact_id_1, contact_id_2) is not None

    async def update_relationship(self, relationship_id: UUID, fields: Mapping[str, Any]) -> Relationship:
        """Change the given fields; of an object the keys that are named, and None takes one away. The two ends stay.

        Raises:
            NotFoundError: no such edge.
            UnknownFieldError, InvalidValueError: naming the field.
        """
        for end in ("contact_id_1", "contact_id_2"):
            if end in fields:
                raise InvalidValueError(end, "the ends of an edge cannot be changed; delete it and create another.")
        params = {"id": relationship_id, "changes": changes(Relationship, fields)}
        found = await self._db.write(Relationship, "relationships.update", params)
        if found is None:
            raise NotFoundError(f"There is no relationship {relationship_id}.")
        return found

    async def delete_relationship(self, relationship_id: UUID) -> bool:
        """Remove an edge; False where there was none."""
        return await self._db.value("relationships.delete", {"id": relationship_id}) is not None

    def every_relationship(self) -> AsyncIterator[Relationship]:
        """All edges, by id; memory stays flat."""
        return by_id(self._db, Relationship, "relationships.every")


def _edge(given: Mapping[str, Any] | Relationship) -> Relationship:
    wanted = entity(Relationship, given)
    if wanted.contact_id_1 == wanted.contact_id_2:
        raise InvalidValueError("contact_id_2", "an edge needs two different contacts.")
    return wanted


def says_the_same(known: Relationship, wanted: Relationship) -> bool:
    """Whether two edges of one pair are the same statement: `A reports_to B` is `B manager_of A`."""
    if known.contact_id_1 == wanted.contact_id_1:
        return known.relationship_type == wanted.relationship_type
    if known.relationship_type in _BOTH_WAYS:
        return known.relationship_type == wanted.relationship_type
    return _INVERSE.get(known.relationship_type) == wanted.relationship_type
