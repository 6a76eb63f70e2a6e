"""The embedded server with the default workspace in it: what a program without a `DATABASE_URL` uses."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import psycopg

from accountgraph.postgres import EmbeddedServer
from accountgraph.schema import create_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.config import Settings

_REGISTRY = "SELECT to_regclass('accountgraph.workspaces') IS NOT NULL"
_ANY = "SELECT EXISTS (SELECT FROM accountgraph.workspaces)"


async def revive(url: str) -> None:
    """Start the embedded server behind a URL again, if it was killed; of another server nothing is known here.

    Raises:
        ServerError: it cannot be started.
    """
    server = EmbeddedServer.of(url)
    if server is not None:
        await asyncio.to_thread(server.revive)


def ready_url(settings: Settings, on_wait: Callable[[str], None] | None = None) -> str:
    """Start the server where it is not running, make the workspace where there is none at all; gives the URL.

    A workspace of another schema version is left alone: bringing it up to date is `accountgraph migrate`.
    """
    url = EmbeddedServer(settings.home).start(on_wait=on_wait)
    with psycopg.connect(url, autocommit=True) as connection:
        # The registry comes first: whoever finds it empty has met another beginner half-way, and waits for it in there.
        is_new = any(connection.execute(question).fetchone() != (True,) for question in (_REGISTRY, _ANY))
    if is_new:
        create_workspace(url, settings.workspace)
    return url
