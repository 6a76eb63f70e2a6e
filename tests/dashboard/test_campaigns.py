"""Campaigns: the list, one of them, its life; what each role sees and may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.acting import Acting, ActingKind
from accountgraph.campaigns import lifecycle
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.listing import page_intents
from accountgraph.store.companies import CompanyRepository
from tests.dashboard.campaigns import at, kept, office, started
from tests.dashboard.conftest import Browser, W
from tests.dashboard.test_accounts import HOSTILE

if TYPE_CHECKING:
    from accountgraph.db import Database

TABS = ["", "people", "audience", "messages", "simulate", "ledger", "standing", "versions"]


async def test_an_empty_workspace_says_what_a_campaign_is_and_where_to_begin(browser: Browser) -> None:
    shown = await (await browser.as_role("member")).page(f"{W}/campaigns")
    assert "No campaigns yet" in shown.text
    assert f"{W}/campaigns/new" in shown.links
    assert "Ask an owner or a member" in (await (await browser.as_role("viewer")).page(f"{W}/campaigns")).text


async def test_the_list_shows_state_funnel_and_who_made_it(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db, description="Of spring")
    ada = await browser.as_role("member")
    shown = await ada.page(f"{W}/campaigns")
    assert "dry run" in shown.text
    assert "Of spring" in shown.text
    assert "Made by" not in shown.text  # nothing says so of any of them
    assert f"{at(campaign_id, 'people')}?live=no&stage=enrolled" in shown.links
    assert "plain" in (await ada.page(f"{W}/campaigns?status=active")).text
    assert "No campaign is here" in (await ada.page(f"{W}/campaigns?status=paused")).text
    await kept(db.acting_as(Acting(kind=ActingKind.COMMAND, name="ann")), name="second")
    said = (await ada.page(f"{W}/campaigns")).text
    assert all(words in said for words in ("Made by", "ann", "not recorded"))


@pytest.mark.parametrize("tab", TABS)
async def test_a_viewer_sees_every_part_and_no_button_that_does_something(browser: Browser, db: Database, tab: str) -> None:
    await office(db)
    campaign_id = await started(db)
    await run_due(browser, campaign_id)
    viewer = await browser.as_role("viewer")
    text = (await viewer.get(at(campaign_id, tab))).text
    await viewer.page(at(campaign_id, tab))
    assert text.count('method="post"') == 1  # to log out
    assert f'href="{at(campaign_id, "edit")}"' not in text


async def test_a_viewer_who_sends_a_form_all_the_same_is_refused(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db)
    viewer = await browser.as_role("viewer")
    csrf = (await viewer.page(at(campaign_id))).hidden["csrf"]
    for path in ("pause", "end", "start", "run", "simulate", "approve", "enrol", "edit", "restore", "holds/set"):
        answer = await viewer.post(at(campaign_id, path), {"csrf": csrf})
        assert answer.status_code == 403, path
    assert (await lifecycle.find_campaign(db, campaign_id)).status == "active"


async def run_due(browser: Browser, campaign_id: object) -> None:
    """Do what is due, as a member's button does."""
    path = f"{W}/campaigns/{campaign_id}"
    runner = await browser.as_role("admin")
    await runner.do(f"{path}/run", {}, back=path)


async def test_what_stands_in_a_campaign_is_text_on_every_page(browser: Browser, db: Database) -> None:
    world, people = await office(db)
    assert people[0].company_id is not None
    company = await CompanyRepository(db).update_company(people[0].company_id, {"name": HOSTILE, "industry": HOSTILE})
    await world.person(company, HOSTILE, email="eve@acme.com", title=HOSTILE)
    campaign_id = await kept(
        db,
        description=HOSTILE,
        audience={"companies": ["acme.com"], "industry": [HOSTILE]},
        steps=[{"key": "first", "channel": "email", "template": "hello"}, {"key": "call", "channel": "call", "instructions": HOSTILE}],
        templates={"hello": {"subject": "<script>alert(1)</script>", "body": "<img src=x onerror=alert(1)> {{ contact.first_name }}"}},
    )
    ada = await browser.as_role("member")
    await ada.do(at(campaign_id, "start"), {"how": "dry"}, back=at(campaign_id, "start"))
    await run_due(browser, campaign_id)
    intent = (await page_intents(db, campaign_id=campaign_id)).items[0]
    paths = [*TABS, "edit", "edit?as=text", f"messages?contact={intent.contact_id}", f"ledger/{intent.id}", "people?q=script"]
    for path in paths:
        text = (await ada.get(at(campaign_id, path))).text
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        await ada.page(at(campaign_id, path))


async def test_a_start_says_first_who_begins_and_who_is_left_out(browser: Browser, db: Database) -> None:
    world, (ada_, _) = await office(db)
    await world.account("closed.com", "Cid", account_status="customer")
    campaign_id = await kept(db, audience={"companies": ["acme.com", "closed.com"]})
    ada = await browser.as_role("member")
    shown = await ada.page(at(campaign_id, "start"))
    assert "2 people begin" in " ".join(shown.text.split())
    assert "the account is a customer" in shown.text
    assert "look at the messages of version 1" in shown.text
    del ada_


async def test_a_dry_run_is_started_paused_resumed_and_undone(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    shown = await ada.do(at(campaign_id, "start"), {"how": "dry"}, back=at(campaign_id, "start"))
    assert "runs as a dry run: nothing leaves. 2 people began." in shown.text
    assert "Pause it" in shown.text
    shown = await ada.do(at(campaign_id, "pause"), {}, back=at(campaign_id))
    assert "is paused: 2 people wait" in shown.text
    assert (await lifecycle.find_campaign(db, campaign_id)).status == "paused"
    shown = await ada.do(at(campaign_id, "resume"), {}, back=at(campaign_id))
    assert "goes on with 2 people" in shown.text
    assert (await lifecycle.find_campaign(db, campaign_id)).status == "active"


async def test_live_needs_an_approved_preview_a_transport_and_a_tick(browser: Browser, db: Database) -> None:
    world, people = await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    csrf = (await ada.page(at(campaign_id, "start"))).hidden["csrf"]
    assert (await ada.post(at(campaign_id, "start"), {"csrf": csrf, "how": "live", "sure": "yes"})).status_code == 409
    seen = (await ada.page(at(campaign_id, f"messages?contact={people[0].id}"))).hidden["content_hash"]
    shown = await ada.do(at(campaign_id, "approve"), {"content_hash": seen}, back=at(campaign_id, "messages"))
    assert "The preview of version 1 is approved" in shown.text
    assert "only prints to the console" in (await ada.page(at(campaign_id, "start"))).text
    await world.select(str, "UPDATE senders SET transport = 'post' RETURNING address")
    assert (await ada.post(at(campaign_id, "start"), {"csrf": csrf, "how": "live"})).status_code == 422
    shown = await ada.do(at(campaign_id, "start"), {"how": "live", "sure": "yes"}, back=at(campaign_id, "start"))
    assert "its messages really leave" in shown.text
    assert (await lifecycle.find_campaign(db, campaign_id)).is_live


async def test_an_approval_of_what_has_changed_since_is_refused(browser: Browser, db: Database) -> None:
    _, people = await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    page = at(campaign_id, f"messages?contact={people[0].id}")
    before = (await ada.page(page)).hidden
    await kept(db, description="Other words")
    answer = await ada.post(at(campaign_id, "approve"), {"csrf": before["csrf"], "content_hash": before["content_hash"]})
    assert answer.status_code == 409
    assert "changed since it was previewed" in answer.text


async def test_an_end_is_for_good_and_wants_the_name(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db)
    ada = await browser.as_role("member")
    shown = await ada.page(at(campaign_id, "end"))
    assert "2 people under way end here" in " ".join(shown.text.split())
    refused = await ada.post(at(campaign_id, "end"), {"csrf": shown.hidden["csrf"], "name": "other"})
    assert refused.status_code == 422
    shown = await ada.do(at(campaign_id, "end"), {"name": "plain"}, back=at(campaign_id, "end"))
    assert "plain is over for 2 people" in shown.text
    assert (await lifecycle.find_campaign(db, campaign_id)).status == "cancelled"


async def test_a_number_of_the_funnel_opens_its_people_and_accounts(browser: Browser, db: Database) -> None:
    _, (first, second) = await office(db)
    campaign_id = await started(db)
    await run_due(browser, campaign_id)
    signal = Signal(kind="reply_positive", dedupe_key="one", source="test", at=db.now(), contact_id=first.id)  # type: ignore[arg-type]
    await db.run(lambda session: record_signal(session, signal, session.now()))
    ada = await browser.as_role("member")
    shown = await ada.page(at(campaign_id))
    replied = f"{at(campaign_id, 'people')}?live=no&stage=replied"
    assert replied in shown.links
    behind = await ada.page(replied)
    assert f"{W}/people/{first.id}" in behind.links
    assert f"{W}/people/{second.id}" not in behind.links
    assert f"{W}/accounts/{first.company_id}" in behind.links


async def test_a_campaign_that_is_not_there_is_said(browser: Browser) -> None:
    ada = await browser.as_role("member")
    for path in ("campaigns/00000000-0000-0000-0000-000000000000", "campaigns/nonsense"):
        assert (await ada.get(f"{W}/{path}")).status_code == 404
