"""The workspaces that a worker has open: as many as it needs, and never more connections than a server bears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.acting import Acting, ActingKind
from accountgraph.campaigns.engine.runner import Runner
from accountgraph.db import Database
from accountgraph.kept_open import KeptOpen

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.channels import Transports

MOST_OPEN = 50  # workspaces whose connections are kept; those that were idle longest are closed beyond
CONNECTIONS = 4  # of one workspace at most
_ACTING = Acting(kind=ActingKind.WORKER, name="worker")


class OpenWorkspace:
    """One workspace: its database, what carries its messages, and what runs it."""

    def __init__(self, db: Database, transports: Transports) -> None:
        self.db, self.transports = db, transports
        self.runner = Runner(db, transports.transport_for)

    async def close(self) -> None:
        """Close all connections, to servers and to the database."""
        await self.transports.close()
        await self.db.close()


class OpenWorkspaces(KeptOpen[OpenWorkspace]):
    """Workspaces by name, opened when they are first used.

    Args:
        url: the database's; `is_pooled`: it is a transaction pooler's.
        transports: what carries the messages of a workspace.
        most: so many stay open while nobody is at them.
    """

    def __init__(self, url: str, *, is_pooled: bool, transports: Callable[[Database], Transports], most: int = MOST_OPEN) -> None:
        super().__init__(self._new, most=most)
        self._url, self._is_pooled, self._transports = url, is_pooled, transports
        self._is_stopping = False

    def stop(self) -> None:
        """Every runner finishes what is in flight and gives the rest back."""
        self._is_stopping = True
        for opened in self.opened():
            opened.runner.stop()

    def _new(self, name: str) -> OpenWorkspace:
        db = Database(self._url, workspace=name, pooler=self._is_pooled, connections=CONNECTIONS, acting=_ACTING)
        opened = OpenWorkspace(db, self._transports(db))
        if self._is_stopping:
            opened.runner.stop()
        return opened
