"""The health of accounts over time: a line an account, how all of them stand, and who rose and fell and why."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.errors import InvalidValueError
from accountgraph.graph.policy import HealthPolicy
from accountgraph.listing.accounts.table import by_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.analytics.period import Asked
    from accountgraph.db import Connectable

MOST_POINTS = 1500  # of all accounts of a series together: fifty accounts for thirty days
MOST_COMPANIES = 50
PARTS = ("engagement", "conversations", "relationships", "decision_makers")
_DEFAULT = HealthPolicy()


class HealthDay(Struct, frozen=True, kw_only=True):
    """An account's score (0-100) on a day, and the points of its four parts. `is_reckoned`: afterwards, from the event log."""

    day: date
    score: float
    engagement: float
    conversations: float
    relationships: float
    decision_makers: float
    is_reckoned: bool


class Series(Struct, frozen=True, kw_only=True):
    """The days of an account that are there, in order."""

    company_id: UUID
    days: list[HealthDay]


class Distribution(Struct, frozen=True, kw_only=True):
    """How all accounts stood on a day: how many with which status, and how their scores lie. `is_reckoned`: of every account."""

    day: date
    accounts: int
    mean: float
    lower_quartile: float
    median: float
    upper_quartile: float
    excellent: int
    good: int
    fair: int
    poor: int
    critical: int
    is_reckoned: bool


class Moved(Struct, frozen=True, kw_only=True):
    """A part of the score that rose or fell, in points."""

    part: str
    change: float


class Mover(Struct, frozen=True, kw_only=True):
    """An account whose score moved, and by which parts, the largest first. `says`: the reason in words."""

    company_id: UUID
    name: str
    before: float
    after: float
    change: float
    parts: list[Moved]
    says: str


class Movers(Struct, frozen=True, kw_only=True):
    """Who rose and who fell most between two days; None where there are no two such days."""

    from_day: date | None
    to_day: date | None
    up: list[Mover]
    down: list[Mover]


class _Snapshot(Struct, frozen=True, kw_only=True):
    company_id: UUID
    day: date | None
    score: float | None
    engagement: float | None
    conversations: float | None
    relationships: float | None
    decision_makers: float | None
    is_reckoned: bool | None


class _Trend(Struct, frozen=True):
    company_id: UUID
    days: list[int]
    scores: list[float]


class _Row(Struct, frozen=True, kw_only=True):
    company_id: UUID
    name: str
    from_day: date
    to_day: date
    before: float
    after: float
    change: float
    engagement: float
    conversations: float
    relationships: float
    decision_makers: float


async def health_series(db: Connectable, companies: Sequence[UUID], *, until: date, days: int = 30) -> list[Series]:
    """The scores of accounts on the days to `until`, an entry each in the order they are named; who is not there has none.
    One round trip.

    Raises:
        InvalidValueError: more than 50 accounts, or more than 1,500 points in all.
    """
    if not 1 <= len(companies) <= MOST_COMPANIES:
        raise InvalidValueError("companies", f"{len(companies)} accounts are asked for; name 1 to {MOST_COMPANIES}.")
    if not 1 <= days <= MOST_POINTS // len(companies):
        raise InvalidValueError("days", f"must be 1 to {MOST_POINTS // len(companies)} for so many accounts.")
    asked = {"companies": list(companies), "since": until - timedelta(days=days - 1), "until": until}
    found: dict[UUID, list[HealthDay]] = {}
    for row in await db.rows(_Snapshot, "analytics.health.series", asked):
        days_of = found.setdefault(row.company_id, [])
        if row.day is not None:
            days_of.append(HealthDay(**{name: getattr(row, name) for name in HealthDay.__struct_fields__}))
    return [Series(company_id=one, days=found[one]) for one in dict.fromkeys(companies) if one in found]


async def health_trends(db: Connectable, companies: Sequence[UUID], *, until: date, days: int = 30) -> dict[UUID, list[float | None]]:
    """The scores alone of the days to `until`, the oldest first; None: of that day none is kept. Accounts of which no day is kept are
    left out. One round trip.
    """
    asked = {"companies": list(companies), "since": until - timedelta(days=days - 1), "until": until}
    found = await db.rows(_Trend, "analytics.health.trends", asked) if companies else []
    return {row.company_id: by_day(row.days, row.scores, days) for row in found}


async def health_distribution(db: Connectable, asked: Asked, *, policy: HealthPolicy = _DEFAULT) -> list[Distribution]:
    """How all accounts stood, day by day, as far as days were taken; of a tier or an industry, if so asked. One round trip."""
    params = {
        **_of_accounts(asked),
        "since": asked.period.since,
        "until": asked.period.until,
        "excellent": policy.excellent,
        "good": policy.good,
        "fair": policy.fair,
        "poor": policy.poor,
    }
    return await db.rows(Distribution, "analytics.health.distribution", params)


async def health_movers(db: Connectable, asked: Asked, *, days: int = 7, limit: int = 10) -> Movers:
    """Who rose and who fell most in `days` until the period's end. One round trip.

    Compared are the last day that was taken, and the last one at least so many days before it.

    Raises:
        InvalidValueError: naming `days` or `limit`.
    """
    if not 1 <= days <= 1000:
        raise InvalidValueError("days", "must be 1 to 1,000.")
    if not 1 <= limit <= 1000:
        raise InvalidValueError("limit", "must be 1 to 1,000.")
    params = {**_of_accounts(asked), "until": asked.period.until, "days": days, "limit": limit}
    rows = await db.rows(_Row, "analytics.health.movers", params)
    return Movers(
        from_day=rows[0].from_day if rows else None,
        to_day=rows[0].to_day if rows else None,
        up=[_mover(row) for row in rows if row.change > 0],
        down=[_mover(row) for row in reversed(rows) if row.change < 0],
    )


def _of_accounts(asked: Asked) -> dict[str, object]:
    return {"tier": asked.params["tier"], "industry": asked.params["industry"]}


def _mover(row: _Row) -> Mover:
    parts = [Moved(part=name, change=getattr(row, name)) for name in PARTS if getattr(row, name)]
    parts.sort(key=lambda one: -abs(one.change))
    return Mover(
        company_id=row.company_id,
        name=row.name,
        before=row.before,
        after=row.after,
        change=row.change,
        parts=parts,
        says="; ".join(f"{one.part.replace('_', ' ')} {one.change:+.2f}" for one in parts) + ".",
    )
