"""What a merge would do, before anybody does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from msgspec import Struct

from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.merging.fields import FieldChoice, company_choices, contact_choices
from accountgraph.models import Company, Contact

E = TypeVar("E", Contact, Company)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Connectable


class Moved(Struct, frozen=True, kw_only=True):
    """So many rows (`total`) of a table will refer to the kept row by that column."""

    table_name: str
    column_name: str
    total: int


class Collapsed(Struct, frozen=True, kw_only=True):
    """So many rows (`total`) of a table are there twice; one of each two goes, and comes back when the merge is undone."""

    table_name: str
    total: int


class Strictness(Struct, frozen=True, kw_only=True):
    """What keeps us from writing to one of the two, and therefore to the one that they become.

    Args:
        what: suppressed (`detail` is a channel), revoked (a channel), topic (its key), held (the reason) or excluded (the reason).
    """

    what: str
    detail: str
    of_kept: bool
    of_dropped: bool


class MergePreview(Struct, frozen=True, kw_only=True):
    """What merging `drop_id` into `keep_id` would do.

    Args:
        fields: in which the two differ, and which value the merged row has.
        moves: what will refer to the kept row.
        collapses: what both have and only one can have.
        strict: what keeps us from writing to either; it holds for the merged row.
        obstacles: why it cannot be done as it is, a sentence each; none: it can.
        notes: what else is good to know.
    """

    entity: str
    keep_id: UUID
    keep_name: str
    drop_id: UUID
    drop_name: str
    fields: list[FieldChoice]
    moves: list[Moved]
    collapses: list[Collapsed]
    strict: list[Strictness]
    obstacles: list[str]
    notes: list[str]


async def preview_contact_merge(db: Connectable, keep: UUID, drop: UUID, *, take: Sequence[str] = ()) -> MergePreview:
    """What merging the contact `drop` into `keep` would do; `take` names the fields of which the dropped one's value is to win.

    Raises:
        NotFoundError: one of the two is not there.
        InvalidValueError: they are the same, or `take` names a field that nobody may choose.
    """
    kept, dropped = await pair(db, Contact, keep, drop)
    about = {"keep": keep, "drop": drop, "now": db.now()}
    notes = []
    if kept.company_id and dropped.company_id and kept.company_id != dropped.company_id:
        notes.append("They are at different companies: conversations and enrolments stay with the account where they were.")
    return MergePreview(
        entity="contacts",
        keep_id=keep,
        keep_name=kept.name,
        drop_id=drop,
        drop_name=dropped.name,
        fields=contact_choices(kept, dropped, take),
        moves=await db.rows(Moved, "merging.contacts.moves", {"id": drop}),
        collapses=await db.rows(Collapsed, "merging.contacts.collapses", about),
        strict=await db.rows(Strictness, "merging.contacts.strictness", about),
        obstacles=await contact_obstacles(db, keep, drop),
        notes=notes,
    )


async def preview_company_merge(db: Connectable, keep: UUID, drop: UUID, *, take: Sequence[str] = ()) -> MergePreview:
    """What merging the company `drop` into `keep` would do. Arguments and errors as `preview_contact_merge`."""
    kept, dropped = await pair(db, Company, keep, drop)
    about = {"keep": keep, "drop": drop, "now": db.now()}
    twins = int(await db.value("merging.companies.people", about))
    return MergePreview(
        entity="companies",
        keep_id=keep,
        keep_name=kept.name,
        drop_id=drop,
        drop_name=dropped.name,
        fields=company_choices(kept, dropped, take),
        moves=await db.rows(Moved, "merging.companies.moves", {"id": drop}),
        collapses=await db.rows(Collapsed, "merging.companies.collapses", about),
        strict=await db.rows(Strictness, "merging.companies.strictness", about),
        obstacles=[],
        notes=[f"People of the same name at both: {twins}. They stay apart; look with `contact duplicates`."] if twins else [],
    )


async def pair(db: Connectable, kind: type[E], keep: UUID, drop: UUID) -> tuple[E, E]:
    """Both rows.

    Raises:
        NotFoundError: one of the two is not there.
        InvalidValueError: they are the same.
    """
    what = "contact" if kind is Contact else "company"
    if keep == drop:
        raise InvalidValueError("drop", f"is the {what} that is kept; name another.")
    found = {row.id: row for row in await db.rows(kind, f"merging.{kind.table}.both", {"ids": [keep, drop]})}
    for one in (keep, drop):
        if one not in found:
            raise NotFoundError(f"There is no {what} {one}; where it was merged already, name the one that it was merged into.")
    return found[keep], found[drop]


async def contact_obstacles(db: Connectable, keep: UUID, drop: UUID) -> list[str]:
    """Why two contacts cannot become one as they are, a sentence each."""
    names = await db.rows(_Name, "merging.contacts.both_enrolled", {"keep": keep, "drop": drop})
    return [
        f"Both are going through campaign {one.name}; stop one of them first (`signal record manual_stop --contact ...`), then merge."
        for one in names
    ]


class _Name(Struct, frozen=True):
    name: str
