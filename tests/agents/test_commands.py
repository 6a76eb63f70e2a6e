"""`agent` and `mcp` from the command line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from accountgraph.db import Database
from tests.agents.office import WORDS
from tests.cli.conftest import Process, Program, process, run
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.tools.answers import Asked

__all__ = ["process", "run"]


def _world(url: str) -> None:
    async def begin() -> None:
        async with Database(url, workspace="abm") as db:
            world = await World.begin(db)
            await world.account("acme.com", "Anna")

    asyncio.run(begin())


def test_agent_is_added_with_the_channels_there_are(run: Program, url: str) -> None:
    _world(url)
    added = run("agent", "add", "scout", "--send", "--touches", "5", "--timezone", "Europe/Berlin", "--json").data
    assert (added["agent"]["may_send"], added["agent"]["touches_a_day"], added["agent"]["timezone"]) == (True, 5, "Europe/Berlin")
    assert [one["channel"] for one in added["channels"]] == ["call", "email", "linkedin"]
    assert set(added["closed"]) == {"sms", "whatsapp"}
    assert "there is an agent 'scout' already" in run("agent", "add", "scout").err
    assert "0 of 5 today" in run("agent", "list").out


def test_agent_without_any_mailbox_is_told_what_is_missing(run: Program) -> None:
    said = run("agent", "add", "scout")
    assert said.code == 0
    assert "no active sender for email" in " ".join(said.out.split())


def test_channel_opens_once_there_is_a_sender(run: Program) -> None:
    run("agent", "add", "scout")
    run("settings", "set", "--legal-name", "Acme Ltd", "--postal-address", "1 Road, Town")
    run("sender", "add", "me@ours.com")
    assert "email" in [one["channel"] for one in run("agent", "channels", "--json").data["channels"]]


def test_budget_pause_resume_and_removal(run: Program) -> None:
    run("agent", "add", "scout")
    changed = run("agent", "budget", "scout", "--touches", "3", "--send", "--json").data
    assert (changed["touches_a_day"], changed["may_send"], changed["proposals_a_day"]) == (3, True, 100)
    assert run("agent", "pause", "scout").out.strip() == "scout is paused."
    assert run("agent", "list", "--json").data[0]["is_paused"]
    assert run("agent", "resume", "scout").out.strip() == "scout goes on."
    assert run("agent", "remove", "scout").out.strip() == "scout works no more."
    assert "There is no agent 'scout'" in run("agent", "remove", "scout").err
    assert "No agent works here" in run("agent", "list").out


def test_bad_values_are_refused(run: Program) -> None:
    assert "cannot be an agent's name" in run("agent", "add", "The Scout").err
    assert "there is no time zone" in run("agent", "add", "scout", "--timezone", "Mars/Olympus").err
    assert run("agent", "add", "scout", "--touches", "-1").code == 2


def test_messages_of_agents_are_listed(run: Program, url: str) -> None:
    from accountgraph.tools import Toolbox

    _world(url)
    run("agent", "add", "scout")

    async def ask() -> Asked:
        async with Database(url, workspace="abm", as_agent=True) as db:
            return await Toolbox(db, agent="scout").propose_message("anna@acme.com", **WORDS)

    asyncio.run(ask())
    assert "No agent has asked" in run("agent", "messages", "other").out
    said = run("agent", "messages").out
    assert "Anna" in said
    assert "pending" in said
    assert run("approval", "list", "--json").data[0]["written_by"] == "agent scout"


def test_mcp_needs_an_agent_that_is_there(process: Process, url: str) -> None:
    said = process("mcp", "--agent", "ghost")
    assert said.code == 1
    assert said.err.strip().endswith("There is no agent 'ghost'; a person adds it with `accountgraph agent add ghost`.")
    assert said.out == ""
