"""`agent`: AI agents, and what each may do in a day."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.render import agents as drawn
from accountgraph.tools.agents import add_agent, list_agents, page_messages, remove_agent, update_agent
from accountgraph.tools.channels import list_channels, open_channels

app = group("AI agents: add, budget, pause, what they asked for.")
COMMANDS = {"agent": app}
Name = Annotated[str, typer.Argument(metavar="NAME", help="The agent's name: a-z, 0-9, - and _.", show_default=False)]
SendOption = Annotated[bool | None, typer.Option("--send/--no-send", help="Messages within its budget leave without a person [no].")]
TouchesOption = Annotated[int | None, typer.Option("--touches", min=0, max=10_000, help="So many leave without a person in a day [0].")]
ProposalsOption = Annotated[int | None, typer.Option("--proposals", min=0, max=10_000, help="So many it asks for in a day, in all [100].")]
ZoneOption = Annotated[str | None, typer.Option("--timezone", metavar="ZONE", help="Whose days they are [the workspace's zone].")]


@command(app)
async def add(
    edge: Edge,
    *,
    name: Name,
    send: SendOption = None,
    touches: TouchesOption = None,
    proposals: ProposalsOption = None,
    timezone: ZoneOption = None,
) -> None:
    """Let an agent work. At first its messages go to the console: its campaigns go live as all do, once somebody approved them."""

    given: dict[str, Any] = {
        "may_send": bool(send),
        "touches_a_day": touches or 0,
        "proposals_a_day": 100 if proposals is None else proposals,
    }
    async with edge.app() as parts:
        added = await add_agent(parts.db, name, timezone=timezone, **given)
    edge.emit(added, lambda: drawn.added_page(added))


@command(app, "list")
async def list_(edge: Edge) -> None:
    """List the agents, with what they have used of today."""
    async with edge.app() as parts:
        found = await list_agents(parts.db)
    edge.emit(found, lambda: drawn.agents_table(found))


@command(app)
async def budget(
    edge: Edge,
    *,
    name: Name,
    send: SendOption = None,
    touches: TouchesOption = None,
    proposals: ProposalsOption = None,
    timezone: ZoneOption = None,
) -> None:
    """Change what an agent may do in a day, or show it; what is not given stays."""

    async with edge.app() as parts:
        found = await update_agent(parts.db, name, may_send=send, touches_a_day=touches, proposals_a_day=proposals, timezone=timezone)
    edge.emit(found, lambda: drawn.agents_table([found]))


@command(app)
async def pause(edge: Edge, name: Name) -> None:
    """Let an agent ask for nothing from now on; it reads on, and what it asked for stays."""
    async with edge.app() as parts:
        found = await update_agent(parts.db, name, is_paused=True)
    edge.emit(found, lambda: f"{found.name} is paused.")


@command(app)
async def resume(edge: Edge, name: Name) -> None:
    """Let a paused agent go on."""
    async with edge.app() as parts:
        found = await update_agent(parts.db, name, is_paused=False)
    edge.emit(found, lambda: f"{found.name} goes on.")


@command(app)
async def remove(edge: Edge, name: Name) -> None:
    """Take an agent away. What it asked for stays, and what waits for a person still does."""
    async with edge.app() as parts:
        await remove_agent(parts.db, name)
    edge.emit({"name": name}, lambda: f"{name} works no more.")


@command(app)
async def messages(
    edge: Edge,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Of this agent [all].", show_default=False)] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="At most so many.")] = 50,
) -> None:
    """List the messages that agents asked for, the newest first."""
    async with edge.app() as parts:
        found = (await page_messages(parts.db, agent=name, limit=limit)).items
        now = parts.db.now()
    edge.emit(found, lambda: drawn.messages_table(found, now))


@command(app)
async def channels(edge: Edge) -> None:
    """Open the channels that the workspace has senders for by now, and list them."""

    async with edge.app() as parts:
        closed = await open_channels(parts.db)
        found = await list_channels(parts.db)
    edge.emit({"channels": found, "closed": closed}, lambda: drawn.channels_page(found, closed))
