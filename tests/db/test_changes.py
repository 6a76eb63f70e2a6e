"""What an update changes of the objects in a row: what it names, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.errors import InvalidInputError
from accountgraph.models import CommunicationPreferences
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from accountgraph.db import Database


async def test_a_change_of_preferences_leaves_the_others_as_they_are(db: Database) -> None:
    contacts = ContactRepository(db)
    ada = await contacts.create_contact(
        {"email": "ada@acme.com", "communication_preferences": {"do_not_contact": True, "best_time": "noon"}}
    )
    await contacts.update_contact(ada.id, {"communication_preferences": {"timezone": "Europe/Berlin"}})
    after = await contacts.update_contact(ada.id, {"communication_preferences": {"best_time": None}})
    assert msgspec.to_builtins(after.communication_preferences) == {"do_not_contact": True, "timezone": "Europe/Berlin"}
    after = await contacts.update_contact(ada.id, {"communication_preferences": {"do_not_contact": False}})
    assert not after.communication_preferences.do_not_contact


async def test_preferences_given_as_a_whole_replace_the_others(db: Database) -> None:
    contacts = ContactRepository(db)
    ada = await contacts.create_contact({"email": "ada@acme.com", "communication_preferences": {"do_not_contact": True}})
    whole = CommunicationPreferences(best_time="noon")
    after = await contacts.update_contact(ada.id, {"communication_preferences": whole})
    assert after.communication_preferences == whole


async def test_a_change_of_attributes_changes_those_it_names(db: Database) -> None:
    companies = CompanyRepository(db)
    acme = await companies.create_company({"name": "Acme", "attributes": {"seats": 4, "crm": {"id": 1}}, "research_data": {"a": 1}})
    after = await companies.update_company(acme.id, {"attributes": {"crm": {"id": 2}, "seats": None, "city": "Ulm"}})
    assert (after.attributes, after.research_data) == ({"crm": {"id": 2}, "city": "Ulm"}, {"a": 1})


async def test_a_preference_that_there_is_not_is_named(db: Database) -> None:
    ada = await ContactRepository(db).create_contact({"email": "ada@acme.com"})
    with pytest.raises(InvalidInputError, match="do_not_call"):
        await ContactRepository(db).update_contact(ada.id, {"communication_preferences": {"do_not_call": None}})


@pytest.mark.parametrize("wrong", [5, "abc", "bill@acme.com"])
async def test_what_is_no_id_is_said_to_be_none(db: Database, wrong: Any) -> None:
    with pytest.raises(InvalidInputError, match="an id is a UUID"):
        await CompanyRepository(db).get_company_by_id(wrong)
