"""Shares as people read them: in percent, with what they were counted from and the interval that goes with so few or so many."""

from __future__ import annotations

from msgspec import Struct

from accountgraph.analytics.maths import Interval, wilson


class Rate(Struct, frozen=True, kw_only=True):
    """`count` of `of`, in percent (0-100) with its 95 % interval by Wilson; `percent` is None where there is nothing to count from."""

    count: int
    of: int
    percent: float | None
    low: float
    high: float


def rate(count: int, of: int) -> Rate:
    """A share."""
    low, high = in_percent(wilson(count, of))
    return Rate(count=count, of=of, percent=percent(count / of) if of else None, low=low, high=high)


def in_percent(interval: Interval) -> Interval:
    """An interval of shares, in percent."""
    return Interval(percent(interval.low), percent(interval.high))


def percent(share: float) -> float:
    """A share in percent, two decimals."""
    return round(100 * share, 2)
