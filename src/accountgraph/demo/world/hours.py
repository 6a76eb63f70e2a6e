"""When people work, write and read: local hours and weekdays with a shape, so that best hours can be seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import random

_SATURDAY = 5
_SENDING = {"email": (0, 0, 0, 0, 0, 0, 0, 2, 8, 14, 12, 8, 4, 6, 8, 7, 5, 2), "call": (0,) * 9 + (6, 10, 9, 2, 4, 8, 9, 6)}
_READING = (0, 0, 0, 0, 0, 0.2, 1.5, 6, 12, 13, 10, 8, 5, 9, 8, 7, 6, 4, 3, 2, 3, 2, 1, 0.3)
_DAYS = (7, 11, 11, 10, 6)  # Monday to Friday: how often something is done on them
_MINUTE = 60
_MORNING, _EVENING = 8, 17


def sending_time(chance: random.Random, day: datetime, zone: str, channel: str) -> datetime:
    """A time, UTC, on or soon after `day` at which one of us writes or rings: a weekday, in the recipient's office hours."""
    local = day.astimezone(ZoneInfo(zone))
    wanted = chance.choices(range(5), _DAYS)[0]
    local += timedelta(days=(wanted - local.weekday()) % 7)
    weights = _SENDING.get(channel, _SENDING["call"])
    hour = chance.choices(range(len(weights)), weights)[0]
    return _at(local, hour, chance)


def reading_time(chance: random.Random, after: datetime, zone: str, *, typical_hours: float) -> datetime:
    """A time, UTC, some hours after a message came, at which a person looks at it: mostly at work, seldom at weekends."""
    local = (after + timedelta(hours=chance.expovariate(1 / typical_hours) + 0.06)).astimezone(ZoneInfo(zone))
    for _ in range(40):
        if local.weekday() < _SATURDAY or chance.random() < 0.03:
            break
        local += timedelta(days=1)
    if chance.random() * max(_READING) < _READING[local.hour]:
        return local.astimezone(UTC)
    hour = chance.choices(range(24), _READING)[0]
    later = _at(local, hour, chance)
    if later < local.astimezone(UTC):
        later += timedelta(days=1 if local.weekday() != _SATURDAY - 1 else 3)
    return later


def _at(local: datetime, hour: int, chance: random.Random) -> datetime:
    second = chance.randrange(_MINUTE * _MINUTE)
    return local.replace(hour=hour, minute=second // _MINUTE, second=second % _MINUTE, microsecond=0).astimezone(UTC)


def soon_at_work(chance: random.Random, after: datetime, zone: str) -> datetime:
    """A time, UTC, within some office hours after something was asked for."""
    local = (after + timedelta(hours=chance.uniform(0.7, 7))).astimezone(ZoneInfo(zone))
    if local.hour >= _EVENING:
        local += timedelta(days=1)
    if not _MORNING <= local.hour < _EVENING:
        local = local.replace(hour=_MORNING + chance.randrange(3))
    while local.weekday() >= _SATURDAY:
        local += timedelta(days=1)
    return local.astimezone(UTC)


def business_days_before(now: datetime, days: float) -> datetime:
    """So many weekdays of 24 hours before a time."""
    at, left = now, timedelta(days=days)
    while left > timedelta(0):
        step = min(left, timedelta(hours=1))
        at -= step
        if at.weekday() < _SATURDAY:
            left -= step
    return at


def at_work_before(now: datetime, hours: float, zone: str) -> datetime:
    """A time, UTC, at which somebody was at work, about so many hours of weekdays before `now`, and surely before it."""
    local = business_days_before(now, hours / 24).astimezone(ZoneInfo(zone))
    if not _MORNING <= local.hour < _EVENING:
        local = local.replace(hour=_MORNING + local.minute % (_EVENING - _MORNING))
    while local >= now or local.weekday() >= _SATURDAY:
        local -= timedelta(days=1)
    return local.astimezone(UTC)
