"""A Gmail account is connected in a browser, read, and sent from, by one grant."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.channels import Transports
from accountgraph.cli.mailboxes.adding import Wanted, add_mailbox
from accountgraph.mailboxes.errors import GrantError
from accountgraph.mailboxes.login.grants import GOOGLE_API, granted, microsoft
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.run import sync_mailbox
from accountgraph.mailboxes.setup.domain import Dns
from accountgraph.store.outreach.senders import SenderRepository
from tests.channels.conftest import NOW, message
from tests.channels.mail_apis.gmail import Gmail
from tests.channels.providers.service import Service
from tests.mailboxes.conftest import Taker, mail
from tests.mailboxes.token_server import TokenServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from accountgraph.db import Database
    from accountgraph.store.outreach.mailboxes import Mailbox

NOTHING: dict[str, Any] = dict.fromkeys(
    ("name", "username", "password_env", "oauth", "client_secret_env", "sent_folder", "sent_copy", "signature")
)


@dataclass
class Google:
    """Its tokens, its mail, and a person with a browser who agrees."""

    gmail: Gmail = field(default_factory=Gmail)
    tokens: TokenServer = field(default_factory=TokenServer)
    mail: Service = field(init=False)
    said: list[str] = field(default_factory=list)
    visits: list[asyncio.Task[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mail = Service(self.gmail)

    def say(self, text: str) -> None:
        self.said.append(text)
        if "http" in text:
            self.visits.append(asyncio.create_task(self.tokens.visit(text.split("\n")[1])))

    async def add(self, db: Database) -> Mailbox:
        urls: dict[str, Any] = {"oauth_url": self.tokens.base, "api_url": self.mail.url}
        given: dict[str, Any] = {
            "address": "me@ours.com",
            "via": "gmail-api",
            "client_id": "app",
            "tenant": "common",
            "imap": {},
            "smtp": {},
        }
        wanted = Wanted(**NOTHING, **urls, **given, alias=False, junk=False, per_day=None, warmup=False)
        return await add_mailbox(db, wanted, Dns(), self.say)


@pytest.fixture
async def google(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Google]:
    monkeypatch.setenv("ACCOUNTGRAPH_HOME", str(tmp_path))
    google = Google()
    async with google.tokens.open(), google.mail.open():
        yield google


async def test_an_account_is_connected_read_and_sent_from(db: Database, google: Google) -> None:
    mailbox = await google.add(db)
    take, vault = Taker(), WorkspaceVault(db)
    await sync_mailbox(db, mailbox, vault, take)
    google.gmail.arrive(mail("new"), at=db.now())
    await sync_mailbox(db, mailbox, vault, take)
    assert take.ids == ["new@acme.com"]
    sender = await SenderRepository(db).get_sender(mailbox.sender_id)
    assert sender is not None
    transports = Transports(lambda: NOW, vault=vault)
    result = await transports.transport_for(sender.transport).send(message(settings=sender.settings))
    await transports.close()
    assert (sender.transport, result.outcome, len(google.gmail.sent)) == ("gmail", Sent.SENT, 1)


async def test_a_token_that_google_does_not_take_any_more_is_renewed_and_kept(db: Database, google: Google) -> None:
    mailbox = await google.add(db)
    google.gmail.good = {"t-2"}
    await sync_mailbox(db, mailbox, WorkspaceVault(db), Taker())
    assert await WorkspaceVault(db).access_token("mailbox me@ours.com") == "t-2"
    assert google.tokens.given == 2


async def test_another_account_than_the_address_is_said(db: Database, google: Google) -> None:
    google.gmail.address = "ann@ours.com"
    await google.add(db)
    assert any("allowed to send as me@ours.com" in said for said in google.said)


def test_a_right_that_was_not_given_is_named() -> None:
    answer = {"access_token": "t", "refresh_token": "r", "scope": "https://www.googleapis.com/auth/gmail.readonly"}
    with pytest.raises(GrantError, match=r"not allowed gmail\.send"):
        granted(GOOGLE_API, "app", None, answer, NOW)


def test_rights_are_the_same_however_they_are_written() -> None:
    answer = {"access_token": "t", "refresh_token": "r", "scope": "Mail.Send mail.readwrite openid"}
    grant = granted(microsoft(graph=True), "app", None, answer, NOW)
    assert msgspec.json.decode(msgspec.json.encode(grant))["scope"] == microsoft(graph=True).scope
