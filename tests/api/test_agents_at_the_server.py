"""Agents at the server: the same keys as the API's, and their tools over MCP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from accountgraph.access import Role, at_command_line
from accountgraph.access.keys import create_key
from accountgraph.api import Workspaces
from accountgraph.serving import agents_app
from accountgraph.tools import add_agent
from tests.api.conftest import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from accountgraph.db import Database
    from tests.api.conftest import Asker

HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json", "MCP-Protocol-Version": "2025-06-18"}


OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"


@asynccontextmanager
async def agents(api: Asker) -> AsyncIterator[httpx.AsyncClient]:
    async with served(agents_app(api.parts)) as client:  # any ASGI app will do
        yield client


async def ask(client: httpx.AsyncClient, key: str, method: str, **params: Any) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return await client.post("/mcp", json=body, headers={**HEADERS, "Authorization": f"Bearer {key}"})


async def scout(api: Asker, db: Database) -> str:
    """A key of the agent scout."""
    await add_agent(db, "scout")
    by = at_command_line("tests")
    made = await create_key(api.parts.recognise.registry, "abm", "scout's key", Role.AGENT, created_by=by, agent="scout")
    return made.token


async def test_key_of_an_agent_opens_its_tools(api: Asker, db: Database) -> None:
    key = await scout(api, db)
    async with agents(api) as client:
        answer = await ask(client, key, "tools/list")
    assert answer.status_code == 200, answer.text
    names = {tool["name"] for tool in answer.json()["result"]["tools"]}
    assert {"find_account", "brief", "who_next", "propose_message"} <= names
    assert "send_message" not in names  # no scope names it


async def test_key_of_a_person_is_no_agents_and_no_key_is_nobodys(api: Asker) -> None:
    async with agents(api) as client:
        assert (await ask(client, api.key, "tools/list")).status_code == 403
        refused = await ask(client, "agk_none", "tools/list")
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_what_an_agent_learnt_stands_under_its_name_and_is_taken_back(api: Asker, db: Database) -> None:
    key = await scout(api, db)
    company = await api.made("/companies", {"name": "Acme", "domain": "acme.com"})
    learnt = {"about": "acme.com", "facts": {"erp": "SAP"}, "source": "their careers page", "kind": "account"}
    async with agents(api) as client:
        told = (await ask(client, key, "tools/call", name="learn", arguments=learnt)).json()["result"]
        assert not told.get("isError"), told
        logged = (await api.get(f"/audit?company_id={company['id']}&actor=scout")).json()["items"]
        assert {one["actor_kind"] for one in logged} == {"agent"}
        before = (await api.get(f"/companies/{company['id']}")).json()["research_data"]
        assert "SAP" in str(before)
        undone = (await ask(client, key, "tools/call", name="undo", arguments={"what": "changes", "last": len(logged)})).json()["result"]
        assert not undone.get("isError"), undone
    assert "SAP" not in str((await api.get(f"/companies/{company['id']}")).json()["research_data"])


async def test_workspace_is_an_agents_as_long_as_its_request_lasts_and_is_closed_after_it(api: Asker, db: Database, url: str) -> None:
    key = await scout(api, db)
    api.parts.workspaces = Workspaces(url, most=0)
    asked = {"name": "find_account", "arguments": {"text": "acme.com"}}
    async with agents(api) as client, await psycopg.AsyncConnection.connect(url, autocommit=True) as watching:
        await asyncio.gather(*(ask(client, key, "tools/call", **asked) for _ in range(3)))
        [first] = await (await watching.execute(OPEN)).fetchone() or ()
        for _ in range(3):
            assert (await ask(client, key, "tools/call", **asked)).status_code == 200
        async with asyncio.timeout(20):
            while (await (await watching.execute(OPEN)).fetchone() or (0,))[0] > first:  # noqa: ASYNC110 - nothing tells it
                await asyncio.sleep(0.05)  # a server's process ends a little after its connection
