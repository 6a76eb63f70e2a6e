"""What carries messages for a request: the workspace's own transports, with its secrets."""

from __future__ import annotations

from contextlib import asynccontextmanager
from io import StringIO
from typing import TYPE_CHECKING

from accountgraph.channels import ConsoleTransport, Transports
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.sent import SentMail

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from accountgraph.api.call import Call
    from accountgraph.db import Database


@asynccontextmanager
async def transports_of(call: Call) -> AsyncGenerator[Transports]:
    """The transports of the request's workspace, closed afterwards."""
    async with transports_for(call.database) as made:
        yield made


@asynccontextmanager
async def transports_for(database: Database) -> AsyncGenerator[Transports]:
    """The transports of a workspace, closed afterwards. What the console would show, nobody sees: a server has none."""
    vault = WorkspaceVault(database)
    console = ConsoleTransport(StringIO())
    made = Transports(database.now, {"console": lambda _: console}, vault, SentMail(database, vault))
    try:
        yield made
    finally:
        await made.close()
