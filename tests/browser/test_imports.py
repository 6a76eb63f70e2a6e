"""Importing in a real browser, from the file to the rows that were put right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.async_api import expect

from tests.browser.conftest import Tab, W

if TYPE_CHECKING:
    from pathlib import Path

FILE = "Security,Symbol,Headquarters Location,domain\nBrowser Made,BRM,Boston,browser-made.example\nBad Row,BAD,Berlin,not a domain\n"


async def test_a_file_is_looked_at_imported_and_put_right(tab: Tab, tmp_path: Path) -> None:
    (tmp_path / "listed.csv").write_text(FILE)
    page = await tab.go(f"{W}/imports")
    await page.set_input_files("#file", tmp_path / "listed.csv")
    await page.click("text=Look at the file")
    await page.click("text=“Security” is the name")
    await expect(page.locator("#comes + dl")).to_contain_text("new")
    await tab.check_access()
    await page.click("button[value=start]")
    await expect(page.locator("#run")).to_contain_text("1 new, 0 changed, 0 as they were, 1 rejected", timeout=20_000)
    await page.click("text=Put rejected rows right")
    await page.fill("input[aria-label^='domain']", "bad-row.example")
    await page.check("input[name=row]")
    await tab.check_access()
    await page.click("text=Import the ticked rows")
    await expect(page.locator("#run")).to_contain_text("1 new, 0 changed, 0 as they were", timeout=20_000)
    await tab.go(f"{W}/accounts?q=bad-row")
    await expect(page.locator("tbody")).to_contain_text("Bad Row")
