"""Taking the health of all accounts: of today, of days that were missed, of days before anybody looked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from accountgraph.analytics.period import MOST_DAYS, zone_of
from accountgraph.errors import InvalidValueError
from accountgraph.graph.policy import HealthPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from accountgraph.db import Connectable

LAST_HOUR = 23  # of a day, in which it is taken
CAUGHT_UP = 7  # days that are reckoned afterwards where nobody took them
ONE_PASS = 31  # days that one statement reckons together

_DEFAULT = HealthPolicy()


class Taken(Struct, frozen=True, kw_only=True):
    """A day, and of how many accounts it was written. `is_reckoned`: afterwards, from the event log."""

    day: date
    accounts: int
    is_reckoned: bool


class _Day(Struct, frozen=True):
    day: date


async def snapshot_health(db: Connectable, *, policy: HealthPolicy = _DEFAULT) -> Taken:
    """Write how every account does now, as today's; again on the same day, it is written over. One statement for all accounts."""
    now = db.now()
    today = now.astimezone(ZoneInfo(await _zone(db))).date()
    (taken,) = await _take(db, {"days": [today], "ends": [now]}, policy, is_past=False)
    return taken


async def backfill_health(
    db: Connectable,
    *,
    since: date | None = None,
    until: date | None = None,
    companies: Sequence[UUID] | None = None,
    anew: bool = False,
    policy: HealthPolicy = _DEFAULT,
    on_day: Callable[[Taken], None] | None = None,
) -> list[Taken]:
    """Reckon past days from the event log, each as of its end; gives the days that were written.

    A month goes in one pass and one transaction, and days that every account has already are left out: one that is stopped goes on where
    it was. `anew` reckons those again too. `companies`: of these accounts alone, and all days of them.

    Without `since` from the first day of which anything is known, at most 400 days back; without `until` to yesterday. What was taken
    on the day itself stays. `docs/analytics.md` says what is not known of a past day.

    Raises:
        InvalidValueError: naming `since` or `until`.
    """
    zone = ZoneInfo(await _zone(db))
    wanted = await _days(db, zone, since, until)
    if companies is None and not anew:
        whole = set(await db.rows(date, "analytics.health.days_whole", _ends(wanted, zone)))
        wanted = [day for day in wanted if day not in whole]
    done: list[Taken] = []
    for begin in range(0, len(wanted), ONE_PASS):
        for taken in await _take(db, _ends(wanted[begin : begin + ONE_PASS], zone), policy, is_past=True, companies=companies):
            done.append(taken)
            if on_day:
                on_day(taken)
    return done


async def snapshot_due(db: Connectable, *, policy: HealthPolicy = _DEFAULT) -> list[Taken]:
    """What is to be done this hour: the day's snapshot in its last hour, and days of the last week that nobody took.

    Days are only made up for where some were taken before: history is begun by `backfill_health`.
    """
    zone = ZoneInfo(await _zone(db))
    now = db.now().astimezone(zone)
    today = now.date()
    week = {"since": today - timedelta(days=CAUGHT_UP), "until": today - timedelta(days=1)}
    known = [row.day for row in await db.rows(_Day, "analytics.health.days_taken", week)]
    days = [week["since"] + timedelta(days=number) for number in range(CAUGHT_UP)]
    missed = [day for day in days if known and day > known[0] and day not in known]
    done = await _take(db, _ends(missed, zone), policy, is_past=True) if missed else []
    if now.hour == LAST_HOUR:
        done.append(await snapshot_health(db, policy=policy))
    return done


async def _days(db: Connectable, zone: ZoneInfo, since: date | None, until: date | None) -> list[date]:
    """The days that are to be reckoned."""
    yesterday = db.now().astimezone(zone).date() - timedelta(days=1)
    last = until or yesterday
    if last > yesterday:
        raise InvalidValueError("until", f"{last} is not over; give a day before today, which `snapshot` itself takes.")
    first = since or await _first_day(db, zone, last)
    if first > last or (last - first).days >= MOST_DAYS:
        raise InvalidValueError("since", f"{first} to {last} is no period of 1 to {MOST_DAYS} days.")
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


async def _take(
    db: Connectable, days: dict[str, Any], policy: HealthPolicy, *, is_past: bool, companies: Sequence[UUID] | None = None
) -> list[Taken]:
    params: dict[str, Any] = {
        **days,
        "companies": None if companies is None else list(companies),
        "now": db.now(),
        "is_past": is_past,
        "engagement": policy.engagement,
        "conversations": policy.conversations,
        "relationships": policy.relationships,
        "decision_makers": policy.decision_makers,
        "most_contacts": policy.most_contacts,
    }
    return await db.run(lambda session: session.rows(Taken, "analytics.health.take", params))


async def _first_day(db: Connectable, zone: ZoneInfo, last: date) -> date:
    """Where history begins; four hundred days are kept, if nobody says otherwise."""
    at: datetime | None = await db.value("analytics.health.first_day")
    earliest = last - timedelta(days=399)
    return min(last, max(earliest, at.astimezone(zone).date())) if at else last


def _ends(days: Sequence[date], zone: ZoneInfo) -> dict[str, Any]:
    """Days and the last moment of each, as queries take them."""
    return {"days": list(days), "ends": [_end(day, zone) for day in days]}


def _end(day: date, zone: ZoneInfo) -> datetime:
    """The last moment of a day."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC) - timedelta(microseconds=1)


async def _zone(db: Connectable) -> str:
    name: str = await db.value("analytics.health.zone")
    return zone_of(name).key
