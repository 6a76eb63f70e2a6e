"""Telling endpoints while the worker runs: at once where something happened, later where a try is due, and by looking each minute."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from accountgraph.errors import AccountGraphError
from accountgraph.outgoing.delivering import deliver_to, due_endpoints, next_due_at, prune

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from uuid import UUID

    from accountgraph.outgoing import Poster
    from accountgraph.worker.workspaces import OpenWorkspaces

CHANNEL = "accountgraph_outgoing"  # what the database notifies, with the workspace's schema
LOOK_EVERY = timedelta(seconds=60)  # where a notification was lost, nobody waits longer
SOON, LATER = timedelta(seconds=1), timedelta(seconds=5)  # until the next look; where what is due is being worked at

logger = logging.getLogger(__name__)


class Outgoing:
    """Tells the endpoints of workspaces. Each endpoint has a task of its own: one that is slow keeps no other waiting.

    Args:
        workspaces: opened when they are needed.
        names: gives those to work for.
        http: posts.
    """

    def __init__(self, workspaces: OpenWorkspaces, names: Callable[[], Awaitable[Sequence[str]]], http: Poster) -> None:
        self._workspaces, self._names, self._http = workspaces, names, http
        self._looks: dict[str, datetime] = {}  # when to look into a workspace
        self._tasks: dict[tuple[str, UUID], asyncio.Task[None]] = {}
        self._not_before: dict[tuple[str, UUID], datetime] = {}  # endpoints that cannot be told, for want of a secret or of a database
        self._woken = asyncio.Event()

    def wake(self, name: str) -> None:
        """Something happened in a workspace."""
        self._look_at(name, datetime.now(UTC))
        self._woken.set()

    async def run(self) -> None:
        """Work until it is cancelled. What is under way then is told again by the next."""
        try:
            looked_everywhere = datetime.min.replace(tzinfo=UTC)
            while True:
                now = datetime.now(UTC)
                with suppress(AccountGraphError):  # what is wrong with a database, the worker's loop says
                    names = await self._names()
                    self._looks = {name: at for name, at in self._looks.items() if name in names}
                    if now - looked_everywhere >= LOOK_EVERY:
                        looked_everywhere = now
                        await self._everywhere(names)
                    for name in [name for name, at in self._looks.items() if at <= now]:
                        del self._looks[name]
                        await self._look(name)
                await self._sleep()
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _everywhere(self, names: Sequence[str]) -> None:
        for name in names:
            with suppress(AccountGraphError):
                async with self._workspaces.use(name) as opened:
                    await prune(opened.db)
            self._look_at(name, datetime.now(UTC))

    async def _look(self, name: str) -> None:
        """Begin with what is due in a workspace, and remember when something will be."""
        try:
            async with self._workspaces.use(name) as opened:
                due = await due_endpoints(opened.db)
                at = await next_due_at(opened.db)
        except AccountGraphError as error:
            logger.info("Workspace %s: endpoints: %s", name, error)
            return
        now = datetime.now(UTC)
        for endpoint_id in due:
            if (name, endpoint_id) not in self._tasks and self._not_before.get((name, endpoint_id), now) <= now:
                self._tasks[name, endpoint_id] = asyncio.create_task(self._tell(name, endpoint_id))
        if at is not None:
            self._look_at(name, at + SOON if at > now else now + LATER)

    async def _tell(self, name: str, endpoint_id: UUID) -> None:
        try:
            async with self._workspaces.use(name) as opened:
                await deliver_to(opened.db, self._http, endpoint_id)
            self._not_before.pop((name, endpoint_id), None)
        except AccountGraphError as error:
            self._not_before[name, endpoint_id] = datetime.now(UTC) + LOOK_EVERY
            logger.warning("Workspace %s: endpoint %s: %s", name, endpoint_id, error)
        except Exception:  # one endpoint's failure is its own, whatever it is
            self._not_before[name, endpoint_id] = datetime.now(UTC) + LOOK_EVERY
            logger.exception("Workspace %s: endpoint %s is not told for now.", name, endpoint_id)
        finally:
            del self._tasks[name, endpoint_id]
            self._look_at(name, datetime.now(UTC) + SOON)
            self._woken.set()

    def _look_at(self, name: str, at: datetime) -> None:
        self._looks[name] = min(at, self._looks.get(name, at))

    async def _sleep(self) -> None:
        now = datetime.now(UTC)
        pause = min([LOOK_EVERY, *(max(at - now, timedelta(0)) for at in self._looks.values())])
        with suppress(TimeoutError):
            async with asyncio.timeout(pause.total_seconds()):
                await self._woken.wait()
        self._woken.clear()
