"""A real browser before the whole server: Debian's Chromium, driven by Playwright. Without one, these tests are skipped with a word.

The server, its database, the browser and its tab live as long as the run, for a new tab has to compile every script again. A test finds the
tab empty: no cookie but its own, nothing stored, nothing said. What a test changes it makes itself, since the others look at the same
workspace.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zlib import crc32

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.actor import NOWHERE
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.sessions import SESSION_COOKIE, begin_session
from accountgraph.access.people.users import create_user
from accountgraph.analytics.snapshots import backfill_health, snapshot_health
from accountgraph.api import Parts, Workspaces, api_app
from accountgraph.api.limits import Limits
from accountgraph.api.recognising import Recogniser
from accountgraph.dashboard import Setup, dashboard_app
from accountgraph.db import Database
from accountgraph.demo import load_reference_account
from accountgraph.demo.rich import load_rich_demo
from accountgraph.serving import Site
from accountgraph.web import Parts as PublicParts
from accountgraph.web import public_app
from tests.api.conftest import served
from tests.dashboard.html import Page as Strict
from tests.databases import scratch_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VALIDATE = ROOT / "node_modules" / "html-validate"
VALIDATING = ROOT / "tests" / "browser" / "validating.mjs"
W = "/app/w/abm"
# To an empty page of the same origin: the process that draws pages stays, and with it the scripts that it compiled.
LEAVE = "location = URL.createObjectURL(new Blob([''], { type: 'text/html' }))"
DESKTOP, PHONE, WIDE = (1280, 800), (360, 740), (2560, 1440)
LOOKS = [(DESKTOP, "light"), (PHONE, "dark"), (DESKTOP, "dark"), (PHONE, "light"), (WIDE, "light")]
IS_SOAK = bool(os.environ.get("ACCOUNTGRAPH_SOAK"))
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is right, each element with its HTML, is much and stays in the browser.
RUN_AXE = """async ([exclude, runOnly]) => (await axe.run({ exclude }, { runOnly, resultTypes: ["violations"] })).violations"""
# Rows that one loop draws are one another's like: Axe looks at the first of them, the soak at all.
MORE_OF_THE_SAME = [] if IS_SOAK else ["tbody > tr:nth-child(n+9)", "main li:nth-child(n+9)", "option:nth-child(n+20)"]
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--in-process-gpu",
    "--disable-software-rasterizer",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder share one loop, in which the server and the browser are; without a browser they are skipped."""
    here = [item for item in items if "tests/browser" in item.path.as_posix()]
    for item in here:
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        if CHROMIUM is None:
            item.add_marker(pytest.mark.skip(reason="There is no Chromium here; on Debian: apt-get install chromium."))


@dataclass
class House:
    """The server, with the demo workspace, and who can log in there."""

    address: str
    db: Database
    registry: Registry
    tokens: dict[str, str] = field(default_factory=dict)

    async def token(self, role: str) -> str:
        """The session of a user of this role."""
        if role not in self.tokens:
            user = await create_user(self.registry, f"{role}@ours.com", by=at_command_line("root"), name=f"Ada {role.title()}")
            await add_member(self.registry, "abm", user.id, Role(role), by=at_command_line("root"))
            self.tokens[role] = (await begin_session(self.registry, user.id, NOWHERE)).token
        return self.tokens[role]


class Validator:
    """html-validate, which is started once a run and asked page by page."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._asked, self._told = process.stdin, process.stdout

    async def problems(self, text: str) -> list[str]:
        """What is wrong with a page, by its lines."""
        self._asked.write(json.dumps(text).encode() + b"\n")
        await self._asked.drain()
        found: list[str] = json.loads(await self._told.readline())
        return found


@dataclass
class Tab:
    """A tab of somebody's browser. `problems`: what the console said, and every request that left the host."""

    page: Page
    site: House
    validator: Validator | None = None
    problems: list[str] = field(default_factory=list)

    async def begin(self, role: str | None, size: tuple[int, int], look: str) -> None:
        """Whoever is logged in here is of this role, and has a screen of this size."""
        width, height = size
        await self.page.set_viewport_size({"width": width, "height": height})
        await self.page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
        if role:
            await self.page.context.add_cookies([await _session(self.site, role)])  # type: ignore[list-item]

    async def end(self) -> None:
        """Leave the page, and with it all that it kept in the browser; nothing was said in the console, and nothing left the host."""
        await self.page.evaluate(LEAVE)
        await self.page.wait_for_url("blob:**")
        await self.page.evaluate("[localStorage, sessionStorage].forEach((kept) => kept.clear())")
        await self.page.context.clear_cookies()
        await self.page.mouse.move(0, 0)
        problems = self.problems.copy()
        self.problems.clear()
        assert problems == []

    async def go(self, path: str) -> Page:
        """Open a page and wait until it is ready for keys and clicks."""
        answer = await self.page.goto(self.site.address + path)
        assert answer is not None
        assert answer.status < 400, await self.page.inner_text("main")
        await self.ready()
        return self.page

    async def ready(self) -> None:
        """Wait until the page's scripts stand."""
        if await self.page.locator("body.with-side").count():
            await self.page.wait_for_selector("html[data-ready]", state="attached")

    async def check(self) -> None:
        """The page is valid, no wider than any screen, and accessible: in the soak in every look, else in one that its address chooses."""
        await self.check_html()
        address = _ID.sub("", urlsplit(self.page.url).path)  # ids are others in each run
        chosen = LOOKS[crc32(address.encode()) % len(LOOKS)]
        for (width, height), look in LOOKS if IS_SOAK else [chosen]:
            await self.page.set_viewport_size({"width": width, "height": height})
            await self.page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
            await self.page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
            await self.check_access()
        for width, height in (PHONE, DESKTOP, WIDE):
            await self.page.set_viewport_size({"width": width, "height": height})
            wide = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{wide} px wider than the screen at {width}"

    async def check_access(self) -> None:
        """Axe finds nothing serious, nor anything moderate, of WCAG 2.2 AA."""
        if not AXE.exists():
            pytest.skip("axe-core is not here; npm ci brings it.")
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(AXE.read_text())  # as the debugger does, which no policy of the page is asked for
        found = await self.page.evaluate(RUN_AXE, [MORE_OF_THE_SAME, WCAG])
        wrong = [one for one in found if one["impact"] in {"moderate", "serious", "critical"}]
        assert not wrong, "\n".join(f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes'][:3]]}" for one in wrong)

    async def check_html(self) -> None:
        """What the server sent is valid, and nothing in it is inline."""
        answer = await self.page.request.get(self.page.url)
        text = await answer.text()
        assert Strict(text).problems == []
        if self.validator is not None:
            assert await self.validator.problems(text) == []


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(server_url: str, template: str) -> AsyncIterator[House]:
    """The whole server on a port."""
    with scratch_database(server_url, template) as address:
        async with site_of(address) as house:
            yield house


@asynccontextmanager
async def site_of(address: str) -> AsyncIterator[House]:
    """The whole server over an empty workspace of this database, which is filled first."""
    async with Database(address, workspace="abm") as db:
        await fill(db)
        registry = Registry(address)
        parts = Parts(Workspaces(address), Recogniser(registry), limits=Limits(None))
        dashboard = dashboard_app(parts, Setup("abm", "t" * 43))
        whole: Any = Site(public_app(PublicParts(address)), {"/api/": api_app(parts), "/app/": dashboard}, home=dashboard)
        async with served(whole) as client:
            yield House(str(client.base_url).rstrip("/"), db, registry)


async def fill(db: Database) -> None:
    """What there is to look at."""
    await load_reference_account(db)
    await load_rich_demo(db)
    await backfill_health(db)
    await snapshot_health(db)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def validator() -> AsyncIterator[Validator | None]:
    """What looks at the HTML; None where npm did not bring it."""
    if not VALIDATE.exists():
        yield None
        return
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("node", str(VALIDATING), stdin=pipe, stdout=pipe)
    yield Validator(process)
    process.kill()
    await process.communicate()


@asynccontextmanager
async def opened(
    chromium: Browser, site: House, role: str | None, size: tuple[int, int], look: str, *, validator: Validator | None = None
) -> AsyncIterator[Tab]:
    """A tab, in which somebody of this role is logged in; afterwards: nothing was said in the console, and nothing left the host."""
    context = await chromium.new_context()
    context.set_default_timeout(10_000)
    tab = Tab(await context.new_page(), site, validator)
    _listen(context, tab)
    await tab.begin(role, size, look)
    try:
        yield tab
    finally:
        await context.close()
    assert tab.problems == []


async def _session(site: House, role: str) -> dict[str, str | bool]:
    """The cookie of somebody of this role."""
    address = site.address.replace("http:", "https:")
    return {"name": SESSION_COOKIE.name, "value": await site.token(role), "url": address, "secure": True, "httpOnly": True}


def _listen(context: BrowserContext, tab: Tab) -> None:
    def heard(said: ConsoleMessage) -> None:
        # A form that is drawn again with what is wrong in it is answered 422 or 409, and Chromium calls that an error.
        if said.type in {"error", "warning"} and "status of 422" not in said.text and "status of 409" not in said.text:
            tab.problems.append(f"{said.type}: {said.text}")

    tab.page.on("console", heard)
    tab.page.on("pageerror", lambda error: tab.problems.append(str(error)))
    host = urlsplit(tab.site.address).netloc
    context.on(
        "request",
        lambda asked: tab.problems.append(f"left the host: {asked.url}") if urlsplit(asked.url).netloc not in {host, ""} else None,
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seat(chromium: Browser, site: House, validator: Validator | None) -> AsyncIterator[Tab]:
    """The tab of all tests, in which nobody is logged in."""
    async with opened(chromium, site, None, DESKTOP, "light", validator=validator) as tab:
        yield tab


@pytest_asyncio.fixture(loop_scope="session")
async def tab(seat: Tab, request: pytest.FixtureRequest) -> AsyncIterator[Tab]:
    """A member's tab; a test that has `size` and `look` among its arguments gets it so."""
    given = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    await seat.begin(given.get("role", "owner"), given.get("size", DESKTOP), given.get("look", "light"))
    yield seat
    await seat.end()
