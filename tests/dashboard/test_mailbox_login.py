"""A mailbox is signed in at its service from the settings: the client is kept sealed, and the browser comes back with a word."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from accountgraph.mailboxes.login.clients import get_client
from accountgraph.mailboxes.login.grants import Service, service_named
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.senders import SenderRepository
from tests.api.outreach.test_mailbox_login import Office
from tests.dashboard.test_settings import S
from tests.dashboard.test_settings_people import sent
from tests.mailboxes.imap_server import USER, ImapServer
from tests.mailboxes.token_server import TokenServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.db import Database
    from tests.channels.post_office import PostOffice
    from tests.dashboard.conftest import Browser
    from tests.dashboard.html import Page

CLIENT: dict[str, str | list[str]] = {
    "form": "client-google",
    "service": "google",
    "client_id": "mine",
    "client_secret": "s3cret",
}


class Place:
    """A mail service beside the dashboard, and how its servers are typed."""

    def __init__(self, service: TokenServer, imap: ImapServer, office: PostOffice) -> None:
        self.service = service
        ports = {"imap": imap.port, "smtp": office.port}
        self.typed: dict[str, str | list[str]] = {"form": "login", "service": "google", "address": USER}
        for name, port in ports.items():
            self.typed |= {f"{name}.host": "127.0.0.1", f"{name}.port": str(port), f"{name}.tls": "none"}

    async def begin(self, ada: Browser) -> dict[str, list[str]]:
        """What the service is asked, once the client is kept and the button pressed."""
        await ada.do(f"{S}/connect/client", CLIENT, f"{S}/connect")
        page: Page = await ada.page_of(f"{S}/connect/login", self.typed, f"{S}/connect")
        [url] = [link for link in page.links if link.startswith(self.service.base)]
        asked = parse_qs(urlsplit(url).query)
        self.service.challenge = asked["code_challenge"][0]
        return asked

    @staticmethod
    async def back(ada: Browser, asked: dict[str, list[str]], **answer: str) -> str:
        """Where the browser is led, when the service sends it back."""
        redirect = urlsplit(asked["redirect_uri"][0]).path
        answered = await ada.get(f"{redirect}?{urlencode({'state': asked['state'][0], **answer})}")
        assert answered.status_code == 303, answered.text
        return answered.headers["location"]


@pytest.fixture
async def place(browser: Browser) -> AsyncIterator[Place]:
    async with TokenServer().open() as service, ImapServer().open() as imap, Office().open(auth_require_tls=False) as office:

        def at_home(name: str, tenant: str, *, is_api: bool) -> Service:
            return service_named(name, tenant, is_api=is_api).at(service.base)

        imap.token = "t-1"
        browser.parts.mail_services = at_home
        yield Place(service, imap, office)


async def test_who_signed_in_at_the_service_comes_back_to_a_mailbox_that_is_connected(browser: Browser, place: Place, db: Database) -> None:
    ada = await browser.as_role("admin")
    asked = await place.begin(ada)
    assert (asked["client_id"], asked["login_hint"]) == (["mine"], [USER])
    to = await place.back(ada, asked, code="c-1")
    answer = await ada.get(to)
    [mailbox] = await MailboxRepository(db).list_mailboxes()
    assert answer.headers["location"] == f"{S}/senders/{mailbox.sender_id}"
    ada.said = answer.cookies.get("__Host-accountgraph-said") or answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    assert f"{USER} is signed in" in (await ada.page(answer.headers["location"])).text
    assert place.service.asked[0]["client_secret"] == "s3cret"


async def test_why_the_service_did_not_agree_is_said_on_the_page_and_nothing_is_kept(browser: Browser, place: Place, db: Database) -> None:
    ada = await browser.as_role("admin")
    to = await place.back(ada, await place.begin(ada), error="access_denied")
    shown = await ada.page(to, 409)
    assert "google did not agree: access_denied" in shown.text
    assert await SenderRepository(db).list_senders() == []


async def test_a_link_puts_no_words_of_its_own_on_that_page(browser: Browser, place: Place) -> None:
    ada = await browser.as_role("admin")
    await place.begin(ada)
    shown = await ada.page(f"{S}/connect/back?address={USER}&refused=Call+us+at+555", 409)
    assert "555" not in shown.text


async def test_without_a_client_the_page_says_how_to_make_one_and_has_no_button(browser: Browser) -> None:
    ada = await browser.as_role("admin")
    text = (await ada.get(f"{S}/connect")).text
    assert "/api/v1/mailboxes/oauth/callback" in text
    assert 'name="service" value="google">Sign in' not in text
    assert "Sign in with Google: what to set up once" in text


async def test_the_client_is_kept_sealed_and_forgotten(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("admin")
    shown = await ada.do(f"{S}/connect/client", CLIENT, f"{S}/connect")
    assert "signed in with Google" in shown.text
    assert "s3cret" not in (await ada.get(f"{S}/connect")).text
    assert (await get_client(db, "google")).client_secret == "s3cret"
    await ada.do(f"{S}/connect/client/forget", {"service": "google"}, f"{S}/connect")
    await sent(ada, f"{S}/connect/login", {"form": "login", "service": "google", "address": USER}, 404, f"{S}/connect")


async def test_a_member_cannot_set_a_client(browser: Browser) -> None:
    bob = await browser.as_role("member")
    await sent(bob, f"{S}/connect/client", CLIENT, 403, f"{S}/connect")
