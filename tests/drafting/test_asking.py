"""Asking a model through the real library: what it answers, and every way in which it does not."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.channels.credentials import NoVault
from accountgraph.drafting.asking import answered
from accountgraph.drafting.errors import ModelError
from accountgraph.drafting.prompting import Prompt
from accountgraph.drafting.writing import FIELDS
from accountgraph.store.outreach.drafting import DraftingSettings
from tests.drafting.model_server import ModelServer, Status

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

GOOD = {"subject": "Return trips", "body": "Shall we talk?", "facts_used": ["f1"]}
PROMPT = Prompt("Write.", "To Jane.")


async def content(_: dict[str, Any]) -> str | None:
    return None


def settings(model: ModelServer, **fields: Any) -> DraftingSettings:
    return DraftingSettings(model="small", base_url=model.url, **fields)


async def asked(model: ModelServer, review: Callable[[dict[str, Any]], Awaitable[str | None]] = content, **fields: Any) -> dict[str, Any]:
    return await answered(settings(model, **fields), NoVault(), PROMPT, FIELDS, review)


async def refused(model: ModelServer, **fields: Any) -> str:
    with pytest.raises(ModelError) as error:
        await asked(model, **fields)
    return str(error.value)


async def test_answer_comes_field_by_field(model: ModelServer) -> None:
    model.answers = [GOOD]
    assert await asked(model) == GOOD


async def test_model_is_told_instructions_and_prompt(model: ModelServer) -> None:
    model.answers = [GOOD]
    await asked(model)
    assert [message["content"] for message in model.asked[0]["messages"]] == ["Write.", "To Jane."]


async def test_what_is_wrong_is_told_once_and_the_second_answer_is_taken(model: ModelServer) -> None:
    model.answers = [{**GOOD, "body": "Brad says hello."}, GOOD]

    async def review(answer: dict[str, Any]) -> str | None:
        return "no Brad" if "Brad" in answer["body"] else None

    assert await asked(model, review) == GOOD
    assert "no Brad" in model.prompts[1]


async def test_second_answer_that_is_no_better_is_the_last(model: ModelServer) -> None:
    model.answers = [{**GOOD, "body": "Brad"}]

    async def review(_: dict[str, Any]) -> str | None:
        return "no Brad"

    with pytest.raises(ModelError, match="does not answer as it was asked"):
        await asked(model, review)
    assert len(model.asked) == 2


async def test_malformed_answer_is_asked_for_anew(model: ModelServer) -> None:
    model.answers = ['{"subject": "cut off', GOOD]
    assert await asked(model) == GOOD


async def test_answer_that_stays_malformed_fails(model: ModelServer) -> None:
    model.answers = ['{"subject": "cut off']
    assert "does not answer as it was asked" in await refused(model)


async def test_busy_model_is_asked_again(model: ModelServer) -> None:
    model.answers = [Status(429, retry_after="0"), GOOD]
    assert await asked(model) == GOOD


async def test_model_that_asks_for_an_hour_is_left_alone(model: ModelServer) -> None:
    model.answers = [Status(429, retry_after="3600")]
    assert "busy" in await refused(model)
    assert len(model.asked) == 1


async def test_broken_model_is_asked_twice_and_no_more(model: ModelServer) -> None:
    model.answers = [Status(500, retry_after="0")]
    assert "out of order (500)" in await refused(model)
    assert len(model.asked) == 2


async def test_silent_model_is_not_waited_for(model: ModelServer) -> None:
    model.answers = [1.6]
    assert "does not answer within 1 seconds" in await refused(model, timeout_seconds=1)


async def test_answer_that_is_no_json_fails(model: ModelServer) -> None:
    model.answers = [Status(200, "<html>no</html>")]
    assert await refused(model)


async def test_unknown_model_says_what_the_server_says(model: ModelServer) -> None:
    model.answers = [Status(404, {"error": {"message": "model small not found, pull it first"}})]
    assert "pull it first" in await refused(model)


async def test_refused_key_is_said_and_never_shown(model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-very-secret-1")
    model.answers = [Status(401, {"error": {"message": "Incorrect API key provided: sk-very-secret-1"}})]
    said = await refused(model, key_env="MY_KEY")
    assert "refuses the key (401)" in said
    assert "very-secret" not in said
    assert model.keys == ["Bearer sk-very-secret-1"]


async def test_key_in_what_a_server_says_is_taken_out(model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "plain-secret")
    model.answers = [Status(400, {"error": {"message": "bad request with plain-secret in it"}})]
    assert "with *** in it" in await refused(model, key_env="MY_KEY")


async def test_missing_key_names_its_variable(model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MY_KEY", raising=False)
    assert "MY_KEY is not set" in await refused(model, key_env="MY_KEY")
    assert model.asked == []


async def test_provider_without_a_key_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelError, match="OPENAI_API_KEY"):
        await answered(DraftingSettings(model="openai:gpt-5-mini"), NoVault(), PROMPT, FIELDS, content)


async def test_provider_is_asked_by_its_name_with_the_key_that_is_named(model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "sk-mine")
    monkeypatch.setenv("OPENAI_BASE_URL", model.url)
    model.answers = [GOOD]
    named = DraftingSettings(model="openai-chat:small", key_env="MY_KEY")
    assert await answered(named, NoVault(), PROMPT, FIELDS, content) == GOOD
    assert (model.keys, model.asked[0]["model"]) == (["Bearer sk-mine"], "small")
    gc.collect()  # a connection that stays open is a warning, and a warning is an error


async def test_unknown_provider_is_said() -> None:
    with pytest.raises(ModelError, match="cannot be asked"):
        await answered(DraftingSettings(model="nobody:at-all"), NoVault(), PROMPT, FIELDS, content)


@pytest.mark.parametrize("url", ["https://10.0.0.7/v1", "https://169.254.169.254/v1", "https://[fd00::1]/v1"])
async def test_server_in_a_private_network_is_not_asked(url: str) -> None:
    with pytest.raises(ModelError, match="not on the public internet"):
        await answered(DraftingSettings(model="small", base_url=url), NoVault(), PROMPT, FIELDS, content)


@pytest.mark.parametrize("url", ["http://models.example.com/v1", "ftp://127.0.0.1/v1", "https://me:pass@models.example.com/v1"])
async def test_unsafe_address_is_not_asked(url: str) -> None:
    with pytest.raises(ModelError, match="cannot be used"):
        await answered(DraftingSettings(model="small", base_url=url), NoVault(), PROMPT, FIELDS, content)


async def test_redirect_into_our_network_is_not_followed(model: ModelServer) -> None:
    model.answers = [Status(307, location="http://127.0.0.1:1/v1/chat/completions")]
    assert await refused(model)
    assert len(model.asked) == 1


async def test_server_that_is_not_there_is_said(model: ModelServer) -> None:
    model.close()
    assert "cannot be reached" in await refused(model)
