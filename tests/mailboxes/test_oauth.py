"""A mailbox is connected by the user's own OAuth2 client, and its tokens are renewed and kept sealed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.channels import SmtpTransport
from accountgraph.errors import ConfigError
from accountgraph.mailboxes.errors import GrantError, LoginRefusedError
from accountgraph.mailboxes.login import oauth
from accountgraph.mailboxes.login.grants import GOOGLE, Grant, microsoft
from accountgraph.mailboxes.login.oauth import Client, by_browser, by_code
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.reading.imap import Imap
from accountgraph.mailboxes.reading.settings import ImapSettings
from accountgraph.store.sealing import new_key
from tests.channels.conftest import message
from tests.channels.post_office import PostOffice
from tests.factories import START
from tests.mailboxes.imap_server import TOKEN, USER, ImapServer
from tests.mailboxes.token_server import TokenServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiosmtpd.smtp import AuthResult  # noqa: F401

    from accountgraph.db import Database
    from tests.factories import Clock

CLIENT = Client("mine", "s3cret")


@pytest.fixture
async def service() -> AsyncIterator[TokenServer]:
    async with TokenServer().open() as service:
        yield service


@pytest.fixture
def vault(timed: Database) -> WorkspaceVault:
    timed.settings = replace(timed.settings, secret_key=new_key())
    return WorkspaceVault(timed)


async def browsed(service: TokenServer, **changes: str) -> Grant:
    visits: list[asyncio.Task[bytes]] = []
    grant = await by_browser(
        GOOGLE.at(service.base), CLIENT, USER, lambda: START, lambda url: visits.append(asyncio.create_task(service.visit(url, **changes)))
    )
    assert b"is connected" in await visits[0]
    return grant


async def test_a_browser_brings_a_grant_that_only_who_began_can_use(service: TokenServer) -> None:
    grant = await browsed(service)
    assert (grant.access_token, grant.refresh_token, grant.expires_at) == ("t-1", "r-1", START + timedelta(hours=1))
    assert service.asked[0]["client_secret"] == "s3cret"


async def test_a_page_of_a_stranger_is_no_answer(service: TokenServer) -> None:
    answers: list[bytes] = []

    async def visit(url: str) -> None:
        answers.append(await service.visit(url, state="forged", code="stolen"))
        answers.append(await service.visit(url))

    visits: list[asyncio.Task[None]] = []
    grant = await by_browser(
        GOOGLE.at(service.base), CLIENT, USER, lambda: START, lambda url: visits.append(asyncio.create_task(visit(url)))
    )
    await visits[0]
    assert grant.access_token == "t-1"
    assert answers[0].startswith(b"HTTP/1.1 404")


async def test_a_person_who_says_no_is_told_as_such(service: TokenServer) -> None:
    visits: list[asyncio.Task[bytes]] = []

    def show(url: str) -> None:
        state = url.partition("state=")[2].partition("&")[0]
        port = url.partition("127.0.0.1%3A")[2].partition("&")[0]
        visits.append(asyncio.create_task(service.get(f"http://127.0.0.1:{port}", f"/?error=access_denied&state={state}")))

    with pytest.raises(GrantError, match="access_denied"):
        await by_browser(GOOGLE.at(service.base), CLIENT, USER, lambda: START, show)
    await visits[0]


async def test_nobody_comes_back_and_it_ends(service: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth, "LONGEST_WAIT", 0.05)
    with pytest.raises(GrantError, match="Nobody came back"):
        await by_browser(GOOGLE.at(service.base), CLIENT, USER, lambda: START, lambda _: None)


async def test_a_code_that_is_typed_elsewhere_brings_a_grant(service: TokenServer) -> None:
    service.pending = 3
    said: list[str] = []
    grant = await by_code(microsoft().at(service.base), Client("mine"), lambda: START, said.append)
    assert grant.access_token == "t-1"
    assert "ABCD-EFGH" in said[0]
    assert "client_secret" not in service.asked[-1]


async def test_a_code_that_is_refused_ends_the_waiting(service: TokenServer) -> None:
    service.refuses = "access_denied"
    with pytest.raises(GrantError, match="told so"):
        await by_code(microsoft().at(service.base), Client("mine"), lambda: START, lambda _: None)


async def test_a_token_is_given_out_until_its_time_is_nearly_over(service: TokenServer, vault: WorkspaceVault, clock: Clock) -> None:
    await vault.put_grant("me", await browsed(service))
    clock.forward(minutes=56)
    assert await vault.access_token("me") == "t-1"
    clock.forward(minutes=2)
    assert await vault.access_token("me") == "t-2"


async def test_the_new_refresh_token_is_kept(service: TokenServer, vault: WorkspaceVault, clock: Clock) -> None:
    await vault.put_grant("me", await browsed(service))
    for number in (2, 3, 4):
        clock.forward(hours=2)
        assert await vault.access_token("me") == f"t-{number}"


async def test_many_who_ask_at_once_renew_it_once(service: TokenServer, vault: WorkspaceVault, clock: Clock) -> None:
    await vault.put_grant("me", await browsed(service))
    clock.forward(hours=2)
    service.pause = 0.05
    assert set(await asyncio.gather(*(vault.access_token("me") for _ in range(6)))) == {"t-2"}
    assert service.given == 2


async def test_a_grant_that_was_withdrawn_asks_to_connect_again(service: TokenServer, vault: WorkspaceVault, clock: Clock) -> None:
    await vault.put_grant("me", await browsed(service))
    clock.forward(hours=2)
    service.refuses = "invalid_grant"
    with pytest.raises(GrantError, match="mailbox add"):
        await vault.access_token("me")


async def test_a_grant_does_not_show_its_tokens(service: TokenServer) -> None:
    grant = await browsed(service)
    assert "t-1" not in repr(grant)
    assert "s3cret" not in repr(CLIENT)


def test_tokens_are_sent_over_https_only() -> None:
    with pytest.raises(ConfigError, match="HTTPS"):
        GOOGLE.at("http://tokens.example.com")


class Tokens:
    """A vault with one token."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def secret(self, name: str) -> str:
        return self._token

    async def access_token(self, name: str, refused: str | None = None) -> str:
        return self._token


async def test_a_mailbox_is_opened_with_a_token() -> None:
    async with ImapServer().open() as server:
        settings = ImapSettings.of({"host": "127.0.0.1", "port": server.port, "tls": "none", "oauth": "secret:me"})
        imap = await Imap.open(settings, USER, await settings.login_secret(Tokens(TOKEN)))
        assert [one.name for one in await imap.folders()] == ["INBOX", "Sent"]
        await imap.close()
        with pytest.raises(LoginRefusedError):
            await Imap.open(settings, USER, "old")


async def test_mail_is_sent_with_a_token() -> None:
    heard: list[bytes] = []

    class Office(PostOffice):
        async def auth_XOAUTH2(self, server: object, args: list[str]) -> object:  # noqa: N802
            from base64 import b64decode

            from aiosmtpd.smtp import AuthResult

            heard.append(b64decode(args[1]))
            return AuthResult(success=True, auth_data=b"me")

    async with Office().open(auth_require_tls=False) as office:
        transport = SmtpTransport(lambda: START, Tokens(TOKEN))
        settings = {"host": "127.0.0.1", "port": office.port, "tls": "none", "username": USER, "oauth": "secret:me"}
        result = await transport.send(message(settings=settings))
        await transport.close()
    assert (result.outcome, heard) == (Sent.SENT, [f"user={USER}\1auth=Bearer {TOKEN}\1\1".encode()])
