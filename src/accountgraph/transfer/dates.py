"""Points in time as exports write them; what could be read in two ways is refused, not guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Literal

DateOrder = Literal["dmy", "mdy"]

_MONTHS = {
    name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)
}
_MONTH_NAME = "january|february|march|april|may|june|july|august|september|october|november|december|sept|" + "|".join(_MONTHS)
_TIME = r"(?:[ T,]+(?:at )?(?P<time>\d{1,2}:\d{2}.*))?"
_NUMERIC = re.compile(rf"(?P<first>\d{{1,2}})(?P<dot>[/.-])(?P<second>\d{{1,2}})(?P=dot)(?P<year>\d{{4}}){_TIME}")
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}}){_TIME}")
_DAY_NAMED = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[ -](?P<month>{_MONTH_NAME})\.?,?[ -](?P<year>\d{{4}}){_TIME}")
_NAMED_DAY = re.compile(rf"(?P<month>{_MONTH_NAME})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}}){_TIME}")
_WEEKDAY = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? ")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)? ?(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?"
)


def to_timestamp(text: str, order: DateOrder | None = None) -> datetime:
    """The time that `text` tells, with its offset; without one it is taken as UTC, a date as its midnight.

    ISO 8601 and forms that read one way only: `2024/1/31`, `31.1.2024`, `Jan 31, 2024 5:30 PM`, `31-Jan-2024`.
    `order` settles `1/2/2024`.

    Raises:
        ValueError: it is none of these, or could be two; the message says what to do.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _other_form(text, order)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _other_form(text: str, order: DateOrder | None) -> datetime:
    plain = _WEEKDAY.sub("", " ".join(text.lower().split()), count=1)
    if found := _NUMERIC.fullmatch(plain):
        day, month = _day_and_month(text, found, order)
    elif found := _YEAR_FIRST.fullmatch(plain):
        day, month = int(found["day"]), int(found["month"])
    elif found := _DAY_NAMED.fullmatch(plain) or _NAMED_DAY.fullmatch(plain):
        day, month = int(found["day"]), _MONTHS[found["month"][:3]]
    else:
        raise ValueError(f"{_short(text)} is not a date; write it as 2024-01-31 or 2024-01-31T17:30:00+00:00")
    try:
        date = datetime(int(found["year"]), month, day)  # noqa: DTZ001  (the offset, if any, stands in the time)
    except ValueError:
        raise ValueError(f"{_short(text)} is no day of the calendar") from None
    return datetime.combine(date, _clock(text, found["time"]))


def _day_and_month(text: str, found: re.Match[str], order: DateOrder | None) -> tuple[int, int]:
    first, second = int(found["first"]), int(found["second"])
    # Dots are written only where the day comes first.
    if found["dot"] == "." or order == "dmy" or (first > 12 and not order):
        return first, second
    if second > 12 or order == "mdy" or first == second:
        return second, first
    raise ValueError(f"{_short(text)} could be day/month or month/day; say --dates dmy or --dates mdy")


def _clock(text: str, clock: str | None) -> time:
    if clock is None:
        return time()
    found = _CLOCK.fullmatch(clock.strip())
    if not found:
        raise ValueError(f"{_short(text)} has a time that cannot be read; write it as 17:30 or 5:30 PM")
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"{_short(text)} has no hour of a twelve-hour clock")
        hour = hour % 12 + (12 if found["half"] == "p" else 0)
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0), tzinfo=_zone(found["zone"]))
    except ValueError:
        raise ValueError(f"{_short(text)} has a time that does not exist") from None


def _zone(zone: str | None) -> timezone | None:
    if zone is None:
        return None
    if zone in {"z", "utc", "gmt"}:
        return UTC
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if zone[0] == "-" else offset)


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
