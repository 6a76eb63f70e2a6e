"""The HTTP app on a port of this machine, and keys that it knows."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from accountgraph.access import Permission, Principal, Role
from accountgraph.access.principal import permissions_of
from accountgraph.acting import ActingKind
from accountgraph.errors import AccountGraphError, DatabaseError
from accountgraph.mcp_server import mcp_app

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable
    from datetime import datetime

    from starlette.types import ASGIApp

    from accountgraph.db import Database


class UnknownKeyError(AccountGraphError):
    """There is no such key."""


class Key(NamedTuple):
    """What a key opens."""

    database: Database
    agent: str = "scout"
    scopes: frozenset[Permission] | None = None

    @property
    def principal(self) -> Principal:
        return Principal(
            kind=ActingKind.AGENT,
            id=uuid4(),
            name=self.agent,
            workspace=self.database.settings.workspace,
            role=Role.AGENT,
            permissions=permissions_of(Role.AGENT, self.scopes),
        )


class Keys:
    """Keys by their text; `at` is when one was last asked for."""

    def __init__(self, **keys: Key) -> None:
        self._keys = keys
        self.at: datetime | None = None

    @asynccontextmanager
    async def resolve(self, token: str, now: datetime) -> AsyncGenerator[tuple[Database, Principal]]:
        self.at = now
        if token == "down":
            raise DatabaseError
        if token not in self._keys:
            raise UnknownKeyError
        yield self._keys[token].database, self._keys[token].principal


@asynccontextmanager
async def served(keys: Keys, clock_of: Database, *, path: str = "/mcp", hosts: Iterable[str] = ()) -> AsyncGenerator[str]:
    """The app mounted in another one, as the product mounts it; gives its URL."""
    app = Starlette(routes=[Mount(path, app=mcp_app(keys.resolve, now=clock_of.now, hosts=list(hosts)))])
    async with listening(app) as url:
        yield f"{url}{path}/"


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncGenerator[str]:
    """An ASGI app on a free port; gives its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        running = asyncio.create_task(server.serve([listener]))
        while not server.started:  # noqa: ASYNC110 - it has no event to wait for
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await running
