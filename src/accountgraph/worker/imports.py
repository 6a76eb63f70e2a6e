"""Imports in a worker: files that were uploaded and that no server is at, for there may be none any more."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accountgraph.acting import Acting, ActingKind
from accountgraph.db import Database
from accountgraph.errors import AccountGraphError
from accountgraph.kept_open import KeptOpen
from accountgraph.transfer.uploads import ImportCrew, run_next, sweep

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

CONNECTIONS = 4  # two imports, and what they tell of themselves
MOST_OPEN = 10  # workspaces whose connections are kept
_ACTING = Acting(kind=ActingKind.WORKER, name="worker")

logger = logging.getLogger(__name__)


class Imports:
    """The imports of the worker's workspaces, on connections of their own: a large file keeps no campaign waiting.

    Args:
        names: the workspaces that are worked for.
    """

    def __init__(self, url: str, names: Callable[[], Awaitable[Sequence[str]]], *, is_pooled: bool) -> None:
        self._url, self._names, self._is_pooled = url, names, is_pooled
        self._opened: KeptOpen[Database] = KeptOpen(lambda name: self._new(name, CONNECTIONS), most=MOST_OPEN)
        self._crew = ImportCrew(self)

    async def run(self) -> None:
        """Work until cancelled; what is in work then is given back."""
        try:
            await self._crew.run()
        finally:
            await self._opened.close()

    async def run_once(self) -> None:
        """Run what waits now; that it fails in one workspace keeps no other from its imports."""
        for name in await self._names():
            try:
                async with self.glance(name) as db:
                    await sweep(db)
                    while await run_next(db):
                        pass
            except AccountGraphError as error:
                logger.warning("Imports of %s: %s", name, error)

    async def names(self) -> Sequence[str]:
        """The workspaces."""
        return await self._names()

    def use(self, name: str, *, as_agent: bool) -> AbstractAsyncContextManager[Database]:
        """One of them, to work in; an agent has no imports."""
        assert not as_agent  # noqa: S101 - nobody asks for one
        return self._opened.use(name)

    @asynccontextmanager
    async def glance(self, name: str) -> AsyncGenerator[Database]:
        """One of them; nothing stays open."""
        async with self._new(name, 2) as db:
            yield db

    def _new(self, name: str, connections: int) -> Database:
        return Database(self._url, workspace=name, pooler=self._is_pooled, connections=connections, acting=_ACTING)
