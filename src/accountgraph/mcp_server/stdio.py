"""MCP over standard input and output, for a program on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mcp.server.stdio import stdio_server

from accountgraph.mcp_server.caller import Caller
from accountgraph.mcp_server.server import server_for
from accountgraph.tools import Toolbox, get_agent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.access import Permission
    from accountgraph.db import Database
    from accountgraph.tools.doing.undoing import UndoChanges


async def serve_stdio(
    database: Database, agent: str, scopes: Iterable[Permission] | None = None, *, undo_changes: UndoChanges | None = None
) -> None:
    """Serve one agent until its standard input ends. Standard output is the protocol's alone. `undo_changes`: as of `Toolbox`.

    Raises:
        NotFoundError: nobody added the agent.
        ConfigError: the database is open with a person's rights.
    """
    caller = Caller(Toolbox(database, agent=agent, scopes=scopes, undo_changes=undo_changes), database)
    await get_agent(database, agent)
    server = server_for(caller)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
