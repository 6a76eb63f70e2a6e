"""The real program over standard input and output, spoken to by the SDK's own client."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.types import PromptReference, TextContent, TextResourceContents
from pydantic import AnyUrl

from accountgraph.tools import add_agent
from tests.agents.office import WORDS
from tests.cli.conftest import RUN
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from accountgraph.db import Database


@pytest.fixture
async def office_url(db: Database, url: str) -> str:
    world = await World.begin(db)
    await world.account("acme.com", "Anna", "Bob")
    await db.run(lambda session: add_agent(session, "scout", may_send=True, touches_a_day=5))
    return url


@asynccontextmanager
async def speaking(url: str, *options: str) -> AsyncGenerator[ClientSession]:
    """A client of the program in a process of its own."""
    arguments = ["-W", "error", "-c", RUN, "--database-url", url, "mcp", *options]
    async with (
        stdio_client(StdioServerParameters(command=sys.executable, args=arguments)) as (read, write),
        ClientSession(read, write) as session,
    ):
        await session.initialize()
        yield session


async def test_tools_are_listed_with_schemas_and_hints(office_url: str) -> None:
    async with speaking(office_url, "--agent", "scout") as session:
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
    assert "send_message" not in tools
    annotations = tools["brief"].annotations
    assert annotations is not None
    assert (annotations.readOnlyHint, annotations.destructiveHint) == (True, False)
    assert tools["undo"].annotations is not None
    assert tools["undo"].annotations.destructiveHint
    assert tools["propose_message"].inputSchema["required"] == ["contact", "channel", "body"]
    assert tools["propose_message"].outputSchema is not None


async def test_scope_to_send_is_an_option(office_url: str) -> None:
    async with speaking(office_url, "--agent", "scout", "--send") as session:
        assert "send_message" in {tool.name for tool in (await session.list_tools()).tools}
        sent = await session.call_tool("send_message", {"contact": "anna@acme.com", **WORDS})
    assert sent.structuredContent is not None
    assert sent.structuredContent["outcome"] == "on_its_way"


async def test_call_gives_text_and_structure_that_fits_its_schema(office_url: str) -> None:
    async with speaking(office_url, "--agent", "scout") as session:
        answer = await session.call_tool("brief", {"account": "acme.com"})  # the client checks the structure by the schema
        proposed = await session.call_tool("propose_message", {"contact": "anna@acme.com", **WORDS})
    assert not answer.isError
    assert answer.structuredContent is not None
    assert answer.structuredContent["domain"] == "acme.com"
    assert isinstance(answer.content[0], TextContent)
    assert answer.content[0].text == answer.structuredContent["text"]
    assert proposed.structuredContent is not None
    assert proposed.structuredContent["outcome"] == "waits_for_a_person"


@pytest.mark.parametrize(
    ("tool", "arguments", "cure"),
    [
        ("brief", {"account": "nobody.com"}, "There is no account 'nobody.com'"),
        ("brief", {}, "brief takes account, max_chars"),
        ("propose_message", {"contact": "anna@acme.com", "channel": "sms", "body": "Hi"}, "a person opens it by adding a sender"),
    ],
)
async def test_what_a_tool_refuses_is_its_answer_with_the_cure(office_url: str, tool: str, arguments: dict[str, Any], cure: str) -> None:
    async with speaking(office_url, "--agent", "scout") as session:
        answer = await session.call_tool(tool, arguments)
    assert answer.isError
    assert isinstance(answer.content[0], TextContent)
    assert cure in answer.content[0].text


async def test_tool_that_is_not_there_is_an_error_of_the_protocol(office_url: str) -> None:
    async with speaking(office_url, "--agent", "scout") as session:
        with pytest.raises(McpError, match="There is no tool 'approve'"):
            await session.call_tool("approve", {})


async def test_resources_are_read_by_their_addresses(office_url: str) -> None:
    async with speaking(office_url, "--agent", "scout") as session:
        listed = {str(one.uri) for one in (await session.list_resources()).resources}
        templates = {one.uriTemplate for one in (await session.list_resource_templates()).resourceTemplates}
        texts = {}
        for uri in ("policy", "campaign/agents-email", "account/acme.com", "contact/anna%40acme.com/context"):
            [part] = (await session.read_resource(AnyUrl(f"accountgraph://{uri}"))).contents
            assert isinstance(part, TextResourceContents)
            texts[uri.partition("/")[0]] = part.text
        with pytest.raises(McpError, match="There is nothing at") as error:
            await session.read_resource(AnyUrl("accountgraph://secrets/all"))
    assert error.value.error.code == -32002
    assert listed >= {"accountgraph://policy", "accountgraph://campaign/agents-email"}
    assert templates == {
        "accountgraph://account/{account}",
        "accountgraph://contact/{contact}/context",
        "accountgraph://campaign/{campaign}",
    }
    assert '"touches_a_day": 5' in texts["policy"]
    assert '"business_days_between": 2' in texts["policy"]
    assert "name: agents-email" in texts["campaign"]
    assert "acme.com" in texts["account"]
    assert "anna@acme.com" in texts["contact"] or "Anna" in texts["contact"]


async def test_prompts_bring_the_facts_they_are_about(office_url: str) -> None:
    async with speaking(office_url, "--agent", "scout") as session:
        names = [prompt.name for prompt in (await session.list_prompts()).prompts]
        made = await session.get_prompt("prepare_outreach", {"account": "acme.com", "goal": "a first talk"})
        reply = await session.get_prompt("reply_to", {"contact": "anna@acme.com"})
        with pytest.raises(McpError, match="contact: is missing"):
            await session.get_prompt("reply_to", {})
    assert names == ["prepare_outreach", "account_review", "reply_to"]
    assert isinstance(made.messages[0].content, TextContent)
    assert "a first talk" in made.messages[0].content.text
    assert "<untrusted" in made.messages[0].content.text
    assert isinstance(reply.messages[0].content, TextContent)
    assert "Anna" in reply.messages[0].content.text


async def test_arguments_are_completed(office_url: str) -> None:
    async with speaking(office_url, "--agent", "scout") as session:
        found = await session.complete(PromptReference(type="ref/prompt", name="account_review"), {"name": "account", "value": "ac"})
    assert found.completion.values == ["acme.com"]
