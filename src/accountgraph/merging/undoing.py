"""A merge is undone: two rows again, as they were, as far as nobody changed them since."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.errors import NotFoundError
from accountgraph.merging.errors import MergeError
from accountgraph.merging.merge import Merge
from accountgraph.store.given import short_text

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

_WHY = {
    "forgotten": "What was merged is no longer known: somebody's data was erased since.",
    "gone": "{about}, into which it was merged, is gone.",
    "merged_on": "The row into which it was merged was itself merged since; undo merge {about} first.",
    "email": "The address {about} is somebody else's by now; change it there first.",
    "domain": "The domain {about} is another company's by now; change it there first.",
}


class PutBack(Struct, frozen=True, kw_only=True):
    """So many rows of a table are as they were before the merge; of `kept` something was changed or removed since, and stays so."""

    table_name: str
    put_back: int
    kept: int


class Unmerged(Struct, frozen=True, kw_only=True):
    """Two rows again: `restored_id` is back, and what came since stays with `kept_id`."""

    merge_id: UUID
    entity: str
    kept_id: UUID
    restored_id: UUID
    tables: list[PutBack]
    was_undone: bool


async def unmerge(db: Connectable, merge_id: UUID, *, by: str | None = None) -> Unmerged:
    """Undo a merge: the dropped row is back with all that was its own; what came or was changed since stays with the kept one.

    Undone already: changes nothing (`was_undone`).

    Raises:
        NotFoundError: there is no such merge.
        MergeError: something stands in the way; it says what.
    """
    who = short_text("by", by)[:200] if by is not None else None

    async def work(session: Session) -> Unmerged:
        done = await session.row(Merge, "merging.merges.lock", {"id": merge_id})
        if done is None:
            raise NotFoundError(f"There is no merge {merge_id}.")
        tables = [] if done.undone_at else await _undone(session, done, who)
        return Unmerged(
            merge_id=merge_id,
            entity=done.entity,
            kept_id=done.kept_id,
            restored_id=done.dropped_id,
            tables=tables,
            was_undone=done.undone_at is not None,
        )

    return await db.run(work)


async def _undone(session: Session, done: Merge, by: str | None) -> list[PutBack]:
    locks = ("companies", "enrolments", "conversations", "contacts")
    for what in (*locks, "touchpoints") if done.entity == "contacts" else locks:
        await session.affect(f"merging.{done.entity}.lock_{what}", {"ids": [done.kept_id], "drop": done.kept_id})
    if found := await session.rows(_Obstacle, "merging.merges.obstacles", {"id": done.id}):
        raise MergeError([_WHY[one.what].format(about=one.about) for one in found])
    return await session.rows(PutBack, "merging.merges.undo", {"id": done.id, "by": by})


class _Obstacle(Struct, frozen=True):
    what: str
    about: str | None
