"""The table of people: what its address says, a page at a time, for who may."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from accountgraph.demo import load_reference_account
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.dashboard.conftest import Browser, W, assert_guarded
from tests.dashboard.test_people_page import flat

if TYPE_CHECKING:
    from accountgraph.db import Database

PATH = f"{W}/people"


async def fill(db: Database, count: int = 120) -> None:
    statuses = ("active", "bounced")
    given = [
        {
            "last_name": f"P{n:03}",
            "email": f"p{n:03}@x.example",
            "status": statuses[n % 2],
            "role": "buyer" if n % 3 == 0 else "user",
            "is_decision_maker": n % 4 == 0,
        }
        for n in range(count)
    ]
    await ContactRepository(db).create_many(given)


async def names(browser: Browser, path: str) -> list[str]:
    """Everybody of a table, page by page."""
    seen: list[str] = []
    for _ in range(6):
        answer = await browser.page(path)
        seen += [link for link in answer.links if link.startswith(f"{PATH}/") and link.count("/") == 5 and not link.endswith("/new")]
        following = [link for link in answer.links if "after=" in link]
        if not following:
            return seen
        [path] = following
    raise AssertionError("there is no end")


@pytest.mark.parametrize("role", ["owner", "admin", "member", "viewer"])
async def test_every_role_sees_the_people(browser: Browser, db: Database, role: str) -> None:
    await load_reference_account(db)
    shown = await (await browser.as_role(role)).page(PATH)
    assert "Sarah Williams" in flat(shown)
    assert (f"{W}/people.csv" in shown.links, f"{PATH}/new" in shown.links) == (role != "viewer", role != "viewer")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 120),
        ("?sort=created_at", 120),
        ("?status=bounced", 60),
        ("?decides=yes", 30),
        ("?decides=yes&status=bounced", 0),
        ("?mail=yes", 60),
        ("?role=buyer", 40),
        ("?q=p00", 10),
        ("?q=P01&mail=yes", 5),
    ],
)
async def test_the_pages_hold_everybody_once(browser: Browser, db: Database, query: str, expected: int) -> None:
    await fill(db)
    seen = await names(await browser.as_role("viewer"), PATH + query)
    assert len(seen) == len(set(seen)) == expected


async def test_who_may_be_mailed_is_told_by_the_row_and_by_the_filter(browser: Browser, db: Database) -> None:
    contacts, ada = ContactRepository(db), await browser.as_role("viewer")
    for name in ("free", "barred", "asked"):
        await contacts.create_contact({"last_name": name, "email": f"{name}@x.example"})
    await contacts.create_contact({"last_name": "without"})
    await SuppressionRepository(db).suppress(address="barred@x.example", channel="email", reason="complained")
    asked = await contacts.get_contact_by_email("asked@x.example")
    assert asked is not None
    await contacts.update_contact(asked.id, {"communication_preferences": {"do_not_contact": True}})
    shown = flat(await ada.page(PATH))
    for words in ("barred email: complained", "asked not to be", "no address", "nothing known against it"):
        assert words in shown
    assert len(await names(ada, f"{PATH}?mail=yes")) == 1


async def test_filters_can_be_taken_away_one_by_one(browser: Browser, db: Database) -> None:
    await fill(db, 8)
    shown = await (await browser.as_role("viewer")).page(f"{PATH}?q=p0&status=active&decides=yes")
    expected = {f"{PATH}?status=active&decides=yes", f"{PATH}?q=p0&decides=yes", f"{PATH}?q=p0&status=active"}
    assert expected <= set(shown.links)


@pytest.mark.parametrize("query", ["status=x", "after=rubbish", "q=%00"])
async def test_an_address_that_says_nonsense_is_told_so(browser: Browser, query: str) -> None:
    await (await browser.as_role("viewer")).page(f"{PATH}?{query}", 422)


async def test_an_empty_table_says_what_to_do_next(browser: Browser) -> None:
    assert "Add the first person" in flat(await (await browser.as_role("member")).page(PATH))
    bob = await browser.as_role("viewer")
    assert "Ask an owner or a member" in flat(await bob.page(PATH))
    assert "Nobody fits these filters" in flat(await bob.page(f"{PATH}?q=nobody"))


async def test_the_file_holds_all_people_and_no_formula(browser: Browser, db: Database) -> None:
    await ContactRepository(db).create_contact({"last_name": "=1+1", "email": "a@x.example"})
    answer = await (await browser.as_role("member")).get(f"{W}/people.csv")
    assert_guarded(answer)
    assert [row["last_name"] for row in csv.DictReader(answer.text.splitlines())] == ["'=1+1"]
    await (await browser.as_role("viewer")).page(f"{W}/people.csv", 403)
