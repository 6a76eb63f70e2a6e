"""The worker tells endpoints by itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from accountgraph.config import Settings
from accountgraph.db import Database
from accountgraph.notices import NewChannel, create_channel
from accountgraph.notices.channels import Way
from accountgraph.notices.timing import Rhythm
from accountgraph.outgoing import list_deliveries, rotate_secret
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.sealing import new_key
from accountgraph.store.secrets import SecretRepository
from accountgraph.worker import Worker
from accountgraph.worker.jobs import EVERY
from tests.db.outgoing.receiver import Receiver, Reply, subscribe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DELIVER = """
import asyncio, sys
from accountgraph.db import Database
from accountgraph.outgoing import Poster, deliver_due
async def main():
    async with Database(sys.argv[1], workspace="abm") as db:
        await deliver_due(db, Poster(db.settings.webhook_networks))
asyncio.run(main())
"""


@pytest.fixture
async def receiver(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    monkeypatch.setenv("ACCOUNTGRAPH_SECRET_KEY", new_key())
    monkeypatch.setenv("ACCOUNTGRAPH_WEBHOOK_NETWORKS", "127.0.0.0/8")
    async with Receiver.listening() as listening:
        yield listening


@pytest.fixture
async def db(receiver: Receiver, url: str) -> AsyncIterator[Database]:
    async with Database(url, workspace="abm") as database:
        yield database


def worker(url: str) -> Worker:
    return Worker(Settings.from_environment().with_choices(url=url, workspace=None, pooler=None), url)


async def got(receiver: Receiver, count: int, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while len(receiver.got) < count:  # noqa: ASYNC110 - what is waited for is another task's list
            await asyncio.sleep(0.02)


async def test_sleeping_worker_tells_what_happens_at_once_and_tries_again_soon(url: str, db: Database, receiver: Receiver) -> None:
    await subscribe(db, receiver, "account.created")
    working = worker(url)
    running = asyncio.create_task(working.run())
    await asyncio.sleep(2)
    await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    await got(receiver, 1, 5)  # the next look would be after a minute
    receiver.answer = lambda _: Reply(500)
    await CompanyRepository(db).create_company({"name": "Globex", "domain": "globex.com"})
    await got(receiver, 3)  # after five seconds
    assert receiver.got[1].headers["webhook-id"] == receiver.got[2].headers["webhook-id"]
    working.stop()
    await asyncio.wait_for(running, 30)


async def test_once_tells_what_is_due(url: str, db: Database, receiver: Receiver) -> None:
    await subscribe(db, receiver, "account.created")
    await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    await worker(url).run_once()
    assert receiver.types == ["account.created"]


async def test_slow_endpoint_keeps_no_other_waiting(url: str, db: Database, receiver: Receiver) -> None:
    receiver.answer = lambda _: Reply(after=10)
    await subscribe(db, receiver, "account.created")
    async with Receiver.listening() as quick:
        await subscribe(db, quick, "account.created")
        working = worker(url)
        running = asyncio.create_task(working.run())
        await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
        await got(receiver, 1)
        await CompanyRepository(db).create_company({"name": "Globex", "domain": "globex.com"})
        await got(quick, 2, 5)
        working.stop()
        await asyncio.wait_for(running, 30)


async def test_killed_process_loses_nothing(url: str, db: Database, receiver: Receiver) -> None:
    await subscribe(db, receiver, "account.created")
    await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    receiver.answer = lambda _: Reply(after=30)
    dying = await asyncio.to_thread(subprocess.Popen, [sys.executable, "-c", DELIVER, url], env=dict(os.environ))
    await got(receiver, 1)
    dying.send_signal(signal.SIGKILL)
    await asyncio.to_thread(dying.wait)
    (delivery,) = (await list_deliveries(db)).items
    assert (delivery.state, delivery.is_under_way) == ("pending", True)
    receiver.answer = lambda _: Reply()
    await db.run(lambda session: session.execute("UPDATE outgoing_deliveries SET next_try_at = now()"))  # the lease is over
    await worker(url).run_once()
    assert receiver.got[0].headers["webhook-id"] == receiver.got[1].headers["webhook-id"]
    assert [one.state for one in (await list_deliveries(db)).items] == ["delivered"]


async def test_once_tells_people_what_waits(url: str, db: Database, receiver: Receiver) -> None:
    new = NewChannel(name="n8n", way=Way.WEBHOOK, address=receiver.url, rhythm=Rhythm.AT_ONCE)
    await create_channel(db, new, db.now())
    await db.run(lambda session: session.execute("INSERT INTO holds (scope, reason) VALUES ('workspace', 'stop')"))
    await worker(url).run_once()
    await worker(url).run_once()
    assert receiver.types == ["notice"]


def test_notices_are_looked_for_each_minute(url: str) -> None:
    assert (EVERY["notices"], "notices" in worker(url).jobs().tasks) == ("* * * * *", True)


async def test_endpoint_without_its_secret_keeps_no_other_from_being_told(url: str, db: Database, receiver: Receiver) -> None:
    lost = await subscribe(db, receiver, "account.created")
    await SecretRepository(db).delete_secret(f"webhook/{lost.endpoint.id}")
    async with Receiver.listening() as other:
        await subscribe(db, other, "account.created")
        await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
        await worker(url).run_once()
        assert (other.types, receiver.types) == (["account.created"], [])
    await rotate_secret(db, lost.endpoint.id, db.now())
    await worker(url).run_once()
    assert receiver.types == ["account.created"]
