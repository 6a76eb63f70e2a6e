"""Who may be the same is found by index; a mail, a text and a signal of somebody merged find who they are now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.intake.matching import writer_of
from accountgraph.merging import MergeError, find_duplicates, merge_contacts
from accountgraph.queries import query
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from tests.db.merging.people import ACME, ACME_TOO, DROP, KEEP, THIRD, two_who_are_one

if TYPE_CHECKING:
    from accountgraph.db import Database


async def test_each_reason_finds_its_people(db: Database) -> None:
    companies, contacts = CompanyRepository(db), ContactRepository(db)
    acme = await companies.create_company({"name": "Acme", "domain": "acme.test"})
    other = await companies.create_company({"name": "Other", "domain": "other.test"})
    await companies.add_domain(acme.id, "acme.example")
    rows: list[dict[str, Any]] = [
        {"first_name": "Jo ", "last_name": "Quill", "company_id": acme.id, "email": "jq@acme.test"},
        {"first_name": "jo", "last_name": "QUILL", "company_id": acme.id},
        {"first_name": "Jo", "last_name": "Quill", "company_id": other.id},  # a namesake elsewhere
        {"first_name": "J.", "email": "jq@acme.example", "company_id": acme.id},
        {"phone": "+49 (30) 5550-001"},
        {"phone": "0049 30 5550001"},
        {"linkedin_url": "https://www.linkedin.com/in/kit/"},
        {"linkedin_url": "http://de.linkedin.com/in/KIT?trk=x"},
    ]
    made = [(await contacts.create_contact({"source": "x", **row})).id for row in rows]
    found = await find_duplicates(db, "contacts")
    numbered = [(one.reason, sorted(made.index(row.id) for row in one.rows)) for one in found]
    assert numbered == [("linkedin", [6, 7]), ("phone", [4, 5]), ("local_part", [0, 3]), ("name", [0, 1])]


async def test_accounts_of_the_same_name_or_domain_are_found(db: Database) -> None:
    companies, contacts = CompanyRepository(db), ContactRepository(db)
    first = await companies.create_company({"name": "Acme, Inc.", "domain": "acme.test"})
    second = await companies.create_company({"name": "ACME GmbH & Co. KG"})
    third = await companies.create_company({"name": "Anvils"})
    await companies.create_company({"name": "Acme Rockets"})
    await contacts.create_contact({"company_id": third.id, "email": "jo@acme.test"})
    found = await find_duplicates(db, "companies")
    assert [(one.reason, {row.id for row in one.rows}) for one in found] == [
        ("domain", {first.id, third.id}),
        ("account_name", {first.id, second.id}),
    ]


async def test_pages_give_every_group_once(db: Database) -> None:
    acme = await CompanyRepository(db).create_company({"name": "Acme"})
    for number in range(7):
        for _ in range(2):
            await ContactRepository(db).create_contact(
                {"company_id": acme.id, "first_name": "Jo", "last_name": f"Q{number}", "phone": f"+49 30 555000{number}"}
            )
    every, cursor = [], None
    while page := await find_duplicates(db, "contacts", 3, cursor):
        every += [(one.reason, one.key) for one in page]
        cursor = page[-1].cursor
    assert len(every) == len(set(every)) == 14
    with pytest.raises(InvalidValueError, match="cursor"):
        await find_duplicates(db, "contacts", 3, "nonsense")
    with pytest.raises(InvalidValueError, match="kind"):
        await find_duplicates(db, "mails")


@pytest.mark.parametrize(
    ("reason", "index"),
    [
        ("name", "contacts_name_key_idx"),
        ("phone", "contacts_phone_digits_idx"),
        ("linkedin", "contacts_profile_key_idx"),
        ("account_name", "companies_account_key_idx"),
    ],
)
def test_a_page_of_duplicates_goes_along_an_index(url: str, reason: str, index: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm; SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off")
        text = query(f"merging.duplicates.{reason}").decode()
        plan = connection.execute(f"EXPLAIN {text}".encode(), {"after": "", "limit": 10, "most": 20}).fetchall()
    assert index in "\n".join(line for (line,) in plan)


async def test_a_mail_from_the_dropped_address_is_from_the_kept_one(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    await merge_contacts(db, KEEP, DROP)
    async with db.transaction() as session:
        writer = await writer_of(session, "Jo.Quill@ACME-TOO.test")
    assert (writer.contact_id, writer.company_id, writer.domain_company_id) == (KEEP, ACME, ACME_TOO)


async def test_two_merges_of_each_other_at_once_are_one(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    done = await asyncio.gather(merge_contacts(db, KEEP, DROP), merge_contacts(db, DROP, KEEP), return_exceptions=True)
    refused = [one for one in done if isinstance(one, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], NotFoundError | MergeError)


async def test_the_same_merge_at_once_is_one_merge(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    first, second = await asyncio.gather(merge_contacts(db, KEEP, DROP), merge_contacts(db, KEEP, DROP))
    assert first == second


async def test_merges_that_share_people_do_not_wait_for_each_other_for_ever(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    done = await asyncio.gather(merge_contacts(db, KEEP, DROP), merge_contacts(db, THIRD, KEEP), return_exceptions=True)
    assert all(not isinstance(one, Exception) or isinstance(one, NotFoundError) for one in done), done
