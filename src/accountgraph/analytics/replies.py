"""How long replies take: a histogram, quantiles with their intervals, and what cannot be known yet of those that nobody answered."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.analytics.maths import quantile, quantile_ranks
from accountgraph.analytics.period import Asked, Period
from accountgraph.analytics.rates import Rate, rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Connectable

BINS = (0.0, 1.0, 4.0, 12.0, 24.0, 48.0, 72.0, 168.0, 336.0, 720.0)  # hours at which a bin begins; the last has no end
HORIZONS = (1, 3, 7, 14, 30)  # days, as in the query


class Bin(Struct, frozen=True, kw_only=True):
    """Replies that took at least `from_hours`, and less than `to_hours` (None: without end)."""

    from_hours: float
    to_hours: float | None
    replies: int


class Quantile(Struct, frozen=True, kw_only=True):
    """So many hours are not exceeded by `percent` of the replies; with its 95 % interval, whose ends are None where there are too few."""

    percent: float
    hours: float | None
    low: float | None
    high: float | None


class Within(Struct, frozen=True, kw_only=True):
    """Of the touches that are at least so many days old, how many were answered within so many days: nobody's answer is yet to come."""

    days: int
    answered: Rate


class ReplyTimes(Struct, frozen=True, kw_only=True):
    """How long people took to answer touches that left in a period.

    Histogram and quantiles are of the replies there are. `unanswered`: touches without a reply until now, the oldest of which has
    waited `longest_wait_hours`; most will never be answered, and `within` says how many are, without guessing.
    """

    period: Period
    sent: int
    replies: int
    unanswered: int
    longest_wait_hours: float
    bins: list[Bin]
    median: Quantile
    p90: Quantile
    within: list[Within]


class _Row(Struct, frozen=True):
    sent: int
    hours: list[float]
    longest_wait: float
    eligible: list[int]
    answered: list[int]


async def reply_times(db: Connectable, asked: Asked) -> ReplyTimes:
    """How long replies took. One round trip."""
    row = await db.row(_Row, "analytics.touches.replies", {**asked.params, "now": db.now()})
    assert row is not None  # noqa: S101 - it has no GROUP BY
    return ReplyTimes(
        period=asked.period,
        sent=row.sent,
        replies=len(row.hours),
        unanswered=row.sent - len(row.hours),
        longest_wait_hours=round(row.longest_wait, 2),
        bins=histogram(row.hours),
        median=quantile_of(row.hours, 0.5),
        p90=quantile_of(row.hours, 0.9),
        within=[
            Within(days=days, answered=rate(answered, eligible))
            for days, answered, eligible in zip(HORIZONS, row.answered, row.eligible, strict=True)
        ],
    )


def histogram(hours: Sequence[float]) -> list[Bin]:
    """How many of these fall into each bin."""
    counts = [0] * len(BINS)
    for value in hours:
        counts[max(0, bisect_right(BINS, value) - 1)] += 1
    ends = [*BINS[1:], None]
    return [Bin(from_hours=begin, to_hours=end, replies=count) for begin, end, count in zip(BINS, ends, counts, strict=True)]


def quantile_of(ordered: Sequence[float], part: float) -> Quantile:
    """A quantile of sorted hours, and between which of them it lies."""
    if not ordered:
        return Quantile(percent=100 * part, hours=None, low=None, high=None)
    low, high = quantile_ranks(len(ordered), part)
    return Quantile(
        percent=100 * part,
        hours=round(quantile(ordered, part), 2),
        low=None if low is None else round(ordered[low], 2),
        high=None if high is None else round(ordered[high], 2),
    )
