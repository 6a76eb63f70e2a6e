"""Importing companies and contacts from files."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.errors import InvalidValueError
from accountgraph.store.attributes import AttributeRepository
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.transfer.importer import ImportOptions, ImportReport, import_file
from tests.unit.transfer_files import written

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.db import Database
    from accountgraph.models import Company, Contact


async def imported(db: Database, entity: str, folder: Path, *rows: list[str], **options: Any) -> ImportReport:
    return await import_file(db, entity, written(folder, rows), ImportOptions(**options))


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, report.rejected


def reasons(report: ImportReport) -> list[dict[str, str]]:
    assert report.rejects is not None
    with report.rejects.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


async def company(db: Database, domain: str) -> Company:
    found = await CompanyRepository(db).get_company_by_domain(domain)
    assert found is not None
    return found


async def contact(db: Database, email: str) -> Contact:
    found = await ContactRepository(db).get_contact_by_email(email)
    assert found is not None
    return found


CONTACTS = [
    ["Contact ID", "First Name", "Last Name", "Email", "Company Domain", "Shoe size"],
    ["003A", "Jo", "Smith", "Jo@Acme.com", "https://www.acme.com", "44"],
    ["003B", "Ann", "", "ann@acme.com", "acme.com", ""],
    ["003C", "No", "Address", "", "", ""],
]


async def test_contacts_are_stored_with_company_external_ids_and_attributes(db: Database, tmp_path: Path) -> None:
    acme = await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    report = await imported(db, "contacts", tmp_path, *CONTACTS)
    assert counts(report) == (3, 0, 0, 0)
    assert report.rejects is None
    jo = await contact(db, "jo@acme.com")
    assert (jo.email, jo.company_id, jo.attributes) == ("Jo@Acme.com", acme.id, {"Shoe size": "44"})
    assert (await company(db, "acme.com")).total_contacts == 2


async def test_a_second_run_of_the_same_file_changes_nothing(db: Database, tmp_path: Path) -> None:
    await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    await imported(db, "contacts", tmp_path, *CONTACTS)
    before = [one async for one in ContactRepository(db).every_contact()]
    for overwrite in (False, True):
        assert counts(await imported(db, "contacts", tmp_path, *CONTACTS, overwrite=overwrite)) == (0, 0, 3, 0)
    assert [one async for one in ContactRepository(db).every_contact()] == before


async def test_only_empty_fields_are_filled(db: Database, tmp_path: Path) -> None:
    repository = ContactRepository(db)
    await repository.create_contact({"email": "jo@acme.com", "title": "CTO", "attributes": {"a": "1"}, "status": "unsubscribed"})
    rows = [["email", "title", "phone", "a", "b", "status", "is_champion"], ["jo@acme.com", "CEO", "123", "2", "3", "active", "yes"]]
    assert counts(await imported(db, "contacts", tmp_path, *rows)) == (0, 1, 0, 0)
    jo = await contact(db, "jo@acme.com")
    assert (jo.title, jo.phone, jo.attributes, jo.status, jo.is_champion) == ("CTO", "123", {"a": "1", "b": "3"}, "unsubscribed", True)


async def test_overwrite_replaces_and_an_empty_cell_never_erases(db: Database, tmp_path: Path) -> None:
    await ContactRepository(db).create_contact({"email": "jo@acme.com", "title": "CTO", "phone": "1", "attributes": {"a": "1", "c": "9"}})
    rows = [["email", "title", "phone", "a"], ["jo@acme.com", "CEO", "", "2"]]
    assert counts(await imported(db, "contacts", tmp_path, *rows, overwrite=True)) == (0, 1, 0, 0)
    jo = await contact(db, "jo@acme.com")
    assert (jo.title, jo.phone, jo.attributes) == ("CEO", "1", {"a": "2", "c": "9"})


async def test_an_external_id_finds_a_contact_whose_address_changed(db: Database, tmp_path: Path) -> None:
    await imported(db, "contacts", tmp_path, ["Contact ID", "email"], ["1", "old@acme.com"])
    report = await imported(db, "contacts", tmp_path, ["Contact ID", "email"], ["1", "new@acme.com"], overwrite=True)
    assert counts(report) == (0, 1, 0, 0)
    assert (await contact(db, "new@acme.com")).email == "new@acme.com"


async def test_an_address_that_is_somebody_elses_is_refused(db: Database, tmp_path: Path) -> None:
    await imported(db, "contacts", tmp_path, ["Contact ID", "email"], ["1", ""], ["2", "two@acme.com"])
    report = await imported(db, "contacts", tmp_path, ["Contact ID", "email"], ["1", "two@acme.com"])
    assert counts(report) == (0, 0, 0, 1)
    assert reasons(report)[0]["rejected_field"] == "email"


async def test_an_unknown_company_is_refused_with_the_ways_out(db: Database, tmp_path: Path) -> None:
    report = await imported(db, "contacts", tmp_path, ["email", "company_domain"], ["jo@acme.com", "acme.com"], ["an@x.com", ""])
    assert counts(report) == (1, 0, 0, 1)
    reject = reasons(report)[0]
    assert (reject["rejected_line"], reject["rejected_field"]) == ("2", "company_domain")
    assert "--create-companies" in reject["rejected_reason"]
    assert "acme.com" in reject["rejected_reason"]


async def test_companies_are_created_once_where_that_is_said(db: Database, tmp_path: Path) -> None:
    rows = [
        ["email", "company_domain", "Company Name"],
        ["a@acme.com", "acme.com", "Acme"],
        ["b@acme.com", "www.acme.com", ""],
        ["c@acme.com", "", "Acme"],
        ["d@gmail.com", "gmail.com", ""],
        ["e@beta.com", "", "Beta"],
    ]
    report = await imported(db, "contacts", tmp_path, *rows, create_companies=True)
    assert (counts(report), report.companies_created) == ((5, 0, 0, 0), 2)
    assert (await company(db, "acme.com")).total_contacts == 3
    assert (await contact(db, "d@gmail.com")).company_id is None
    again = await imported(db, "contacts", tmp_path, *rows, create_companies=True)
    assert (counts(again), again.companies_created) == ((0, 0, 5, 0), 0)


async def test_a_company_can_be_derived_from_the_address(db: Database, tmp_path: Path) -> None:
    rows = [["email"], ["a@acme.com"], ["b@gmail.com"]]
    await imported(db, "contacts", tmp_path, *rows, derive=("company_domain={email|domain}",), create_companies=True)
    assert (await company(db, "acme.com")).total_contacts == 1
    assert (await contact(db, "b@gmail.com")).company_id is None


async def test_rows_that_repeat_a_key_are_merged_in_their_order(db: Database, tmp_path: Path) -> None:
    rows = [
        ["Contact ID", "email", "title", "phone", "a", "b"],
        ["1", "jo@acme.com", "CTO", "", "1", ""],
        ["", "JO@acme.com", "CEO", "5", "2", "2"],
        ["1", "", "", "6", "", ""],
        ["2", "an@acme.com", "", "", "", ""],
        ["3", "", "", "", "", ""],
        ["3", "an@acme.com", "", "", "", ""],
    ]
    report = await imported(db, "contacts", tmp_path, *rows)
    jo = await contact(db, "jo@acme.com")
    assert (jo.title, jo.phone, jo.attributes) == ("CTO", "5", {"a": "1", "b": "2"})
    assert report.rows == report.created + report.updated + report.unchanged + report.repeated + report.rejected == 6
    assert (report.created, report.repeated, report.rejected) == (3, 2, 1)


async def test_keys_of_one_contact_in_two_rows_are_merged_with_what_is_stored(db: Database, tmp_path: Path) -> None:
    await imported(db, "contacts", tmp_path, ["Contact ID", "email"], ["1", "jo@acme.com"])
    report = await imported(
        db, "contacts", tmp_path, ["Contact ID", "email", "title", "phone"], ["1", "", "CTO", ""], ["", "jo@acme.com", "CEO", "5"]
    )
    assert counts(report) == (0, 1, 1, 0)
    jo = await contact(db, "jo@acme.com")
    assert (jo.title, jo.phone) == ("CTO", "5")


async def test_a_row_without_a_key_is_refused_with_advice(db: Database, tmp_path: Path) -> None:
    report = await imported(db, "contacts", tmp_path, ["email", "first_name"], ["", "Jo"], ["an@acme.com", ""])
    assert counts(report) == (1, 0, 0, 1)
    assert "--key" in reasons(report)[0]["rejected_reason"]


async def test_bad_rows_come_back_with_line_and_reason_and_can_be_corrected(db: Database, tmp_path: Path) -> None:
    rows = [["email", "first_name"], ["bad", "two\nlines"], ["an@acme.com", "An"], ["b@acme.com", "NUL \0"], ["c@acme.com"]]
    report = await imported(db, "contacts", tmp_path, *rows)
    assert counts(report) == (1, 0, 0, 3)
    assert [one["rejected_line"] for one in reasons(report)] == ["2", "5", "6"]
    assert report.rejects is not None
    fixed = tmp_path / "fixed.csv"
    fixed.write_text(report.rejects.read_text("utf-8").replace("bad", "bad@acme.com"), "utf-8")
    assert (await import_file(db, "contacts", fixed)).created == 1
    assert (await contact(db, "bad@acme.com")).first_name == "two\nlines"


async def test_a_dry_run_reports_the_same_and_leaves_nothing(db: Database, tmp_path: Path) -> None:
    rows = [["email", "company_domain"], ["jo@acme.com", "acme.com"], ["bad", ""], ["jo@acme.com", ""]]
    trial = await imported(db, "contacts", tmp_path, *rows, dry_run=True, create_companies=True)
    assert await ContactRepository(db).get_contact_by_email("jo@acme.com") is None
    real = await imported(db, "contacts", tmp_path, *rows, create_companies=True)
    assert (counts(trial), trial.repeated, trial.reasons) == (counts(real), real.repeated, real.reasons)


async def test_declared_attributes_get_their_type(db: Database, tmp_path: Path) -> None:
    attributes = AttributeRepository(db)
    await attributes.declare_attribute("contacts", "Seats", "number")
    await attributes.declare_attribute("contacts", "Since", "date")
    report = await imported(
        db, "contacts", tmp_path, ["email", "Seats", "Since"], ["a@x.com", "1.5", "Jan 31, 2024"], ["b@x.com", "many", ""]
    )
    assert counts(report) == (1, 0, 0, 1)
    assert (await contact(db, "a@x.com")).attributes == {"Seats": 1.5, "Since": "2024-01-31"}


async def test_a_declared_date_that_is_no_day_is_refused_by_its_name(db: Database, tmp_path: Path) -> None:
    await AttributeRepository(db).declare_attribute("contacts", "Since", "date")
    report = await imported(db, "contacts", tmp_path, ["email", "Since"], ["a@x.com", "2024-99-99"], ["b@x.com", "2024-02-29"])
    assert (counts(report), [field for field, _ in report.reasons]) == ((1, 0, 0, 1), ["attributes.Since"])


async def test_preferences_are_filled_key_by_key(db: Database, tmp_path: Path) -> None:
    await ContactRepository(db).create_contact({"email": "a@x.com", "communication_preferences": {"best_time": "noon"}})
    rows = [["email", "communication_preferences.do_not_contact", "communication_preferences.best_time"], ["a@x.com", "yes", "night"]]
    await imported(db, "contacts", tmp_path, *rows)
    stored = (await contact(db, "a@x.com")).communication_preferences
    assert (stored.do_not_contact, stored.best_time) == (True, "noon")


async def test_progress_is_told_in_bytes_and_rows(db: Database, tmp_path: Path) -> None:
    heard: list[tuple[int, int, int]] = []
    await imported(db, "contacts", tmp_path, *CONTACTS[:1], *CONTACTS[3:], on_progress=lambda *one: heard.append(one))
    size = (tmp_path / "rows.csv").stat().st_size
    assert heard == [(size, size, 1)]


async def test_a_wrong_option_is_named(db: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="--map"):
        await imported(db, "contacts", tmp_path, *CONTACTS, map=("Nowhere=email",))
    with pytest.raises(InvalidValueError, match="file"):
        await import_file(db, "contacts", tmp_path / "missing.csv")
