"""What keeps messages back for a workspace: the law of a country, excluded accounts, free days."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from accountgraph.errors import InvalidInputError, MissingReferenceError, NotFoundError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.outreach.exclusions import ExclusionRepository
from accountgraph.store.outreach.free_days import FreeDayRepository
from accountgraph.store.outreach.jurisdictions import JurisdictionRepository

if TYPE_CHECKING:
    from accountgraph.db import Database

TODAY = date(2026, 11, 2)
EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())  # noqa: SIM905 - a table


async def test_every_country_of_the_union_has_a_sourced_rule_for_mail_call_and_text(db: Database) -> None:
    rules = await JurisdictionRepository(db).list_jurisdictions(on=TODAY)
    known = {(rule.country, rule.channel) for rule in rules if rule.source}
    assert {(country, channel) for country in [*EU, "GB", "US", "CA", "CH", "NO"] for channel in ("email", "sms", "whatsapp")} <= known
    assert {(country, "call") for country in EU} <= known


@pytest.mark.parametrize(
    ("country", "rule"),
    [("DE", "consent"), ("AT", "consent"), ("IT", "consent"), ("ES", "consent"), ("CA", "consent"), ("US", "allow"), ("GB", "allow")],
)
async def test_cold_mail_is_as_the_country_says(db: Database, country: str, rule: str) -> None:
    rules = await JurisdictionRepository(db).list_jurisdictions(country=country, on=TODAY)
    assert [one.rule for one in rules if one.channel == "email"] == [rule]


async def test_a_text_message_asks_for_consent_everywhere(db: Database) -> None:
    rules = await JurisdictionRepository(db).list_jurisdictions()
    assert {rule.rule for rule in rules if rule.channel in ("sms", "whatsapp")} == {"consent"}


async def test_a_later_rule_holds_from_its_day_on_and_can_be_taken_back(db: Database) -> None:
    law = JurisdictionRepository(db)
    later = await law.put_jurisdiction(
        {"country": "US", "channel": "email", "valid_from": date(2027, 1, 1), "rule": "consent", "source": "A new act"}
    )
    assert later not in await law.list_jurisdictions(country="US", on=date(2026, 12, 31))
    assert later in await law.list_jurisdictions(country="US", on=date(2027, 1, 1))
    await law.remove_jurisdiction("US", "email", date(2027, 1, 1))
    assert later not in await law.list_jurisdictions(country="US")
    with pytest.raises(NotFoundError):
        await law.remove_jurisdiction("US", "email", date(2027, 1, 1))


async def test_a_rule_is_refused_by_its_field(db: Database) -> None:
    good = {"country": "US", "channel": "email", "valid_from": TODAY, "rule": "allow", "source": "A law"}
    for field, value in (("country", "usa"), ("channel", "fax"), ("rule", "maybe"), ("source", "")):
        with pytest.raises(InvalidInputError, match=field):
            await JurisdictionRepository(db).put_jurisdiction({**good, field: value})


async def test_an_account_is_excluded_once_for_a_reason_and_again_after_it_ended(db: Database) -> None:
    acme = await CompanyRepository(db).create_company({"name": "Acme"})
    exclusions = ExclusionRepository(db)
    first = await exclusions.exclude_account(acme.id, "competitor")
    again = await exclusions.exclude_account(acme.id, "competitor", "they sell the same")
    assert (again.id, again.note) == (first.id, "they sell the same")
    await exclusions.exclude_account(acme.id, "owner")
    assert [one.id for one in await exclusions.end_exclusion(acme.id, "competitor")] == [first.id]
    assert [one.reason for one in await exclusions.list_exclusions(acme.id)] == ["owner"]
    assert (await exclusions.exclude_account(acme.id, "competitor")).id != first.id
    assert len(await exclusions.list_exclusions(with_ended=True)) == 3


async def test_an_exclusion_needs_an_account_and_a_known_reason(db: Database) -> None:
    with pytest.raises(MissingReferenceError):
        await ExclusionRepository(db).exclude_account(uuid4(), "owner")
    with pytest.raises(InvalidInputError, match="competitor, open_opportunity, owner"):
        await ExclusionRepository(db).exclude_account(uuid4(), "boredom")


async def test_free_days_are_kept_by_day_and_region(db: Database) -> None:
    days = FreeDayRepository(db)
    await days.add_free_day(TODAY, "Inventory")
    await days.add_free_day(TODAY, "Stocktaking")
    await days.add_free_day(TODAY, "Feast", "DE-BY")
    assert [(one.region, one.name) for one in await days.list_free_days(TODAY)] == [(None, "Stocktaking"), ("DE-BY", "Feast")]
    await days.remove_free_day(TODAY)
    assert [one.region for one in await days.list_free_days()] == ["DE-BY"]
    with pytest.raises(NotFoundError):
        await days.remove_free_day(TODAY)


@pytest.mark.parametrize(("name", "region", "field"), [(" ", None, "name"), ("Feast", "Bavaria", "region")])
async def test_a_free_day_is_refused_by_its_field(db: Database, name: str, region: str | None, field: str) -> None:
    with pytest.raises(InvalidInputError, match=field):
        await FreeDayRepository(db).add_free_day(TODAY, name, region)
