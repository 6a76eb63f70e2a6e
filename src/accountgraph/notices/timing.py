"""When a channel is looked at: its rhythm, its gap, its quiet hours. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date

AT_ONCE = timedelta(minutes=1)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)  # after a notice that reached nobody


class Rhythm(StrEnum):
    """How often. `at_once`: within a minute or two."""

    AT_ONCE = "at_once"
    HOURLY = "hourly"
    DAILY = "daily"


class Timing(Protocol):
    """What a channel says of its times; those without a day are of its zone."""

    @property
    def rhythm(self) -> Rhythm:
        """How often."""

    @property
    def daily_at(self) -> time:
        """When, where it is once a day."""

    @property
    def timezone(self) -> str:
        """Of its clock."""

    @property
    def gap_minutes(self) -> int:
        """Between two notices at least."""

    @property
    def quiet_from(self) -> time | None:
        """From when on nobody is told."""

    @property
    def quiet_to(self) -> time | None:
        """Until when."""


def first_look(timing: Timing, now: datetime) -> datetime:
    """When a new channel is looked at."""
    return after_quiet(timing, now if timing.rhythm is Rhythm.AT_ONCE else _next(timing, now))


def next_look(timing: Timing, now: datetime, *, was_sent: bool) -> datetime:
    """When a channel that was looked at is looked at again."""
    at = _next(timing, now)
    return after_quiet(timing, max(at, now + timedelta(minutes=timing.gap_minutes)) if was_sent else at)


def look_after_failure(timing: Timing, now: datetime, failures: int) -> datetime:
    """When a notice that reached nobody is tried again; `failures`: those before."""
    return after_quiet(timing, now + min(FIRST_WAIT * 2 ** min(failures, 10), LONGEST_WAIT))


def after_quiet(timing: Timing, at: datetime) -> datetime:
    """`at`, or the end of the quiet hours that it falls into."""
    if timing.quiet_from is None or timing.quiet_to is None:
        return at
    local = at.astimezone(ZoneInfo(timing.timezone))
    clock, begin, end = local.time(), timing.quiet_from, timing.quiet_to
    is_quiet = begin <= clock < end if begin < end else clock >= begin or clock < end
    if not is_quiet:
        return at
    day = local.date() if clock < end else local.date() + timedelta(days=1)
    return _at(timing, day, end)


def _next(timing: Timing, now: datetime) -> datetime:
    match timing.rhythm:
        case Rhythm.AT_ONCE:
            return now + AT_ONCE
        case Rhythm.HOURLY:
            return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        case Rhythm.DAILY:
            today = now.astimezone(ZoneInfo(timing.timezone)).date()
            days = (_at(timing, today + timedelta(days=ahead), timing.daily_at) for ahead in (0, 1, 2))
            return next(at for at in days if at > now)


def _at(timing: Timing, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=ZoneInfo(timing.timezone)).astimezone(UTC)
