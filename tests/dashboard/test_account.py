"""The page of an account: one of its people beside the map, everything that happened, and what is done with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from accountgraph.audit import list_audit
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W
from tests.dashboard.test_account_and_person import account, flat, hostile
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.demo import DemoAccount

NOBODY = "00000000-0000-4000-8000-000000000000"


# --- people


async def test_the_map_can_be_an_organisation_chart_without_a_script(browser: Browser, demo: DemoAccount) -> None:
    ada = await browser.as_role("viewer")
    shown = await ada.page(f"{account(demo.company_id)}?map=org")
    assert f"{account(demo.company_id)}?map=graph" in shown.links
    assert "reports to Sarah Williams" in flat(shown)


async def test_who_reached_somebody_stands_beside_them(browser: Browser, db: Database, demo: DemoAccount) -> None:
    await TouchpointRepository(db).update_touchpoint(demo.chen_email_id, {"metadata": {"done_by": "Ana Weiss"}})
    ada = await browser.as_role("viewer")
    for path in (account(demo.company_id), f"{account(demo.company_id)}/people/{demo.chen_id}"):
        assert "Ana Weiss" in flat(await ada.page(path))


async def test_somebody_beside_the_map_says_what_is_known(browser: Browser, demo: DemoAccount) -> None:
    shown = flat(await (await browser.as_role("viewer")).page(f"{account(demo.company_id)}/people/{demo.williams_id}"))
    for words in ("Chief Medical Officer", "decision maker", "primary contact", "not counted", "sarah.williams@acmemedical.com"):
        assert words in shown


async def test_somebody_of_another_account_is_not_beside_this_map(browser: Browser, db: Database, demo: DemoAccount) -> None:
    other = await CompanyRepository(db).create_company({"name": "Other"})
    ada = await browser.as_role("viewer")
    for path in ("", "/way"):
        await ada.page(f"{account(other.id)}/people/{demo.williams_id}{path}", 404)
        await ada.page(f"{account(demo.company_id)}/people/{NOBODY}{path}", 404)


async def test_the_way_to_somebody_leads_from_who_is_in_touch(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("viewer"), f"{account(demo.company_id)}/people/{demo.chen_id}/way"
    assert (await ada.get(path)).json() == {"people": [], "words": None}
    await TouchpointRepository(db).record_email_replied(demo.williams_email_id, "Yes", at=datetime.now(UTC) + timedelta(seconds=1))
    way = (await ada.get(path)).json()
    assert way["people"] == [str(demo.williams_id), str(demo.chen_id)]
    assert way["words"] == "Sarah Williams is in touch with us → strong colleagues: Michael Chen"


async def test_what_others_wrote_is_text_beside_the_map(browser: Browser, db: Database, demo: DemoAccount) -> None:
    names = ("first_name", "title", "department", "phone", "role", "buying_role")
    texts = {name: hostile(name) for name in names}
    made = await ContactRepository(db).create_contact({"company_id": demo.company_id, **texts})
    shown = await (await browser.as_role("viewer")).page(f"{account(demo.company_id)}/people/{made.id}")
    assert shown.tags.count("script") == OUR_SCRIPTS
    assert [name for name in names if hostile(name) not in shown.text and hostile(name).replace("_", " ") not in shown.text] == []


# --- what happened


async def test_the_timeline_goes_back_page_by_page(browser: Browser, db: Database, demo: DemoAccount) -> None:
    for number in range(45):
        sent = datetime.now(UTC) - timedelta(days=1 + number // 3)  # three at the same moment
        await TouchpointRepository(db).create_touchpoint(
            {"conversation_id": demo.chen_conversation_id, "subject": f"Letter {number:02}", "sent_at": sent}
        )
    ada, path, seen = await browser.as_role("viewer"), f"{account(demo.company_id)}?kind=message", ""
    for _ in range(3):
        shown = await ada.page(path)
        seen += flat(shown)
        path = next((link for link in shown.links if "after=" in link), "")
    assert path == ""
    assert all(seen.count(f"Letter {number:02}") == 1 for number in range(45))


async def test_what_machines_did_is_in_the_timeline_and_not_counted(browser: Browser, demo: DemoAccount) -> None:
    shown = flat(await (await browser.as_role("viewer")).page(f"{account(demo.company_id)}?kind=event"))
    assert "clicked" in shown
    assert "not counted" in shown


@pytest.mark.parametrize("query", ["kind=nonsense", "after=rubbish"])
async def test_a_timeline_that_there_is_not_is_refused(browser: Browser, demo: DemoAccount, query: str) -> None:
    await (await browser.as_role("viewer")).page(f"{account(demo.company_id)}?{query}", 422)


async def test_health_opens_to_the_rows_it_is_made_of(browser: Browser, demo: DemoAccount) -> None:
    shown = flat(await (await browser.as_role("viewer")).page(account(demo.company_id)))
    assert "Sarah Williams engagement" in shown
    assert "Sarah Williams colleagues Michael Chen" in shown


async def test_whom_to_write_to_is_said_with_how_and_when(browser: Browser, demo: DemoAccount) -> None:
    shown = flat(await (await browser.as_role("viewer")).page(account(demo.company_id)))
    assert "Michael Chen by e-mail, " in shown
    assert "UTC time" in shown


# --- what is done with it


async def test_an_account_is_held_and_that_is_taken_back(browser: Browser, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), account(demo.company_id)
    shown = await ada.do(f"{path}/hold", {}, back=path)
    assert "held by hand" in flat(shown)
    assert "Release account" in flat(shown)
    back = await ada.do(f"{W}/accounts/undo", {"batch": shown.hidden["batch"]}, back=path)
    assert "held by hand" not in flat(back)


async def test_an_account_is_released(browser: Browser, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), account(demo.company_id)
    await ada.do(f"{path}/hold", {}, back=path)
    assert "held by hand" not in flat(await ada.do(f"{path}/release", {}, back=path))


async def test_an_account_is_edited_under_the_name_of_who_did_it(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), account(demo.company_id)
    form = await ada.page(f"{path}/edit")
    given = {"version": form.hidden["version"], "name": "Acme Clinics", "account_tier": "", "account_status": "engaged"}
    shown = flat(await ada.do(f"{path}/edit", given, back=f"{path}/edit"))
    assert "Acme Clinics" in shown
    assert "tier none" in shown
    [change, *_] = (await list_audit(db, actor="member.0@ours.com")).items
    assert change.after == {"name": "Acme Clinics", "account_tier": None, "account_status": "engaged"}


async def test_what_somebody_changed_meanwhile_is_not_written_over(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), account(demo.company_id)
    form = await ada.page(f"{path}/edit")
    await CompanyRepository(db).update_company(demo.company_id, {"name": "Renamed"})
    answer = await ada.post(
        f"{path}/edit",
        {"csrf": form.hidden["csrf"], "version": form.hidden["version"], "name": "Mine", "account_status": "engaged"},
    )
    assert answer.status_code == 409
    assert 'Name: <span class="text">Renamed</span>' in answer.text
    assert 'name="name" value="Mine"' in answer.text, "what was typed stays"
    found = await CompanyRepository(db).get_company_by_id(demo.company_id)
    assert found is not None
    assert found.name == "Renamed"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name-error"),
        ({"name": "Acme", "domain": "other.example"}, "domain-error"),
        ({"name": "Acme", "account_status": "nonsense"}, "account_status-error"),
        ({"name": "Acme", "owner_user_id": "x"}, "owner_user_id-error"),
    ],
)
async def test_a_field_that_cannot_be_saved_is_marked(
    browser: Browser, db: Database, demo: DemoAccount, fields: dict[str, str], wrong: str
) -> None:
    await CompanyRepository(db).create_company({"name": "Other", "domain": "other.example"})
    ada, path = await browser.as_role("member"), account(demo.company_id)
    form = await ada.page(f"{path}/edit")
    given = {"csrf": form.hidden["csrf"], "version": form.hidden["version"], "account_status": "engaged", **fields}
    answer = await ada.post(f"{path}/edit", given)
    assert answer.status_code == 422
    assert f'id="{wrong}"' in answer.text


async def test_a_viewer_sees_no_buttons_and_may_not_press_them(browser: Browser, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("viewer"), account(demo.company_id)
    shown = await ada.page(path)
    assert not {f"{path}/edit", f"{path}/campaign"} & set(shown.links)
    assert "Hold account" not in shown.text
    for action in ("hold", "release", "edit", "campaign"):
        assert (await ada.post(f"{path}/{action}", {"csrf": shown.hidden["csrf"]})).status_code == 403


async def test_nobody_takes_back_what_somebody_else_did(browser: Browser, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), account(demo.company_id)
    batch = (await ada.do(f"{path}/hold", {}, back=path)).hidden["batch"]
    bob = await browser.as_role("admin")
    answer = await bob.post(f"{W}/accounts/undo", {"csrf": (await bob.page(path)).hidden["csrf"], "batch": batch})
    assert answer.status_code == 422
    assert "held by hand" in flat(await bob.page(path))


@pytest.mark.parametrize("action", ["hold", "release"])
async def test_an_account_that_is_not_there_is_said(browser: Browser, demo: DemoAccount, action: str) -> None:
    ada = await browser.as_role("member")
    csrf = (await ada.page(account(demo.company_id))).hidden["csrf"]
    assert (await ada.post(f"{account(UUID(NOBODY))}/{action}", {"csrf": csrf})).status_code == 404


async def test_without_a_running_campaign_that_is_said(browser: Browser, demo: DemoAccount) -> None:
    shown = flat(await (await browser.as_role("member")).page(f"{account(demo.company_id)}/campaign"))
    assert "No campaign is running" in shown


async def test_whom_a_campaign_would_take_is_looked_at_first(browser: Browser, db: Database) -> None:
    world = await World.begin(db)
    kim, lou = await world.account("acme.com", "Kim", "Lou")
    await SuppressionRepository(db).suppress(contact_id=lou.id, channel="email", reason="objection")
    version = await world.campaign()
    path = f"{account(kim.company_id)}/campaign"
    shown = flat(await (await browser.as_role("member")).page(f"{path}?campaign={version.campaign_id}"))
    assert "plain would take 1 Kim" in shown
    assert "It leaves out 1 Lou suppressed" in shown


async def test_people_join_a_campaign_and_that_is_taken_back(browser: Browser, db: Database) -> None:
    world = await World.begin(db)
    [kim] = await world.account("acme.com", "Kim")
    version = await world.campaign()
    ada, path = await browser.as_role("member"), account(kim.company_id)
    shown = await ada.do(f"{path}/campaign", {"campaign": str(version.campaign_id)}, back=path)
    assert "1 person begins." in flat(shown)
    assert await world.select(int, "SELECT count(*) FROM enrolments") == [1]
    await ada.do(f"{W}/accounts/undo", {"batch": shown.hidden["batch"]}, back=path)
    assert await world.select(int, "SELECT count(*) FROM enrolments") == [0]
