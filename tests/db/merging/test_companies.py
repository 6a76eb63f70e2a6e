"""Two accounts that are one become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.errors import DuplicateError
from accountgraph.merging import MergeError, merge_companies, merge_contacts, preview_company_merge, unmerge
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.external_ids import ExternalIdRepository
from accountgraph.transfer.importer import import_file
from accountgraph.verify import differences
from tests.db.merging.people import ACME, ACME_TOO, DROP, KEEP, everything, references, two_who_are_one

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.db import Database


def of(url: str, statement: str, *given: object) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        return connection.execute(statement, given).fetchall()


async def test_unmerging_gives_back_exactly_what_was(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    before = everything(url)
    done = await merge_companies(db, ACME, ACME_TOO)
    assert [found async for found in differences(db)] == []
    assert everything(url) != before
    await unmerge(db, done.id)
    assert everything(url) == before
    assert [found async for found in differences(db)] == []


async def test_every_reference_moves_and_no_row_is_lost(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    before = everything(url)
    for table, column in references(url, "companies") - {("merged_companies", "company_id")}:
        assert of(url, f"SELECT FROM {table} WHERE {column} = %s", ACME_TOO), f"nothing of {table}.{column} is tried"
    preview = await preview_company_merge(db, ACME, ACME_TOO)
    assert {(one.table_name, one.column_name) for one in preview.moves} == references(url, "companies") - {
        ("merged_companies", "company_id")
    }
    assert {one.table_name: one.total for one in preview.collapses} == {"account_exclusions": 1, "account_health_daily": 1, "holds": 1}
    await merge_companies(db, ACME, ACME_TOO)
    after = everything(url)
    for table, column in references(url, "companies"):
        assert not of(url, f"SELECT FROM {table} WHERE {column} = %s", ACME_TOO), (table, column)
    fewer = {table: len(before[table]) - len(rows) for table, rows in after.items() if len(rows) != len(before[table])}
    assert fewer == {"companies": 1, "merged_companies": -1, "account_health_daily": 1}  # one day that both had


async def test_the_kept_account_is_found_by_all_that_named_the_dropped_one(db: Database, url: str, tmp_path: Path) -> None:
    await two_who_are_one(db, url)
    await merge_companies(db, ACME, ACME_TOO)
    companies = CompanyRepository(db)
    by_id, by_domain = await companies.get_company_by_id(ACME_TOO), await companies.get_company_by_domain("www.acme-too.test")
    assert by_id is not None
    assert by_domain is not None
    assert by_id.id == by_domain.id == await ExternalIdRepository(db).find_by_external_id("companies", "crm", "account-two") == ACME
    with pytest.raises(DuplicateError, match="domain"):
        await companies.create_company({"name": "Acme again", "domain": "acme-too.test"})
    file = tmp_path / "accounts.csv"
    file.write_text("name,domain\nAcme too,acme-too.test\n")
    assert (await import_file(db, "companies", file)).created == 0


async def test_the_kept_account_is_as_strict_as_either(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    await CompanyRepository(db).update_company(ACME_TOO, {"account_status": "customer"})
    await merge_companies(db, ACME, ACME_TOO)
    kept = await CompanyRepository(db).get_company_by_id(ACME)
    assert kept is not None
    assert (kept.account_status, kept.industry, kept.domain) == ("customer", "Anvils", "acme.test")
    standing = of(url, "SELECT reason FROM account_exclusions WHERE company_id = %s AND ended_at IS NULL ORDER BY reason", ACME)
    assert standing == [("competitor",), ("open_opportunity",), ("owner",)]
    assert of(url, "SELECT until > now() + interval '8 days' FROM holds WHERE company_id = %s AND lifted_at IS NULL", ACME) == [(True,)]


@pytest.mark.parametrize("above", [ACME, ACME_TOO])
async def test_parent_and_subsidiary_become_one_without_being_their_own_parent(db: Database, url: str, above: object) -> None:
    await two_who_are_one(db, url)
    below = ACME_TOO if above == ACME else ACME
    await CompanyRepository(db).update_company(below, {"parent_company_id": above})
    before = everything(url)
    done = await merge_companies(db, ACME, ACME_TOO)
    kept = await CompanyRepository(db).get_company_by_id(ACME)
    assert kept is not None
    assert kept.parent_company_id is None
    await unmerge(db, done.id)
    assert everything(url) == before


async def test_a_main_domain_goes_to_who_has_none(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    bare = await CompanyRepository(db).create_company({"name": "Acme Berlin"})
    before = everything(url)
    done = await merge_companies(db, bare.id, ACME_TOO)
    kept = await CompanyRepository(db).get_company_by_domain("acme-too.test")
    assert kept is not None
    assert (kept.id, kept.domain) == (bare.id, "acme-too.test")
    await unmerge(db, done.id)
    assert everything(url) == before


async def test_a_domain_that_went_on_to_another_is_not_taken_back(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    done = await merge_companies(db, ACME, ACME_TOO)
    other = await CompanyRepository(db).create_company({"name": "Other"})
    of(url, "UPDATE company_domains SET company_id = %s WHERE domain = 'acme-too.test' RETURNING domain", other.id)
    with pytest.raises(MergeError, match=r"acme-too\.test"):
        await unmerge(db, done.id)


async def test_people_of_both_are_merged_after_their_accounts(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    before = everything(url)
    accounts = await merge_companies(db, ACME, ACME_TOO)
    people = await merge_contacts(db, KEEP, DROP)
    assert [found async for found in differences(db)] == []
    assert len(await ContactRepository(db).find_contacts_by_company(ACME)) == 2
    await unmerge(db, people.id)
    await unmerge(db, accounts.id)
    assert everything(url) == before
