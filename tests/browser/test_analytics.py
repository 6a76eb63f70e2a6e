"""Analytics in a real browser: charts are drawn from the numbers of their tables, and can be saved."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from playwright.async_api import expect

from accountgraph.analytics import backfill_health, snapshot_health
from tests.browser.conftest import DESKTOP, House, Tab, W, opened

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, Page

YEARS = "since=2024-01-01&until=2026-12-31"


async def shown(tab: Tab, path: str) -> Page:
    """A page of analytics, once its numbers are there."""
    page = await tab.go(f"{W}/analytics{path}{'&' if '?' in path else '?'}{YEARS}")
    await expect(page.locator("#found[aria-busy]")).to_have_count(0)
    return page


def content(path: Path) -> bytes:
    """What was downloaded."""
    return path.read_bytes()


async def test_every_tab_is_drawn_valid_and_accessible(tab: Tab) -> None:
    await backfill_health(tab.site.db)
    await snapshot_health(tab.site.db)
    for path in ("", "/groups?by=sender", "/funnel", "/replies", "/health", "/deliverability", "/hours", "/messages"):
        page = await shown(tab, path)
        for picture in await page.locator("[data-module]").all():
            await picture.scroll_into_view_if_needed()
            await expect(picture.locator("canvas").first).to_be_visible()
        await tab.check()


async def test_a_picture_that_has_not_followed_the_screen_yet_makes_no_page_wider(chromium: Browser, site: House) -> None:
    async with opened(chromium, site, "owner", DESKTOP, "light") as tab:  # its own: what is done to every page of a tab cannot be undone
        await tab.page.add_init_script("ResizeObserver.prototype.observe = () => {}")
        page = await shown(tab, "/replies")
        for picture in await page.locator("[data-module]").all():
            await picture.scroll_into_view_if_needed()
            await expect(picture.locator("canvas").first).to_be_visible()
        await page.set_viewport_size({"width": 360, "height": 740})
        assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_the_table_under_a_chart_has_the_numbers_of_its_file(tab: Tab) -> None:
    page = await shown(tab, "?span=month")
    figure = page.locator("figure#sent")
    await expect(figure.locator("canvas")).to_be_visible()
    await figure.locator("summary").click()
    table = [await row.locator("th, td").all_inner_texts() for row in await figure.locator("tbody tr").all()]
    async with page.expect_download() as coming:
        await figure.locator("[data-save=csv]").click()
    text = content(await (await coming.value).path()).decode()
    assert list(csv.reader(io.StringIO(text)))[1:] == table
    assert sum(int(count) for _, count in table) == int((await page.locator(".numbers dd a").first.inner_text()).replace(",", ""))


async def test_a_chart_is_saved_as_png_and_svg(tab: Tab) -> None:
    page = await shown(tab, "/funnel")
    await expect(page.locator("#funnel canvas")).to_be_visible()
    begins = {}
    for kind in ("png", "svg"):
        async with page.expect_download() as coming:
            await page.click(f"#funnel [data-save={kind}]")
        download = await coming.value
        assert download.suggested_filename == f"funnel.{kind}"
        begins[kind] = content(await download.path())[:8]
    assert begins["png"] == b"\x89PNG\r\n\x1a\n"
    assert begins["svg"].startswith(b"<svg")


async def test_a_click_on_a_bar_leads_to_the_accounts_behind_it(tab: Tab) -> None:
    page = await shown(tab, "/funnel")
    picture = page.locator("#funnel canvas")
    await expect(picture).to_be_visible()
    box = await picture.bounding_box()
    assert box is not None
    await picture.click(position={"x": box["width"] * 0.3, "y": 26})
    await expect(page.locator("h2")).to_contain_text("Accounts that came at least to")
    await expect(page.locator("#found")).to_contain_text("Acme Medical Group")


async def test_charts_take_the_colours_of_the_look_that_is_chosen(tab: Tab) -> None:
    page = await shown(tab, "/funnel")
    await expect(page.locator("#funnel canvas")).to_be_visible()
    pixels = "document.querySelector('#funnel canvas').toDataURL()"
    light = await page.evaluate(pixels)
    await page.emulate_media(color_scheme="dark")
    await page.wait_for_function(f"before => {pixels} !== before", arg=light)
