"""What every page has: the palette, the shortcuts."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PHONE, Tab, W


async def test_ctrl_k_finds_an_account_and_leads_there(tab: Tab) -> None:
    page = await tab.go(f"{W}/accounts")
    await page.keyboard.press("Control+k")
    await page.keyboard.type("acme")
    await expect(page.locator("dialog.palette [aria-selected=true]")).to_contain_text("Acme Medical Group")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Acme Medical Group")


async def test_escape_closes_the_palette(tab: Tab) -> None:
    page = await tab.go(f"{W}/accounts")
    await page.keyboard.press("Control+k")
    await expect(page.locator("dialog.palette")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog.palette")).to_be_hidden()


async def test_a_question_mark_lists_the_shortcuts_of_the_page(tab: Tab) -> None:
    page = await tab.go(f"{W}/accounts")
    await page.keyboard.press("?")
    await expect(page.locator("dialog.keys")).to_contain_text("Go to Accounts")
    await tab.check_access()


async def test_enter_opens_the_first_row_where_none_has_the_focus(tab: Tab) -> None:
    page = await tab.go(f"{W}/accounts")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Acme Medical Group")


async def test_g_and_a_key_lead_to_a_page(tab: Tab) -> None:
    page = await tab.go(f"{W}/palette")
    await page.locator("h1").click()
    await page.keyboard.press("g")
    await page.keyboard.press("a")
    await expect(page.locator("h1")).to_contain_text("Accounts")


@pytest.mark.parametrize("size", [PHONE])
@pytest.mark.parametrize("path", ["settings", "campaigns", "analytics/variants?whole=1"])
async def test_on_a_phone_the_place_one_is_at_is_in_sight(tab: Tab, size: tuple[int, int], path: str) -> None:
    page = await tab.go(f"{W}/{path}")
    for row in (".side nav", ".tabs"):
        here = page.locator(f"{row} [aria-current]").first
        if await here.count():
            await expect(here).to_be_in_viewport(ratio=0.95)  # the last pixel is rounded away
