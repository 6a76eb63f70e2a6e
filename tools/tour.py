"""Makes the screenshots of docs/tour.md anew: the rich demo, served from this checkout, looked at by Debian's Chromium.

    python tools/tour.py            # all of them
    python tools/tour.py accounts   # those whose name holds this

It starts a server of its own in a temporary folder, loads the demo there, and leaves nothing behind but docs/tour/*.png.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the tests' browser and server are used here too

from tests.browser.conftest import CHROMIUM, FLAGS, Tab, W, opened, site_of  # noqa: E402
from tests.homes import scratch_home  # noqa: E402

from accountgraph.postgres import EmbeddedServer  # noqa: E402
from accountgraph.schema import create_workspace  # noqa: E402

if TYPE_CHECKING:
    from playwright.async_api import Browser
    from tests.browser.conftest import House

FOLDER = ROOT / "docs" / "tour"


@dataclass(frozen=True)
class Shot:
    """A picture: a page, and what is done there before it is taken: `key:`, `type:`, `click:` or `wait:` a selector."""

    name: str
    path: str
    steps: tuple[str, ...] = ()
    size: tuple[int, int] = (1440, 900)
    look: str = "light"


SHOTS = (
    Shot("accounts", "accounts"),
    Shot("accounts-dark", "accounts", look="dark"),
    Shot("palette", "accounts", ("key:Control+k", "type:halvor", "wait:dialog.palette [aria-selected=true]")),
    Shot("account", "accounts?q=Halvorsen", ("click:tbody th a", "wait:canvas")),
    Shot("account-dark", "accounts?q=Halvorsen", ("click:tbody th a", "wait:canvas"), look="dark"),
    Shot("person", "people?q=Sarah+Williams", ("click:tbody th a", "wait:h1")),
    Shot("campaigns", "campaigns"),
    Shot("campaign", "campaigns", ("click:text=demo-autumn-depots", "wait:#main h1")),
    Shot("editor", "campaigns/new/edit?from=cold-account"),
    Shot("inbox", "inbox", ("key:j", "key:Enter")),
    Shot("tasks", "tasks", ("key:j", "key:Enter")),
    Shot("approvals", "approvals", ("key:j", "key:Enter")),
    Shot("analytics", "analytics", ("wait:canvas",)),
    Shot("funnel", "analytics/funnel", ("wait:canvas",)),
    Shot("hours", "analytics/hours", ("wait:canvas",)),
    Shot("import", "imports"),
    Shot("settings", "settings"),
    Shot("phone-accounts", "accounts", size=(360, 740)),
    Shot("phone-inbox", "inbox", size=(360, 740), look="dark"),
)


async def main(wanted: str) -> None:
    """Take them."""
    from playwright.async_api import async_playwright  # noqa: PLC0415

    FOLDER.mkdir(exist_ok=True)
    async with AsyncExitStack() as stack:
        home = stack.enter_context(scratch_home())
        url = EmbeddedServer(home).start()
        create_workspace(url, "abm")
        house = await stack.enter_async_context(site_of(url))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for shot in SHOTS:
            if wanted in shot.name:
                await take(browser, house, shot)


async def take(browser: Browser, house: House, shot: Shot) -> None:
    """Take one."""
    async with opened(browser, house, "owner", shot.size, shot.look) as tab:
        page = await tab.go(f"{W}/{shot.path}")
        for step in shot.steps:
            what, _, value = step.partition(":")
            if what == "key":
                await page.keyboard.press(value)
            elif what == "type":
                await page.keyboard.type(value)
            elif what == "click":
                await page.locator(value).first.click()
            else:
                await page.wait_for_selector(value)
        await settled(tab)
        await page.screenshot(path=FOLDER / f"{shot.name}.png")
    print(shot.name, flush=True)


async def settled(tab: Tab) -> None:
    """Wait until nothing is loaded any more, and what was drawn stands."""
    await tab.page.wait_for_timeout(1500)  # a page that listens for changes is never without a request


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else ""))
