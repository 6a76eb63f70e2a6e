"""Two rows that are the same become one, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.errors import NotFoundError
from accountgraph.merging.errors import MergeError
from accountgraph.merging.fields import changed_fields, company_choices, contact_choices
from accountgraph.merging.preview import E, contact_obstacles, pair
from accountgraph.models import Company, Contact
from accountgraph.store.given import checked_json, page_size, short_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Connectable, Session

_LOCKS = ("companies", "enrolments", "conversations", "contacts", "touchpoints")  # the lock order


class Merge(Struct, frozen=True, kw_only=True):
    """`dropped_id` went into `kept_id`; `undone_at` says when it came out again."""

    id: UUID
    entity: str
    kept_id: UUID
    dropped_id: UUID
    merged_by: str | None
    merged_at: datetime
    undone_by: str | None
    undone_at: datetime | None


async def merge_contacts(db: Connectable, keep: UUID, drop: UUID, *, take: Sequence[str] = (), by: str | None = None) -> Merge:
    """Merge the contact `drop` into `keep`: everything of both is the kept one's, and of two wishes the stricter holds.

    Its id, address, number and external ids find the kept one from now on. Merged already: gives that merge.

    Args:
        take: fields of which the dropped one's value wins.
        by: who did it, as people call them.

    Raises:
        NotFoundError, InvalidValueError: as `preview_contact_merge`.
        MergeError: something stands in the way; it says what.
    """

    async def work(session: Session) -> Merge:
        both = await _locked(session, Contact, keep, drop)
        if isinstance(both, Merge):
            return both
        kept, dropped = both
        if obstacles := await contact_obstacles(session, keep, drop):
            raise MergeError(obstacles)
        choices = contact_choices(kept, dropped, take)
        return await _merged(session, kept, dropped, checked_json("fields", changed_fields(choices, dropped)), by)

    return await db.run(work)


async def merge_companies(db: Connectable, keep: UUID, drop: UUID, *, take: Sequence[str] = (), by: str | None = None) -> Merge:
    """Merge the company `drop` into `keep`: its people, domains and all that happened there are the kept one's.

    Arguments and errors as `merge_contacts`.
    """

    async def work(session: Session) -> Merge:
        both = await _locked(session, Company, keep, drop)
        if isinstance(both, Merge):
            return both
        kept, dropped = both
        choices = company_choices(kept, dropped, take)
        return await _merged(session, kept, dropped, checked_json("fields", changed_fields(choices, dropped)), by)

    return await db.run(work)


async def get_merge(db: Connectable, merge_id: UUID) -> Merge:
    """One merge.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = await db.row(Merge, "merging.merges.by_id", {"id": merge_id})
    if found is None:
        raise NotFoundError(f"There is no merge {merge_id}.")
    return found


async def list_merges(
    db: Connectable, entity: str | None = None, *, row_id: UUID | None = None, limit: int = 100, after: UUID | None = None
) -> list[Merge]:
    """A page of merges, the latest first: of `contacts` or `companies`, of one row, after a merge of the page before."""
    params = {"entity": entity, "row_id": row_id, "limit": page_size(limit), "after_id": after}
    return await db.rows(Merge, "merging.merges.listing", params)


async def _locked(session: Session, kind: type[E], keep: UUID, drop: UUID) -> tuple[E, E] | Merge:
    """Both rows as they are once nobody else can change what they carry; the merge, where somebody did the same before us."""
    for what in _LOCKS if kind is Contact else _LOCKS[:4]:
        await session.affect(f"merging.{kind.table}.lock_{what}", {"ids": [keep, drop], "drop": drop})
    done = await session.row(Merge, "merging.merges.standing", {"entity": kind.table, "dropped_id": drop})
    if done is not None and done.kept_id == keep:
        return done
    return await pair(session, kind, keep, drop)


async def _merged(session: Session, kept: Contact | Company, dropped: Contact | Company, changes: str, by: str | None) -> Merge:
    who = short_text("by", by)[:200] if by is not None else None
    given = {"keep": kept.id, "drop": dropped.id, "changes": changes, "by": who}
    return await get_merge(session, await session.value(f"merging.{kept.table}.merge", given))
