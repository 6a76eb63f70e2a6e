"""The table of accounts: what its address says, a page at a time, for who may."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from accountgraph.demo import load_reference_account
from accountgraph.store.companies import CompanyRepository
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W, assert_guarded

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.dashboard.html import Page

HOSTILE = """"><script>alert('x')</script><img src=x onerror=alert(1)>{{ 7 * 12345 }}&amp;"""


def rows(shown: Page) -> list[str]:
    """The names in the table, from the top."""
    return [line for line in (part.strip() for part in shown.text.split("\n")) if line.startswith("Co ")]


async def fill(db: Database, count: int = 120) -> None:
    given = [
        {"name": f"Co {n:03}", "account_tier": f"tier{1 + n % 3}", "account_status": "customer" if n % 2 else "engaged"}
        for n in range(count)
    ]
    await CompanyRepository(db).create_many(given)


@pytest.mark.parametrize("role", ["owner", "admin", "member", "viewer"])
async def test_every_role_sees_the_accounts(browser: Browser, db: Database, role: str) -> None:
    await load_reference_account(db)
    shown = await (await browser.as_role(role)).page(f"{W}/accounts")
    assert "Acme Medical Group" in shown.text
    assert "made up" in shown.text
    assert (f"{W}/accounts.csv" in shown.links) is (role != "viewer")


async def test_an_empty_workspace_says_what_to_do_next(browser: Browser) -> None:
    assert f"{W}/imports" in (await (await browser.as_role("owner")).page(f"{W}/accounts")).links
    assert "Ask an owner or a member" in (await (await browser.as_role("viewer")).page(f"{W}/accounts")).text


async def test_the_pages_hold_every_account_once_in_either_order(browser: Browser, db: Database) -> None:
    await fill(db)
    ada = await browser.as_role("member")
    for query, expected in (
        ("", 120),
        ("?sort=-name", 120),
        ("?sort=-created_at", 120),
        ("?tier=tier1&status=customer", 20),
        ("?q=co+00", 10),
    ):
        seen: list[str] = []
        path = f"{W}/accounts{query}"
        for _ in range(5):
            shown = await ada.page(path)
            seen += rows(shown)
            following = [link for link in shown.links if "after=" in link]
            if not following:
                break
            [path] = following
        assert len(seen) == len(set(seen)) == expected
        if "created" not in query:
            assert seen == sorted(seen, reverse="-name" in query)


async def test_an_order_that_filtered_accounts_cannot_have_gives_way(browser: Browser, db: Database) -> None:
    await fill(db, 6)
    ada = await browser.as_role("member")
    for sort in ("created_at", "nonsense"):
        assert len(rows(await ada.page(f"{W}/accounts?tier=tier1&sort={sort}"))) == 2


async def test_filters_can_be_taken_away_one_by_one(browser: Browser, db: Database) -> None:
    await fill(db, 6)
    shown = await (await browser.as_role("member")).page(f"{W}/accounts?q=co&tier=tier1&status=engaged")
    assert {f"{W}/accounts?tier=tier1&status=engaged", f"{W}/accounts?q=co&status=engaged", f"{W}/accounts?q=co&tier=tier1"} <= set(
        shown.links
    )
    empty = await (await browser.as_role("viewer")).page(f"{W}/accounts?q=nobody")
    assert "No account fits" in empty.text
    assert f"{W}/accounts" in empty.links


@pytest.mark.parametrize("query", ["tier=nine", "status=x", "after=rubbish", "q=%00", f"q={'x' * 600}"])
async def test_an_address_that_says_nonsense_is_told_so(browser: Browser, query: str) -> None:
    shown = await (await browser.as_role("member")).page(f"{W}/accounts?{query}", 200 if query.startswith("q=x") else 422)
    assert len(shown.text) < 3000


async def test_what_others_wrote_is_text_and_nothing_else(browser: Browser, db: Database) -> None:
    await CompanyRepository(db).create_company({"name": HOSTILE})
    ada = await browser.as_role("member")
    for path in (f"{W}/accounts", f"{W}/accounts?{urlencode({'q': HOSTILE})}"):
        shown = await ada.page(path)
        assert HOSTILE in shown.text
        assert shown.tags.count("script") == OUR_SCRIPTS


async def test_the_file_holds_all_accounts_and_no_formula(browser: Browser, db: Database) -> None:
    await fill(db, 3)
    await CompanyRepository(db).create_company({"name": "=1+1"})
    answer = await (await browser.as_role("member")).get(f"{W}/accounts.csv")
    assert answer.status_code == 200
    assert_guarded(answer)
    assert 'filename="accounts.csv"' in answer.headers["content-disposition"]
    assert {row["name"] for row in csv.DictReader(answer.text.splitlines())} == {"Co 000", "Co 001", "Co 002", "'=1+1"}


async def test_the_file_is_for_who_may_export(browser: Browser) -> None:
    shown = await (await browser.as_role("viewer")).page(f"{W}/accounts.csv", 403)
    assert "exports:read" in shown.text
    assert (await browser.get(f"{W}/accounts.csv")).status_code == 303
