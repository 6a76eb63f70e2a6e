"""After an erasure the audit log says of nobody who it was; that something was changed, when and by whom, it says still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from accountgraph.acting import Acting, ActingKind
from accountgraph.merging import merge_contacts
from accountgraph.privacy import erase_person
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from tests.db.merging.people import DROP, KEEP, two_who_are_one
from tests.db.privacy.test_erasing import TRACES, dump

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.db import Database

SAM = Acting(kind=ActingKind.USER, name="sam@ours.com")


async def busy(db: Database, url: str) -> Database:
    """Sam changed, merged and wrote about Jo Quill, all of it logged."""
    await two_who_are_one(db, url)
    sam = db.acting_as(SAM)
    contacts = ContactRepository(sam)
    await contacts.update_contact(KEEP, {"title": "Head of Quill Street"})
    jo = await contacts.get_contact_by_id(KEEP)
    assert jo is not None
    assert jo.company_id is not None
    await CompanyRepository(sam).update_company(jo.company_id, {"research_data": {"buyer": "Jo Quill, jo.quill@acme-too.test"}})
    await merge_contacts(sam, KEEP, DROP)
    return sam


def of_the_log(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT a::text FROM abm.audit_log AS a ORDER BY id")]


async def test_nothing_in_the_log_says_who_it_was(db: Database, url: str, tmp_path: Path) -> None:
    sam = await busy(db, url)
    before = of_the_log(url)
    assert sum(bool(TRACES.search(line)) for line in before) > 3
    await erase_person(sam, KEEP, by="sam")
    assert [line for line in of_the_log(url) if TRACES.search(line)] == []
    assert [line for line in dump(url, tmp_path) if TRACES.search(line)] == []


async def test_log_still_says_when_something_was_done_and_by_whom(db: Database, url: str) -> None:
    sam = await busy(db, url)
    before = len(of_the_log(url))
    await erase_person(sam, KEEP)
    after = of_the_log(url)
    assert len(after) > before
    assert all("sam@ours.com" in line for line in after)
