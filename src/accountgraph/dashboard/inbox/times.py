"""Times that people give in a form: by the clock of their browser, or of the person they talk with."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from accountgraph.dashboard import reading

if TYPE_CHECKING:
    from accountgraph.campaigns.desk.sheet import Whom
    from accountgraph.dashboard.forms import Form

LATER = timedelta(hours=3)
_MORNING = time(9)
_NOWHERE = frozenset({"UTC", "Etc/UTC"})
_LONGEST = 100  # characters of a zone's name


def zone_of(name: str | None) -> tzinfo:
    """A zone by its name; UTC where there is none of that name."""
    try:
        return ZoneInfo(name) if name and len(name) <= _LONGEST else UTC
    except (ValueError, OSError, LookupError):  # no such zone, or no name of one at all
        return UTC


def moment(form: Form, name: str, zone: str | None) -> datetime | None:
    """A date and a time by the clock of a zone; None where the field is empty.

    Raises:
        InvalidValueError: it is none.
    """
    return reading.moment(name, form.get(name), zone_of(zone))


def put_off(form: Form, now: datetime) -> datetime:
    """Until when something is put off: `later` today, `tomorrow` or next `week` at nine, or the morning of `day`.

    Raises:
        InvalidValueError: no day is given, or none that there is.
    """
    zone, choice = zone_of(form.get("zone")), form.get("until")
    today = now.astimezone(zone).date()
    if choice == "later":
        return now + LATER
    days = {"tomorrow": today + timedelta(days=1), "week": today + timedelta(days=7 - today.weekday())}
    return datetime.combine(days.get(choice) or form.day("day"), _MORNING, zone).astimezone(UTC)


def lived_in(whom: Whom | None) -> str | None:
    """The zone where somebody lives; None where it is not known: UTC is what the engine takes then."""
    return whom.zone if whom and whom.zone and whom.zone not in _NOWHERE else None


def clock_in(zone: str | None, now: datetime) -> str | None:
    """What a clock shows somewhere: `Tue 14:05`; None where it is not known where."""
    return f"{now.astimezone(zone_of(zone)):%a %H:%M}" if zone else None
