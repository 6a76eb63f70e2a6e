"""What all operations share: the workspaces' connections, who is known, how much one may ask, what is measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from accountgraph.api.limits import Limits
from accountgraph.db import Database
from accountgraph.http.bodies import Bodies
from accountgraph.kept_open import KeptOpen

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from accountgraph.api.recognising import Recogniser

MOST_OPEN = 100  # workspaces whose connections are kept
CONNECTIONS = 10  # of one workspace at most


class Workspaces:
    """The workspaces that are asked for, each with connections of its own; agents have theirs, under a role that may less."""

    def __init__(self, url: str, *, is_pooled: bool = False, connections: int = CONNECTIONS) -> None:
        self._url, self._is_pooled, self._connections = url, is_pooled, connections
        self._people = KeptOpen(lambda name: self._new(name, as_agent=False), most=MOST_OPEN)
        self._agents = KeptOpen(lambda name: self._new(name, as_agent=True), most=MOST_OPEN)

    def use(self, name: str, *, as_agent: bool) -> AbstractAsyncContextManager[Database]:
        """The database of a workspace, while the block lasts."""
        return (self._agents if as_agent else self._people).use(name)

    async def close(self) -> None:
        """Close all connections."""
        await self._people.close()
        await self._agents.close()

    def _new(self, name: str, *, as_agent: bool) -> Database:
        return Database(self._url, workspace=name, as_agent=as_agent, pooler=self._is_pooled, connections=self._connections)


@dataclass
class Parts:
    """Everything behind the operations."""

    workspaces: Workspaces
    recognise: Recogniser
    limits: Limits = field(default_factory=Limits)
    bodies: Bodies = field(default_factory=Bodies)

    async def close(self) -> None:
        """Close what is open."""
        await self.recognise.close()
        await self.workspaces.close()
