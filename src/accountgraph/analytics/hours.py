"""At which hours people answer: per weekday and hour of the recipient's zone, with as much certainty as there is."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.analytics.maths import Prior, credible, prior_of, shrunk
from accountgraph.analytics.period import Asked, Period
from accountgraph.analytics.rates import in_percent, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.db import Connectable

ENOUGH = 30  # touches that a cell has to have


class What(StrEnum):
    """What is counted, of people alone."""

    OPEN = "open"
    REPLY = "reply"


class HourCell(Struct, frozen=True, kw_only=True):
    """The touches that left in an hour of a weekday. `weekday`: 1 (Monday) to 7; `hour`: 0 to 23, in the recipient's zone.

    `percent` is as counted (None: nothing left then); `estimate` is drawn towards what all hours are like, the more the fewer there
    are, and lies with 95 % between `low` and `high`. `is_enough`: at least 30 touches; others say little.
    """

    weekday: int
    hour: int
    n: int
    count: int
    percent: float | None
    estimate: float
    low: float
    high: float
    is_enough: bool


class Hours(Struct, frozen=True, kw_only=True):
    """All 168 hours of a week. `overall`: what all of them together are like, in percent. `best`: of those with enough touches, the
    ones whose interval lies above it, the highest estimate first; empty: no hour is known to be better.
    """

    period: Period
    what: What
    n: int
    count: int
    overall: float | None
    cells: list[HourCell]
    best: list[HourCell]


class _Row(Struct, frozen=True):
    weekday: int
    hour: int
    sent: int
    opened: int
    replied: int


async def best_hours(db: Connectable, asked: Asked, what: What = What.REPLY) -> Hours:
    """How often people open or answer what left in each hour of the week. One round trip."""
    rows = await db.rows(_Row, "analytics.touches.hours", asked.params)
    found = {(row.weekday, row.hour): (row.opened if what is What.OPEN else row.replied, row.sent) for row in rows}
    cells = cells_of(found)
    count, n = sum(cell.count for cell in cells), sum(cell.n for cell in cells)
    overall = percent(count / n) if n else None
    better = [cell for cell in cells if cell.is_enough and overall is not None and cell.low > overall]
    best = sorted(better, key=lambda cell: (-cell.estimate, cell.weekday, cell.hour))
    return Hours(period=asked.period, what=what, n=n, count=count, overall=overall, cells=cells, best=best)


def cells_of(found: dict[tuple[int, int], tuple[int, int]]) -> list[HourCell]:
    """The whole week from (weekday, hour): (count, n)."""
    prior = prior_of(list(found.values()))
    places = [(weekday, hour) for weekday in range(1, 8) for hour in range(24)]
    known: dict[tuple[int, int], HourCell] = {}  # many cells have the same counts, and the interval is what takes time
    return [_cell(place, found.get(place, (0, 0)), prior, known) for place in places]


def _cell(place: tuple[int, int], counted: tuple[int, int], prior: Prior, known: dict[tuple[int, int], HourCell]) -> HourCell:
    count, n = counted
    like = known.get(counted)
    low, high = (like.low, like.high) if like else in_percent(credible(count, n, prior))
    cell = HourCell(
        weekday=place[0],
        hour=place[1],
        n=n,
        count=count,
        percent=percent(count / n) if n else None,
        estimate=percent(shrunk(count, n, prior)),
        low=low,
        high=high,
        is_enough=n >= ENOUGH,
    )
    known[counted] = cell
    return cell


def hours_in_words(best: Sequence[HourCell]) -> list[str]:
    """The best hours as people say them."""
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return [f"{days[cell.weekday - 1]} {cell.hour:02}:00" for cell in best]
