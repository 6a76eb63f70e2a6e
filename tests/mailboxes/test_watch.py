"""The worker watches the mailboxes of its workspaces: one that fails keeps nobody else from theirs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from accountgraph.config import Settings
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.worker import Worker
from tests.mailboxes.conftest import mail, reached

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.mailboxes.conftest import Place
    from tests.mailboxes.imap_server import ImapServer


def worker(url: str, place: Place) -> Worker:
    return Worker(Settings.from_environment().with_choices(url=url, workspace=None, pooler=None), url, take=place.take)


async def until(condition: Callable[[], object], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is another task's list
            await asyncio.sleep(0.02)


async def test_an_answer_is_taken_within_seconds_while_the_worker_listens(url: str, place: Place, server: ImapServer) -> None:
    at_work = worker(url, place)
    running = asyncio.create_task(at_work.run())
    await until(lambda: server.asked("IDLE"))
    server.arrive(mail(1))
    await until(lambda: place.take.ids == ["1@acme.com"], 5)
    at_work.stop()
    await asyncio.wait_for(running, 10)


async def test_a_mailbox_that_fails_keeps_no_other_from_being_read(url: str, place: Place, server: ImapServer) -> None:
    bad = await SenderRepository(place.db).add_sender({"address": "bad@ours.com"})
    await MailboxRepository(place.db).put_mailbox(bad.id, "imap", {**reached(server), "port": 1})
    at_work = worker(url, place)
    running = asyncio.create_task(at_work.run())
    await until(lambda: server.asked("IDLE"))
    server.arrive(mail(1))
    await until(lambda: place.take.ids)
    at_work.stop()
    await asyncio.wait_for(running, 10)
    failing = await MailboxRepository(place.db).get_mailbox(bad.id)
    assert failing.failing_since is not None
    assert failing.next_sync_at > failing.failing_since


async def test_a_worker_that_stops_leaves_its_mailboxes_to_the_next(url: str, place: Place, server: ImapServer) -> None:
    for _ in range(2):
        server.lines.clear()
        at_work = worker(url, place)
        running = asyncio.create_task(at_work.run())
        await until(lambda: server.asked("IDLE"))
        at_work.stop()
        await asyncio.wait_for(running, 10)
    assert server.connections == 2


async def test_two_workers_do_not_watch_the_same_mailbox(
    url: str, place: Place, server: ImapServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accountgraph.worker.worker.LOOK_EVERY", 0.1)
    both = [worker(url, place), worker(url, place)]
    running = [asyncio.create_task(one.run()) for one in both]
    await until(lambda: server.asked("IDLE"))
    await asyncio.sleep(0.5)
    assert server.connections == 1
    for one in both:
        one.stop()
    await asyncio.wait_for(asyncio.gather(*running), 10)


async def test_a_mailbox_whose_server_tells_nothing_is_read_and_left(url: str, place: Place, server: ImapServer) -> None:
    server.capabilities = "IMAP4rev1"
    at_work = worker(url, place)
    running = asyncio.create_task(at_work.run())
    await until(lambda: server.asked("LOGOUT"))
    at_work.stop()
    await asyncio.wait_for(running, 10)
    mailbox = await place.mailbox()
    assert mailbox.inbound_synced_at is not None
    assert 0 < (mailbox.next_sync_at - mailbox.inbound_synced_at).total_seconds() < 120


async def test_once_reads_mailboxes_before_anything_leaves(url: str, place: Place, server: ImapServer) -> None:
    await place.sync()
    server.arrive(mail(1))
    await worker(url, place).run_once()
    assert place.take.ids == ["1@acme.com"]
