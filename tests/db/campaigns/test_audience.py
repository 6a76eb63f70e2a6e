"""Audiences: who is chosen, in which order, and why the others are not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.campaigns.apply import apply
from accountgraph.campaigns.definition import Audience, CampaignDefinition, Policy, Step, Template
from accountgraph.campaigns.definition.policy import Exclusions, Reentry
from accountgraph.campaigns.enrolment.audience import choose
from accountgraph.errors import InvalidValueError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.factories import START

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from accountgraph.models import Company, Contact

MAIL = CampaignDefinition(
    name="mail",
    audience=Audience(account_tier=("tier1",)),  # type: ignore[arg-type]
    steps=(Step(key="hello", channel="email", template="hello"),),  # type: ignore[arg-type]
    templates={"hello": Template(subject="Hello", body="Dear you")},
)


def with_audience(**fields: Any) -> CampaignDefinition:
    return msgspec.structs.replace(MAIL, audience=Audience(**fields))


def with_policy(**fields: Any) -> CampaignDefinition:
    return msgspec.structs.replace(MAIL, policy=Policy(**fields))


async def company(db: Database, name: str = "acme", **fields: Any) -> Company:
    return await CompanyRepository(db).create_company({"name": name, "domain": f"{name}.com", "account_tier": "tier1", **fields})


async def contact(db: Database, at: Company, name: str = "ann", **fields: Any) -> Contact:
    return await ContactRepository(db).create_contact({"company_id": at.id, "first_name": name, "email": f"{name}@{at.domain}", **fields})


async def reasons(db: Database, definition: CampaignDefinition = MAIL) -> dict[UUID, str]:
    selection = await choose(db, definition, START)
    return {**{person.contact_id: "" for person in selection.chosen}, **{person.contact_id: person.reason for person in selection.excluded}}


async def test_an_audience_of_nobody_is_empty(timed: Database) -> None:
    await contact(timed, await company(timed))
    assert await reasons(timed, with_audience()) == {}


async def test_all_fields_that_are_given_must_hold(timed: Database) -> None:
    acme = await company(timed, industry="Healthcare")
    chief = await contact(timed, acme, "ann", seniority_level="c-level")
    await contact(timed, acme, "bob", seniority_level="manager")
    await contact(timed, await company(timed, "other", industry="Retail"), "cy", seniority_level="c-level")
    assert await reasons(timed, with_audience(industry=("healthcare",), seniority_level=("c-level",))) == {chief.id: ""}


async def test_a_list_names_people_by_address_or_id(timed: Database) -> None:
    acme = await company(timed)
    ann, bob = await contact(timed, acme, "ann"), await contact(timed, acme, "bob")
    await contact(timed, acme, "cy")
    assert set(await reasons(timed, with_audience(contacts=("Ann@ACME.com", str(bob.id))))) == {ann.id, bob.id}


async def test_a_list_names_accounts_by_any_of_their_domains(timed: Database) -> None:
    acme = await company(timed)
    await CompanyRepository(timed).add_domain(acme.id, "acme.org")
    ann = await contact(timed, acme)
    await contact(timed, await company(timed, "other"))
    assert set(await reasons(timed, with_audience(companies=("https://www.acme.org",)))) == {ann.id}


async def test_a_list_with_something_else_in_it_is_an_error(timed: Database) -> None:
    with pytest.raises(InvalidValueError, match=r"audience\.contacts\[0\]: .*Give an id"):
        await choose(timed, with_audience(contacts=("ann",)), START)


@pytest.mark.parametrize("where", ["contact", "account"])
async def test_a_field_of_the_users_own_is_found_on_person_or_account(timed: Database, where: str) -> None:
    given: dict[str, Any] = {"attributes": {"segment": "gold", "count": 3}}
    acme = await company(timed, **(given if where == "account" else {}))
    ann = await contact(timed, acme, **(given if where == "contact" else {}))
    assert set(await reasons(timed, with_audience(has_attributes={"segment": "gold", "count": 3.0}))) == {ann.id}
    assert await reasons(timed, with_audience(has_attributes={"segment": "gold", "count": 4.0})) == {}


async def test_silent_people_are_those_we_were_in_touch_with_and_no_longer_are(timed: Database) -> None:
    acme = await company(timed)
    old, fresh, _never = [await contact(timed, acme, name) for name in ("old", "fresh", "never")]
    for person, days in ((old, 100), (fresh, 10)):
        conversation = await ConversationRepository(timed).create_conversation(person.id)
        sent_at = START - timedelta(days=days)
        await TouchpointRepository(timed).create_touchpoint({"conversation_id": conversation.id, "channel": "email", "sent_at": sent_at})
    assert set(await reasons(timed, with_audience(silent_for_days=90))) == {old.id}


async def test_customers_are_left_out_unless_the_policy_takes_them(timed: Database) -> None:
    ann = await contact(timed, await company(timed, account_status="customer"))
    assert await reasons(timed) == {ann.id: "customer"}
    assert await reasons(timed, with_policy(exclusions=Exclusions(customers=False))) == {ann.id: ""}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"status": "unsubscribed"}, "inactive"),
        ({"communication_preferences": {"do_not_contact": True}}, "do_not_contact"),
        ({"email": None, "phone": "+491701234567"}, "no_address"),
    ],
)
async def test_who_cannot_be_written_to_is_left_out(timed: Database, fields: dict[str, Any], reason: str) -> None:
    ann = await contact(timed, await company(timed), **fields)
    assert await reasons(timed) == {ann.id: reason}


@pytest.mark.parametrize("what", [{"address": "ANN@eu.acme.com"}, {"domain": "eu.acme.com"}, {"domain": "acme.com", "channel": "email"}])
async def test_a_suppression_of_address_or_domain_leaves_out(timed: Database, what: dict[str, Any]) -> None:
    ann = await contact(timed, await company(timed), email="ann@eu.acme.com")
    await SuppressionRepository(timed).suppress(**what)
    assert await reasons(timed) == {ann.id: "suppressed"}


async def test_a_suppression_of_a_person_on_another_channel_leaves_nobody_out(timed: Database) -> None:
    ann = await contact(timed, await company(timed), phone="+4917012345")
    await SuppressionRepository(timed).suppress(contact_id=ann.id, channel="sms")
    assert await reasons(timed) == {ann.id: ""}


async def test_somebody_who_answered_lately_is_in_a_live_thread(timed: Database) -> None:
    ann = await contact(timed, await company(timed))
    conversation = await ConversationRepository(timed).create_conversation(ann.id)
    touchpoints = TouchpointRepository(timed)
    sent = await touchpoints.create_touchpoint(
        {"conversation_id": conversation.id, "channel": "email", "sent_at": START - timedelta(days=170)}
    )
    await touchpoints.record_email_replied(sent.id, "Hello")
    assert await reasons(timed) == {ann.id: "live_thread"}
    later = await choose(timed, MAIL, START + timedelta(days=181))
    assert [person.contact_id for person in later.chosen] == [ann.id]


async def test_a_law_that_asks_for_consent_leaves_out_who_gave_none(timed: Database) -> None:
    acme = await company(timed, country="QQ")
    ann, bob = await contact(timed, acme, "ann"), await contact(timed, acme, "bob")
    await law(timed, "QQ", "consent")
    await ConsentRepository(timed).record_consent(ann.id, "email", "consent")
    assert await reasons(timed) == {ann.id: "", bob.id: "no_consent"}


async def test_who_gave_us_the_address_needs_no_consent_to_mail(timed: Database) -> None:
    acme = await company(timed, country="QQ")
    ann = await contact(timed, acme, source="inbound")
    await law(timed, "QQ", "consent")
    assert await reasons(timed) == {ann.id: ""}


async def test_the_law_of_the_day_is_the_latest_that_is_valid(timed: Database) -> None:
    ann = await contact(timed, await company(timed, country="QQ"))
    await law(timed, "QQ", "allow")
    await law(timed, "QQ", "deny", START + timedelta(days=1))
    assert await reasons(timed) == {ann.id: ""}
    tomorrow = await choose(timed, MAIL, START + timedelta(days=1))
    assert tomorrow.reasons == {"jurisdiction": 1}


async def law(db: Database, country: str, rule: str, valid_from: Any = START) -> None:
    async with db.transaction() as session:
        await session.execute(
            "INSERT INTO jurisdictions (country, channel, valid_from, rule, source) VALUES (%(c)s, 'email', %(d)s, %(r)s, 'a test')",
            {"c": country, "d": valid_from.date(), "r": rule},
        )


async def exclude(db: Database, at: Company, reason: str) -> None:
    async with db.transaction() as session:
        await session.execute("INSERT INTO account_exclusions (company_id, reason) VALUES (%(c)s, %(r)s)", {"c": at.id, "r": reason})


@pytest.mark.parametrize("reason", ["competitor", "open_opportunity", "owner"])
async def test_an_account_that_is_excluded_is_left_out_with_its_people(timed: Database, reason: str) -> None:
    acme = await company(timed)
    ann = await contact(timed, acme)
    await exclude(timed, acme, reason)
    assert await reasons(timed) == {ann.id: reason}
    heeded_none = Exclusions(open_opportunities=False, competitors=False, owner_exclusions=False)
    assert await reasons(timed, with_policy(exclusions=heeded_none)) == {ann.id: ""}


async def enrolled(db: Database, definition: CampaignDefinition, person: Contact, state: str = "finished", *, is_live: bool = True) -> None:
    identity = await SettingsRepository(db).add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road, Town"})
    await SenderRepository(db).add_sender({"address": "me@ours.com", "legal_identity_id": identity.id})
    async with db.transaction() as session:
        applied = await apply(session, definition)
        await session.execute(
            """INSERT INTO enrolments (campaign_id, version_id, contact_id, company_id, is_live, state, reason, finished_at, step_key,
                zone, zone_source)
            VALUES (%(c)s, %(v)s, %(p)s, %(a)s, %(l)s, %(s)s, 'a test', CASE WHEN %(s)s = 'finished' THEN now() END, 'hello', 'UTC',
                'workspace')""",
            {"c": applied.campaign_id, "v": applied.version_id, "p": person.id, "a": person.company_id, "l": is_live, "s": state},
        )


@pytest.mark.parametrize(
    ("reentry", "state", "expected"),
    [
        (Reentry.ONCE, "finished", "already_enrolled"),
        (Reentry.NOT_WHILE_ACTIVE, "finished", ""),
        (Reentry.NOT_WHILE_ACTIVE, "paused", "already_enrolled"),
        (Reentry.ANY, "finished", ""),
    ],
)
async def test_who_went_through_it_comes_back_as_the_re_entry_rule_says(
    timed: Database, reentry: Reentry, state: str, expected: str
) -> None:
    ann = await contact(timed, await company(timed))
    definition = with_policy(reentry=reentry)
    await enrolled(timed, definition, ann, state)
    selection = await choose(timed, definition, START, is_live=True)
    assert [person.reason for person in selection.excluded] == ([expected] if expected else [])


async def test_a_dry_run_that_is_over_keeps_nobody_from_the_live_one(timed: Database) -> None:
    ann = await contact(timed, await company(timed))
    await enrolled(timed, MAIL, ann, is_live=False)
    assert await reasons(timed) == {ann.id: "already_enrolled"}
    assert len((await choose(timed, MAIL, START, is_live=True)).chosen) == 1


async def test_who_is_active_in_another_campaign_is_left_out_of_an_exclusive_one(timed: Database) -> None:
    ann = await contact(timed, await company(timed))
    await enrolled(timed, msgspec.structs.replace(MAIL, name="other"), ann, "paused", is_live=False)
    assert await reasons(timed) == {ann.id: "active_elsewhere"}
    assert await reasons(timed, with_policy(is_exclusive=False)) == {ann.id: ""}


async def test_the_best_people_of_an_account_come_first_and_no_more_than_wanted(timed: Database) -> None:
    acme = await company(timed)
    manager = await contact(timed, acme, "mo", seniority_level="manager")
    chief = await contact(timed, acme, "chris", seniority_level="c-level")
    vice = await contact(timed, acme, "vic", seniority_level="vp")
    selection = await choose(timed, with_audience(account_tier=("tier1",), most_per_account=2), START)
    assert [(person.contact_id, person.rank) for person in selection.chosen] == [(chief.id, 1), (vice.id, 2)]
    assert selection.reasons == {"most_per_account": 1}
    assert selection.excluded[0].contact_id == manager.id


async def test_the_primary_contact_and_decision_makers_come_before_higher_titles(timed: Database) -> None:
    acme = await company(timed)
    chief = await contact(timed, acme, "chris", seniority_level="c-level")
    decider = await contact(timed, acme, "dana", seniority_level="manager", is_decision_maker=True)
    primary = await contact(timed, acme, "pat", is_primary_contact=True)
    selection = await choose(timed, MAIL, START)
    assert [person.contact_id for person in selection.chosen] == [primary.id, decider.id, chief.id]


async def test_newcomers_come_after_those_of_the_account_who_are_under_way(timed: Database) -> None:
    acme = await company(timed)
    await enrolled(timed, MAIL, await contact(timed, acme, "ann"), "paused")
    bob = await contact(timed, acme, "bob", seniority_level="c-level")
    definition = with_audience(account_tier=("tier1",), most_per_account=2)
    selection = await choose(timed, definition, START, is_live=True)
    assert [(person.contact_id, person.rank) for person in selection.chosen] == [(bob.id, 2)]
    full = await choose(timed, with_audience(account_tier=("tier1",), most_per_account=1), START, is_live=True)
    assert full.reasons == {"already_enrolled": 1, "most_per_account": 1}


async def may_leave(db: Database, person: Contact) -> bool:
    async with db.transaction() as session:
        statement = "SELECT FROM contacts WHERE id = %(id)s AND may_leave(id, company_id, NULL, 'email', %(now)s)"
        return await session.execute(statement, {"id": person.id, "now": START}) == 1


async def test_an_audience_and_the_last_look_before_a_send_agree_on_who_is_suppressed(timed: Database) -> None:
    acme = await company(timed)
    names = ("person", "address", "other", "number", "phone")
    people = {name: await contact(timed, acme, name, phone=f"+49 30 90182{number}") for number, name in enumerate(names)}
    suppressions = SuppressionRepository(timed)
    await suppressions.suppress(contact_id=people["person"].id)
    await suppressions.suppress(address="address@acme.com", channel="email")
    await suppressions.suppress(contact_id=people["other"].id, channel="linkedin")
    async with timed.transaction() as session:
        await session.execute("INSERT INTO suppressions (address_hash, reason) VALUES (address_hash('+4930901823'), 'manual')")
    left_out = {person for person, reason in (await reasons(timed)).items() if reason == "suppressed"}
    for person in people.values():
        assert await may_leave(timed, person) == (person.id not in left_out)
    assert left_out == {people[name].id for name in ("person", "address", "number")}
