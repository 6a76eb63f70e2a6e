"""The dashboard on a real port over a real database, and people at browsers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.actor import NOWHERE
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.passwords import Passwords
from accountgraph.access.people.sessions import SESSION_COOKIE, begin_session
from accountgraph.access.people.users import create_user
from accountgraph.api import Parts, Workspaces, api_app
from accountgraph.api.limits import Limits
from accountgraph.api.recognising import Recogniser
from accountgraph.dashboard import Setup, dashboard_app
from accountgraph.dashboard.forms import SAID
from accountgraph.dashboard.visits import LOOK
from accountgraph.demo import load_reference_account
from accountgraph.serving import Site
from accountgraph.web import Parts as PublicParts
from accountgraph.web import public_app
from tests.access.conftest import QUICK
from tests.api.conftest import served
from tests.dashboard.html import Page, page
from tests.databases import scratch_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    import httpx

    from accountgraph.db import Database
    from accountgraph.demo import DemoAccount
    from tests.beginnings import Beginnings, Make

ROOT = at_command_line("root")
TOKEN = "t" * 43
W = "/app/w/abm"
OUR_SCRIPTS = 2  # that a page of a workspace loads


@dataclass
class Browser:
    """Somebody's browser: it keeps the session's cookie, and says where a form comes from as browsers do."""

    client: httpx.AsyncClient
    parts: Parts
    cookie: str | None = None
    said: str | None = None  # the cookie that tells the next page what was done
    look: str | None = None

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=self._headers() | headers)

    async def page(self, path: str, status: int = 200) -> Page:
        """A page with nothing wrong, under our policy."""
        answer = await self.get(path)
        assert answer.status_code == status, answer.text
        assert_guarded(answer)
        return page(answer.text)

    async def post(self, path: str, fields: Mapping[str, str | list[str]], **headers: str) -> httpx.Response:
        kinds = {"Content-Type": "application/x-www-form-urlencoded", "Origin": str(self.client.base_url).rstrip("/")}
        answer = await self.client.post(path, content=urlencode(fields, doseq=True), headers=self._headers() | kinds | headers)
        for set_cookie in answer.headers.get_list("set-cookie"):
            name, _, value = set_cookie.partition(";")[0].partition("=")
            assert name in {SESSION_COOKIE.name, SAID, LOOK}
            if name == LOOK:
                self.look = value.strip('"') or None
            elif name == SAID:
                self.said = value
            else:
                self.cookie = value.strip('"') or None
        return answer

    async def as_role(self, role: str, *workspaces: str) -> Browser:
        """Another browser, in which a user of this role is logged in."""
        registry = self.parts.recognise.registry
        user = await create_user(registry, f"{role}.{len(workspaces)}@ours.com", by=ROOT, name=f"The {role}")
        for workspace in workspaces or ("abm",):
            await add_member(registry, workspace, user.id, Role(role), by=ROOT)
        return Browser(self.client, self.parts, (await begin_session(registry, user.id, NOWHERE)).token)

    async def member_without(self) -> Browser:
        """A browser of a user who is in no workspace."""
        user = await create_user(self.parts.recognise.registry, "nobody@ours.com", by=ROOT)
        return Browser(self.client, self.parts, (await begin_session(self.parts.recognise.registry, user.id, NOWHERE)).token)

    def _headers(self) -> dict[str, str]:
        cookies = {SESSION_COOKIE.name: self.cookie, SAID: self.said, LOOK: self.look}
        sent = "; ".join(f"{name}={value}" for name, value in cookies.items() if value)
        return {"Accept": "text/html", **({"Cookie": sent} if sent else {})}

    async def page_of(self, path: str, fields: Mapping[str, str | list[str]], back: str, status: int = 200) -> Page:
        """The page that a form of the page `back` is answered with at once."""
        csrf = (await self.page(back)).hidden["csrf"]
        answer = await self.post(path, {"csrf": csrf, **fields})
        assert answer.status_code == status, answer.text
        assert_guarded(answer)
        return page(answer.text)

    async def upload(self, path: str, fields: Mapping[str, str], name: str, content: bytes) -> httpx.Response:
        """Send a form with a file."""
        headers = self._headers() | {"Origin": str(self.client.base_url).rstrip("/")}
        return await self.client.post(path, data=dict(fields), files={"file": (name, content)}, headers=headers)

    async def do(self, path: str, fields: Mapping[str, str | list[str]], back: str) -> Page:
        """Send a form of the page `back`, and look at the page that it leads to."""
        csrf = (await self.page(back)).hidden["csrf"]
        origin = str(self.client.base_url).rstrip("/")
        answer = await self.post(path, {"csrf": csrf, **fields}, Referer=f"{origin}{back}")
        assert answer.status_code == 303, answer.text
        to = answer.headers["location"]
        shown = await self.page(to)
        self.said = None
        return shown


def assert_guarded(answer: httpx.Response) -> None:
    """What every answer carries."""
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= set(policy.split("; "))
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.fixture
def url(server_url: str, request: pytest.FixtureRequest, beginnings: Beginnings, beginning: Make | None) -> Iterator[str]:
    """A database of this test's own: with the reference account for a test that asks for `demo`, else as it begins."""
    empty_or_demo: str = request.getfixturevalue("demo_template" if "demo" in request.fixturenames else "template")
    with scratch_database(server_url, beginnings.template(beginning) if beginning else empty_or_demo) as url:
        yield url


@pytest.fixture
async def demo(db: Database) -> DemoAccount:
    """The reference account."""
    return await load_reference_account(db)


@pytest.fixture
async def browser(url: str) -> AsyncIterator[Browser]:
    """A browser in which nobody is logged in, before the whole server."""
    registry = Registry(url)
    parts = Parts(Workspaces(url), Recogniser(registry, passwords=Passwords(QUICK)), limits=Limits(None))
    dashboard = dashboard_app(parts, Setup("abm", TOKEN))
    public = public_app(PublicParts(url))
    site: Any = Site(public, {"/api/": api_app(parts), "/app/": dashboard}, home=dashboard)
    async with served(site) as client:
        yield Browser(client, parts)


async def with_password(browser: Browser, email: str, password: str, role: Role = Role.MEMBER) -> None:
    """A user who logs in by a password."""
    made = await browser.parts.recognise.passwords.new(password, email)
    user = await create_user(browser.parts.recognise.registry, email, by=ROOT, password=made)
    await add_member(browser.parts.recognise.registry, "abm", user.id, role, by=ROOT)
