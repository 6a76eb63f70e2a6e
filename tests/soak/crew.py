"""Real worker processes: the product's own `Worker`, each in a process that can be killed."""

from __future__ import annotations

import asyncio
import multiprocessing
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from accountgraph.config import Settings
from accountgraph.worker import Worker

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator
    from multiprocessing.context import ForkServerProcess

# Processes are forked from one that has imported the product already, and nothing of the tests' own.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["accountgraph.worker"])


def work(url: str) -> None:
    """What a worker's process does until it is killed."""
    settings = Settings.from_environment().with_choices(url=url, workspace=None, pooler=None)
    asyncio.run(Worker(settings, url, workspaces=["abm"]).run())


class Crew:
    """Workers side by side on one database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._workers: list[ForkServerProcess] = []
        self.kills = 0

    async def start(self, number: int) -> None:
        """So many more workers."""
        for _ in range(number):
            process = _PROCESSES.Process(target=work, args=(self._url,), daemon=True)
            await asyncio.to_thread(process.start)
            self._workers.append(process)

    async def kill_one(self, chance: random.Random) -> None:
        """SIGKILL, whatever it is doing."""
        await self._kill(self._workers.pop(chance.randrange(len(self._workers))))

    async def kill_all(self) -> None:
        """SIGKILL for everybody."""
        while self._workers:
            await self._kill(self._workers.pop())

    async def _kill(self, process: ForkServerProcess) -> None:
        assert process.is_alive(), "a worker does not end by itself"
        process.kill()
        await asyncio.to_thread(process.join, 10)
        process.close()
        self.kills += 1


@asynccontextmanager
async def crew(url: str) -> AsyncIterator[Crew]:
    """A crew of which nobody is left afterwards."""
    workers = Crew(url)
    try:
        yield workers
    finally:
        await workers.kill_all()
