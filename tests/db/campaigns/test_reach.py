"""By which channels somebody may be written to is told by the rules that campaigns are decided by."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from accountgraph.campaigns.reach import reach_of
from accountgraph.campaigns.work.holds import HoldScope, set_hold
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.exclusions import ExclusionReason, ExclusionRepository
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from accountgraph.campaigns.reach import Reach
    from accountgraph.db import Database
    from accountgraph.models import Contact

MONDAY = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


async def somebody(db: Database, **more: object) -> Contact:
    company = await CompanyRepository(db).create_company({"name": "Acme", "country": "US"})
    given = {"company_id": company.id, "first_name": "Ada", "email": "ada@acme.com", "country": "US", **more}
    return await ContactRepository(db).create_contact(given)


def rules(reach: Reach) -> dict[str, str | None]:
    return {one.channel.value: one.rule for one in reach.channels}


async def test_a_channel_without_an_address_cannot_be_used(db: Database) -> None:
    person = await somebody(db)
    found = rules(await reach_of(db, person.id, MONDAY))
    assert found["email"] is None
    assert found["call"] == found["linkedin"] == "no_address"


async def test_a_text_message_needs_a_consent(db: Database) -> None:
    person = await somebody(db, phone="+14155550100")
    assert rules(await reach_of(db, person.id, MONDAY))["sms"] == "no_consent"
    await ConsentRepository(db).record_consent(person.id, "sms", "consent")
    assert rules(await reach_of(db, person.id, MONDAY))["sms"] is None


async def test_mail_to_germany_needs_a_consent(db: Database) -> None:
    person = await somebody(db, country="DE")
    assert rules(await reach_of(db, person.id, MONDAY))["email"] == "no_consent"
    await ConsentRepository(db).record_consent(person.id, "email", "consent")
    assert rules(await reach_of(db, person.id, MONDAY))["email"] is None


async def test_without_a_law_that_is_known_a_person_approves(db: Database) -> None:
    person = await somebody(db, country="ZZ")
    [mail] = [one for one in (await reach_of(db, person.id, MONDAY)).channels if one.channel is Channel.EMAIL]
    assert (mail.rule, mail.needs_person) == (None, True)


async def test_a_suppression_stops_its_channel_and_says_why(db: Database) -> None:
    person = await somebody(db)
    await SuppressionRepository(db).suppress(contact_id=person.id, channel="email", reason="complained")
    reach = await reach_of(db, person.id, MONDAY)
    assert reach.barriers == []
    [mail] = [one for one in reach.channels if one.channel is Channel.EMAIL]
    assert mail.rule == "suppressed"
    assert "complained" in mail.reason


@pytest.mark.parametrize("rule", ["do_not_contact", "suppressed", "unsubscribed", "excluded", "hold"])
async def test_what_stops_every_channel_is_a_barrier(db: Database, rule: str) -> None:
    person = await somebody(db)
    assert person.company_id is not None
    match rule:
        case "do_not_contact":
            await ContactRepository(db).update_contact(person.id, {"communication_preferences": {"do_not_contact": True}})
        case "suppressed":
            await SuppressionRepository(db).suppress(domain="acme.com", reason="objection")
        case "unsubscribed":
            await ContactRepository(db).update_contact(person.id, {"status": "unsubscribed"})
        case "excluded":
            await ExclusionRepository(db).exclude_account(person.company_id, ExclusionReason.COMPETITOR)
        case _:
            async with db.transaction() as session:
                await set_hold(session, HoldScope.WORKSPACE, now=MONDAY)
    reach = await reach_of(db, person.id, MONDAY)
    assert [one.rule for one in reach.barriers] == [rule]
    assert reach.usable == []


async def test_hours_are_kept_where_the_person_is(db: Database) -> None:
    person = await somebody(db, phone="+14155550100", communication_preferences={"timezone": "America/Los_Angeles"})
    reach = await reach_of(db, person.id, MONDAY)
    assert (reach.zone, reach.zone_source) == ("America/Los_Angeles", "contact")
    [call] = [one for one in reach.channels if one.channel is Channel.CALL]
    assert call.opens_at == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    assert call.closes_at == datetime(2026, 12, 1, 4, 0, tzinfo=UTC)


async def test_nobody_has_no_reach(db: Database) -> None:
    with pytest.raises(NotFoundError):
        await reach_of(db, UUID(int=0), MONDAY)
