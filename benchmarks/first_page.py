"""`python -m benchmarks.first_page`: when the accounts page is seen, to a static page of the same size, in a real Chromium.

Both are opened in turns, each time by a browser that has seen nothing yet. The static page is the same HTML and the same sheet as files,
without the scripts, served by nothing but a file server. Printed is the middle of the largest contentful paints, as the browser tells
them, and how many bytes of the first page came over the wire.
"""

from __future__ import annotations

import asyncio
import re
import sys
from statistics import median
from typing import TYPE_CHECKING

from playwright.async_api import async_playwright
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.routing import Route
from tests.api.conftest import served
from tests.browser.conftest import CHROMIUM, DESKTOP, FLAGS, House, W, opened, site_of
from tests.homes import scratch_home

from accountgraph.postgres import EmbeddedServer
from accountgraph.schema import create_workspace

if TYPE_CHECKING:
    from playwright.async_api import Browser
    from playwright.async_api import Request as Asked
    from starlette.requests import Request

TIMES = 15
MOST, BUDGET = 1.5, 300  # times a static page; KB
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
  .observe({ type: "largest-contentful-paint", buffered: true }))"""


async def painted(browser: Browser, site: House, path: str) -> float:
    """Milliseconds to the largest contentful paint, in a new context."""
    async with opened(browser, site, "owner", DESKTOP, "light") as tab:
        await tab.page.goto(site.address + path)
        await tab.page.wait_for_timeout(300)
        found: float = await tab.page.evaluate(PAINTED)
        return found


async def weight(browser: Browser, site: House, path: str) -> float:
    """Kilobytes that came for a page and all that it loads."""
    sizes: list[int] = []

    async def done(request: Asked) -> None:
        sizes.append((await request.sizes())["responseBodySize"])

    async with opened(browser, site, "owner", DESKTOP, "light") as tab:
        tab.page.on("requestfinished", done)
        await tab.page.goto(site.address + path, wait_until="load")
        await tab.page.wait_for_timeout(1000)
    return sum(sizes) / 1000


async def still(browser: Browser, site: House, path: str) -> Starlette:
    """A server of the page's HTML without scripts, and of its sheet, picture and fonts, as files."""
    said: dict[str, tuple[bytes, str]] = {}
    async with opened(browser, site, "owner", DESKTOP, "light") as tab:
        wanted = [path]
        while wanted:
            answer = await tab.page.request.get(site.address + wanted[0])
            content, kind = await answer.body(), answer.headers["content-type"]
            if not kind.startswith("font"):
                content = re.sub(rb"<script.*?</script>|<link rel=.modulepreload.*?>", b"", content, flags=re.DOTALL)
                wanted += [one.decode() for one in re.findall(rb"/app/static/[\w./-]+\.(?:css|svg|woff2)\?v=\w+", content)]
            said[wanted[0]] = content, kind
            wanted = [one for one in dict.fromkeys(wanted) if one not in said]

    async def answer_with(request: Request) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        content, kind = said[request.url.path + query]
        return Response(content, media_type=kind)

    return Starlette(routes=[Route("/{path:path}", answer_with)], middleware=[Middleware(GZipMiddleware)])


async def main() -> int:
    """Open both in turns; 1 where a figure misses its target."""
    with scratch_home() as home:
        url = EmbeddedServer(home).start()
        create_workspace(url, "abm")
        async with site_of(url) as site, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            path = f"{W}/accounts"
            times: dict[str, list[float]] = {"ours": [], "static": []}
            async with served(await still(browser, site, path)) as client:
                other = House(str(client.base_url).rstrip("/"), site.db, site.registry, site.tokens)
                for _ in range(TIMES):
                    times["ours"].append(await painted(browser, site, path))
                    times["static"].append(await painted(browser, other, path))
            kilobytes = await weight(browser, site, path)
            await browser.close()
    seen, of_file = (median(times[kind][1:]) for kind in ("ours", "static"))
    print(f"largest contentful paint: {seen:.0f} ms, of the static page {of_file:.0f} ms: {seen / of_file:.2f}, at most {MOST}")
    print(f"first page: {kilobytes:.0f} KB over the wire, at most {BUDGET}")
    return int(seen / of_file > MOST or kilobytes > BUDGET)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
