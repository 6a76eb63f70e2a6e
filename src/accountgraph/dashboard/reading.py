"""Numbers, times, days and ids as people type them and as addresses carry them: each is read here, in one way, or refused by its field."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, tzinfo
from uuid import UUID

from accountgraph.errors import InvalidValueError
from accountgraph.http.problems import ProblemError

MOST = 2_147_483_647  # of a whole number: what the columns hold
_MOST_PAGES = 10_000
_YEARS = range(1900, 4000)  # beyond, a time has no place on every clock
_MORNING = time(9)
_SHOWN = 40  # signs of what was typed
_NUMBER = re.compile(r"[+-]?[0-9]{1,10}")
_ROW = re.compile(r"[0-9]{1,18}")


def number(name: str, text: str | None) -> int | None:
    """A whole number; None where it is empty.

    Raises:
        InvalidValueError: it is none, or too large.
    """
    if not text:
        return None
    if not _NUMBER.fullmatch(text) or abs(found := int(text)) > MOST:
        raise InvalidValueError(name, f"{text[:_SHOWN]!r} is no whole number up to {MOST:,}.")
    return found


def page_number(text: str | None) -> int:
    """Which page of a list an address says; the first, where it says none that there can be."""
    return min(max(int(text), 1), _MOST_PAGES) if text and _ROW.fullmatch(text) else 1


def row_before(name: str, text: str | None) -> int | None:
    """The number of the row where a page of a list goes on; None where it begins.

    Raises:
        InvalidValueError: it is none.
    """
    if not text:
        return None
    if not _ROW.fullmatch(text):
        raise InvalidValueError(name, "is no page of this list; begin with the first.")
    return int(text)


def row_number(text: str, what: str) -> int:
    """The number that an address names a row by.

    Raises:
        ProblemError: 404, it is none.
    """
    if not _ROW.fullmatch(text):
        raise ProblemError(404, f"There is no such {what}.")
    return int(text)


def id_of(name: str, text: str | None, cure: str = "choose one of the list.") -> UUID | None:
    """An id; None where it is empty.

    Raises:
        InvalidValueError: it is none; `cure` says what to give.
    """
    try:
        return UUID(text) if text else None
    except ValueError:
        raise InvalidValueError(name, cure) from None


def day(name: str, text: str | None) -> date | None:
    """A day as browsers write it; None where it is empty.

    Raises:
        InvalidValueError: it is none, or of no year that can be.
    """
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InvalidValueError(name, f"{text[:_SHOWN]!r} is no day; write one like 2031-05-02.") from None
    _check_year(name, found)
    return found


def moment(name: str, text: str | None, zone: tzinfo) -> datetime | None:
    """A time as browsers write it, by the clock of a zone unless it says its own, UTC; a day alone is its morning; None where it is empty.

    Raises:
        InvalidValueError: it is none, or of no year that can be.
    """
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValueError(name, f"{text[:_SHOWN]!r} is no time; write one like 2031-05-02T09:00.") from None
    _check_year(name, found)
    if len(text) <= len("2031-05-02"):
        found = datetime.combine(found.date(), _MORNING)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def clock(name: str, text: str | None) -> time | None:
    """A time of day; None where it is empty.

    Raises:
        InvalidValueError: it is none.
    """
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidValueError(name, f"{str(text)[:_SHOWN]!r} is no time; write it like 08:00.") from None


def _check_year(name: str, found: date) -> None:
    if found.year not in _YEARS:
        raise InvalidValueError(name, f"the year {found.year} cannot be; choose one from {_YEARS.start} to {_YEARS.stop - 1}.")
