"""What Salesforce exports: two files that fit together by its keys, without a word said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.store.companies import CompanyRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.transfer.importer import ImportOptions, ImportReport, import_file, plan_import
from accountgraph.transfer.salesforce import are_keys, long_key
from tests.db.test_import_contacts import contact, counts

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.db import Database

ACME, GLOBEX = "0015g00000LXa1bAAD", "0015g00000LXa1cAAD"
JO, ANN = "0035g00000QRs2tAAD", "0035g00000QRs2uAAD"
ACCOUNTS = f"Id,Name,Website,ParentId\n{ACME},Acme,acme.com,\n{GLOBEX},Globex,globex.com,{ACME}\n"
CONTACTS = f"Id,Email,AccountId,ReportsToId\n{JO},jo@acme.com,{ACME},000000000000000AAA\n{ANN},ann@acme.com,{ACME},{JO}\n"


async def imported(db: Database, entity: str, folder: Path, text: str, name: str = "", **options: object) -> ImportReport:
    path = folder / f"{name or entity}.csv"
    path.write_text(text)
    return await import_file(db, entity, path, ImportOptions(**options))  # type: ignore[arg-type] # a test's own


async def test_accounts_and_contacts_of_one_export_fit_together(db: Database, tmp_path: Path) -> None:
    reports = [await imported(db, "companies", tmp_path, ACCOUNTS), await imported(db, "contacts", tmp_path, CONTACTS)]
    assert list(map(counts, reports)) == [(2, 0, 0, 0), (2, 0, 0, 0)]
    acme = await CompanyRepository(db).get_company_by_domain("acme.com")
    globex = await CompanyRepository(db).get_company_by_domain("globex.com")
    assert acme
    assert globex
    assert globex.parent_company_id == acme.id
    assert (await contact(db, "jo@acme.com")).company_id == acme.id


async def test_short_and_long_keys_mean_the_same_row(db: Database, tmp_path: Path) -> None:
    await imported(db, "companies", tmp_path, ACCOUNTS)
    report = await imported(db, "contacts", tmp_path, f"Email,Account ID\njo@acme.com,{ACME[:15]}\n", "report")
    assert counts(report) == (1, 0, 0, 0)


async def test_who_reports_to_whom_comes_from_the_same_file(db: Database, tmp_path: Path) -> None:
    await imported(db, "companies", tmp_path, ACCOUNTS)
    await imported(db, "contacts", tmp_path, CONTACTS)
    report = await imported(db, "relationships", tmp_path, CONTACTS, set=("relationship_type=reports_to",))
    assert report.created == 1
    ann, jo = await contact(db, "ann@acme.com"), await contact(db, "jo@acme.com")
    edges = [one async for one in RelationshipRepository(db).every_relationship()]
    assert [(one.contact_id_1, one.contact_id_2) for one in edges] == [(ann.id, jo.id)]


async def test_a_key_that_nobody_has_is_refused_with_the_source_to_say(db: Database, tmp_path: Path) -> None:
    report = await imported(db, "contacts", tmp_path, CONTACTS)
    assert report.rejected == 2
    reason = next(iter(report.reasons))[1]
    assert "--source 'salesforce'" in reason
    assert "--create-companies" not in reason  # of a key alone no company can be made


@pytest.mark.parametrize(("source", "named"), [(None, "salesforce"), ("crm", "crm")])
def test_keys_of_salesforce_are_its_own_where_no_other_source_is_said(tmp_path: Path, source: str | None, named: str) -> None:
    path = tmp_path / "accounts.csv"
    path.write_text(ACCOUNTS)
    mapping = plan_import("companies", path, ImportOptions(source=source)).mapping
    assert str(mapping.columns[0].target) == f"external_id:{named}"


@pytest.mark.parametrize("values", [["17"], [ACME, "17"], [JO], [], ["0015g00000LXa1b-AD"]])
def test_other_keys_are_not_taken_for_keys_of_accounts(values: list[str]) -> None:
    assert not are_keys("companies", values)


def test_the_long_form_says_which_letters_are_capitals() -> None:
    assert [long_key(text) for text in (ACME[:15], JO[:15], ACME, "17", "0" * 15)] == [ACME, JO, ACME, "17", None]
