"""The workspaces that a worker has open: as many as it needs, and never more connections than a server bears."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accountgraph.campaigns.engine.runner import Runner
from accountgraph.db import Database

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from accountgraph.channels import Transports

MOST_OPEN = 50  # workspaces whose connections are kept; those that were idle longest are closed beyond
CONNECTIONS = 4  # of one workspace at most


class OpenWorkspace:
    """One workspace: its database, what carries its messages, what runs it, and how many are at it."""

    def __init__(self, db: Database, transports: Transports) -> None:
        self.db, self.transports = db, transports
        self.runner = Runner(db, transports.transport_for)
        self.users = 0

    async def close(self) -> None:
        """Close all connections, to servers and to the database."""
        await self.transports.close()
        await self.db.close()


class OpenWorkspaces:
    """Workspaces by name, opened when they are first used.

    Args:
        url: the database's; `is_pooled`: it is a transaction pooler's.
        transports: what carries the messages of a workspace.
        most: so many stay open while nobody is at them.
    """

    def __init__(self, url: str, *, is_pooled: bool, transports: Callable[[Database], Transports], most: int = MOST_OPEN) -> None:
        self._url, self._is_pooled, self._transports, self._most = url, is_pooled, transports, most
        self._open: dict[str, OpenWorkspace] = {}  # the one used last stands last
        self._is_stopping = False

    @asynccontextmanager
    async def use(self, name: str) -> AsyncGenerator[OpenWorkspace]:
        """A workspace while the block lasts; nobody closes it meanwhile."""
        opened = self._open.pop(name, None) or self._new(name)
        self._open[name] = opened
        opened.users += 1
        try:
            yield opened
        finally:
            opened.users -= 1
            await self._close_idle()

    def stop(self) -> None:
        """Every runner finishes what is in flight and gives the rest back."""
        self._is_stopping = True
        for opened in self._open.values():
            opened.runner.stop()

    async def close(self) -> None:
        """Close all connections."""
        while self._open:
            _, opened = self._open.popitem()
            await opened.close()

    def __len__(self) -> int:
        return len(self._open)

    def _new(self, name: str) -> OpenWorkspace:
        db = Database(self._url, workspace=name, pooler=self._is_pooled, connections=CONNECTIONS)
        opened = OpenWorkspace(db, self._transports(db))
        if self._is_stopping:
            opened.runner.stop()
        return opened

    async def _close_idle(self) -> None:
        idle = [name for name, opened in self._open.items() if opened.users == 0]
        for name in idle[: max(len(self._open) - self._most, 0)]:
            opened = self._open.pop(name)
            await opened.close()
