"""What the law of each country says about cold messages, and the free days of one's own."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.enums import Channel
from accountgraph.listing import Page
from accountgraph.store.outreach.free_days import FreeDay, FreeDayRepository
from accountgraph.store.outreach.jurisdictions import Jurisdiction, JurisdictionRepository, LegalRule

law = Routes("law")
Country = Annotated[str, Meta(pattern="^[A-Za-z]{2}$", description="Two letters (ISO 3166).")]
Region = Annotated[str, Meta(min_length=2, max_length=10, description="Only for people there: DE, US-CA (ISO 3166).")]
Since = Annotated[date, Meta(description="From this day on; without it from today.")]


class LegalRuleGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds. `rule`: allow until they object, only with a consent, or deny. `source`: the law, or the authority's page."""

    rule: LegalRule
    source: Annotated[str, Meta(min_length=1, max_length=500)]
    note: Annotated[str, Meta(max_length=10_000)] | None = None


class FreeDayGiven(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day of your own on which nothing is sent. `region`: to people there (DE, US-CA); None: to nobody."""

    day: date
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    region: Region | None = None


@law.get("/jurisdictions", needs=Permission.SETTINGS_READ)
async def list_jurisdictions(
    call: Call, country: Country | None = None, on: date | None = None, *, everything: bool = False
) -> Page[Jurisdiction]:
    """What the law says, by country and channel: what holds on a day (today), or `everything` that ever held or will.

    This is not legal advice.
    """
    day = None if everything else on or call.now.date()
    found = await JurisdictionRepository(call.db).list_jurisdictions(country=country.upper() if country else None, on=day)
    return Page(items=found)


@law.put("/jurisdictions/{country}/{channel}/{valid_from}", needs=Permission.SETTINGS_WRITE)
async def put_jurisdiction(call: Call, country: Country, channel: Channel, valid_from: date, body: LegalRuleGiven) -> Jurisdiction:
    """Say what holds from a day on; what held before stays in the table."""
    given = Jurisdiction(
        country=country.upper(), channel=channel, valid_from=valid_from, rule=body.rule, source=body.source, note=body.note
    )
    return await JurisdictionRepository(call.db).put_jurisdiction(given)


@law.delete("/jurisdictions/{country}/{channel}/{valid_from}", needs=Permission.SETTINGS_WRITE)
async def remove_jurisdiction(call: Call, country: Country, channel: Channel, valid_from: date) -> None:
    """Take a rule away; the one before it holds again."""
    await JurisdictionRepository(call.db).remove_jurisdiction(country.upper(), channel, valid_from)


@law.get("/holidays", needs=Permission.SETTINGS_READ)
async def list_holidays(call: Call, since: Since | None = None) -> Page[FreeDay]:
    """The free days of your own that are ahead, beside the public holidays of where people are."""
    return Page(items=await FreeDayRepository(call.db).list_free_days(since or call.now.date()))


@law.post("/holidays", needs=Permission.SETTINGS_WRITE)
async def add_holiday(call: Call, body: FreeDayGiven) -> FreeDay:
    """Nothing is sent on this day; business days pass over it. It is one already: it gets the name."""
    return await FreeDayRepository(call.db).add_free_day(body.day, body.name, body.region)


@law.delete("/holidays/{day}", needs=Permission.SETTINGS_WRITE)
async def remove_holiday(call: Call, day: date, region: Region | None = None) -> None:
    """Take a free day away: that of a region, or that of everywhere."""
    await FreeDayRepository(call.db).remove_free_day(day, region)
