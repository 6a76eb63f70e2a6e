"""A mailbox is logged in at its service by a browser: only by who began it, once, and nothing is kept of what does not work."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from aiosmtpd.smtp import AuthResult

from accountgraph.access import Role, at_command_line
from accountgraph.access.actor import NOWHERE
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.sessions import SESSION_COOKIE, begin_session, csrf_token
from accountgraph.access.people.users import create_user
from accountgraph.mailboxes.login.grants import Service, service_named
from accountgraph.schema import create_workspace
from accountgraph.store.sealing import new_key
from tests.api.conftest import opened
from tests.channels.post_office import PostOffice
from tests.db.uploads.looking import value
from tests.mailboxes.imap_server import USER, ImapServer
from tests.mailboxes.token_server import TokenServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from accountgraph.db import Database
    from tests.api.conftest import Asker

ROOT = at_command_line("root")


class Office(PostOffice):
    """Takes the token that the service gives first."""

    async def auth_XOAUTH2(self, server: object, args: list[str]) -> AuthResult:  # noqa: N802
        is_right = b64decode(args[1]) == f"user={USER}\x01auth=Bearer t-1\x01\x01".encode()
        return AuthResult(success=is_right, handled=False, auth_data=b"me")


@dataclass
class Place:
    """A server with a mail service beside it, and a sender whose mailbox is to be connected."""

    api: Asker
    service: TokenServer
    sender_id: str
    servers: dict[str, Any]

    def body(self, **changes: Any) -> dict[str, Any]:
        return {"service": "google", "client_id": "mine", "client_secret": "s3cret", **self.servers, **changes}

    async def begin(self, browser: Browser | None = None, **changes: Any) -> dict[str, list[str]]:
        """What the address says that the browser is sent to."""
        path, body = f"/mailboxes/{self.sender_id}/authorize", self.body(**changes)
        answer = await (browser.send("POST", path, json=body) if browser else self.api.post(path, body))
        assert answer.status_code == 200, answer.text
        url = answer.json()["url"]
        assert url.startswith(f"{self.service.base}/authorize?")
        asked = parse_qs(urlsplit(url).query)
        self.service.challenge = asked["code_challenge"][0]
        return asked

    async def browser(self, role: str = "admin", workspace: str = "abm") -> Browser:
        registry = self.api.keys.registry
        user = await create_user(registry, f"{role}@{workspace}.com", by=ROOT)
        await add_member(registry, workspace, user.id, Role(role), by=ROOT)
        return Browser(self.api, (await begin_session(registry, user.id, NOWHERE)).token)


@dataclass
class Browser:
    """A browser in which somebody is logged in; None: nobody."""

    api: Asker
    token: str | None

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Cookie": f"{SESSION_COOKIE.name}={self.token}", "X-CSRF-Token": csrf_token(self.token)} if self.token else {}
        return await self.api.client.request(method, f"/api/v1{path}", headers=headers, **options)

    async def back(self, asked: dict[str, list[str]], **changes: str) -> httpx.Response:
        """What the service sends the browser back with."""
        path = urlsplit(asked["redirect_uri"][0]).path.removeprefix("/api/v1")
        return await self.send("GET", path, params={"code": "c-1", "state": asked["state"][0], **changes})


@pytest.fixture
async def place(url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    monkeypatch.setenv("ACCOUNTGRAPH_SECRET_KEY", new_key())
    async with TokenServer().open() as service, ImapServer().open() as imap, Office().open(auth_require_tls=False) as office:

        def at_home(name: str, tenant: str, *, is_api: bool) -> Service:
            return service_named(name, tenant, is_api=is_api).at(service.base)

        imap.token = "t-1"
        servers = {
            "imap": {"host": "127.0.0.1", "port": imap.port, "tls": "none"},
            "smtp": {"host": "127.0.0.1", "port": office.port, "tls": "none"},
        }
        async with opened(url, mail_services=at_home) as api:
            sender = await api.made("/senders", {"address": USER})
            yield Place(api, service, sender["id"], servers)


async def test_browser_that_comes_back_connects_the_mailbox(place: Place, db: Database) -> None:
    browser = await place.browser()
    asked = await place.begin(browser, return_to="/app/w/abm/settings")
    assert (asked["client_id"], asked["login_hint"], asked["code_challenge_method"]) == (["mine"], [USER], ["S256"])
    answer = await browser.back(asked)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/app/w/abm/settings"), answer.text
    mailbox = (await place.api.get(f"/mailboxes/{place.sender_id}")).json()
    assert (mailbox["protocol"], mailbox["transport"], mailbox["settings"]["oauth"]) == ("imap", "smtp", f"secret:mailbox {USER}")
    assert place.service.asked[0]["client_secret"] == "s3cret"
    assert place.service.asked[0]["redirect_uri"] == asked["redirect_uri"][0]
    who = await value(db, "SELECT array_agg(DISTINCT actor_name) FROM audit_log WHERE table_name = 'mailboxes'")
    assert who == ["admin@abm.com"]


async def test_login_works_once(place: Place) -> None:
    browser = await place.browser()
    asked = await place.begin(browser)
    assert (await browser.back(asked)).status_code == 303
    assert (await browser.back(asked)).status_code == 401
    assert len(place.service.asked) == 1


async def test_what_a_key_began_comes_back_to_whoever_may_connect_mailboxes(place: Place) -> None:
    asked = await place.begin()
    assert (await Browser(place.api, None).back(asked)).status_code == 401
    assert (await (await place.browser("viewer")).back(asked)).status_code == 403
    assert (await (await place.browser("admin")).back(asked)).status_code == 303


async def test_nobodys_link_connects_my_mailbox_to_a_workspace_of_theirs(place: Place, url: str) -> None:
    create_workspace(url, "other")
    asked = await place.begin(await place.browser())
    for stranger in (await place.browser("owner", "other"), await place.browser("owner")):
        assert (await stranger.back(asked)).status_code == 403
    assert place.service.asked == [], "the code is not even used"
    assert (await place.api.get(f"/mailboxes/{place.sender_id}")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"state": "x" * 43}, 401), ({"state": ""}, 422), ({"code": "c-2"}, 409)],
    ids=["another state", "no state", "another code"],
)
async def test_what_was_not_agreed_connects_nothing(place: Place, changes: dict[str, str], status: int) -> None:
    browser = await place.browser()
    answer = await browser.back(await place.begin(browser), **changes)
    assert answer.status_code == status, answer.text
    assert (await place.api.get(f"/mailboxes/{place.sender_id}")).status_code == 404


async def test_refusal_of_the_owner_is_said(place: Place) -> None:
    browser = await place.browser()
    asked = await place.begin(browser)
    answer = await browser.send("GET", "/mailboxes/oauth/callback", params={"error": "access_denied", "state": asked["state"][0]})
    assert (answer.status_code, "access_denied" in answer.json()["detail"]) == (409, True)
    assert (await browser.back(asked)).status_code == 401


async def test_mailbox_whose_server_refuses_the_token_is_not_kept(place: Place, db: Database) -> None:
    browser = await place.browser()
    asked = await place.begin(browser)
    place.service.given = 7  # the service gives t-8, which the servers do not know
    assert (await browser.back(asked)).status_code in {409, 422}
    assert await value(db, "SELECT count(*) FROM secrets") == 0
    assert await value(db, "SELECT count(*) FROM mailboxes") == 0


@pytest.mark.parametrize("leads", ["https://evil.example", "//evil.example", "/\\evil.example", "/a\nb"])
async def test_browser_goes_to_a_path_of_this_server_alone(place: Place, leads: str) -> None:
    browser = await place.browser()
    answer = await browser.back(await place.begin(browser, return_to=leads))
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"via": "graph"}, "via"), ({"tenant": "ours/../evil"}, "tenant"), ({"service": "ours"}, "service"), ({"client_id": ""}, "client_id")],
)
async def test_what_cannot_be_begun_is_named(place: Place, changes: dict[str, str], field: str) -> None:
    answer = await place.api.post(f"/mailboxes/{place.sender_id}/authorize", place.body(**changes))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_what_waits_is_sealed(place: Place, url: str) -> None:
    await place.begin()
    with psycopg.connect(url) as admin:
        row = str(admin.execute("SELECT encode(sealed, 'escape') || state_hash FROM accountgraph.mailbox_logins").fetchone())
    assert "s3cret" not in row
    assert USER not in row
