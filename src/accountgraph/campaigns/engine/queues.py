"""Queues: enrolments that wait for the same sender and the same opening hours, and when those are open.

A closed queue is not looked into at all, so that ten thousand due people cost nothing at night.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct

from accountgraph.campaigns.definition.policy import Window
from accountgraph.campaigns.rules.calendar import Opening, opening

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet
    from uuid import UUID

    from accountgraph.campaigns.definition.policy import Schedule
    from accountgraph.db import Session
    from accountgraph.enums import Channel

LONGEST_FREE = timedelta(days=2)  # free days from here on are read, so that a zone ahead of UTC sees its own


class Hours(Struct, frozen=True, kw_only=True):
    """The window of a queue, and whether public holidays are free days."""

    days: tuple[int, ...]
    start: str
    end: str
    skip_holidays: bool

    @property
    def window(self) -> Window:
        """The window alone."""
        return Window(days=self.days, start=self.start, end=self.end)

    @classmethod
    def of(cls, schedule: Schedule, channel: Channel) -> Hours:
        """The hours that a policy gives a channel."""
        window = schedule.window(channel)
        return cls(days=window.days, start=window.start, end=window.end, skip_holidays=schedule.skip_holidays)


class Place(NamedTuple):
    """Which queue: `sender_id` None is work for people."""

    sender_id: UUID | None
    is_live: bool
    channel: Channel
    zone: str
    region: str | None
    hours: Hours

    @property
    def key(self) -> str:
        """What identifies the queue in the database."""
        return msgspec.json.encode(list(self)).decode()


class Known(Struct, frozen=True):
    """A queue that is there."""

    key: str
    id: int


class Expired(Struct, frozen=True):
    """A queue whose opening is over."""

    id: int
    zone: str
    region: str | None
    opening: Hours


class FreeDay(Struct, frozen=True):
    """A free day of the workspace's own; `region` is '' for all."""

    day: str
    region: str


class FreeDays:
    """The workspace's own free days, by region."""

    def __init__(self, days: Iterable[FreeDay] = ()) -> None:
        self._all = frozenset(day.day for day in days if not day.region)
        self._of: dict[str, frozenset[str]] = {}
        for day in days:
            if day.region:
                self._of[day.region] = self._of.get(day.region, frozenset()) | {day.day}

    def of(self, region: str | None) -> AbstractSet[str]:
        """ISO dates that are free in a region: its own, its country's, everybody's."""
        if region is None or not self._of:
            return self._all
        return self._all | self._of.get(region, frozenset()) | self._of.get(region.partition("-")[0], frozenset())


async def free_days(session: Session, now: datetime) -> FreeDays:
    """The workspace's own free days that are still to come."""
    return FreeDays(await session.rows(FreeDay, "campaigns.queues.free_days", {"since": now - LONGEST_FREE}))


def opening_at(place: Place | Expired, hours: Hours, free: FreeDays, now: datetime) -> Opening:
    """When the queue is open, now or next."""
    return opening(hours.window, place.zone, place.region, now, skip_holidays=hours.skip_holidays, free_days=free.of(place.region))


async def ensure(session: Session, places: Iterable[Place], free: FreeDays, now: datetime) -> dict[Place, int]:
    """The id of each queue; those that are missing are made."""
    wanted = {place.key: place for place in places}
    if not wanted:
        return {}
    found = await _known(session, wanted)
    missing = {key: place for key, place in wanted.items() if key not in found}
    if missing:
        rows = [_row(key, place, opening_at(place, place.hours, free, now)) for key, place in missing.items()]
        await session.affect("campaigns.queues.make", {"queues": msgspec.json.encode(rows).decode()})
        found |= await _known(session, missing)
    return {place: found[key] for key, place in wanted.items()}


async def _known(session: Session, places: Iterable[str]) -> dict[str, int]:
    rows = await session.rows(Known, "campaigns.queues.known", {"keys": list(places)})
    return {row.key: row.id for row in rows}


def _row(key: str, place: Place, opened: Opening) -> dict[str, object]:
    fields = {**place._asdict(), "opening": place.hours}
    del fields["hours"]
    return {"key": key, **fields, "opens_at": opened.opens_at, "closes_at": opened.closes_at}


async def reopen(session: Session, now: datetime, *, everything: bool = False) -> int:
    """Give queues whose opening is over their next one (all of them where free days have changed); gives how many."""
    expired = await session.rows(Expired, "campaigns.queues.expired", {"now": now, "everything": everything})
    if expired:
        free = await free_days(session, now)
        rows = [
            {"id": queue.id, "opens_at": opened.opens_at, "closes_at": opened.closes_at}
            for queue in expired
            for opened in [opening_at(queue, queue.opening, free, now)]
        ]
        await session.affect("campaigns.queues.open_again", {"openings": msgspec.json.encode(rows).decode()})
    return len(expired)
