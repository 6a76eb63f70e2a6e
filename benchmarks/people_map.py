"""`python -m benchmarks.people_map`: how long a browser is held up by the map of 500 people, once it is drawn.

A real Chromium opens the page of an account with 500 people, then does what people do there: it opens departments until everybody is
shown, changes to the organisation chart and back, and draws the map larger. Printed are the tasks of the page's thread of more than 50 ms
(as `PerformanceObserver` tells them) before and after the first drawing, and of the longest the time that the processor spent on it:
on a machine that is busy with other things a task takes longer than that. After the first drawing none should take more than 200 ms.
"""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright
from tests.browser.conftest import CHROMIUM, DESKTOP, FLAGS, opened, site_of
from tests.homes import scratch_home

from accountgraph.listing.graph import page_contacts
from accountgraph.postgres import EmbeddedServer
from accountgraph.schema import create_workspace
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.relationships import RelationshipRepository

if TYPE_CHECKING:
    from uuid import UUID

    from playwright.async_api import Page

    from accountgraph.db import Database

PEOPLE, DEPARTMENTS = 500, 14
MOST = 200  # ms of a task
WATCH = """() => {
  window.longTasks = [];
  const keep = (list) => window.longTasks.push(...list.getEntries().map((one) => one.duration));
  new PerformanceObserver(keep).observe({ type: "longtask", buffered: true });
}"""
REST = "() => new Promise((done) => setTimeout(done, 1500))"


async def account(db: Database) -> UUID:
    """An account with 500 people, each of whom reports to somebody and knows somebody."""
    random = Random(7)
    company = await CompanyRepository(db).create_company({"name": "Vantage Grid"})
    given = [
        {"company_id": company.id, "first_name": f"Person {n}", "title": "Engineer", "department": f"Department {n % DEPARTMENTS}"}
        for n in range(PEOPLE)
    ]
    await ContactRepository(db).create_many(given)
    ids = [one.id for one in (await page_contacts(db, company_id=company.id, limit=1000)).items]
    edges = [
        {"contact_id_1": ids[n], "contact_id_2": ids[random.randrange(n)], "relationship_type": "reports_to", "strength": "medium"}
        for n in range(1, PEOPLE)
    ]
    await RelationshipRepository(db).create_many(edges)
    return company.id


async def taken(page: Page, words: str, script: str) -> None:
    """Print the long tasks that a script sets off."""
    await page.evaluate("window.longTasks.length = 0")
    browser = page.context.browser
    assert browser is not None
    await browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"])
    await page.evaluate(script)
    await page.evaluate(REST)
    traced = json.loads(await browser.stop_tracing())["traceEvents"]
    show(words, await page.evaluate("window.longTasks"), processor(traced))


def processor(traced: list[dict[str, Any]]) -> float:
    """The most time, in ms, that the processor spent on one task of a page's thread."""
    threads = {(one["pid"], one["tid"]) for one in traced if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"}
    tasks = [one for one in traced if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in threads]
    spent = [one["tdur"] / 1000 for one in tasks if "tdur" in one]
    return max(spent, default=0.0)


async def measure(page: Page, path: str) -> None:
    """Open the page, and do what people do there."""
    await page.add_init_script(f"({WATCH})()")
    await page.goto(path)
    await page.wait_for_selector(".map[data-drawn]")
    await page.evaluate(REST)
    show("until it is drawn", await page.evaluate("window.longTasks"))
    map_ = "document.querySelector('.map').map"
    await taken(page, "a department is opened", f"() => {map_}.click('group Department 3')")
    everybody = "".join(f"{map_}.open.add('Department {n}');" for n in range(DEPARTMENTS))
    await taken(page, "everybody is shown", f"() => {{ {everybody} return {map_}.draw(); }}")
    await taken(page, "it is drawn larger", "() => document.querySelector('[data-zoom=closer]').click()")
    await taken(page, "the organisation chart", "() => document.querySelector('[data-layout-link=org]').click()")
    await taken(page, "and back", "() => document.querySelector('[data-layout-link=graph]').click()")


def show(words: str, tasks: list[float], spent: float | None = None) -> None:
    """A line of what was measured."""
    said = f"{len(tasks)} over 50 ms, the longest {max(tasks):.0f} ms" if tasks else "none over 50 ms"
    print(f"{words:<24} {said}{'' if spent is None else f'; the processor spent {spent:.0f} ms on one at most'}")
    if spent is not None and spent > MOST:
        print(f"{'':<24} more than {MOST} ms")


async def main() -> None:
    """Serve, open, measure."""
    with scratch_home() as home:
        url = EmbeddedServer(home).start()
        create_workspace(url, "abm")
        async with site_of(url) as site, async_playwright() as playwright:
            company_id = await account(site.db)
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            async with opened(browser, site, "owner", DESKTOP, "light") as tab:
                await measure(tab.page, f"{site.address}/app/w/abm/accounts/{company_id}")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
