"""What stands beside the rows of a list is of those rows and of no others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from accountgraph.listing.beside import last_engagements, made_up, suppressions_by_person
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.db.story import Story
from tests.factories import START

if TYPE_CHECKING:
    from accountgraph.db import Database


async def test_last_engagement_is_that_of_a_person_and_not_of_a_machine(db: Database) -> None:
    story = await Story.begin(db)
    silent = await CompanyRepository(db).create_company({"name": "Silent"})
    await story.touchpoints.record_email_opened(story.message.id, at=START)  # in the second it was sent: a machine
    assert await last_engagements(db, [story.company.id, silent.id]) == {}
    await story.touchpoints.record_email_opened(story.message.id, at=START + timedelta(hours=3))
    assert await last_engagements(db, [story.company.id, silent.id, uuid4()]) == {story.company.id: START + timedelta(hours=3)}
    assert await last_engagements(db, []) == {}


async def test_suppressions_are_found_by_person_address_and_domain(db: Database) -> None:
    story, contacts, stops = await Story.begin(db), ContactRepository(db), SuppressionRepository(db)
    other = await contacts.create_contact({"company_id": story.company.id, "email": "eve@acme.com"})
    free = await contacts.create_contact({"email": "free@elsewhere.com"})
    of_person = await stops.suppress(contact_id=story.person.id, channel="email")
    of_domain = await stops.suppress(domain="acme.com", reason="do_not_contact")
    of_address = await stops.suppress(address="eve@acme.com", reason="complained")
    found = await suppressions_by_person(db, [story.person.id, other.id, free.id])
    assert found == {story.person.id: [of_person, of_domain], other.id: [of_domain, of_address]}


async def test_account_is_made_up_by_its_mark_and_its_domain_and_not_by_a_field_of_ones_own(db: Database) -> None:
    companies = CompanyRepository(db)
    given = [("northlight.example", True), ("acmemedical.com", True), ("ours.com", True), ("theirs.example", False), (None, True)]
    made = [await companies.create_company({"name": "One", "domain": domain, "attributes": {"demo": is_demo}}) for domain, is_demo in given]
    assert await made_up(db, [one.id for one in made]) == {made[0].id, made[1].id}


async def test_person_is_made_up_by_their_mark_and_their_address(db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "One"})
    given = [("a@northlight.example", True), ("b@acmemedical.com", True), ("c@notacmemedical.com", True), ("d@theirs.example", False)]
    people = [{"company_id": company.id, "first_name": "A", "email": email, "attributes": {"demo": is_demo}} for email, is_demo in given]
    made = [await ContactRepository(db).create_contact(one) for one in people]
    assert await made_up(db, [one.id for one in made]) == {made[0].id, made[1].id}
