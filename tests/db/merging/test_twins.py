"""Who may be the same person as one, with the surest reason."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
import pytest

from accountgraph.merging import find_duplicates, twins_of
from accountgraph.queries import query
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.models import Company, Contact


async def account(db: Database, name: str = "Acme") -> Company:
    company = await CompanyRepository(db).create_company({"name": name, "domain": f"{name}.com".lower()})
    await CompanyRepository(db).add_domain(company.id, f"{name}.de".lower())
    return company


async def somebody(db: Database, **given: object) -> Contact:
    return await ContactRepository(db).create_contact(given)


async def test_each_reason_finds_its_twin(db: Database) -> None:
    acme = await account(db)
    me = await somebody(
        db,
        company_id=acme.id,
        first_name="Ada",
        last_name="Low",
        email="ada@acme.com",
        phone="+49 30 1234567",
        linkedin_url="https://www.linkedin.com/in/ada/",
    )
    by_profile = await somebody(db, last_name="A", linkedin_url="linkedin.com/in/ADA")
    by_number = await somebody(db, last_name="B", phone="0049 (30) 123-4567")
    by_address = await somebody(db, company_id=acme.id, last_name="C", email="ada@acme.de")
    by_name = await somebody(db, company_id=acme.id, first_name=" ada", last_name="LOW")
    await somebody(db, first_name="Ada", last_name="Low")  # at no account
    found = [(one.id, one.reason) for one in await twins_of(db, me.id)]
    assert found == [(by_profile.id, "linkedin"), (by_number.id, "phone"), (by_address.id, "local_part"), (by_name.id, "name")]


async def test_of_several_reasons_the_surest_is_told_once(db: Database) -> None:
    acme = await account(db)
    same = {"company_id": acme.id, "first_name": "Ada", "last_name": "Low", "phone": "+49 30 1234567"}
    me, other = await somebody(db, **same), await somebody(db, **same)
    assert [(one.id, one.reason, one.company) for one in await twins_of(db, me.id)] == [(other.id, "phone", "Acme")]


async def test_a_switchboards_number_and_nothing_at_all_tell_nothing(db: Database) -> None:
    people = [await somebody(db, last_name=f"P{n}", phone="+49 30 1234567") for n in range(6)]
    assert await twins_of(db, people[0].id) == []
    bare, _ = await somebody(db, last_name="X"), await somebody(db, last_name="Y")
    assert await twins_of(db, bare.id) == []


async def test_one_person_finds_those_that_the_whole_list_names(db: Database) -> None:
    acme = await account(db)
    for given in (
        {"first_name": "Ada", "last_name": "Low", "email": "low@acme.com"},
        {"first_name": "ada", "last_name": "low", "email": "low@acme.de"},
        {"first_name": "Bo", "last_name": "Ek", "linkedin_url": "linkedin.com/in/bo"},
        {"first_name": "Bob", "last_name": "Ek", "linkedin_url": "https://de.linkedin.com/in/bo?x=1"},
        {"first_name": "Cy", "last_name": "Ang"},
    ):
        await somebody(db, company_id=acme.id, **given)
    groups = await find_duplicates(db, "contacts")
    expected = {(one.id, other.id) for group in groups for one in group.rows for other in group.rows if one.id != other.id}
    people = await ContactRepository(db).find_contacts_by_company(acme.id)
    assert {(one.id, twin.id) for one in people for twin in await twins_of(db, one.id)} == expected
    assert len(expected) == 4


@pytest.mark.parametrize("index", ["contacts_profile_key_idx", "contacts_phone_digits_idx", "contacts_company_id_idx"])
def test_each_reason_goes_along_an_index(url: str, index: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm; SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off")
        text = query("merging.duplicates.of_contact").decode()
        plan = connection.execute(f"EXPLAIN {text}".encode(), {"id": UUID(int=1), "most": 20}).fetchall()
    found = "\n".join(line for (line,) in plan)
    assert index in found
    assert "Seq Scan on contacts" not in found
