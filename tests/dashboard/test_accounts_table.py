"""What is done in the table of accounts: in a row, to many at once, with saved views, and in the file of what is left."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from accountgraph.dashboard.accounts.words import next_step
from accountgraph.listing.accounts.next_step import NextStep, StepKind
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W
from tests.dashboard.test_account_and_person import flat, hostile
from tests.dashboard.test_accounts import HOSTILE, fill, rows
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database

TABLE = f"{W}/accounts"
NOW = datetime(2031, 5, 2, 9, tzinfo=UTC)


async def made(db: Database, *names: str, **fields: str) -> list[UUID]:
    return [(await CompanyRepository(db).create_company({"name": name, **fields})).id for name in names]


async def tiers(db: Database) -> dict[str, str | None]:
    found = await CompanyRepository(db).list_companies()
    return {one.name: one.account_tier for one in found}


# --- what is shown


async def test_a_row_says_health_people_and_what_is_next(browser: Browser, db: Database) -> None:
    [company] = await made(db, "Co one")
    await ContactRepository(db).create_contact({"company_id": company, "first_name": "Kim", "is_decision_maker": True})
    shown = flat(await (await browser.as_role("viewer")).page(TABLE))
    for words in ("1 · 1 decides", "start a conversation", "nobody yet"):
        assert words in shown


async def test_of_a_filter_any_value_holds_and_each_is_taken_away_alone(browser: Browser, db: Database) -> None:
    await fill(db, 6)
    shown = await (await browser.as_role("viewer")).page(f"{TABLE}?tier=tier1&tier=tier2")
    assert len(rows(shown)) == 4
    assert {f"{TABLE}?tier=tier1", f"{TABLE}?tier=tier2"} <= set(shown.links)


async def test_columns_are_chosen_by_the_address(browser: Browser, db: Database) -> None:
    await made(db, "Co one", industry="Cheese")
    ada = await browser.as_role("viewer")
    assert "Cheese" not in (await ada.page(TABLE)).text
    shown = await ada.page(f"{TABLE}?columns=industry&columns=size")
    assert "Cheese" in shown.text
    assert "Last human engagement" not in shown.text


@pytest.mark.parametrize("query", ["tier=nine", "columns=nonsense", "owner=x", "country=Austria"])
async def test_a_filter_that_there_is_not_is_refused(browser: Browser, query: str) -> None:
    answer = await (await browser.as_role("viewer")).get(f"{TABLE}?{query}")
    assert answer.status_code == 422


async def test_few_accounts_are_counted(browser: Browser, db: Database) -> None:
    await fill(db, 3)
    assert "Accounts 3" in flat(await (await browser.as_role("viewer")).page(TABLE))


async def test_many_accounts_are_counted_where_nothing_is_left_out(browser: Browser, db: Database) -> None:
    await fill(db, 120)
    ada = await browser.as_role("viewer")
    assert "Accounts 120" in flat(await ada.page(TABLE))
    assert "Accounts 120" not in flat(await ada.page(f"{TABLE}?q=co"))


async def test_what_others_wrote_is_text_in_every_column(browser: Browser, db: Database) -> None:
    [company] = await made(db, HOSTILE, industry=hostile("industry"))
    await ContactRepository(db).create_contact({"company_id": company, "first_name": hostile("person")})
    ada = await browser.as_role("member")
    query = urlencode(
        [("columns", one) for one in ("industry", "people", "next_step", "tier", "status")] + [("industry", hostile("industry"))]
    )
    for path in (TABLE, f"{TABLE}?{query}"):
        shown = await ada.page(path)
        assert HOSTILE in shown.text
        assert shown.tags.count("script") == OUR_SCRIPTS
    assert hostile("industry") in shown.text


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (NextStep(kind=StepKind.REPLY, contact="Kim"), "answer Kim"),
        (NextStep(kind=StepKind.APPROVAL, detail="Hello"), "approve “Hello”"),
        (NextStep(kind=StepKind.TASK, detail="Call Kim"), "Call Kim"),
        (NextStep(kind=StepKind.HOLD), "held"),
        (NextStep(kind=StepKind.PLANNED, campaign="Spring", at=NOW), "Spring, just now"),
        (NextStep(kind=StepKind.PAUSED, detail="out_of_office"), "paused: out of office"),
        (NextStep(kind=StepKind.FIND_PEOPLE), "find people"),
        (NextStep(kind=StepKind.NOTHING_DUE), "nothing due"),
    ],
    ids=lambda value: value.kind if isinstance(value, NextStep) else "",
)
def test_what_is_next_is_said_in_a_few_words(step: NextStep, expected: str) -> None:
    assert next_step(step, NOW) == expected


# --- what is done


async def test_a_tier_is_changed_in_its_row_and_taken_back(browser: Browser, db: Database) -> None:
    [one] = await made(db, "Co one")
    ada = await browser.as_role("member")
    shown = await ada.do(f"{TABLE}/{one}/tier", {"value": "tier1", "was": ""}, back=TABLE)
    assert await tiers(db) == {"Co one": "tier1"}
    await ada.do(f"{TABLE}/undo", {"batch": shown.hidden["batch"]}, back=TABLE)
    assert await tiers(db) == {"Co one": None}


async def test_a_row_that_somebody_changed_meanwhile_is_left_as_it_is(browser: Browser, db: Database) -> None:
    [one] = await made(db, "Co one", account_tier="tier2")
    ada = await browser.as_role("member")
    csrf = (await ada.page(TABLE)).hidden["csrf"]
    answer = await ada.post(f"{TABLE}/{one}/tier", {"csrf": csrf, "value": "tier1", "was": ""})
    assert answer.status_code == 409
    assert await tiers(db) == {"Co one": "tier2"}


async def test_a_stage_is_changed_in_its_row(browser: Browser, db: Database) -> None:
    [one] = await made(db, "Co one")
    ada = await browser.as_role("member")
    await ada.do(f"{TABLE}/{one}/status", {"value": "customer", "was": "prospecting"}, back=TABLE)
    found = await CompanyRepository(db).get_company_by_id(one)
    assert found is not None
    assert found.account_status == "customer"


async def test_what_is_ticked_is_changed_and_taken_back_as_one(browser: Browser, db: Database) -> None:
    ids = await made(db, "Co one", "Co two", "Co three")
    ada = await browser.as_role("member")
    shown = await ada.do(f"{TABLE}/bulk/tier", {"ids": [str(one) for one in ids[:2]], "tier": "strategic"}, back=TABLE)
    assert "The tier was changed of 2 accounts." in flat(shown)
    assert await tiers(db) == {"Co one": "strategic", "Co two": "strategic", "Co three": None}
    await ada.do(f"{TABLE}/undo", {"batch": shown.hidden["batch"]}, back=TABLE)
    assert set((await tiers(db)).values()) == {None}


async def test_whom_a_change_left_out_is_said(browser: Browser, db: Database) -> None:
    ids = [*await made(db, "Co one"), *await made(db, "Co two", account_status="customer")]
    ada = await browser.as_role("member")
    shown = flat(await ada.do(f"{TABLE}/bulk/status", {"ids": [str(one) for one in ids], "status": "customer"}, back=TABLE))
    assert "The stage was changed of 1 account. Left out: 1 unchanged." in shown


async def test_accounts_are_held_and_released_together(browser: Browser, db: Database) -> None:
    ids = {"ids": [str(one) for one in await made(db, "Co one", "Co two")]}
    ada = await browser.as_role("member")
    assert "Campaigns leave 2 accounts alone." in flat(await ada.do(f"{TABLE}/bulk/hold", ids, back=TABLE))
    assert "Campaigns may go on with 2 accounts." in flat(await ada.do(f"{TABLE}/bulk/release", ids, back=TABLE))


async def test_nothing_ticked_is_said(browser: Browser, db: Database) -> None:
    await made(db, "Co one")
    ada = await browser.as_role("member")
    csrf = (await ada.page(TABLE)).hidden["csrf"]
    assert (await ada.post(f"{TABLE}/bulk/hold", {"csrf": csrf})).status_code == 422


async def test_a_viewer_has_no_boxes_and_changes_nothing(browser: Browser, db: Database) -> None:
    [one] = await made(db, "Co one")
    ada = await browser.as_role("viewer")
    shown = await ada.page(TABLE)
    assert "Set tier" not in shown.text
    assert "Choose the row" not in shown.text
    for path in ("bulk/tier", "bulk/status", "bulk/hold", "bulk/release", "bulk/campaign", f"{one}/tier", f"{one}/status"):
        answer = await ada.post(f"{TABLE}/{path}", {"csrf": shown.hidden["csrf"], "ids": str(one), "status": "customer"})
        assert answer.status_code == 403


# --- views and the file


async def test_a_table_is_saved_as_a_view_and_leads_back_to_it(browser: Browser, db: Database) -> None:
    await fill(db, 6)
    ada, path = await browser.as_role("member"), f"{TABLE}?tier=tier1&columns=tier"
    fields = {"name": HOSTILE[:60], "wanted": (await ada.page(path)).hidden["wanted"]}
    shown = await ada.do(f"{TABLE}/views", fields, back=path)
    assert HOSTILE[:60] in shown.text
    assert len(rows(shown)) == 2
    [link] = [one for one in shown.links if "view=" in one]
    assert link.startswith(f"{TABLE}?tier=tier1&columns=tier&view=")


async def test_a_view_is_taken_away_and_brought_back(browser: Browser, db: Database) -> None:
    await fill(db, 3)
    ada = await browser.as_role("member")
    saved = await ada.do(f"{TABLE}/views", {"name": "Mine", "wanted": '{"tier":["tier1"]}'}, back=TABLE)
    [link] = [one for one in saved.links if "view=" in one]
    gone = await ada.do(f"{TABLE}/views/{link.partition('view=')[2]}/remove", {}, back=TABLE)
    assert "The view Mine is gone." in flat(gone)
    assert not [one for one in gone.links if "view=" in one]
    back = await ada.do(f"{TABLE}/views", {"name": "Mine", "wanted": gone.hidden["wanted"]}, back=TABLE)
    assert [one for one in back.links if "view=" in one]


async def test_a_view_of_somebody_elses_is_not_seen(browser: Browser, db: Database) -> None:
    await fill(db, 3)
    ada, bob = await browser.as_role("member"), await browser.as_role("admin")
    await ada.do(f"{TABLE}/views", {"name": "Mine alone", "wanted": "{}"}, back=TABLE)
    assert "Mine alone" not in (await bob.page(TABLE)).text


async def test_a_view_of_a_table_that_there_is_not_is_refused(browser: Browser, db: Database) -> None:
    await made(db, "Co one")
    ada = await browser.as_role("member")
    csrf = (await ada.page(TABLE)).hidden["csrf"]
    for wanted in ("", "rubbish", '{"nonsense": 1}', '{"tier": ["nine"]}'):
        assert (await ada.post(f"{TABLE}/views", {"csrf": csrf, "name": "Mine", "wanted": wanted})).status_code == 422


async def test_the_file_of_filtered_accounts_holds_those_and_no_formula(browser: Browser, db: Database) -> None:
    await fill(db, 250)
    await made(db, "=Co", account_tier="tier1")
    ada = await browser.as_role("member")
    assert f"{TABLE}.csv?tier=tier1" in (await ada.page(f"{TABLE}?tier=tier1")).links
    found = list(csv.DictReader((await ada.get(f"{TABLE}.csv?tier=tier1")).text.splitlines()))
    assert {one["tier"] for one in found} == {"tier1"}
    assert len(found) == 85
    assert "'=Co" in {one["name"] for one in found}


# --- the last 30 days


async def test_health_of_the_last_days_is_a_line_where_days_are_kept(browser: Browser, db: Database) -> None:
    [rising] = await made(db, "Co rising")
    ada = await browser.as_role("viewer")
    for path in (TABLE, f"{TABLE}/{rising}"):
        assert "30 days" not in flat(await ada.page(path)).replace("last 30 days", "")
    for days, score in ((9, 20), (1, 38)):
        day = (datetime.now(UTC) - timedelta(days=days)).date()
        await World(db).keep_health(rising, day, score)
    assert "30 days" in flat(await ada.page(TABLE))
    assert "+18 in 30 days" in flat(await ada.page(f"{TABLE}/{rising}"))
