"""How much there is: the figures beside the headings of a side bar, in one round trip, however much it is."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accountgraph.db import Connectable

MOST = 10_000  # that are counted one by one


class Precision(StrEnum):
    """How true a count is: `exact`, an `estimate` of the database's, or `at_least` so many."""

    EXACT = "exact"
    ESTIMATE = "estimate"
    AT_LEAST = "at_least"


class Count(Struct, frozen=True):
    """How many there are."""

    count: int
    precision: Precision


class Counts(Struct, frozen=True, kw_only=True):
    """What there is in a workspace: what came in and is open, open tasks (and those of who asks), messages that wait for a person,
    running campaigns, accounts. What somebody put off counts when its time has come.
    """

    inbox: Count
    tasks: Count
    my_tasks: Count
    approvals: Count
    campaigns: Count
    accounts: Count


class _Found(Struct, frozen=True):
    inbox: int
    tasks: int
    my_tasks: int
    approvals: int
    campaigns: int
    accounts: int
    estimated_accounts: int


async def count_everything(db: Connectable, now: datetime, *, me: Iterable[str] = (), most: int = MOST) -> Counts:
    """Count all of it. `me`: what tasks may call who asks, a name or a user's id, in any case.

    More than `most` of anything is counted no further: of accounts the database's own estimate is told.
    """
    params = {"now": now, "me": [name.lower() for name in me], "most": most}
    found = await db.row(_Found, "listing.counts.everything", params)
    assert found is not None  # noqa: S101 - it always has a row
    names = ("inbox", "tasks", "my_tasks", "approvals", "campaigns")
    return Counts(**{name: _count(getattr(found, name), most) for name in names}, accounts=_accounts(found, most))


def _count(found: int, most: int) -> Count:
    return Count(found, Precision.EXACT) if found <= most else Count(most, Precision.AT_LEAST)


def _accounts(found: _Found, most: int) -> Count:
    """The estimate is of the last time that the server looked, which may be a while ago: never less than was counted."""
    if found.accounts <= most:
        return Count(found.accounts, Precision.EXACT)
    if found.estimated_accounts <= most:
        return Count(most, Precision.AT_LEAST)
    return Count(found.estimated_accounts, Precision.ESTIMATE)
