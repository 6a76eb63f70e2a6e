"""What HubSpot exports: people of several companies, and customers by their lifecycle stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.store.companies import CompanyRepository
from tests.db.test_import_contacts import contact, counts, imported

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.db import Database

HEADER = ["Record ID", "Email", "Associated Company IDs", "Associated Company"]
JO = ["1", "jo@hooli.com", "9002;9001", "Hooli;Pied Piper"]


async def companies(db: Database, folder: Path) -> None:
    await imported(db, "companies", folder, ["Record ID", "Company name"], ["9001", "Pied Piper"], ["9002", "Hooli"], source="hubspot")


async def company_of(db: Database, email: str) -> str | None:
    one = await contact(db, email)
    assert one.company_id
    return {company.id: company.name async for company in CompanyRepository(db).every_company()}.get(one.company_id)


async def names(db: Database) -> set[str]:
    return {one.name async for one in CompanyRepository(db).every_company()}


async def test_the_primary_company_is_taken_before_a_list_of_companies(db: Database, tmp_path: Path) -> None:
    await companies(db, tmp_path)
    report = await imported(
        db, "contacts", tmp_path, [*HEADER[:3], "Primary Associated Company ID"], ["1", "jo@hooli.com", "9002;9001", "9001"]
    )
    assert (counts(report), await company_of(db, "jo@hooli.com")) == ((1, 0, 0, 0), "Pied Piper")
    assert (await contact(db, "jo@hooli.com")).attributes == {"Associated Company IDs": "9002;9001"}


async def test_the_first_of_a_list_of_companies_is_taken_and_the_list_is_kept(db: Database, tmp_path: Path) -> None:
    await companies(db, tmp_path)
    report = await imported(db, "contacts", tmp_path, HEADER, JO)
    assert (counts(report), await company_of(db, "jo@hooli.com")) == ((1, 0, 0, 0), "Hooli")
    assert (await contact(db, "jo@hooli.com")).attributes == {HEADER[2]: JO[2], HEADER[3]: JO[3]}


async def test_no_company_is_made_of_a_list_of_names(db: Database, tmp_path: Path) -> None:
    report = await imported(db, "contacts", tmp_path, HEADER, JO, create_companies=True)
    assert (counts(report), await names(db)) == ((1, 0, 0, 0), {"Hooli"})


async def test_a_list_of_names_gives_no_name_to_the_company_that_a_single_key_means(db: Database, tmp_path: Path) -> None:
    rows = [[*HEADER, "Primary Associated Company ID"], [*JO, "9001"], ["2", "ann@hooli.com", "9002", "Hooli", "9002"]]
    report = await imported(db, "contacts", tmp_path, *rows, create_companies=True)
    assert (counts(report), await names(db)) == ((1, 0, 0, 1), {"Hooli"})


async def test_a_name_with_a_semicolon_that_is_no_list_is_one_company(db: Database, tmp_path: Path) -> None:
    await imported(db, "contacts", tmp_path, ["Email", "Company"], ["jo@x.com", "Black; White"], create_companies=True)
    assert await names(db) == {"Black; White"}


async def test_customers_are_known_by_their_lifecycle_stage(db: Database, tmp_path: Path) -> None:
    rows = [["Record ID", "Company name", "Lifecycle Stage"], ["1", "Acme", "Customer"], ["2", "Globex", "Partner"], ["3", "Hooli", "Lead"]]
    report = await imported(db, "companies", tmp_path, *rows)
    stored = {one.name: (one.account_status, one.attributes) async for one in CompanyRepository(db).every_company()}
    assert counts(report) == (3, 0, 0, 0)
    assert stored == {
        "Acme": ("customer", {}),
        "Globex": ("prospecting", {"Lifecycle Stage": "Partner"}),
        "Hooli": ("prospecting", {"Lifecycle Stage": "Lead"}),
    }
    assert list(report.set_aside.values()) == [1]
