"""The tools in the frameworks that people write agents with. A framework takes a second to load: only its test does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.agents.office import WORDS, Office
from tests.agents.serving import listening

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from pydantic_ai import ModelMessage, ModelResponse
    from pydantic_ai.models.function import AgentInfo
    from starlette.requests import Request

CALL = {"contact": "anna@acme.com", **WORDS}


async def test_pydantic_ai_reads_the_tools_and_calls_them(office: Office) -> None:
    from pydantic_ai import Agent, ModelResponse, TextPart, ToolCallPart, ToolReturnPart
    from pydantic_ai.models.function import FunctionModel

    told: dict[str, Any] = {}

    def model(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        told.update({tool.name: tool for tool in info.function_tools})
        answers = [part for message in messages for part in message.parts if isinstance(part, ToolReturnPart)]
        if not answers:
            return ModelResponse(parts=[ToolCallPart("propose_message", CALL)])
        content: Any = answers[0].content
        return ModelResponse(parts=[TextPart(content["outcome"])])

    result = await Agent(FunctionModel(model), tools=office.tools().functions()).run("Write to Anna.")
    assert result.output == "waits_for_a_person"
    assert told["brief"].description.startswith("Everything about an account")
    properties = told["propose_message"].parameters_json_schema["properties"]
    assert properties["channel"]["enum"] == ["email", "sms", "whatsapp", "linkedin", "call"]
    assert properties["mentions"]["description"].startswith("the person of their account")
    assert len(await office.approvals()) == 1


async def test_openai_client_gets_the_tools_and_its_calls_are_answered(office: Office) -> None:
    from openai import AsyncOpenAI

    asked: list[dict[str, Any]] = []

    async def completion(request: Request) -> JSONResponse:
        """A model that calls once and then repeats what it was told."""
        asked.append(await request.json())
        last = asked[-1]["messages"][-1]
        call = {"id": "1", "type": "function", "function": {"name": "propose_message", "arguments": json.dumps(CALL)}}
        message = {"role": "assistant", "content": json.loads(last["content"])["outcome"]} if last["role"] == "tool" else {
            "role": "assistant", "content": None, "tool_calls": [call],
        }  # fmt: skip
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return JSONResponse({"id": "x", "object": "chat.completion", "created": 0, "model": "local", "choices": [choice]})

    app = Starlette(routes=[Route("/v1/chat/completions", completion, methods=["POST"])])
    async with listening(app) as url, AsyncOpenAI(base_url=f"{url}/v1", api_key="none") as client:
        assert await _answered(client, office) == "waits_for_a_person"
    names = [tool["function"]["name"] for tool in asked[0]["tools"]]
    assert names == [definition.name for definition in office.tools().tool_definitions()]


async def _answered(client: AsyncOpenAI, office: Office) -> str | None:
    toolbox = office.tools()
    tools: Any = [definition.for_openai() for definition in toolbox.tool_definitions()]
    messages: list[Any] = [{"role": "user", "content": "Write to Anna."}]
    while True:
        answer = (await client.chat.completions.create(model="local", messages=messages, tools=tools)).choices[0].message
        if not answer.tool_calls:
            return answer.content
        messages.append(answer)
        for call in answer.tool_calls:
            assert call.type == "function"
            given = await toolbox.call(call.function.name, call.function.arguments)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": json.dumps(given)})
