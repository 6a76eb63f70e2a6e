"""The tools over HTTP: who comes in, from where, and what they find."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

from accountgraph.access import Permission
from accountgraph.db import Database
from accountgraph.http.trust import trusted
from accountgraph.schema import create_workspace
from tests.agents.conftest import begin_office
from tests.agents.office import WORDS, Office
from tests.agents.serving import Key, Keys, served
from tests.factories import START

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from tests.beginnings import Make
    from tests.factories import Clock

ALL = frozenset(Permission)
HELLO: dict[str, Any] = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}
KINDS = {"Accept": "application/json, text/event-stream"}


async def begin_office_beside_another(db: Database, clock: Clock) -> Office:
    await asyncio.to_thread(create_workspace, await db.url(), "other")
    return await begin_office(db, clock)


@pytest.fixture
def beginning() -> Make:
    return begin_office_beside_another


@pytest.fixture
async def keys(office: Office, url: str) -> AsyncIterator[Keys]:
    async with Database(url, workspace="other", as_agent=True) as other:
        yield Keys(
            all=Key(office.desk, scopes=ALL),
            unasked=Key(office.desk),
            reader=Key(office.desk, scopes=frozenset({Permission.GRAPH_READ})),
            other=Key(other, scopes=ALL),
        )


@asynccontextmanager
async def speaking(url: str, key: str) -> AsyncGenerator[ClientSession]:
    async with (
        httpx.AsyncClient(verify=trusted(), headers={"Authorization": f"Bearer {key}"}, timeout=30) as client,
        streamable_http_client(url, http_client=client) as (read, write, _),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


async def test_key_opens_its_workspace_and_its_tools(office: Office, keys: Keys) -> None:
    async with served(keys, office.world.db) as url, speaking(url, "all") as session:
        answer = await session.call_tool("send_message", {"contact": "anna@acme.com", **WORDS})
        found = await session.call_tool("find_account", {"text": "acme"})
    assert answer.structuredContent is not None
    assert answer.structuredContent["outcome"] == "on_its_way"
    assert found.structuredContent is not None
    assert len(found.structuredContent["accounts"]) == 1
    assert keys.at == START
    assert await office.run() == ["anna@acme.com"]


@pytest.mark.parametrize(
    ("key", "has", "lacks"),
    [("unasked", "propose_message", "send_message"), ("reader", "brief", "propose_message"), ("all", "send_message", "approve")],
)
async def test_tools_are_those_of_the_scopes(office: Office, keys: Keys, key: str, has: str, lacks: str) -> None:
    async with served(keys, office.world.db) as url, speaking(url, key) as session:
        names = {tool.name for tool in (await session.list_tools()).tools}
        prompts = {prompt.name for prompt in (await session.list_prompts()).prompts}
    assert has in names
    assert lacks not in names
    assert ("reply_to" in prompts) == ("propose_message" in names)


async def test_key_of_another_workspace_sees_nothing_of_this_one(office: Office, keys: Keys) -> None:
    async with served(keys, office.world.db) as url, speaking(url, "other") as session:
        found = await session.call_tool("find_account", {"text": "acme"})
        brief = await session.call_tool("brief", {"account": "acme.com"})
    assert found.structuredContent is not None
    assert found.structuredContent["accounts"] == []
    assert brief.isError


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer"}], ids=str)
async def test_without_a_key_the_answer_says_how_to_bring_one(office: Office, keys: Keys, headers: dict[str, str]) -> None:
    async with served(keys, office.world.db) as url, httpx.AsyncClient(verify=trusted()) as client:
        answer = await client.post(url, json=HELLO, headers={**KINDS, **headers})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="accountgraph"'
    assert "Authorization: Bearer" in answer.text


async def test_key_that_is_not_known_is_told_so(office: Office, keys: Keys) -> None:
    async with served(keys, office.world.db) as url, httpx.AsyncClient(verify=trusted()) as client:
        answer = await client.post(url, json=HELLO, headers={**KINDS, "Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_database_that_is_away_is_no_bad_key(office: Office, keys: Keys) -> None:
    async with served(keys, office.world.db) as url, httpx.AsyncClient(verify=trusted()) as client:
        answer = await client.post(url, json=HELLO, headers={**KINDS, "Authorization": "Bearer down"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example.com"}, 421),
        ({"Host": "localhost.evil.com:80"}, 421),
        ({"Origin": "https://evil.example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:3000"}, 200),
        ({"Host": "agents.example.com"}, 200),
        ({"Content-Type": "text/plain"}, 400),
        ({}, 200),
    ],
    ids=str,
)
async def test_only_known_hosts_and_pages_reach_it(office: Office, keys: Keys, headers: dict[str, str], status: int) -> None:
    sent = {**KINDS, "Authorization": "Bearer all", **headers}
    async with served(keys, office.world.db, hosts=["agents.example.com"]) as url, httpx.AsyncClient(verify=trusted()) as client:
        answer = await client.post(url, json=HELLO, headers=sent)
    assert answer.status_code == status


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_there_is_no_session_to_listen_to_or_to_end(office: Office, keys: Keys, method: str) -> None:
    async with served(keys, office.world.db) as url, httpx.AsyncClient(verify=trusted()) as client:
        answer = await client.request(method, url, headers={**KINDS, "Authorization": "Bearer all"})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_too_large_a_request_is_refused(office: Office, keys: Keys) -> None:
    call = {**HELLO, "method": "tools/call", "params": {"name": "find_account", "arguments": {"text": "a" * 2_000_000}}}
    async with served(keys, office.world.db) as url, httpx.AsyncClient(verify=trusted()) as client:
        answer = await client.post(url, json=call, headers={**KINDS, "Authorization": "Bearer all"})
    assert answer.status_code == 413


async def test_many_callers_at_once_are_kept_apart(office: Office, keys: Keys) -> None:
    import asyncio

    async def sees(url: str, key: str) -> int:
        async with speaking(url, key) as session:
            found = await session.call_tool("find_account", {"text": "acme"})
            assert found.structuredContent is not None
            return len(found.structuredContent["accounts"])

    async with served(keys, office.world.db) as url:
        seen = await asyncio.gather(*(sees(url, key) for key in ["all", "other"] * 6))
    assert seen == [1, 0] * 6
