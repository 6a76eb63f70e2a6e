"""Every link of ours leads somewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from starlette.routing import Match, Route

from accountgraph.dashboard import Setup, dashboard_app
from accountgraph.demo import DOMAIN, load_reference_account
from tests.dashboard.campaigns import office, started
from tests.dashboard.conftest import TOKEN, Browser, W
from tests.dashboard.html import Page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import FastAPI

    from accountgraph.db import Database

MOST = 400  # pages that are looked at
STREAMS = {f"{W}/changes"}  # answers that do not end


def _kind(app: FastAPI, link: str) -> str:
    """What pages of one kind have in common: their route, and what is asked of it; a link to nowhere is its own kind."""
    parts = urlsplit(link)
    scope = {"type": "http", "method": "GET", "path": parts.path, "root_path": ""}
    route = next((one.path for one in app.router.routes if isinstance(one, Route) and one.matches(scope)[0] is Match.FULL), parts.path)
    return f"{route}?{'&'.join(sorted(one.partition('=')[0] for one in parts.query.split('&')))}"


def _inside(page: str, links: Iterable[str]) -> list[str]:
    whole = [urljoin(page, link).partition("#")[0] for link in links if not link.startswith("#")]
    return [link for link in whole if link.startswith(("/app", "/api")) and urlsplit(link).path not in STREAMS]


@pytest.mark.parametrize("role", ["owner", "viewer"])
async def test_every_link_of_the_pages_leads_somewhere(browser: Browser, db: Database, role: str) -> None:
    await load_reference_account(db)
    await office(db)
    await started(db, name="spring", audience={"companies": [DOMAIN]})
    who = await browser.as_role(role)
    app = dashboard_app(browser.parts, Setup("abm", TOKEN))
    waiting, seen, broken = [(f"{W}/start", "the login"), (f"{W}/accounts", "the login")], set[str](), list[str]()
    while waiting and len(seen) < MOST:
        link, source = waiting.pop(0)
        if (kind := _kind(app, link)) in seen:
            continue
        seen.add(kind)
        answer = await who.get(link)
        if answer.status_code >= 400:
            broken.append(f"{link} on {source}: {answer.status_code}")
        elif answer.is_redirect:
            waiting += [(one, source) for one in _inside(link, [answer.headers["location"]])]
        elif answer.headers["content-type"].startswith("text/html") and answer.text.startswith("<!DOCTYPE"):
            waiting += [(one, link) for one in _inside(link, Page(answer.text).links)]
    assert broken == []
    assert len(seen) > 30, "the pages lead to each other"
