"""What carries messages for a request: the workspace's own transports, with its secrets."""

from __future__ import annotations

from contextlib import asynccontextmanager
from io import StringIO
from typing import TYPE_CHECKING

from accountgraph.channels import ConsoleTransport, Transports
from accountgraph.mailboxes.sent import over_workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from accountgraph.api.call import Call
    from accountgraph.db import Database


def transports_of(call: Call) -> AbstractAsyncContextManager[Transports]:
    """The transports of the request's workspace, closed afterwards."""
    return transports_over(call.database)


@asynccontextmanager
async def transports_over(database: Database) -> AsyncGenerator[Transports]:
    """The transports of a workspace, closed afterwards. What the console would show, nobody sees: a server has none."""
    console = ConsoleTransport(StringIO())
    made = over_workspace(Transports(database.now, {"console": lambda _: console}), database)
    try:
        yield made
    finally:
        await made.close()
