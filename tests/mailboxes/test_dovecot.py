"""The same against Debian's Dovecot, where it is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from imapclient import IMAPClient

from accountgraph.channels import NoVault
from accountgraph.mailboxes.run import opened
from accountgraph.mailboxes.sent import SentMail
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.senders import SenderRepository
from tests.mailboxes import dovecot
from tests.mailboxes.conftest import Place, mail
from tests.mailboxes.imap_server import PASSWORD, ImapServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.db import Database
    from tests.mailboxes.dovecot import Dovecot

WHY_NOT = dovecot.missing()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or "")


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot.running(PASSWORD) as running:
        yield running


class Real(Place):
    """A place whose server is Dovecot."""

    user = ""
    port = 0

    def arrive(self, *mails: bytes, folder: str = "INBOX") -> None:
        with IMAPClient("127.0.0.1", self.port, ssl=False) as client:
            client.login(self.user, PASSWORD)
            for raw in mails:
                client.append(folder, raw)

    def held(self, folder: str) -> int:
        with IMAPClient("127.0.0.1", self.port, ssl=False) as client:
            client.login(self.user, PASSWORD)
            return int(client.select_folder(folder, readonly=True)[b"EXISTS"])


@pytest.fixture
async def real(db: Database, running: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Real:
    monkeypatch.setenv("MAILBOX_PASSWORD", PASSWORD)
    sender = await SenderRepository(db).add_sender({"address": "me@ours.com"})
    real = Real(db, ImapServer(), sender.id)
    real.user, real.port = f"u{uuid4().hex[:8]}", running.port
    settings = {"host": "127.0.0.1", "port": real.port, "tls": "none", "username": real.user, "password_env": "MAILBOX_PASSWORD"}
    await MailboxRepository(db).put_mailbox(sender.id, "imap", {**settings, "sent_copy": "append"})
    real.arrive(mail("before"))
    assert (await real.sync()).history == 1
    return real


async def test_new_mail_is_taken_once(real: Real) -> None:
    real.arrive(mail(1), mail(2))
    assert [(await real.sync()).taken for _ in range(2)] == [2, 0]
    assert real.take.ids == ["1@acme.com", "2@acme.com"]


async def test_what_a_person_sent_is_seen_in_the_folder_that_the_server_names(real: Real) -> None:
    real.arrive(mail("hand", sender="me@ours.com", to="sarah@acme.com"), folder="Gesendet")
    await real.sync()
    assert real.take.taken == [("hand@acme.com", "outbound")]


async def test_numbers_that_begin_anew_change_nothing(real: Real, running: Dovecot) -> None:
    real.arrive(mail(1))
    await real.sync()
    [before] = [one.uid_validity for one in (await real.mailbox()).folders if one.name == "INBOX"]
    await asyncio.sleep(1.1)  # Dovecot makes the new number of the time, in seconds
    for file in (*running.user(real.user).glob("dovecot-uidlist*"), *running.user(real.user).glob("dovecot.index*")):
        file.unlink()
    real.arrive(mail(2))
    await real.sync()
    [after] = [one.uid_validity for one in (await real.mailbox()).folders if one.name == "INBOX"]
    assert before != after
    assert real.take.ids == ["1@acme.com", "2@acme.com"]


async def test_a_long_mail_comes_whole(real: Real) -> None:
    whole = mail(1, body="z" * 76 + "\r\n" * 1 + ("y" * 76 + "\r\n") * 40_000)
    real.arrive(whole)
    await real.sync()
    assert real.take.longest == len(whole)


async def test_a_copy_is_filed_once(real: Real) -> None:
    copies = SentMail(real.db, NoVault())
    for _ in range(2):
        await copies.file("me@ours.com", "<own@ours.com>", mail("own", Message_ID="<own@ours.com>", X_AccountGraph_Intent=str(uuid4())))
    assert real.held("Gesendet") == 1
    assert (await real.sync()).by_hand == 0


async def test_the_server_tells_of_new_mail(real: Real) -> None:
    async with opened(await real.mailbox(), NoVault()) as box:
        reader = box.reader(real.db, await real.mailbox(), real.take, None)
        waiting = asyncio.create_task(reader.listen(20))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(real.arrive, mail(1))
        assert await asyncio.wait_for(waiting, 10)
