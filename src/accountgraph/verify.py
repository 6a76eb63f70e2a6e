"""Recompute every value that the database keeps, and say what differs.

Each check is one statement over a batch of rows, so that it sees one moment also while others write,
and memory stays flat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from accountgraph.db import Connectable

BATCH = 5000
# table whose ids are walked through: the checks that each batch gets
CHECKS = {
    "companies": ("verify.companies",),
    "contacts": ("verify.contacts",),
    "conversations": ("verify.conversations",),
    "touchpoints": ("verify.touchpoints", "verify.events"),
}
_BEFORE_ALL = UUID(int=0)


class Difference(Struct, frozen=True):
    """One value that is not what it should be; both are given as text, None is SQL's NULL.

    `column` is `company_domains` where a company's main domain is missing among its domains.
    """

    entity: str
    id: str
    column: str
    stored: str | None
    expected: str | None


async def differences(
    db: Connectable, *, on_progress: Callable[[str, int], None] | None = None, batch: int = BATCH
) -> AsyncIterator[Difference]:
    """Every derived value that is not what its rule says.

    `on_progress(table, rows)` is told after each batch how many rows were looked at.
    """
    for table, checks in CHECKS.items():
        after = _BEFORE_ALL
        while ids := await db.rows(UUID, f"verify.{table}_after", {"after": after, "limit": batch}):
            for check in checks:
                for found in await db.rows(Difference, check, {"ids": ids}):
                    yield found
            if on_progress:
                on_progress(table, len(ids))
            after = ids[-1]


async def count_rows(db: Connectable) -> int:
    """How many rows `differences` will look at."""
    return int(await db.value("verify.rows"))
