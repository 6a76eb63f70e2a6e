"""The bar of filters: what the address of a page says, and the question that it asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from accountgraph.analytics import Asked, Narrowed, asked_of
from accountgraph.analytics.period import zone_of
from accountgraph.dashboard import reading
from accountgraph.enums import AccountTier, Channel
from accountgraph.store.given import one_of, optional_member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accountgraph.dashboard.visits import Visit

PRESETS = (30, 90, 365)  # days until today
USUAL = 90
VIEWS = ("all", "human")
NARROWED = ("channel", "tier", "industry", "campaign", "sender")
FILTERS = ("days", "since", "until", *NARROWED, "view")


@dataclass(frozen=True, slots=True)
class Given:
    """What the address says. `root`: the path of all these pages; `path`: this page's, below it; `fields`: its parameters as given."""

    root: str
    path: str
    fields: Mapping[str, str]

    def get(self, name: str) -> str:
        """A parameter; empty where it is not given."""
        return self.fields.get(name, "")

    @property
    def is_narrowed(self) -> bool:
        """Whether some touches are left out."""
        return any(name in self.fields for name in NARROWED)

    @property
    def only_people(self) -> bool:
        """Whether what machines did is left out."""
        return self.get("view") == "human"

    @property
    def kept(self) -> dict[str, str]:
        """The filters that every page of these has."""
        return {name: value for name, value in self.fields.items() if name in FILTERS}

    @property
    def own(self) -> dict[str, str]:
        """The parameters that this page alone has."""
        return {name: value for name, value in self.fields.items() if name not in FILTERS}

    def address(self, **changes: object) -> str:
        """This page with other parameters; None takes one away."""
        return self._address(self.path, {**self.fields, **changes})

    def to(self, path: str, **own: object) -> str:
        """Another page of these with the same filters."""
        return self._address(path, {**self.kept, **own})

    def preset(self, days: int) -> str:
        """This page for the last so many days."""
        return self.address(days=None if days == USUAL else days, since=None, until=None, after=None)

    def _address(self, path: str, fields: Mapping[str, object]) -> str:
        said = urlencode({name: value for name, value in fields.items() if value not in {None, ""}})
        whole = f"{self.root}/{path}" if path else self.root
        return f"{whole}?{said}" if said else whole


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and by which address. `days`: where the period is one of the usual ones until today."""

    given: Given
    asked: Asked
    days: int | None

    @property
    def before(self) -> Asked:
        """The same question of as many days before."""
        period = self.asked.period
        length = period.until - period.since + timedelta(days=1)
        earlier = type(period)(since=period.since - length, until=period.since - timedelta(days=1), zone=period.zone)
        return Asked(period=earlier, narrowed=self.asked.narrowed)

    @property
    def length(self) -> int:
        """Days of the period."""
        return (self.asked.period.until - self.asked.period.since).days + 1


def given_of(visit: Visit, path: str, *own: str) -> Given:
    """What the address says of these parameters."""
    found = {name: visit.asked(name) for name in (*FILTERS, *own)}
    return Given(f"{visit.base}/analytics", path, {name: value for name, value in found.items() if value})


async def question_of(visit: Visit, given: Given) -> Question:
    """The question. Dates that are those of the usual days beside them give way to these.

    Raises:
        InvalidValueError: naming the field.
    """
    zone = zone_of(await visit.db.value("analytics.health.zone")).key
    today = visit.now.astimezone(ZoneInfo(zone)).date()
    one_of(VIEWS, "view", given.get("view") or None)
    days = _days(given.get("days"))
    since, until = reading.day("since", given.get("since")), reading.day("until", given.get("until"))
    usual = (today - timedelta(days=days - 1), today)
    is_usual = (since or usual[0], until or usual[1]) == usual
    if is_usual:
        since, until = usual
    kept = {name: value for name, value in given.fields.items() if name not in (("since", "until") if is_usual else ("days",))}
    if is_usual and days == USUAL:
        kept.pop("days", None)
    asked = await asked_of(visit.db, since=since, until=until, zone=zone, narrowed=_narrowed(given))
    return Question(replace(given, fields=kept), asked, days if is_usual else None)


def _narrowed(given: Given) -> Narrowed:
    channel = optional_member(Channel, "channel", given.get("channel") or None)
    tier = optional_member(AccountTier, "tier", given.get("tier") or None)
    return Narrowed(
        channel=Channel(channel) if channel else None,
        tier=AccountTier(tier) if tier else None,
        industry=given.get("industry") or None,
        campaign_id=reading.id_of("campaign", given.get("campaign")),
        sender_id=reading.id_of("sender", given.get("sender")),
    )


def _days(value: str) -> int:
    if not value:
        return USUAL
    one_of(tuple(str(one) for one in PRESETS), "days", value)
    return int(value)
