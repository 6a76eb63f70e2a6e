"""Who may be the same: candidates for a merge, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.errors import InvalidValueError
from accountgraph.store.given import page_size

if TYPE_CHECKING:
    from accountgraph.db import Connectable

REASONS = {"contacts": ("linkedin", "phone", "local_part", "name"), "companies": ("domain", "account_name")}
"""Why two rows may be the same, the surest first."""
_MOST = 20  # of one group that are named


class Candidate(Struct, frozen=True, kw_only=True):
    """One of a group; `detail` is the address or the domain."""

    id: UUID
    name: str
    detail: str | None


class Twin(Candidate, frozen=True, kw_only=True):
    """Somebody who may be the same person as another. `reason`: as of `Duplicates`."""

    title: str | None
    company: str | None
    reason: str


class Duplicates(Struct, frozen=True, kw_only=True):
    """Two or more (at most 20 are named) that may be the same, the oldest first: a merge would keep that one.

    Args:
        reason: of contacts linkedin, phone, local_part (the same before the @, at domains of one account) or name (at the same account);
            of companies domain (the people of one write from the domain of the other) or account_name.
        cursor: gives what comes after, as `after`.
    """

    reason: str
    key: str
    rows: list[Candidate]
    cursor: str


async def find_duplicates(db: Connectable, kind: str, limit: int = 100, after: str | None = None) -> list[Duplicates]:
    """A page of groups of `contacts` or `companies` that may be the same, by reason; `after` is the `cursor` of the last one before.

    Raises:
        InvalidValueError: no such kind, or a cursor that is none of ours.
    """
    if kind not in REASONS:
        raise InvalidValueError("kind", f"{kind!r} is none of {', '.join(REASONS)}.")
    reasons, key = _place(REASONS[kind], after)
    left = page_size(limit)
    found: list[tuple[str, _Group]] = []
    for reason in reasons:
        groups = await db.rows(_Group, f"merging.duplicates.{reason}", {"after": key, "limit": left, "most": _MOST})
        found += [(reason, group) for group in groups]
        left -= len(groups)
        key = ""
        if left <= 0:
            break
    ids = list({one for _, group in found for one in group.ids})
    known = {row.id: row for row in await db.rows(Candidate, f"merging.duplicates.{kind}", {"ids": ids})} if ids else {}
    return [
        Duplicates(reason=reason, key=group.key, rows=[known[one] for one in group.ids if one in known], cursor=f"{reason}:{group.key}")
        for reason, group in found
    ]


async def twins_of(db: Connectable, contact_id: UUID) -> list[Twin]:
    """Who (at most 20) may be the same person as this one, the surest first; each by the surest reason."""
    return await db.rows(Twin, "merging.duplicates.of_contact", {"id": contact_id, "most": _MOST})


def _place(reasons: tuple[str, ...], after: str | None) -> tuple[tuple[str, ...], str]:
    if after is None:
        return reasons, ""
    reason, colon, key = after.partition(":")
    if reason not in reasons or not colon:
        raise InvalidValueError("after", f"{after!r} is no cursor of this list; give the `cursor` of the last group you have.")
    return reasons[reasons.index(reason) :], key


class _Group(Struct, frozen=True):
    key: str
    ids: list[UUID]
