"""Working off what was kept: beside the requests, in the order it came, each payload in a transaction of its own."""

from __future__ import annotations

import asyncio
import logging
import traceback
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from accountgraph.errors import AccountGraphError, DatabaseError
from accountgraph.store.intake import Payload, PayloadRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.db import Database, Session
    from accountgraph.web.doors import Door, Doors

Handle: TypeAlias = "Callable[[Session, Payload], Awaitable[list[str]]]"
"""Makes something of a payload, within the transaction; gives what it did, in words. The same payload again changes nothing."""

Before: TypeAlias = "Callable[[Door, Payload], Awaitable[dict[str, bytes]]]"
"""Fetches what a payload only tells of, outside of any transaction; what it raises is tried again."""

After: TypeAlias = "Callable[[Payload], Awaitable[None]]"
"""What a payload asks for outside of any transaction, once it is worked off. Done at most once; it raises nothing of ours."""

BATCH = 100  # payloads that are looked for at once
MOST_TRIES = 8
BACKOFF = timedelta(seconds=10)  # after the first failure; four times as long after each one more
LONGEST_BACKOFF = timedelta(hours=1)
LONGEST_WORK = 60.0  # seconds at one payload
SWEEP = 30.0  # seconds: what nobody was woken for is found by then
SIDE_BY_SIDE = 4  # workspaces worked at together
MANY = 50  # workspaces; of more, all are swept ten times less often

logger = logging.getLogger(__name__)


class UnreadableError(AccountGraphError):
    """A payload cannot be read, and will not be the next time: it is kept as failed at once."""


class FetchFirstError(AccountGraphError):
    """Something has to be fetched before anything can be made of the payload."""


class Processor:
    """Works off the payloads of all workspaces, any number of processes side by side."""

    def __init__(self, doors: Doors, handle: Handle, after: After | None = None, before: Before | None = None) -> None:
        self._doors, self._handle, self._after, self._before = doors, handle, after, before
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)
        self._woken: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def wake(self, workspace: str) -> None:
        """There is something to do."""
        self._woken.add(workspace)
        if workspace not in self._tasks:
            self._tasks[workspace] = asyncio.create_task(self._work(workspace))

    async def run(self) -> None:
        """Look everywhere now and then, for what was kept by a process that died, and for what is to be tried again."""
        while True:
            pause = SWEEP
            try:
                names = await self._doors.names()
                pause = SWEEP if len(names) <= MANY else 10 * SWEEP
                for name in names:
                    self.wake(name)
            except AccountGraphError as error:
                logger.warning("Payloads wait: %s", error)
            await asyncio.sleep(pause)

    async def stop(self) -> None:
        """Leave what is in work undone: it is done by whoever comes next."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, name: str) -> None:
        try:
            while name in self._woken:
                self._woken.discard(name)
                async with self._places:
                    await self.work_off(name)
        except AccountGraphError as error:
            logger.warning("Payloads of workspace %s wait: %s", name, error)
        finally:
            self._woken.discard(name)
            self._tasks.pop(name, None)

    async def work_off(self, name: str) -> int:
        """Work off all that is due in a workspace; gives how many were worked at.

        Raises:
            AccountGraphError: the workspace cannot be opened, or the database is away.
        """
        total = 0
        async with self._doors.use(name) as door:
            while ids := await PayloadRepository(door.db).due(door.db.now(), limit=BATCH):
                worked = [await self._one(door, payload_id) for payload_id in ids]
                total += sum(worked)
                if not any(worked):  # others are at all of them
                    break
        return total

    async def _one(self, door: Door, payload_id: int) -> bool:
        """One payload; gives whether it was ours to work at."""
        tried, db = _Try(), door.db
        try:
            async with asyncio.timeout(LONGEST_WORK):
                is_ours = await self._worked(door, payload_id, tried)
        except Exception as error:
            if tried.payload is None:
                raise DatabaseError(str(error)) from error
            await self._put_off(db, tried.payload, error)
            return True
        if is_ours and self._after and tried.payload:
            await self._after(tried.payload)
        return is_ours

    async def _worked(self, door: Door, payload_id: int, tried: _Try) -> bool:
        """In one transaction; in a second one where something has to be fetched, and in none meanwhile."""
        try:
            return await door.db.run(partial(self._handled, payload_id, tried))
        except FetchFirstError:
            if self._before is None or tried.payload is None:
                raise
        tried.brought = await self._before(door, tried.payload)
        return await door.db.run(partial(self._handled, payload_id, tried))

    async def _handled(self, payload_id: int, tried: _Try, session: Session) -> bool:
        repository = PayloadRepository(session)
        payload = await repository.take(payload_id, session.now())
        if payload is None:
            return False
        tried.payload = payload
        effects = await self._handle(session, replace(payload, brought=tried.brought))
        await repository.finish(payload.id, effects, session.now())
        return True

    async def _put_off(self, db: Database, payload: Payload, error: Exception) -> None:
        now = db.now()
        said = str(error) if isinstance(error, AccountGraphError) else f"{type(error).__name__}: {error}".rstrip(": ")
        is_over = isinstance(error, UnreadableError) or payload.tries + 1 >= MOST_TRIES
        if not isinstance(error, AccountGraphError | TimeoutError):
            logger.error("Payload %s of %s failed:\n%s", payload.id, payload.provider, _traced(error))
        await PayloadRepository(db).put_off(payload.id, said, None if is_over else now + backoff(payload.tries), now)


def _traced(error: Exception) -> str:
    """Where it failed, in words that every log takes: what a stranger posts may hold halves of characters."""
    return "".join(traceback.format_exception(error)).encode(errors="replace").decode()


class _Try:
    """What was in work when something failed, and what was fetched for it."""

    def __init__(self) -> None:
        self.payload: Payload | None = None
        self.brought: dict[str, bytes] = {}


def backoff(tries: int) -> timedelta:
    """How long to wait after so many failures before."""
    return min(BACKOFF * (1 << 2 * min(tries, 10)), LONGEST_BACKOFF)
