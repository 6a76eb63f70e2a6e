"""Business days, zones and opening hours.

A wall time that a clock change skips is the instant of the change; of one that comes twice, an opening takes the
reading that keeps all of it inside the window.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Collection

    from accountgraph.campaigns.definition.policy import Window

LONGEST_CLOSED = 400  # days; a window that stays closed longer never opens
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Opening(Struct, frozen=True):
    """From when until when (not included) something is open, in UTC."""

    opens_at: datetime
    closes_at: datetime


class Calendar(NamedTuple):
    """Which days count, somewhere: ISO weekdays, the public holidays of a region (DE, US-CA; None: nobody's), and free days of our own."""

    zone: str
    region: str | None
    days: Collection[int]
    skip_holidays: bool = True
    free_days: Collection[str] = ()

    def is_business_day(self, day: date) -> bool:
        """Whether one works on that day."""
        if day.isoweekday() not in self.days:
            return False
        if self.free_days and day.isoformat() in self.free_days:
            return False
        return not (self.skip_holidays and self.region and day in _public_holidays(self.region, day.year))


def opening(
    window: Window, zone: str, region: str | None, at: datetime, *, skip_holidays: bool, free_days: Collection[str] = ()
) -> Opening:
    """The opening that `at` lies in, or else the next one. A window that ends before it starts ends on the next day.

    Raises:
        InvalidValueError: there is no such zone, or the window never opens.
    """
    calendar = Calendar(zone, region, window.days, skip_holidays, free_days)
    day = at.astimezone(zone_named(zone)).date()
    if window.end < window.start:
        day -= _DAY
    for _ in range(LONGEST_CLOSED):
        if calendar.is_business_day(day):
            found = _opening_on(day, window.start, window.end, zone)
            if found is not None and found.closes_at > at:
                return found
        day += _DAY
    raise InvalidValueError(
        "window", f"{window.start}-{window.end} on weekdays {list(window.days)} never opens; give days and a later end."
    )


def add_business_days(
    at: datetime, count: int, zone: str, region: str | None, *, days: Collection[int], skip_holidays: bool, free_days: Collection[str] = ()
) -> datetime:
    """`count` business days after `at` (UTC), at the same time of day in the zone; 0 is `at` itself, whatever day it is.

    Raises:
        InvalidValueError: there is no such zone, or no day counts.
    """
    if count <= 0:
        return at
    calendar = Calendar(zone, region, days, skip_holidays, free_days)
    local = at.astimezone(zone_named(zone))
    day = local.date()
    for _ in range(count):
        day = _next_business_day(calendar, day)
    return _instant(datetime.combine(day, local.time()), zone_named(zone), is_last=False)


def zone_of(contact: str | None, account: str | None, sender: str | None, workspace: str | None) -> tuple[str, str]:
    """The zone to keep somebody's hours by, and whose it is (contact, account, sender, workspace).

    The first that is given and exists; UTC where none does.
    """
    for name, source in ((contact, "contact"), (account, "account"), (sender, "sender")):
        if name and is_zone(name):
            return name, source
    return workspace if workspace and is_zone(workspace) else "UTC", "workspace"


def is_zone(name: str) -> bool:
    """Whether there is a zone of this name."""
    try:
        zone_named(name)
    except InvalidValueError:
        return False
    return True


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The zone of an IANA name.

    Raises:
        InvalidValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise InvalidValueError("zone", f"there is no time zone {name[:100]!r}; give an IANA name, like Europe/Berlin.") from None


def _next_business_day(calendar: Calendar, day: date) -> date:
    for _ in range(LONGEST_CLOSED):
        day += _DAY
        if calendar.is_business_day(day):
            return day
    raise InvalidValueError("days", f"of weekdays {list(calendar.days)} no day counts; give one that is not always free.")


@lru_cache(maxsize=65_536)
def _opening_on(day: date, start: str, end: str, zone: str) -> Opening | None:
    """The hours of one day; None where a clock change leaves nothing of them.

    A bound that comes twice is read so that the other reading lies outside: the last start, the first end. Where both bounds
    come twice, the first reading of both.
    """
    begins, ends = _wall(day, start), _wall(day + _DAY if end < start else day, end)
    tz = zone_named(zone)
    closes_at = _instant(ends, tz, is_last=False)
    for is_last in (True, False):
        opens_at = _instant(begins, tz, is_last=is_last)
        if opens_at < closes_at:
            return Opening(opens_at, closes_at)
    return None


def _wall(day: date, clock: str) -> datetime:
    if clock == "24:00":
        return datetime.combine(day + _DAY, time())
    return datetime.combine(day, time(int(clock[:2]), int(clock[3:])))


def _instant(wall: datetime, zone: ZoneInfo, *, is_last: bool) -> datetime:
    """When clocks show `wall`, in UTC: the first or the last time; where they skip it, the moment they do."""
    first, last = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    if _offset(first) < _offset(last):
        return _jump(last.astimezone(UTC), first.astimezone(UTC), zone)
    return (last if is_last else first).astimezone(UTC)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between two instants at which the zone's offset changes."""
    old = _offset(before.astimezone(zone))
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if _offset(middle.astimezone(zone)) == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def _offset(at: datetime) -> timedelta:
    offset = at.utcoffset()
    assert offset is not None  # noqa: S101 - every time here has its zone
    return offset


@lru_cache(maxsize=4096)
def _public_holidays(region: str, year: int) -> frozenset[date]:
    """Those of the country where the subdivision is not known, none where the country is not."""
    import holidays  # noqa: PLC0415 - all calendars of the world, slow to load, and not every command needs them

    country, _, subdivision = region.upper().partition("-")
    for part in dict.fromkeys((subdivision or None, None)):
        try:
            return frozenset(holidays.country_holidays(country, subdiv=part, years=year))
        except NotImplementedError:
            continue
    return frozenset()
