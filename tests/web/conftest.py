"""The public server on a real port and a real database, with a campaign's message that went out."""

from __future__ import annotations

import asyncio
import hmac
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest
import uvicorn

from accountgraph.errors import NotFoundError
from accountgraph.http.trust import trusted
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.tracking import PublicAddress, Ring
from accountgraph.tracking.keys import ensure_ring
from accountgraph.web import Parts, public_app
from accountgraph.web.verifying import Delivery, RefusedError, secret_name
from tests.db.campaigns.world import World, definition

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.campaigns.engine.transport import Message
    from accountgraph.db import Database, Session
    from accountgraph.models import Contact

PUBLIC = "https://go.ours.com"
SECRET = "between us"


class OpenSecrets:
    """Secrets as they are: what seals them is no part of these tests."""

    def __init__(self, session: Any) -> None:
        self._connection = session._connection

    async def get_secret(self, name: str) -> str:
        cursor = await self._connection.execute("SELECT sealed FROM secrets WHERE name = %s", (name,))
        row = await cursor.fetchone()
        if row is None:
            raise NotFoundError(f"There is no secret {name}.")
        return bytes(row[0]).decode()

    async def put_secret(self, name: str, secret: str) -> None:
        put = "INSERT INTO secrets (name, sealed) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed"
        await self._connection.execute(put, (name, secret.encode()))


def signature(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, "sha256").hexdigest()


async def verify_acme(delivery: Delivery, secret: str) -> None:
    """A provider that signs the body, as several do."""
    if not hmac.compare_digest(delivery.headers.get("x-acme-signature", ""), signature(delivery.body, secret)):
        raise RefusedError(401)


@dataclass
class Site:
    """A running server, a client of it, and the world behind it."""

    world: World
    parts: Parts
    client: httpx.AsyncClient
    ring: Ring
    port: int = 0
    message: Message | None = field(default=None)

    @property
    def address(self) -> PublicAddress:
        """The public address, as the engine signs for it."""
        return PublicAddress(url=PUBLIC, workspace="abm", ring=self.ring)

    async def get(self, url: str, **options: Any) -> httpx.Response:
        return await self.client.get(url.removeprefix(PUBLIC), **options)

    async def post(self, url: str, **options: Any) -> httpx.Response:
        return await self.client.post(url.removeprefix(PUBLIC), **options)

    async def hook(self, body: bytes, path: str = "/hooks/abm/acme", **headers: str) -> httpx.Response:
        return await self.client.post(path, content=body, headers={"x-acme-signature": signature(body), **headers})

    async def count(self, statement: str, **params: Any) -> int:
        found: list[int] = await self.world.select(int, statement, **params)
        return found[0]


class Served:
    """Starts servers for a test, and stops them."""

    def __init__(self, world: World, ring: Ring) -> None:
        self.world, self.ring = world, ring

    @asynccontextmanager
    async def open(self, parts: Parts, **options: Any) -> AsyncIterator[Site]:
        config = uvicorn.Config(public_app(parts, **options), port=0, log_config=None, access_log=False, proxy_headers=False)
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - the server tells it by this alone
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", verify=trusted(), trust_env=False, timeout=20) as client:
                yield Site(self.world, parts, client, self.ring, port)
        finally:
            server.should_exit = True
            await running


async def put_secret(session: Session, provider: str, secret: str = SECRET) -> None:
    await OpenSecrets(session).put_secret(secret_name(provider), secret)


@pytest.fixture
async def world(db: Database) -> World:
    """A workspace whose public address is verified, with a mailbox that tells of opens and clicks."""
    world = await World.begin(db, tracks_opens=True, tracks_clicks=True, signature="Ann Müller\nOurs Ltd")
    await verified(world)
    return world


async def verified(world: World) -> None:
    settings = SettingsRepository(world.db)
    await settings.update_settings({"public_url": PUBLIC})
    assert await settings.confirm_public_url(PUBLIC, world.db.now())


async def signs(world: World) -> None:
    """The sender's domain was seen to sign mail."""

    async def work(session: Any) -> None:
        await session.execute("UPDATE senders SET dkim_verified_at = now()")

    await world.db.run(work)


@pytest.fixture
async def ring(world: World) -> Ring:
    return await world.db.run(lambda session: ensure_ring(session, OpenSecrets))


@pytest.fixture
async def served(world: World, ring: Ring) -> Served:
    await world.db.run(lambda session: put_secret(session, "acme"))
    return Served(world, ring)


@pytest.fixture
async def site(url: str, served: Served) -> AsyncIterator[Site]:
    """The server with a provider `acme`, and nothing that works payloads off."""
    async with served.open(Parts(url, verifiers={"acme": verify_acme}, secrets_of=OpenSecrets)) as site:
        yield site


async def sent(world: World, *people: Contact, is_live: bool = True, **campaign: Any) -> list[Message]:
    """The messages of a campaign's first step."""
    always = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
    hours = {"schedule": {"email": always, "sms": always, "call": always, "other": always}}
    version = await world.campaign(**{"policy": hours, **campaign})
    await world.enrol(version, *people, is_live=is_live)
    before = len(world.post.sent)
    await world.runner(secrets_of=OpenSecrets).run_due()
    return (world.post if is_live else world.console).sent[before:]


@pytest.fixture
async def anna(world: World) -> Contact:
    [anna] = await world.account("acme.com", "Anna")
    return anna


@pytest.fixture
async def message(world: World, anna: Contact) -> Message:
    """What Anna got, with two links in it."""
    hello = {"subject": "Hello", "body": "See https://ours.com/one and https://ours.com/two?a=1&b=2."}
    [message] = await sent(world, anna, templates={**definition_templates(), "hello": hello})
    return message


def definition_templates() -> dict[str, Any]:
    return {name: {"subject": one.subject, "body": one.body} for name, one in definition().templates.items()}


async def touchpoint_of(world: World, message: Message) -> UUID:
    found: list[UUID] = await world.select(UUID, "SELECT touchpoint_id FROM intents WHERE id = %(id)s", id=message.intent_id)
    return found[0]


async def long_ago(world: World, **interval: int) -> None:
    """The messages left some time ago."""
    [(name, amount)] = interval.items()

    async def work(session: Any) -> None:
        await session.execute(f"UPDATE events SET at = at - interval '{amount} {name}' WHERE kind = 'sent'")

    await world.db.run(work)
