"""Reading a whole table a page at a time: nothing is held open between two pages, so a reader may
stop half-way, or take its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from accountgraph.models import Entity

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.db import Connectable

E = TypeVar("E", bound=Entity)
PAGE = 2000


async def by_id(db: Connectable, kind: type[E], name: str) -> AsyncIterator[E]:
    """All rows of the query `name`, by id; a row that comes or goes meanwhile may be in it or not."""
    after = UUID(int=0)
    while page := await db.rows(kind, name, {"after": after, "limit": PAGE}):
        for row in page:
            yield row
        after = page[-1].id
