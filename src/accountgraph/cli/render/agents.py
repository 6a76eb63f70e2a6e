"""Agents, their channels and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, GOOD, QUIET, listing, page, section
from accountgraph.cli.render.words import ago

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.tools.agents import Added, Agent, AgentMessage
    from accountgraph.tools.channels import AgentChannel


def agents_table(found: Sequence[Agent]) -> RenderableType:
    """An agent a row."""
    if not found:
        return Text("No agent works here; add one with `accountgraph agent add NAME`.", style=QUIET)
    table = listing("Agent", "Sends by itself", "Asks for", "Days of", "")
    for one in found:
        sends = f"{one.touches_today} of {one.touches_a_day} today" if one.may_send else Text("no", style=QUIET)
        state = Text("paused", style=ATTENTION) if one.is_paused else Text("")
        table.add_row(one.name, sends, f"{one.proposals_today} of {one.proposals_a_day} today", one.timezone, state)
    return table


def added_page(added: Added) -> RenderableType:
    """The agent, and where it may write."""
    return page(agents_table([added.agent]), channels_page(added.channels, added.closed))


def channels_page(found: Sequence[AgentChannel], closed: Mapping[str, str]) -> RenderableType:
    """The channels that are open, and why the others are not."""
    table = listing("Channel", "Campaign", "")
    for one in found:
        table.add_row(one.channel, one.campaign, Text("live", style=GOOD) if one.is_live else Text("goes to the console", style=QUIET))
    others = listing("Channel", "Why not")
    for name, why in closed.items():
        others.add_row(name, Text(why))
    return page(section("Channels", table), section("Not open", others) if closed else None)


def messages_table(found: Sequence[AgentMessage], now: datetime) -> RenderableType:
    """A message a row."""
    if not found:
        return Text("No agent has asked for a message.", style=QUIET)
    table = listing("Asked", "Agent", "To", "By", "What became of it")
    for one in found:
        words = Text(one.person or "(removed)").append(f"\n{one.subject}" if one.subject else "", style=QUIET)
        table.add_row(ago(one.asked_at, now), one.agent, words, one.channel, _became(one))
    return table


def _became(message: AgentMessage) -> str:
    if message.withdrawn_at:
        return "withdrawn"
    if message.state in {"finished", "failed"}:
        return f"{message.state}: {message.reason}"
    by = f" by {message.decided_by}" if message.decided_by else ""
    return f"{message.decision}{by}"
