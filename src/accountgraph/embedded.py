"""The embedded server with the default workspace in it: what a program without a `DATABASE_URL` uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from accountgraph.postgres import EmbeddedServer
from accountgraph.schema import create_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.config import Settings

_EXISTS = "SELECT to_regclass('accountgraph.workspaces') IS NOT NULL"
_NAMED = "SELECT EXISTS (SELECT FROM accountgraph.workspaces WHERE name = %s)"


def ready_url(settings: Settings, on_wait: Callable[[str], None] | None = None) -> str:
    """Start the server where it is not running, make the workspace where there is none; gives the URL.

    A workspace of another schema version is left alone: bringing it up to date is `accountgraph migrate`.
    """
    url = EmbeddedServer(settings.home).start(on_wait=on_wait)
    with psycopg.connect(url, autocommit=True) as connection:
        has_registry = connection.execute(_EXISTS).fetchone() == (True,)
        is_there = has_registry and connection.execute(_NAMED, (settings.workspace,)).fetchone() == (True,)
    if not is_there and not has_registry:
        create_workspace(url, settings.workspace)
    return url
