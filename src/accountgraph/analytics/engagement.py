"""How many touches left, and what came of them: over time, and group by group; what machines did beside what people did."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from accountgraph.analytics.period import Asked, Period
from accountgraph.analytics.rates import Rate, rate

if TYPE_CHECKING:
    from accountgraph.db import Connectable


class Span(StrEnum):
    """How long a point of a series is; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class By(StrEnum):
    """What touches are put together by."""

    CHANNEL = "channel"
    CAMPAIGN = "campaign"
    STEP = "step"
    VARIANT = "variant"
    TIER = "tier"
    INDUSTRY = "industry"
    SENDER = "sender"


class Tally(Struct, frozen=True, kw_only=True):
    """Touches that left, and of how many of them something came; each touch counts once.

    `opened`, `clicked`: e-mails alone, by anybody; `human_*`: by a person. `meetings`: touches that were the last before a meeting
    was booked or held.
    """

    sent: int = 0
    emails: int = 0
    opened: int = 0
    human_opened: int = 0
    clicked: int = 0
    human_clicked: int = 0
    replied: int = 0
    human_replied: int = 0
    meetings: int = 0


class Point(Tally, frozen=True, kw_only=True):
    """The touches that left in a day, week or month. `starts_on`: its first day, which may lie before the period."""

    starts_on: date


class Rates(Struct, frozen=True, kw_only=True):
    """Shares with their intervals: opens and clicks of the e-mails, replies and meetings of all touches."""

    open: Rate
    human_open: Rate
    click: Rate
    human_click: Rate
    reply: Rate
    human_reply: Rate
    meeting: Rate


class Group(Tally, frozen=True, kw_only=True):
    """The touches of one group. `key`: its name, or its id; None: those of which it is not known."""

    key: str | None
    name: str | None
    rates: Rates


class Engagement(Struct, frozen=True, kw_only=True):
    """A series without gaps, and its sum."""

    period: Period
    by: Span
    points: list[Point]
    total: Tally


class _Row(Tally, frozen=True, kw_only=True):
    key: str | None
    name: str | None


async def engagement(db: Connectable, asked: Asked, by: Span = Span.WEEK) -> Engagement:
    """Touches by when they left, and what came of them until now. One round trip."""
    rows = await db.rows(_Row, "analytics.touches.tallies", {**asked.params, "by": by.value})
    found = {row.key: row for row in rows}
    points = [_point(day, found.get(day.isoformat())) for day in starts(asked.period, by)]
    return Engagement(period=asked.period, by=by, points=points, total=_total(rows))


async def grouped(db: Connectable, asked: Asked, by: By) -> list[Group]:
    """The touches of a period group by group, the largest first; counts and rates. One round trip."""
    rows = await db.rows(_Row, "analytics.touches.tallies", {**asked.params, "by": by.value})
    return [Group(**structs.asdict(row), rates=_rates(row)) for row in rows]


def starts(period: Period, by: Span) -> list[date]:
    """The first days of the days, weeks or months that a period touches."""
    if by is Span.DAY:
        return [period.since + timedelta(days=number) for number in range((period.until - period.since).days + 1)]
    if by is Span.WEEK:
        first = period.since - timedelta(days=period.since.weekday())
        return [first + timedelta(weeks=number) for number in range((period.until - first).days // 7 + 1)]
    months = range(period.since.year * 12 + period.since.month - 1, period.until.year * 12 + period.until.month)
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _point(day: date, row: _Row | None) -> Point:
    return Point(starts_on=day, **_counts(row)) if row else Point(starts_on=day)


def _counts(row: Tally) -> dict[str, int]:
    return {name: getattr(row, name) for name in Tally.__struct_fields__}


def _total(rows: list[_Row]) -> Tally:
    return Tally(**{name: sum(getattr(row, name) for row in rows) for name in Tally.__struct_fields__})


def _rates(row: Tally) -> Rates:
    return Rates(
        open=rate(row.opened, row.emails),
        human_open=rate(row.human_opened, row.emails),
        click=rate(row.clicked, row.emails),
        human_click=rate(row.human_clicked, row.emails),
        reply=rate(row.replied, row.sent),
        human_reply=rate(row.human_replied, row.sent),
        meeting=rate(row.meetings, row.sent),
    )
