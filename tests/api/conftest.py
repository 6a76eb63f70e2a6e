"""The API on a real port and a real database, and programs that ask it under every role."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import httpx
import pytest
import uvicorn

from accountgraph.access import Principal, Role
from accountgraph.access.principal import permissions_of
from accountgraph.acting import ActingKind
from accountgraph.api import Parts, Workspaces, api_app
from accountgraph.api.limits import Limits
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI, Request

PREFIX = "/api/v1"


async def known(request: Request) -> Principal:
    """Whoever says WORKSPACE.ROLE as a key."""
    said = request.headers.get("authorization", "").removeprefix("Bearer ")
    workspace, _, role = said.partition(".")
    if role not in set(Role):
        raise ProblemError(401, "Nobody is known by this.", headers={"WWW-Authenticate": "Bearer"})
    kind = ActingKind.AGENT if role == Role.AGENT else ActingKind.KEY
    return Principal(
        kind=kind, id=uuid5(NAMESPACE_URL, said), name=said, workspace=workspace, role=Role(role), permissions=permissions_of(Role(role))
    )


@dataclass
class Asker:
    """A program with a key."""

    client: httpx.AsyncClient
    parts: Parts
    key: str = "abm.owner"

    def as_role(self, role: Role | str, workspace: str = "abm") -> Asker:
        """Another key, of this role."""
        return Asker(self.client, self.parts, f"{workspace}.{role}")

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **options.pop("headers", {})}
        return await self.client.request(method, PREFIX + path, headers=headers, **options)

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
async def served(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the app on a real port."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, proxy_headers=False))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server tells it by this alone
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client:
            yield client
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def api(url: str) -> AsyncIterator[Asker]:
    """An owner's key of an empty workspace."""
    parts = Parts(Workspaces(url), known, limits=Limits(None))
    async with served(api_app(parts)) as client:
        yield Asker(client, parts)
