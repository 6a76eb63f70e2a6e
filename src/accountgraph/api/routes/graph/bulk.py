"""Many rows in one request: what is sent, and what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import msgspec

from accountgraph.api.shapes import new

if TYPE_CHECKING:
    from accountgraph.models import Entity
    from accountgraph.store.bulk import BulkResult

MOST_ROWS = 10_000
LARGEST = 30_000_000  # bytes


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 10,000 rows."""

    items: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=MOST_ROWS)]


class RowProblem(msgspec.Struct, frozen=True):
    """Why the row at `position` (from 0) was not taken."""

    position: int
    field: str
    message: str


class BulkAnswer(msgspec.Struct, frozen=True):
    """What became of the rows. `ids` has one for each that was sent, null where there is an error; a bad row spoils no other."""

    created: int
    ids: list[UUID | None]
    errors: list[RowProblem]


def rows_of(kind: type[Entity]) -> type[msgspec.Struct]:
    """The shape of many new ones."""
    row: Any = new(kind)  # a type that is made at run time
    items = Annotated[list[row], msgspec.Meta(min_length=1, max_length=MOST_ROWS)]
    return msgspec.defstruct(f"New{kind.__name__}Rows", [("items", items)], forbid_unknown_fields=True)


def told(result: BulkResult) -> BulkAnswer:
    """The answer."""
    errors = [RowProblem(error.position, error.field, error.message.removeprefix(f"{error.field}: ")) for error in result.errors]
    return BulkAnswer(result.created, result.ids, errors)
