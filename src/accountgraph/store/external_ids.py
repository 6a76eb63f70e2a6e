"""External ids: the keys by which other systems know our rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.db import Connectable, default_database
from accountgraph.errors import DuplicateError, InvalidValueError, NotFoundError
from accountgraph.store.attributes import known_entity
from accountgraph.store.given import short_text

if TYPE_CHECKING:
    from uuid import UUID

_MOST_BYTES = 2600  # an entry of the index takes 2,704


class ExternalId(Struct, frozen=True, kw_only=True):
    """The `key` by which the system `source` knows a row."""

    source: str
    key: str


class ExternalIdRepository:
    """Keys of other systems. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def add_external_id(self, entity: str, row_id: UUID, source: str, key: str) -> None:
        """Let `source` know the row `row_id` of `entity` (a table's name) as `key`; it does already: nothing changes.

        Raises:
            DuplicateError: another row has this key.
            NotFoundError: no such row.
            InvalidValueError: no such entity, or a source or key that is empty or longer than 500 characters (2,600 bytes together).
        """
        owner = await self._db.value("external_ids.add", {**_checked(entity, source, key), "id": row_id})
        if owner is None:
            raise NotFoundError(f"There is no row {row_id} in {entity}.")
        if owner != row_id:
            raise DuplicateError("key", f"{source} knows row {owner} of {entity} as {key!r} already.")

    async def find_by_external_id(self, entity: str, source: str, key: str) -> UUID | None:
        """The id of the row that `source` knows as `key`, or None."""
        found: UUID | None = await self._db.value("external_ids.find", _checked(entity, source, key))
        return found

    async def get_external_ids(self, entity: str, row_id: UUID) -> list[ExternalId]:
        """The keys of a row, by source."""
        return await self._db.rows(ExternalId, "external_ids.of_row", {"entity": known_entity(entity), "id": row_id})

    async def remove_external_id(self, entity: str, source: str, key: str) -> bool:
        """Forget a key; False where nobody had it."""
        return await self._db.value("external_ids.remove", _checked(entity, source, key)) is not None


def _checked(entity: str, source: str, key: str) -> dict[str, str]:
    given = {"entity": known_entity(entity), "source": short_text("source", source), "key": short_text("key", key)}
    if len(source.encode()) + len(key.encode()) > _MOST_BYTES:
        raise InvalidValueError("key", f"is too long: with its source it may have {_MOST_BYTES:,} bytes in UTF-8.")
    return given
