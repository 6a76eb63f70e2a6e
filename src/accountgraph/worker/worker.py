"""The worker's loop: sleeps until a workspace has something due, runs it, and stops gracefully."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg

from accountgraph.campaigns.engine.recover import reconcile
from accountgraph.campaigns.engine.runner import Done, Runner
from accountgraph.campaigns.work.tasks import escalate
from accountgraph.channels import Transports
from accountgraph.db import Database
from accountgraph.driver_errors import translated
from accountgraph.errors import AccountGraphError
from accountgraph.worker.jobs import install, jobs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import procrastinate

    from accountgraph.config import Settings

LONGEST_SLEEP = timedelta(seconds=60)  # where a notification was lost, nobody waits longer
_ALL = "SELECT name FROM accountgraph.workspaces WHERE NOT is_ephemeral ORDER BY name"
_DUE = "SELECT workspace, due_at FROM accountgraph.wakeups WHERE workspace = ANY (%(names)s) AND due_at <= %(now)s ORDER BY due_at"
_NEXT = "SELECT min(due_at) FROM accountgraph.wakeups WHERE workspace = ANY (%(names)s)"
_PUT_OFF = (
    "INSERT INTO accountgraph.wakeups AS w (workspace, due_at) VALUES (%(name)s, %(at)s)"
    " ON CONFLICT (workspace) DO UPDATE SET due_at = excluded.due_at WHERE w.due_at <= %(seen)s"
)

logger = logging.getLogger(__name__)


class Worker:
    """Runs campaigns.

    Args:
        settings: which database; a URL is needed, for a worker starts no server.
        url: that database's.
        workspaces: those to work for; None: all of them.
        on_done: is told what was done, workspace by workspace.
    """

    def __init__(
        self,
        settings: Settings,
        url: str,
        *,
        workspaces: Sequence[str] | None = None,
        transports: Transports | None = None,
        on_done: Callable[[str, Done], None] | None = None,
    ) -> None:
        self._settings, self._url, self._only = settings, url, workspaces
        self._transports = transports or Transports(lambda: datetime.now(UTC))
        self._on_done = on_done
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._open: dict[str, tuple[Database, Runner]] = {}
        self._registry: psycopg.AsyncConnection[Any] | None = None

    def stop(self) -> None:
        """Finish what is in flight, give back what is planned, and return from `run`."""
        self._stopping.set()
        self._woken.set()
        for _, runner in self._open.values():
            runner.stop()

    async def run(self) -> None:
        """Work until `stop`."""
        await asyncio.to_thread(install, self._url)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            listener = asyncio.create_task(self._listen())
            stack.callback(listener.cancel)
            app = await stack.enter_async_context(self.jobs().open_async())
            background = asyncio.create_task(app.run_worker_async(install_signal_handlers=False, listen_notify=not self._settings.pooler))
            try:
                await self._loop()
            finally:
                background.cancel()
                with suppress(asyncio.CancelledError):
                    await background

    async def run_once(self) -> Done:
        """Do what is due now in every workspace, and return."""
        total = Done()
        for name in await self._names():
            total += await self._run(name)
        await self._close()
        return total

    def jobs(self) -> procrastinate.App:
        """The short jobs and periodic work."""
        return jobs(self._url, {"refresh": self._refresh, "reconcile": self._reconcile, "escalate": self._escalate})

    async def _loop(self) -> None:
        looked_everywhere = datetime.min.replace(tzinfo=UTC)
        while not self._stopping.is_set():
            now = datetime.now(UTC)
            names = await self._names()
            if now - looked_everywhere >= LONGEST_SLEEP:
                looked_everywhere, due = now, dict.fromkeys(names, now)
            else:
                due = await self._due(names, now)
            for name, seen in due.items():
                await self._work(name, seen)
            await self._sleep(names)

    async def _work(self, name: str, seen: datetime) -> None:
        """One workspace; its failure is its own, and it is tried again a little later."""
        try:
            await self._run(name)
            db = self._open[name][0]
            following = await db.value("campaigns.enrolments.next_due", {"now": db.now()})
        except AccountGraphError as error:
            logger.warning("Workspace %s: %s", name, error)
            following = None
        at = max(following or seen, datetime.now(UTC)) if following else datetime.now(UTC) + LONGEST_SLEEP
        await self._query(_PUT_OFF, {"name": name, "at": at, "seen": seen})

    async def _run(self, name: str) -> Done:
        _, runner = await self._opened(name)
        done = await runner.run_due()
        if self._on_done and done != Done():
            self._on_done(name, done)
        return done

    async def _sleep(self, names: Sequence[str]) -> None:
        rows = await self._query(_NEXT, {"names": list(names)})
        pause = LONGEST_SLEEP
        if rows and rows[0][0] is not None:
            pause = min(pause, max(rows[0][0] - datetime.now(UTC), timedelta(milliseconds=50)))
        with suppress(TimeoutError):
            async with asyncio.timeout(pause.total_seconds()):
                await self._woken.wait()
        if not self._stopping.is_set():
            self._woken.clear()

    async def _listen(self) -> None:
        """Wake up when somebody says that there is work. Without notifications (a pooler) the sleep is merely not cut short."""
        while not self._settings.pooler:
            with suppress(psycopg.Error):
                async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
                    await connection.execute("LISTEN accountgraph_work")
                    async for _ in connection.notifies():
                        self._woken.set()
            await asyncio.sleep(5)

    async def _names(self) -> Sequence[str]:
        if self._only is not None:
            return self._only
        return [row[0] for row in await self._query(_ALL)]

    async def _due(self, names: Sequence[str], now: datetime) -> dict[str, datetime]:
        return {row[0]: row[1] for row in await self._query(_DUE, {"names": list(names), "now": now})}

    async def _query(self, statement: str, params: dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        """On the worker's own connection to the registry, opened anew where it was lost."""
        with translated():
            if self._registry is None or self._registry.closed:
                self._registry = await psycopg.AsyncConnection.connect(self._url, autocommit=True, prepare_threshold=None)
            cursor = await self._registry.execute(statement.encode(), params)
            return await cursor.fetchall() if cursor.description else []

    async def _refresh(self, workspace: str | None) -> None:
        """Bring the account overview up to date, where it has changed."""
        for name in [workspace] if workspace else await self._names():
            await (await self._opened(name))[0].value("workspace.refresh_overview")

    async def _reconcile(self, workspace: str | None) -> None:
        """Ask services what became of messages that nobody knows about."""
        for name in [workspace] if workspace else await self._names():
            await reconcile((await self._opened(name))[0], self._transports.transport_for)

    async def _escalate(self, workspace: str | None) -> None:
        """Raise tasks that nobody did."""
        for name in [workspace] if workspace else await self._names():
            db = (await self._opened(name))[0]
            await db.run(lambda session: escalate(session, session.now()))

    async def _opened(self, name: str) -> tuple[Database, Runner]:
        if name not in self._open:
            db = Database(self._url, workspace=name, pooler=self._settings.pooler, connections=4)
            self._open[name] = (db, Runner(db, self._transports.transport_for))
        return self._open[name]

    async def _close(self) -> None:
        for db, _ in self._open.values():
            await db.close()
        self._open.clear()
        if self._registry is not None:
            await self._registry.close()
        await self._transports.close()
