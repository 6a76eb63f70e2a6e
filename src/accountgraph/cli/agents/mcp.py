"""`mcp`: the tools for a program on this machine that speaks the Model Context Protocol."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from accountgraph.access import Permission, Role
from accountgraph.access.principal import permissions_of
from accountgraph.acting import Acting, ActingKind
from accountgraph.cli.frame import Edge, command, group
from accountgraph.db import Database
from accountgraph.tools.doing.undoing import undo_by_log

app = group("")
COMMANDS = {"mcp": app}


@command(app)
async def mcp(
    edge: Edge,
    *,
    agent: Annotated[str, typer.Option("--agent", metavar="NAME", help="Work as this agent; `agent add` makes one.")],
    send: Annotated[
        bool, typer.Option("--send", help="Offer send_message too: within its budget, messages leave without a person.")
    ] = False,
) -> None:
    """Serve the agents' tools on standard input and output, until the input ends. It runs with an agent's rights."""
    from accountgraph.mcp_server import serve_stdio  # noqa: PLC0415 - slow to load

    scopes = permissions_of(Role.AGENT) | ({Permission.MESSAGES_SEND} if send else set())
    url = await asyncio.to_thread(edge.url)
    settings = edge.settings
    acting = Acting(kind=ActingKind.AGENT, name=agent)
    async with (
        Database(url, workspace=settings.workspace, pooler=settings.pooler) as whole,
        Database(url, workspace=settings.workspace, pooler=settings.pooler, as_agent=True, acting=acting) as database,
    ):
        await serve_stdio(database, agent, scopes, undo_changes=undo_by_log(whole))
