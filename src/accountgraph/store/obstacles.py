"""Why a row was not accepted: asked of the database only after it said no, so that no caller's
transaction is spoilt by an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from accountgraph.errors import DuplicateError, MissingReferenceError

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable


async def refuse(db: Connectable, table: str, row: str, *, of: UUID | None = None) -> None:
    """Raise what stands in the way of the JSON `row`; return where nothing does (any more).

    `of` names the row that is being changed: its own values are no obstacle.

    Raises:
        DuplicateError: another row has the value of a unique field.
        MissingReferenceError: a field points at a row that does not exist.
    """
    if of is not None:
        row = msgspec.json.encode({**msgspec.json.decode(row), "id": of}).decode()
    field = await db.value(f"{table}.obstacle", {"row": row})
    if field is None or (field == "id" and of is not None):
        return
    if field.endswith("_id"):
        raise MissingReferenceError(field, "there is no such row; create it first or leave the field out.")
    raise DuplicateError(field, f"another row of {table} has it already; find and update that one.")
