"""Campaigns in a real browser: made from an example, put right, tried out, started on the console, paused and resumed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.async_api import expect

from accountgraph.campaigns import lifecycle
from accountgraph.campaigns.lifecycle import list_campaigns
from accountgraph.listing import page_intents
from tests.browser.conftest import DESKTOP, PHONE, Tab, W
from tests.dashboard.campaigns import kept
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database


async def office(db: Database) -> World:
    """A mailbox on the console with a name behind it, once for all tests of the run."""
    if "me@ours.com" in await World(db).select(str, "SELECT address FROM senders"):
        return World(db)
    return await World.begin(db, transport="console")


async def campaign(db: Database) -> tuple[UUID, str]:
    """A campaign for an account of its own, kept and not started."""
    world = await office(db)
    word = uuid4().hex[:8]
    await world.account(f"{word}.example", "Ada", "Bob", "Cleo")
    return await kept(db, name=f"of-{word}", audience={"companies": [f"{word}.example"]}), word


async def test_a_campaign_from_an_example_to_its_pause(tab: Tab) -> None:
    await office(tab.site.db)
    name = f"from-{uuid4().hex[:8]}"
    page = await tab.go(f"{W}/campaigns")
    await page.get_by_role("link", name="New campaign").click()
    await page.get_by_role("link", name="Begin with inbound-lead").click()
    await tab.ready()
    # One types, and what is wrong stands at its field without a click.
    await page.get_by_label("Name", exact=True).first.fill("Not a name")
    await expect(page.locator("#name-error")).to_contain_text("small letters")
    await page.get_by_label("Name", exact=True).first.fill(name)
    await expect(page.locator("#name-error")).to_be_hidden()
    first = page.locator("#steps-0-wait_business_days")
    await first.fill("2")
    await expect(page.locator("#reading")).to_contain_text("2 business days after the start")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("h1")).to_have_text(name)
    await expect(page.locator("#said")).to_contain_text("is kept")
    assert name in [one.name for one in await list_campaigns(tab.site.db)]


async def test_steps_are_moved_by_keyboard_and_the_reading_follows(tab: Tab) -> None:
    campaign_id, _ = await campaign(tab.site.db)
    page = await tab.go(f"{W}/campaigns/{campaign_id}/edit")
    await page.locator("#down-0").press("Enter")
    await expect(page.locator("#step-1")).to_contain_text("first")
    await expect(page.locator("#reading .steps li").first).to_contain_text("second")
    await page.locator("#after-1").press("Enter")
    await expect(page.locator("#step-2")).to_contain_text("step-1")
    await tab.check_access()


async def test_a_simulation_shows_its_calendar_when_it_is_done(tab: Tab) -> None:
    campaign_id, _ = await campaign(tab.site.db)
    page = await tab.go(f"{W}/campaigns/{campaign_id}/simulate")
    await page.get_by_role("button", name="Simulate").click()
    mark = page.locator(".calendar td .touch").first
    await expect(mark).to_be_visible(timeout=30_000)
    assert "e-mail" in (await mark.get_attribute("aria-label") or "")
    await tab.check()


async def test_a_dry_run_is_started_run_paused_and_resumed(tab: Tab) -> None:
    campaign_id, _ = await campaign(tab.site.db)
    page = await tab.go(f"{W}/campaigns/{campaign_id}")
    await page.get_by_role("link", name="Start…").click()
    await page.get_by_role("button", name="Start the dry run").click()
    await expect(page.locator("#said")).to_contain_text("3 people began")
    await tab.ready()
    await page.get_by_role("button", name="Do what is due now").click()
    await expect(page.locator(".stages")).to_contain_text("1 contacted")  # of an account, one after the other
    await page.get_by_role("button", name="Pause", exact=True).click()
    await expect(page.locator("#campaign-head .mark")).to_have_text("paused")
    await page.get_by_role("button", name="Resume").first.click()
    await expect(page.locator("#campaign-head .mark")).to_have_text("dry run")


@pytest.mark.parametrize(
    "part",
    ["", "/people", "/audience", "/messages", "/simulate", "/ledger", "/variants", "/standing", "/versions", "/start", "/end", "/edit"],
)
async def test_every_part_is_valid_accessible_and_fits(tab: Tab, part: str) -> None:
    db = tab.site.db
    campaign_id, _ = await campaign(db)
    if part in {"", "/people", "/ledger", "/standing"}:
        await db.run(lambda session: lifecycle.start(session, campaign_id))
        await World(db).runner().run_due()
    await tab.go(f"{W}/campaigns/{campaign_id}{part}")
    await tab.check()


async def test_why_a_message_left_is_valid_accessible_and_fits(tab: Tab) -> None:
    db = tab.site.db
    campaign_id, _ = await campaign(db)
    await db.run(lambda session: lifecycle.start(session, campaign_id))
    await World(db).runner().run_due()
    intent = (await page_intents(db, campaign_id=campaign_id)).items[0]
    await tab.go(f"{W}/campaigns/{campaign_id}/ledger/{intent.id}")
    await tab.check()
    await tab.go(f"{W}/campaigns/{campaign_id}/messages?contact={intent.contact_id}")
    await tab.check()


@pytest.mark.parametrize(("size", "look"), [(DESKTOP, "dark"), (PHONE, "light")])
async def test_a_file_is_put_right_as_one_types(tab: Tab, size: tuple[int, int], look: str) -> None:
    campaign_id, _ = await campaign(tab.site.db)
    page = await tab.go(f"{W}/campaigns/{campaign_id}/edit?as=text")
    file = page.locator("#file")
    text = await file.input_value()
    await file.fill(text.replace('template = "hello"', 'template = "helo"', 1))
    await expect(page.locator("#reading")).to_contain_text("Did you mean 'hello'?")
    await file.fill(text.replace("Once more", "Once again"))
    await expect(page.locator("#reading")).to_contain_text("it can be kept")
    await expect(page.locator("#reading .changes")).to_contain_text("Once again")
    await tab.check()
