"""Settings of records: retention, what a person may ask for, the audit log and the log of who entered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from accountgraph.acting import Acting, ActingKind
from accountgraph.audit import list_audit
from accountgraph.listing import page_companies
from accountgraph.privacy import get_retention
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.test_settings import S
from tests.dashboard.test_settings_people import sent

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from tests.dashboard.conftest import Browser

AUDIT = f"{S}/audit"


def by(db: Database, name: str = "ada@ours.com") -> Database:
    """The database, with somebody acting."""
    return db.acting_as(Acting(kind=ActingKind.USER, name=name))


async def a_company(db: Database, name: str = "Acme") -> UUID:
    return (await CompanyRepository(db).create_company({"name": name, "domain": "acme.com"})).id


async def test_how_long_a_kind_is_kept_is_changed_and_put_back(browser: Browser, db: Database) -> None:
    ada, page = await browser.as_role("admin"), f"{S}/retention"
    before = {one.kind: one.days for one in await get_retention(db)}
    shown = await ada.do(f"{page}/mails", {"days": "30"}, page)
    assert "Mails are kept for 30 days" in shown.text
    assert {one.kind: one.days for one in await get_retention(db)} == {**before, "mails": 30}
    await ada.do(f"{page}/mails", {"days": shown.hidden["days"]}, page)
    assert {one.kind: one.days for one in await get_retention(db)} == before
    await sent(ada, f"{page}/mails", {"days": "0"}, 422, page)
    await sent(ada, f"{page}/cats", {"days": "1"}, 422, page)


async def test_what_would_go_is_counted_and_nothing_goes(browser: Browser) -> None:
    text = await sent(await browser.as_role("admin"), f"{S}/retention/count", {}, 200, f"{S}/retention")
    assert "Would go tonight" in text


async def test_all_that_is_known_of_a_person_is_a_file(browser: Browser, db: Database) -> None:
    company = await a_company(db)
    await ContactRepository(db).create_contact({"company_id": company, "first_name": HOSTILE, "email": "sarah@acme.com"})
    ada = await browser.as_role("admin")
    text = await sent(ada, f"{S}/privacy/export", {"form": "export", "email": "Sarah@Acme.com"}, 200, f"{S}/retention")
    assert json.loads(text)["tables"]["contacts"][0]["first_name"] == HOSTILE
    await sent(ada, f"{S}/privacy/export", {"form": "export", "email": "nobody@acme.com"}, 404, f"{S}/retention")


async def test_a_person_is_erased_only_where_the_address_is_written_twice(browser: Browser, db: Database) -> None:
    company, contacts = await a_company(db), ContactRepository(db)
    person = await contacts.create_contact({"company_id": company, "first_name": "Sarah", "email": "sarah@acme.com"})
    ada, page = await browser.as_role("admin"), f"{S}/retention"
    fields: dict[str, str | list[str]] = {"form": "erase", "email": "sarah@acme.com", "email_again": "sara@acme.com"}
    assert 'id="erase-email_again-error"' in await sent(ada, f"{S}/privacy/erase", fields, 422, page)
    assert await contacts.get_contact_by_id(person.id) is not None
    await ada.do(f"{S}/privacy/erase", {**fields, "email_again": "Sarah@acme.com"}, page)
    assert await contacts.get_contact_by_id(person.id) is None


async def test_a_change_is_shown_with_what_was_before_and_taken_back(browser: Browser, db: Database) -> None:
    company = await a_company(by(db))
    await CompanyRepository(by(db)).update_company(company, {"name": HOSTILE})
    ada = await browser.as_role("admin")
    change = (await list_audit(db, table="companies")).items[0]
    shown = await ada.page(f"{AUDIT}/{change.id}")
    assert HOSTILE in shown.text
    assert "Acme" in shown.text
    shown = await ada.do(f"{AUDIT}/{change.id}/undo", {}, f"{AUDIT}/{change.id}")
    assert "It is as it was before." in shown.text
    found = await CompanyRepository(db).get_company_by_id(company)
    assert found is not None
    assert found.name == "Acme"
    undoing = (await list_audit(db, table="companies")).items[0]
    assert undoing.actor_name == "admin.0@ours.com"


async def test_a_change_that_something_stands_against_says_what(browser: Browser, db: Database) -> None:
    company = await a_company(by(db))
    for name in ("Acme Ltd", "Acme Inc"):
        await CompanyRepository(by(db)).update_company(company, {"name": name})
    ada = await browser.as_role("admin")
    change = (await list_audit(db, table="companies")).items[1]
    text = await sent(ada, f"{AUDIT}/{change.id}/undo", {}, 422, f"{AUDIT}/{change.id}")
    assert "the row was changed since" in text


async def test_all_that_was_done_at_once_is_taken_back_at_once(browser: Browser, db: Database) -> None:
    db_of = by(db)

    async def work(session: object) -> None:
        for name in ("One", "Two"):
            await CompanyRepository(session).create_company({"name": name})  # type: ignore[arg-type]

    await db_of.run(work)
    ada = await browser.as_role("admin")
    change = (await list_audit(db, table="companies")).items[0]
    shown = await ada.do(f"{AUDIT}/{change.id}/undo", {"whole": "yes"}, f"{AUDIT}/{change.id}")
    assert "changes are taken back" in shown.text
    assert (await page_companies(db)).items == []


async def test_the_log_is_filtered_by_actor_kind_table_and_row(browser: Browser, db: Database) -> None:
    one = await a_company(by(db, HOSTILE))
    await CompanyRepository(by(db, "bob@ours.com")).create_company({"name": "Bobs"})
    ada = await browser.as_role("admin")
    assert HOSTILE in (await ada.page(AUDIT)).text
    shown = await ada.page(f"{AUDIT}?actor={quote(HOSTILE)}")
    assert "Acme" in shown.text
    assert "Bobs" not in shown.text
    assert "Bobs" not in (await ada.page(f"{AUDIT}?table=companies&row_id={one}")).text
    assert "Nothing was changed that fits" in (await ada.page(f"{AUDIT}?table=companies&actor_kind=worker")).text
    assert "goes with another filter" in (await ada.page(f"{AUDIT}?actor_kind=user")).text


async def test_the_log_goes_on_page_by_page(browser: Browser, db: Database) -> None:
    acting = by(db)
    for number in range(60):
        await CompanyRepository(acting).create_company({"name": f"Co {number:02}"})
    ada, seen, path = await browser.as_role("admin"), set[str](), AUDIT
    for _ in range(5):
        shown = await ada.page(path)
        seen |= {link for link in shown.links if link.removeprefix(f"{AUDIT}/").isdigit()}
        following = [link for link in shown.links if "after=" in link]
        if not following:
            break
        [path] = following
    assert len(seen) == len((await list_audit(db, limit=1000)).items)


@pytest.mark.parametrize(
    "path", ["?actor_kind=king&table=x", "?after=rubbish", "?contact_id=x", "/x", "/99999999999999999999", "/entering?before=x"]
)
async def test_a_log_that_is_asked_for_nonsense_says_so(browser: Browser, path: str) -> None:
    answer = await (await browser.as_role("admin")).get(f"{AUDIT}{path}")
    assert answer.status_code in {404, 422}


async def test_who_entered_is_told(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    await sent(ada, f"{S}/members", {"form": "invite", "email": "new@ours.com", "role": "member"}, 201)
    shown = await ada.page(f"{AUDIT}/entering")
    assert "new@ours.com" in shown.text
    assert "invitation created" in shown.text
