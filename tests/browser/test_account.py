"""The map of people in a browser: a click opens somebody, places stay, departments open, and it is all there without the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from playwright.async_api import expect

from accountgraph.demo import load_reference_account
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.relationships import RelationshipRepository
from tests.browser.conftest import House, Tab, W

if TYPE_CHECKING:
    from playwright.async_api import Page

# The places of some people, asked for twice and in another order the second time.
TWICE = """async (people) => {
  const address = performance.getEntriesByType("resource").map((one) => one.name).find((name) => name.includes("people-layout"));
  const layout = await import(address);
  const edges = people.slice(1).map((one, at) => ({ a: people[at].id, b: one.id, strength: "medium" }));
  const told = async (nodes, lines) => JSON.stringify([...await layout.graphPlaces(nodes, lines)].sort());
  return [await told(people, edges), await told([...people].reverse(), [...edges].reverse())];
}"""


async def opened(tab: Tab, company_id: UUID, query: str = "") -> Page:
    """The account's page, once its map is drawn."""
    page = await tab.go(f"{W}/accounts/{company_id}{query}")
    await page.wait_for_selector(".map[data-drawn]")
    return page


async def at(page: Page, name: str) -> dict[str, float]:
    """Where somebody stands on the screen."""
    script = """(name) => {
      const map = document.querySelector(".map").map, box = map.element.getBoundingClientRect();
      const shown = map.shown.find((who) => (who.name ?? who.group) === name);
      const node = map.chart.getOption().series[0].data.find((one) => one.name === shown.id);
      return { x: box.x + node.x, y: box.y + node.y };
    }"""
    found: dict[str, float] = await page.evaluate(script, name)
    return found


async def many(site: House, name: str) -> UUID:
    """An account with 90 people in three departments."""
    company = await CompanyRepository(site.db).create_company({"name": name})
    given = [{"company_id": company.id, "first_name": f"Person {n}", "department": f"Department {n % 3}"} for n in range(90)]
    await ContactRepository(site.db).create_many(given)
    return company.id


async def test_a_click_opens_somebody_and_escape_closes(tab: Tab) -> None:
    demo = await load_reference_account(tab.site.db)
    page = await opened(tab, demo.company_id)
    place = await at(page, "Michael Chen")
    await page.mouse.click(place["x"], place["y"])
    await expect(page.locator("#beside h2")).to_have_text("Michael Chen")
    await page.keyboard.press("Escape")
    await expect(page.locator("#beside")).to_be_hidden()


async def test_enter_in_the_table_opens_somebody_and_the_focus_comes_back(tab: Tab) -> None:
    demo = await load_reference_account(tab.site.db)
    page = await opened(tab, demo.company_id)
    await page.locator("tbody th a", has_text="Lisa Anderson").last.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#beside h2")).to_have_text("Lisa Anderson")
    await page.keyboard.press("Escape")
    await expect(page.locator("tbody th a", has_text="Lisa Anderson").last).to_be_focused()


async def test_the_organisation_chart_is_a_click_away_and_in_the_address(tab: Tab) -> None:
    demo = await load_reference_account(tab.site.db)
    page = await opened(tab, demo.company_id)
    await page.get_by_role("link", name="Organisation chart").click()
    await expect(page.get_by_role("link", name="Organisation chart")).to_have_attribute("aria-current", "true")
    assert page.url.endswith("?map=org")
    boss, below = await at(page, "Sarah Williams"), await at(page, "Lisa Anderson")
    assert boss["y"] < below["y"]


async def test_the_same_people_have_the_same_places(tab: Tab) -> None:
    demo = await load_reference_account(tab.site.db)
    page = await opened(tab, demo.company_id)
    people: list[dict[str, Any]] = [{"id": str(UUID(int=n + 1)), "role": "other" if n % 3 else "champion"} for n in range(40)]
    first, second = await page.evaluate(TWICE, people)
    assert first == second


async def test_many_people_stand_for_their_department_until_it_is_clicked(tab: Tab) -> None:
    page = await opened(tab, await many(tab.site, "Many people"))
    assert await page.evaluate("document.querySelector('.map').map.shown.length") == 3
    place = await at(page, "Department 1")
    await page.mouse.click(place["x"], place["y"])
    await page.wait_for_function("document.querySelector('.map').map.shown.length === 32")


async def test_pointing_at_somebody_says_the_way_to_them(tab: Tab) -> None:
    company = await CompanyRepository(tab.site.db).create_company({"name": "Nobody in touch"})
    made = [await ContactRepository(tab.site.db).create_contact({"company_id": company.id, "first_name": one}) for one in ("Kim", "Lou")]
    edge = {"contact_id_1": made[0].id, "contact_id_2": made[1].id, "relationship_type": "colleagues"}
    await RelationshipRepository(tab.site.db).create_relationship(edge)
    page = await opened(tab, company.id)
    place = await at(page, "Kim")
    await page.mouse.move(place["x"], place["y"])
    await expect(page.locator("#map-says")).to_contain_text("Nobody who is in touch with us")


@pytest.mark.parametrize("query", ["", "?map=org"])
async def test_the_page_is_valid_accessible_and_fits(tab: Tab, query: str) -> None:
    demo = await load_reference_account(tab.site.db)
    await opened(tab, demo.company_id, query)
    await tab.check()


async def test_somebody_beside_the_map_is_accessible(tab: Tab) -> None:
    demo = await load_reference_account(tab.site.db)
    page = await opened(tab, demo.company_id)
    await page.locator("tbody th a", has_text="Michael Chen").last.click()
    await expect(page.locator("#beside h2")).to_be_visible()
    await tab.check_access()
