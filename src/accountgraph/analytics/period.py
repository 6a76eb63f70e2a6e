"""What all questions have in common: from which day to which, in which zone, about which touches."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from accountgraph.enums import AccountTier, Channel
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.db import Connectable

USUAL_DAYS = 90
MOST_DAYS = 1100  # three years


class Period(Struct, frozen=True, kw_only=True):
    """Whole days of a time zone, the first and the last among them."""

    since: date
    until: date
    zone: str

    @property
    def begins_at(self) -> datetime:
        """The first moment of the first day."""
        return datetime.combine(self.since, time(), ZoneInfo(self.zone))

    @property
    def ends_at(self) -> datetime:
        """The first moment after the last day."""
        return datetime.combine(self.until + timedelta(days=1), time(), ZoneInfo(self.zone))


class Narrowed(Struct, frozen=True, kw_only=True):
    """Only some touches: on a channel, to accounts of a tier or an industry, of a campaign, from a sender."""

    channel: Channel | None = None
    tier: AccountTier | None = None
    industry: str | None = None
    campaign_id: UUID | None = None
    sender_id: UUID | None = None


class Asked(Struct, frozen=True, kw_only=True):
    """A question's period and filters."""

    period: Period
    narrowed: Narrowed = Narrowed()

    @property
    def params(self) -> dict[str, Any]:
        """What the queries want to know of both."""
        narrowed = self.narrowed
        return {
            "begins": self.period.begins_at,
            "ends": self.period.ends_at,
            "zone": self.period.zone,
            "channel": narrowed.channel and str(narrowed.channel),
            "tier": narrowed.tier and str(narrowed.tier),
            "industry": narrowed.industry,
            "campaign_id": narrowed.campaign_id,
            "sender_id": narrowed.sender_id,
        }


async def asked_of(
    db: Connectable, *, since: date | None = None, until: date | None = None, zone: str | None = None, narrowed: Narrowed | None = None
) -> Asked:
    """A question. Without `until` it goes to today, without `since` it begins 90 days before its end.

    `zone`: whose days; None is the workspace's, which is asked for: one more short question to the database.

    Raises:
        InvalidValueError: naming `zone`, `since` or `until`.
    """
    name = zone or await db.value("analytics.health.zone")
    today = db.now().astimezone(zone_of(name)).date()
    last = until or today
    _check_year("until", last)
    first = since or last - timedelta(days=USUAL_DAYS - 1)
    _check_year("since", first)
    if first > last:
        raise InvalidValueError("since", f"{first} is after {last}, where the period ends; give an earlier day.")
    if (last - first).days >= MOST_DAYS:
        raise InvalidValueError("since", f"{first} to {last} is too long; ask for {MOST_DAYS} days at most.")
    if narrowed and narrowed.industry and "\0" in narrowed.industry:
        raise InvalidValueError("industry", "holds a NUL character; remove it.")
    return Asked(period=Period(since=first, until=last, zone=name), narrowed=narrowed or Narrowed())


def _check_year(field: str, day: date) -> None:
    if not 1900 <= day.year <= 9998:
        raise InvalidValueError(field, f"{day} is of another age; give a day of the years 1900 to 9998.")


def zone_of(name: str) -> ZoneInfo:
    """A zone by its name.

    Raises:
        InvalidValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidValueError("zone", f"{name[:80]!r} is no time zone; give one as Europe/Berlin or UTC.") from None
