"""A day or a stretch of days, and what is counted with them."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import NamedTuple

# How far back a date without a year may lie: automatic replies are forgotten for a while.
_STALE = timedelta(days=60)


class When(NamedTuple):
    """A day or a stretch of days that a text names.

    `first` to `last`, both in it; `start`, `end`: its letters; `stretch`: it was named by both ends; `vague`: a week, month, quarter or
    year; `unsure`: day and month could be the other way round.
    """

    first: date
    last: date
    start: int
    end: int
    stretch: bool = False
    vague: bool = False
    unsure: bool = False


class Cue(NamedTuple):
    """A word that says what a day is: `back`, `until`, `from`, `away`."""

    role: str
    start: int
    end: int


def day_of(year: int, month: int, day: int) -> date | None:
    """A day, None where there is none like it (30 February)."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def nearest(today: date, month: int, day: int) -> date | None:
    """The day of this name that is not long gone."""
    for year in (today.year - 1, today.year, today.year + 1):
        found = day_of(year, month, day)
        if found and found >= today - _STALE:
            return found
    return day_of(today.year + 2, month, day) if (month, day) == (2, 29) else None


def month_ahead(today: date, month: int) -> date:
    """The first of this month, this year or the next: the month that runs now is meant to come again only when it is over."""
    first = date(today.year, month, 1)
    return first if whole_month(first)[1] >= today else date(today.year + 1, month, 1)


def whole_month(first: date) -> tuple[date, date]:
    """The first and the last day of the month that begins on this day."""
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def months_on(day: date, number: int) -> date:
    """The same day so many months later, or the last of a month that is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def next_weekday(today: date, weekday: int) -> date:
    """The next day of this name, never today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
