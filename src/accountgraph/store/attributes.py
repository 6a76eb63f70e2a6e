"""Attributes: a user's own fields, declared with a type; what is not declared is kept as it comes."""

from __future__ import annotations

from msgspec import Struct

from accountgraph.db import Connectable, default_database
from accountgraph.enums import AttributeType
from accountgraph.errors import InvalidValueError
from accountgraph.store.consents import without_nul
from accountgraph.store.given import member, short_text

_ENTITIES = ("companies", "contacts", "relationships", "conversations", "touchpoints")


class AttributeDefinition(Struct, frozen=True, kw_only=True):
    """A declared attribute of `entity` (a table's name)."""

    entity: str
    name: str
    type: AttributeType
    description: str | None = None


class AttributeRepository:
    """Declared attributes. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def declare_attribute(self, entity: str, name: str, kind: str, description: str | None = None) -> AttributeDefinition:
        """Declare `attributes[name]` of `entity` as text, number, boolean, date (`2024-01-31`, with a time where there is one) or list.

        From then on other values are refused; declaring again changes type and description.

        Raises:
            InvalidValueError: no such entity or type, or stored values would not fit.
        """
        params = {
            "entity": known_entity(entity),
            "name": short_text("name", name),
            "type": member(AttributeType, "type", kind),
            "description": description,
        }
        without_nul(("description", description))
        misfits = await self._db.value("attributes.misfits", params)
        if misfits:
            raise InvalidValueError("type", f"{misfits:,} {entity} have a {name!r} that is no {kind}; correct those first.")
        declared = await self._db.write(AttributeDefinition, "attributes.declare", params)
        assert declared is not None  # noqa: S101 - an upsert gives its row
        return declared

    async def list_attributes(self, entity: str | None = None) -> list[AttributeDefinition]:
        """The declared attributes, of one entity or of all."""
        return await self._db.rows(AttributeDefinition, "attributes.listing", {"entity": known_entity(entity) if entity else None})


def known_entity(entity: str) -> str:
    """`entity`, checked to be a table of the graph.

    Raises:
        InvalidValueError: it is none.
    """
    if entity not in _ENTITIES:
        raise InvalidValueError("entity", f"{entity!r} is none of {', '.join(_ENTITIES)}.")
    return entity
