"""The API on a real port and a real database, and programs that ask it under every role."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.keys import create_key
from accountgraph.access.people.passwords import Passwords
from accountgraph.api import Parts, Workspaces, api_app
from accountgraph.api.limits import Limits
from accountgraph.api.recognising import Recogniser
from tests.access.conftest import QUICK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp

PREFIX = "/api/v1"


class Keys:
    """Real keys, made when a role is first asked for."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._made: dict[tuple[str, Role], str] = {}

    async def of(self, workspace: str, role: Role) -> str:
        """A key of this role."""
        if (workspace, role) not in self._made:
            made = await create_key(self.registry, workspace, f"{role} of {workspace}", role, created_by=at_command_line("tests"))
            self._made[workspace, role] = made.token
        return self._made[workspace, role]


@dataclass
class Asker:
    """A program with a key."""

    client: httpx.AsyncClient
    parts: Parts
    keys: Keys
    key: str

    async def as_role(self, role: str, workspace: str = "abm") -> Asker:
        """Another key, of this role."""
        return self.with_key(await self.keys.of(workspace, Role(role)))

    def with_key(self, key: str) -> Asker:
        """The same, with another key."""
        return Asker(self.client, self.parts, self.keys, key)

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        return await self.client.request(method, PREFIX + path, headers=headers, **options)

    async def status(self, method: str, path: str, **options: Any) -> int:
        """The status of an answer that is not waited for."""
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        async with self.client.stream(method, PREFIX + path, headers=headers, **options) as answer:
            return answer.status_code

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return await self.send("POST", path, **({"json": body} if body is not None else {}), **options)

    async def patch(self, path: str, body: Any, **options: Any) -> httpx.Response:
        return await self.send("PATCH", path, json=body, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.send("DELETE", path, **options)

    async def made(self, path: str, body: Any) -> dict[str, Any]:
        """What a POST that works answers."""
        answer = await self.post(path, body)
        assert answer.status_code in {200, 201}, answer.text
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app on a real port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, proxy_headers=False))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server tells it by this alone
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False, timeout=20) as client:  # noqa: S501 - no TLS here
            yield client
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[Asker]:
    """An owner's key of the workspace `abm`, and the API over it."""
    registry = Registry(url)
    keys = Keys(registry)
    parts = Parts(
        Workspaces(url), Recogniser(registry, passwords=Passwords(QUICK), strangers=Limits(None)), **{"limits": Limits(None), **options}
    )
    async with served(api_app(parts)) as client:
        yield Asker(client, parts, keys, await keys.of("abm", Role.OWNER))


@pytest.fixture
async def api(url: str) -> AsyncIterator[Asker]:
    """An owner's key of an empty workspace."""
    async with opened(url) as asker:
        yield asker
