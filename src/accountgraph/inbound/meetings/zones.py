"""Local times of a calendar in UTC: by the name of the zone where it is known, else by the rules that the calendar gives."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from accountgraph.inbound.meetings.windows import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.inbound.meetings.calendar import Component

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}")
_TIME = re.compile(r"\s*(\d{4})-?(\d\d)-?(\d\d)(?:T(\d\d):?(\d\d):?(\d\d)?\s*(Z)?)?", re.IGNORECASE)
_OFFSET = re.compile(r"\s*([+-])(\d\d):?(\d\d)(?::?(\d\d))?\s*")
_BY_DAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_RULES = 200


class _Onset(NamedTuple):
    """A rule of a zone: from `first` on, in local time, and every year on a day of a month, clocks are `to` ahead of UTC."""

    first: datetime
    before: timedelta
    to: timedelta
    month: int | None
    week: int
    weekday: int
    until: datetime | None

    def latest(self, local: datetime) -> datetime | None:
        """Its last beginning at or before a local time; None where there is none."""
        if local < self.first:
            return None
        if self.month is None:
            return self.first
        for year in (local.year, local.year - 1):
            onset = self._of(year)
            if self.first <= onset <= local and (self.until is None or onset <= self.until):
                return onset
        if self.until is not None and self.until < local:
            return max(self.first, self._of(max(self.until.year, 1)))
        return self.first

    def _of(self, year: int) -> datetime:
        month = self.month or 1
        days = monthrange(year, month)[1]
        if self.week > 0:
            first = (self.weekday - datetime(year, month, 1, tzinfo=None).weekday()) % 7 + 1  # noqa: DTZ001 - a day of a month
            day = min(first + 7 * (self.week - 1), days)
        else:
            last = days - (datetime(year, month, days, tzinfo=None).weekday() - self.weekday) % 7  # noqa: DTZ001 - a day of a month
            day = max(last + 7 * (self.week + 1), 1)
        return self.first.replace(year=year, month=month, day=day)


class Zones:
    """The time zones of one calendar."""

    def __init__(self, components: Iterable[Component], usual: str = "") -> None:
        self._rules: dict[str, list[_Onset]] = {}
        self._usual = usual
        zone = ""
        for component in components:
            if component.name == "VTIMEZONE":
                zone = component.text("TZID")
            elif component.name in ("STANDARD", "DAYLIGHT") and component.within == "VTIMEZONE" and (onset := _onset(component)):
                rules = self._rules.setdefault(zone, [])
                if len(rules) < MOST_RULES:
                    rules.append(onset)

    def in_utc(self, written: str, tzid: str) -> tuple[datetime, str] | None:
        """A DATE or DATE-TIME in UTC, and how its zone was known; a DATE is its midnight in UTC. None where it is none."""
        local, is_utc, is_day = _local(written)
        if local is None:
            return None
        try:
            if is_utc or is_day:
                return local.replace(tzinfo=UTC), "all day" if is_day else "its time is in UTC"
            return self._zoned(local, tzid.strip() or self._usual)
        except (OverflowError, ValueError):
            return None

    def _zoned(self, local: datetime, tzid: str) -> tuple[datetime, str]:
        if not tzid:
            return local.replace(tzinfo=UTC), "its time has no zone, and is taken for UTC"
        named = _named(tzid)
        # The calendar's own rules count before Windows' names, for people may change the zones that bear them.
        if (named is None or tzid in WINDOWS) and (rules := self._rules.get(tzid)):
            return local.replace(tzinfo=UTC) - _offset_at(rules, local), f"zone {tzid[:60]}, by its rules"
        if named is not None:
            return local.replace(tzinfo=named).astimezone(UTC), f"zone {tzid}"
        return local.replace(tzinfo=UTC), f"its zone {tzid[:60]!r} is not known, and it is taken for UTC"


def _local(written: str) -> tuple[datetime | None, bool, bool]:
    match = _TIME.match(written)
    if match is None:
        return None, False, False
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        local = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 - its zone is found next
    except ValueError:
        return None, False, False
    return local, match[7] is not None, match[4] is None


@lru_cache(maxsize=512)
def _named(tzid: str) -> tzinfo | None:
    """The zone of a name: one of IANA's, whatever path stands before it, or one of Windows'."""
    name = WINDOWS.get(tzid)
    parts = tzid.strip("/").split("/")
    for candidate in [name] if name else ["/".join(parts[-count:]) for count in (3, 2, 1) if len(parts) >= count]:
        if candidate and _NAME.fullmatch(candidate):
            try:
                return ZoneInfo(candidate)
            except (LookupError, ValueError, OSError):
                continue
    return None


def _onset(component: Component) -> _Onset | None:
    first = _local(component.text("DTSTART"))[0]
    before, to = _offset(component.text("TZOFFSETFROM")), _offset(component.text("TZOFFSETTO"))
    if first is None or to is None:
        return None
    rule = dict(part.upper().partition("=")[::2] for part in component.text("RRULE").split(";"))
    day = _BY_DAY.search(rule.get("BYDAY", ""))
    month = rule.get("BYMONTH", "")
    yearly = day is not None and month.isascii() and month.isdigit() and 1 <= int(month) <= 12
    until = _local(rule.get("UNTIL", ""))[0]
    week = int(day[1] or 1) if day and yearly else 1
    weekday = _DAYS.index(day[2]) if day and yearly else 0
    return _Onset(first, before if before is not None else to, to, int(month) if yearly else None, week or 1, weekday, until)


def _offset(written: str) -> timedelta | None:
    match = _OFFSET.fullmatch(written)
    if match is None:
        return None
    length = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    return -length if match[1] == "-" else length


def _offset_at(rules: list[_Onset], local: datetime) -> timedelta:
    begun = [(onset, rule.to) for rule in rules if (onset := rule.latest(local))]
    return max(begun)[1] if begun else min(rules, key=lambda rule: rule.first).before
