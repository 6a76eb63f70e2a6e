"""Messages written by a model, from the command line: set up, tried out, approved, sent through a real mail server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from accountgraph.db import Database
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.sealing import new_key
from tests.cli.test_outreach import ASKING, post_office
from tests.db.campaigns.world import PLAIN, World
from tests.drafting.model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import Program

WROTE = {"subject": "A word about planning", "body": "Hello Anna,\n\nhow do you plan today?\n\nMe", "facts_used": ["f1"]}


@pytest.fixture
def model() -> Iterator[ModelServer]:
    server = ModelServer()
    server.answers = [WROTE]
    yield server
    server.close()


async def _begin(url: str, port: int) -> None:
    """Anna is in a campaign whose first mail a model writes."""
    async with Database(url, workspace="abm") as db:
        world = await World.begin(db)
        settings = {"host": "127.0.0.1", "port": port, "tls": "none"}
        await SenderRepository(db).update_sender(world.senders[0].id, {"transport": "smtp", "settings": settings})
        people = await world.account("acme.com", "Anna")
        steps = [{**PLAIN["steps"][0], "drafted": True}, *PLAIN["steps"][1:]]
        await world.enrol(await world.campaign(policy=ASKING, steps=steps), *people)


def test_a_model_is_set_up_and_tried_and_its_draft_is_approved_and_sent(run: Program, url: str, model: ModelServer) -> None:
    with post_office() as office:
        asyncio.run(_begin(url, office.port))
        assert "No model is set" in run("draft", "test", "plain", "anna@acme.com").err
        shown = run("settings", "model", "small", "--url", model.url, "--drafts-per-day", "5")
        assert f"small at {model.url}" in shown.out
        assert "<context>" in run("draft", "prompt", "plain", "anna@acme.com").out
        assert model.asked == []
        tried = run("draft", "test", "plain", "anna@acme.com", "--step", "1", "--json").data
        assert (tried["state"], tried["body"], tried["facts"][0]["table"]) == ("written", WROTE["body"], "contacts")
        assert run("draft", "list", "--json").data == []

        run("worker", "--once")
        (waiting,) = run("approval", "list", "--json").data
        page = run("approval", "show", waiting["id"][:8]).out
        assert "written by" in page
        assert "name: Anna   contacts" in page
        (draft,) = run("draft", "list", "--state", "written", "--json").data
        assert "how do you plan today?" in run("draft", "show", draft["id"][:8]).out
        run("approval", "accept", waiting["id"], "--seen", waiting["content_hash"][:12], "--by", "Kim")
        run("worker", "--once")
        (mail,) = office.mails
    assert mail["subject"] == WROTE["subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    assert "how do you plan today?" in body.get_content()
    assert "small wrote the message" in run("campaign", "why", "anna@acme.com").out


def test_a_refused_draft_says_what_was_wrong(run: Program, url: str, model: ModelServer) -> None:
    asyncio.run(_begin(url, 1))
    model.answers = [{**WROTE, "body": "Hello Anna,\n\nGunther saves 40%.\n\nMe"}]
    run("settings", "model", "small", "--url", model.url)
    shown = run("draft", "test", "plain", "anna@acme.com").out
    assert "refused: the template does the job" in shown
    assert "try 2: “Gunther” is not in the context" in shown


def test_a_model_is_taken_away_and_templates_do_the_job(run: Program, url: str, model: ModelServer) -> None:
    asyncio.run(_begin(url, 1))
    run("settings", "model", "small", "--url", model.url, "--key-env", "MY_KEY")
    assert "key $MY_KEY" in run("settings", "show").out
    assert "templates do the job" in run("settings", "model", "--off").out
    assert run("draft", "list").out.startswith("No draft.")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("small",), "names no provider"),
        (("small", "--url", "http://10.0.0.7/v1"), "base_url: is https, or http of this machine"),
        (("small", "--url", "https://me:pass@models.example.com/v1"), "base_url: is https"),
        (("openai:gpt", "--key", "sk-1234"), "secrets do not stand in settings"),
        (("openai:gpt", "--key", "secret:nobody"), "there is no stored secret:nobody"),
        ((), "say what changes"),
        (("openai:gpt", "--off"), "say what changes"),
    ],
)
def test_a_model_that_cannot_be_asked_is_not_kept(run: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = run("settings", "model", *arguments)
    assert answer.code != 0
    assert said in " ".join(answer.err.split())
    assert "sk-1234" not in answer.err
    assert run("settings", "show", "--json").data["model"] is None


def test_stored_key_reaches_the_model_and_nothing_else(run: Program, url: str, model: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCOUNTGRAPH_SECRET_KEY", new_key())
    asyncio.run(_begin(url, 1))
    said = [
        run("secret", "put", "small", stdin="sk-stored-key"),
        run("settings", "model", "small", "--url", model.url, "--key", "secret:small"),
        run("settings", "show", "--json"),
        run("draft", "test", "plain", "anna@acme.com", "--json"),
    ]
    assert model.keys == ["Bearer sk-stored-key"]
    assert all("sk-stored-key" not in answer.out + answer.err for answer in said)
