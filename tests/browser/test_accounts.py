"""The table of accounts by hand: found as one types, ticked, changed in its row, walked through by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from accountgraph.store.companies import CompanyRepository
from tests.browser.conftest import House, Tab, W

if TYPE_CHECKING:
    from uuid import UUID


async def made(site: House, word: str, count: int = 4) -> list[UUID]:
    """Accounts that one word finds."""
    repository = CompanyRepository(site.db)
    return [(await repository.create_company({"name": f"{word} {number}"})).id for number in range(count)]


async def test_accounts_are_found_as_one_types_and_the_address_says_so(tab: Tab) -> None:
    await made(tab.site, "Quince")
    page = await tab.go(f"{W}/accounts")
    await page.locator("#q").press_sequentially("quince 2")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody th")).to_contain_text("Quince 2")
    assert "q=quince" in page.url
    await expect(page.locator("#q")).to_be_focused()


async def test_shift_ticks_a_range_and_the_bar_says_how_many(tab: Tab) -> None:
    await made(tab.site, "Medlar")
    page = await tab.go(f"{W}/accounts?q=medlar")
    await expect(page.locator(".bulk")).to_be_hidden()
    boxes = page.locator("[data-tick]")
    await boxes.nth(0).click()
    await boxes.nth(2).click(modifiers=["Shift"])
    await expect(page.locator(".bulk")).to_contain_text("3 chosen")


async def test_what_is_ticked_is_changed_and_taken_back(tab: Tab) -> None:
    await made(tab.site, "Sorb", 2)
    page = await tab.go(f"{W}/accounts?q=sorb")
    await page.locator("[data-tick-all]").click()
    await page.locator("#bulk-tier").select_option("strategic")
    await page.get_by_role("button", name="Set tier").click()
    await expect(page.locator("#said")).to_contain_text("The tier was changed of 2 accounts.")
    await expect(page.locator("select[data-cell=tier]").first).to_have_value("strategic")
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("select[data-cell=tier]").first).to_have_value("")


async def test_a_stage_is_changed_in_its_row(tab: Tab) -> None:
    [one] = await made(tab.site, "Service tree", 1)
    page = await tab.go(f"{W}/accounts?q=service+tree")
    await page.locator("select[data-cell=status]").select_option("customer")
    await expect(page.locator("#said")).to_contain_text("is changed.")
    found = await CompanyRepository(tab.site.db).get_company_by_id(one)
    assert found is not None
    assert found.account_status == "customer"
    assert "q=service+tree" in page.url


async def test_the_rows_are_walked_ticked_and_opened_by_keys(tab: Tab) -> None:
    await made(tab.site, "Loquat", 3)
    page = await tab.go(f"{W}/accounts?q=loquat")
    for key in ("j", "j", "x"):
        await page.keyboard.press(key)
    await expect(page.locator("[data-tick]").nth(1)).to_be_checked()
    await page.keyboard.press("e")
    await expect(page.locator("select[data-cell=tier]").nth(1)).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_contain_text("Loquat")


async def test_the_table_with_all_that_it_has_is_valid_accessible_and_fits(tab: Tab) -> None:
    await made(tab.site, "Cornel", 2)
    page = await tab.go(f"{W}/accounts?q=cornel&tier=tier1&tier=tier2")
    await tab.check()
    await tab.go(f"{W}/accounts?q=cornel")
    await page.locator("[data-tick]").first.click()
    await page.get_by_text("Filter", exact=True).click()
    await tab.check()
