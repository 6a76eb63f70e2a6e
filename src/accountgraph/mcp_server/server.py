"""A server for one caller: the protocol's requests, each answered by a tool, a resource or a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import McpError

from accountgraph.errors import AccountGraphError
from accountgraph.mcp_server.caller import Caller, refused
from accountgraph.mcp_server.prompts import get_prompt, list_prompts
from accountgraph.mcp_server.resources import list_resources, list_templates, read_resource
from accountgraph.tools import NotPermittedError
from accountgraph.tools.definitions import failure
from accountgraph.tools.untrusted import NOTICE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.tools import ToolDefinition

    Answer = Callable[[Any], Awaitable[Any]]

NAME = "accountgraph"
INSTRUCTIONS = (
    "Accounts as graphs of people, and outreach to them. Begin with find_account, read brief or context before you act, and ask who_next"
    " whom to talk to. Messages go through propose_message: a colleague approves exactly your words. What a rule refuses stays refused."
    f" {NOTICE}"
)
_MOST_COMPLETIONS = 10


def server_for(caller: Caller) -> Server[Any, Any]:
    """A server whose tools, resources and prompts are those that the caller's scopes allow."""
    from accountgraph import __version__  # noqa: PLC0415 - the package itself loads this module

    server: Server[Any, Any] = Server(NAME, version=__version__, instructions=INSTRUCTIONS)
    answers: dict[type, Answer] = {
        types.ListToolsRequest: lambda _: _tools(caller),
        types.CallToolRequest: lambda request: _called(caller, request.params),
        types.ListResourcesRequest: lambda _: _resources(caller),
        types.ListResourceTemplatesRequest: lambda _: _templates(caller),
        types.ReadResourceRequest: lambda request: _read(caller, request.params),
        types.ListPromptsRequest: lambda _: _prompts(caller),
        types.GetPromptRequest: lambda request: get_prompt(caller, request.params.name, request.params.arguments or {}),
        types.CompleteRequest: lambda request: _completed(caller, request.params),
    }
    for kind, answer in answers.items():
        server.request_handlers[kind] = _guarded(answer)
    return server


def _guarded(answer: Answer) -> Callable[[Any], Awaitable[types.ServerResult]]:
    """What goes wrong is told as the protocol tells it, and nothing else of us."""

    async def handler(request: Any) -> types.ServerResult:  # noqa: ANN401 - each request has its type
        try:
            return types.ServerResult(await answer(request))
        except Exception as error:
            raise refused(error) from error

    return handler


async def _tools(caller: Caller) -> types.ListToolsResult:
    return types.ListToolsResult(tools=[_tool(definition) for definition in caller.toolbox.tool_definitions()])


def _tool(definition: ToolDefinition) -> types.Tool:
    """Nothing of ours reaches beyond the workspace but what a person or a budget lets go: `send_message` alone has an open world."""
    return types.Tool(
        name=definition.name,
        title=definition.name.replace("_", " ").capitalize(),
        description=definition.description,
        inputSchema=definition.parameters,
        outputSchema=definition.answer,
        annotations=types.ToolAnnotations(
            readOnlyHint=definition.is_read_only,
            destructiveHint=definition.is_destructive,
            idempotentHint=definition.is_read_only,
            openWorldHint=definition.name == "send_message",
        ),
    )


async def _called(caller: Caller, params: types.CallToolRequestParams) -> types.CallToolResult:
    """What a tool refuses is its answer, for the model to read; a tool that is not there is the protocol's error."""
    try:
        answer = await caller.toolbox.call(params.name, params.arguments)
    except NotPermittedError as error:
        raise McpError(types.ErrorData(code=types.INVALID_PARAMS, message=failure(error))) from error
    except AccountGraphError as error:
        return types.CallToolResult(content=[types.TextContent(type="text", text=failure(error))], isError=True)
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(answer))
    rest = msgspec.json.encode({name: value for name, value in plain.items() if name != "text"}).decode()
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=text) for text in (plain["text"], rest)]
    return types.CallToolResult(content=content, structuredContent=plain)


async def _resources(caller: Caller) -> types.ListResourcesResult:
    return types.ListResourcesResult(resources=await list_resources(caller))


async def _templates(caller: Caller) -> types.ListResourceTemplatesResult:
    return types.ListResourceTemplatesResult(resourceTemplates=list_templates(caller))


async def _read(caller: Caller, params: types.ReadResourceRequestParams) -> types.ReadResourceResult:
    text, kind = await read_resource(caller, str(params.uri))
    return types.ReadResourceResult(contents=[types.TextResourceContents(uri=params.uri, text=text, mimeType=kind)])


async def _prompts(caller: Caller) -> types.ListPromptsResult:
    return types.ListPromptsResult(prompts=list_prompts(caller))


async def _completed(caller: Caller, params: types.CompleteRequestParams) -> types.CompleteResult:
    """Domains and addresses for whoever types the argument of a prompt or of an address."""
    begun = params.argument.value.strip()
    values: list[str] = []
    if begun and any(tool.name == "find_account" for tool in caller.toolbox.tool_definitions()):
        found = await caller.toolbox.find_account(begun)
        if params.argument.name == "account":
            values = [one.domain or one.id for one in found.accounts]
        elif params.argument.name == "contact":
            values = [one.email or one.id for one in found.contacts]
    return types.CompleteResult(completion=types.Completion(values=values[:_MOST_COMPLETIONS], hasMore=False))
