"""Who runs the imports of a process: woken when one is uploaded here, and looking now and then for those that others left behind."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Protocol

from accountgraph.errors import AccountGraphError
from accountgraph.transfer.uploads.keeping import sweep
from accountgraph.transfer.uploads.running import AT_ONCE, run_next

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager

    from accountgraph.db import Database

PLACES = 2  # imports of all workspaces that one process runs side by side: each keeps a core busy
FIRST_LOOK_AFTER = 1.0  # seconds: who has just begun answers first
LOOK_EVERY = 300.0  # seconds until all workspaces are looked at again
AGAIN_AFTER = 15.0  # seconds until one is looked at again whose imports somebody runs, for they may be gone

logger = logging.getLogger(__name__)


class Workspaces(Protocol):
    """The workspaces of a database."""

    async def names(self) -> Sequence[str]:
        """All of them."""
        ...

    def use(self, name: str, *, as_agent: bool) -> AbstractAsyncContextManager[Database]:
        """One of them, to work in; it is kept open."""
        ...

    def glance(self, name: str) -> AbstractAsyncContextManager[Database]:
        """One of them, for one look: nothing stays open."""
        ...


class ImportCrew:
    """Runs imports until it is cancelled. `at_once`: imports of one workspace side by side, in all processes."""

    def __init__(self, workspaces: Workspaces, *, at_once: int = AT_ONCE, places: int = PLACES) -> None:
        self._workspaces, self._at_once = workspaces, at_once
        self._places = asyncio.Semaphore(places)
        self._asked: set[str] = set()
        self._woken = asyncio.Event()
        self._running: dict[asyncio.Task[None], str] = {}

    def wake(self, name: str) -> None:
        """There is something to be imported in this workspace."""
        self._asked.add(name)
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; what is in work then is given back, for others to go on with."""
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._end)
            looking = asyncio.create_task(self._look_for_ever())
            stack.push_async_callback(ended, looking)
            while True:
                await self._woken.wait()
                self._woken.clear()
                for name in self._asked:
                    self._start(name)
                self._asked.clear()

    def _start(self, name: str) -> None:
        if list(self._running.values()).count(name) < self._at_once:
            task = asyncio.create_task(self._work(name))
            self._running[task] = name
            task.add_done_callback(lambda done: self._running.pop(done, None))

    async def _work(self, name: str) -> None:
        """The imports of a workspace, one after the other."""
        try:
            async with self._places, self._workspaces.use(name, as_agent=False) as db:
                while await run_next(db, at_once=self._at_once):
                    pass
        except AccountGraphError as error:
            logger.warning("Imports of %s: %s; looking again later.", name, error)
        except Exception:  # one workspace's failure is its own, whatever it is
            logger.exception("Imports of %s stopped.", name)

    async def _look_for_ever(self) -> None:
        everywhere = 0.0
        open_in: set[str] = set()
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(FIRST_LOOK_AFTER)
        while True:
            names: Sequence[str] = sorted(open_in)
            try:
                if clock() >= everywhere:
                    names, everywhere = await self._workspaces.names(), clock() + LOOK_EVERY
            except AccountGraphError as error:
                logger.warning("Imports: %s; looking again later.", error)
            for name in names:
                if await self._is_any_open(name):
                    open_in.add(name)
                    self.wake(name)
                else:
                    open_in.discard(name)
            await asyncio.sleep(AGAIN_AFTER)

    async def _is_any_open(self, name: str) -> bool:
        """Whether anything is to be done in a workspace; what is old there is forgotten."""
        try:
            async with self._workspaces.glance(name) as db:
                await sweep(db)
                return bool(await db.value("imports.imports.is_any_open"))
        except AccountGraphError as error:
            logger.info("Imports of %s: %s", name, error)
            return False

    async def _end(self) -> None:
        await ended(*self._running)


async def ended(*tasks: asyncio.Task[None], again_after: float = 5.0) -> None:
    """Cancel tasks until they have ended: before Python 3.12 `asyncio.wait_for`, by which pools close, passes over a cancel that comes at
    the moment at which it is done. `again_after`: seconds that their cleaning up may take.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=again_after)
