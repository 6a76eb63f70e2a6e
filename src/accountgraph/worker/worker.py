"""The worker's loop: sleeps until a workspace has something due, runs it, and stops gracefully."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import procrastinate
import psycopg

from accountgraph.access import Registry
from accountgraph.access.log import tidy
from accountgraph.analytics import snapshot_due
from accountgraph.campaigns.engine.recover import reconcile
from accountgraph.campaigns.engine.runner import Done
from accountgraph.campaigns.work.tasks import escalate
from accountgraph.channels import Transports
from accountgraph.drafting.reading import read_replies
from accountgraph.drafting.wanted import write_wanted
from accountgraph.driver_errors import translated
from accountgraph.embedded import revive
from accountgraph.errors import AccountGraphError, DatabaseError
from accountgraph.intake import take_mail
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.mailboxes.sent import SentMail, over_workspace
from accountgraph.mailboxes.watch import Watch, sync_all
from accountgraph.notices import send_due
from accountgraph.outgoing import Poster, deliver_due
from accountgraph.privacy import apply_retention
from accountgraph.worker.imports import Imports
from accountgraph.worker.jobs import install, jobs
from accountgraph.worker.outgoing import CHANNEL, Outgoing
from accountgraph.worker.workspaces import OpenWorkspaces

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
    from uuid import UUID

    from accountgraph.config import Settings
    from accountgraph.db import Database
    from accountgraph.mailboxes.keeping import Take
    from accountgraph.worker.workspaces import OpenWorkspace

JOBS_AT_ONCE = 2  # so that one which waits for a model does not keep the others
LONGEST_SLEEP = timedelta(seconds=60)  # where a notification was lost, nobody waits longer
SIDE_BY_SIDE = 4  # workspaces worked at together, so that a slow mail server keeps up its own workspace only
LOOK_EVERY = 15  # seconds until mailboxes that nobody watches are looked for again
LONGEST_END = 40  # seconds; a database is waited for no longer than 30
AFTER_FAILURE = 5  # seconds until a database that did not answer is asked again
REQUESTS_KEPT = timedelta(days=1)  # so long a request that is sent twice is known again
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
        transports: what carries messages; each workspace gets its own of them, with its secrets.
        take: what is done with each mail of the mailboxes.
        on_done: is told what was done, workspace by workspace.
    """

    def __init__(
        self,
        settings: Settings,
        url: str,
        *,
        workspaces: Sequence[str] | None = None,
        transports: Transports | None = None,
        take: Take = take_mail,
        on_done: Callable[[str, Done], None] | None = None,
    ) -> None:
        self._settings, self._url, self._only = settings, url, workspaces
        self._transports = transports or Transports(lambda: datetime.now(UTC))
        self._on_done = on_done
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._workspaces = OpenWorkspaces(url, is_pooled=settings.pooler, transports=self._transports_over)
        self._take = take
        self._mailboxes = Watch(take)
        self._http = Poster(settings.webhook_networks)
        self._outgoing = Outgoing(self._workspaces, self._names, self._http)
        self._imports = Imports(url, self._names, is_pooled=settings.pooler)
        self._places = asyncio.Semaphore(SIDE_BY_SIDE)
        self._registry: psycopg.AsyncConnection[Any] | None = None
        self._asking = asyncio.Lock()

    def stop(self) -> None:
        """Finish what is in flight, give back what is planned, and return from `run`."""
        self._stopping.set()
        self._woken.set()
        self._workspaces.stop()

    async def run(self) -> None:
        """Work until `stop`."""
        await asyncio.to_thread(install, self._url)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._close)
            for beside in (self._listen(), self._run_jobs(), self._outgoing.run(), self._imports.run()):
                stack.push_async_callback(_ended, asyncio.create_task(beside))
            # It ends by itself: a database that is cancelled while it opens leaves tasks that go on connecting.
            stack.push_async_callback(_awaited, asyncio.create_task(self._watch()))
            await self._loop()

    async def run_once(self) -> Done:
        """Do what is due now in every workspace, and return."""
        total = Done()
        await self._imports.run_once()  # who comes in may be somebody to be written to
        for name in await self._names():
            async with self._workspaces.use(name) as opened:
                await sync_all(opened.db, self._take)  # before anything leaves, for an answer may have come
            total += await self._run(name)
            async with self._workspaces.use(name) as opened:
                written = await _let_write(opened)
            total += await self._run(name) if written else Done()
            async with self._workspaces.use(name) as opened:
                await self._tell(name, opened)
        await self._close()
        return total

    def jobs(self) -> procrastinate.App:
        """The short jobs and periodic work."""
        work: dict[str, Callable[[str | None], Awaitable[None]]]
        work = {
            "refresh": self._refresh,
            "reconcile": self._reconcile,
            "escalate": self._escalate,
            "draft": self._draft,
            "notices": self._notices,
            "retain": self._retain,
            "snapshot": self._snapshot,
        }
        return jobs(self._url, work)

    async def _run_jobs(self) -> None:
        """Short jobs and periodic work, begun anew where the database went away."""
        while True:
            try:
                async with _open(self.jobs()) as app:
                    await app.run_worker_async(
                        install_signal_handlers=False, listen_notify=not self._settings.pooler, concurrency=JOBS_AT_ONCE
                    )
            except (procrastinate.exceptions.ProcrastinateException, psycopg.Error) as error:
                logger.warning("Jobs: %s; trying again.", error)
            await asyncio.sleep(AFTER_FAILURE)

    async def _loop(self) -> None:
        looked_everywhere = datetime.min.replace(tzinfo=UTC)
        while not self._stopping.is_set():
            now = datetime.now(UTC)
            try:
                names = await self._names()
                if now - looked_everywhere >= LONGEST_SLEEP:
                    looked_everywhere, due = now, dict.fromkeys(names, now)
                else:
                    due = await self._due(names, now)
                await asyncio.gather(*(self._work(name, seen) for name, seen in due.items()))
                pause = await self._pause(names)
            except AccountGraphError as error:
                logger.warning("%s; trying again.", error)
                pause = timedelta(seconds=AFTER_FAILURE)
            await self._sleep(pause)

    async def _work(self, name: str, seen: datetime) -> None:
        """One workspace; its failure is its own, and it is tried again a little later."""
        at = None
        try:
            async with self._places, self._workspaces.use(name) as opened:
                await self._run(name)
                at = await opened.db.value("campaigns.enrolments.next_due")
        except AccountGraphError as error:
            logger.warning("Workspace %s: %s", name, error)
        now = datetime.now(UTC)
        with suppress(DatabaseError):  # then it stays due, and the next look says that the database is away
            await self._query(_PUT_OFF, {"name": name, "at": max(at or now + LONGEST_SLEEP, now), "seen": seen})

    async def _run(self, name: str) -> Done:
        async with self._workspaces.use(name) as opened:
            done = await opened.runner.run_due()
        if self._on_done and done != Done():
            self._on_done(name, done)
        return done

    async def _pause(self, names: Sequence[str]) -> timedelta:
        """Until something is due, as far as is known now."""
        rows = await self._query(_NEXT, {"names": list(names)})
        if not rows or rows[0][0] is None:
            return LONGEST_SLEEP
        due: datetime = rows[0][0]
        return min(LONGEST_SLEEP, max(due - datetime.now(UTC), timedelta(milliseconds=50)))

    async def _sleep(self, pause: timedelta) -> None:
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
                    await connection.execute(f"LISTEN accountgraph_work; LISTEN {CHANNEL}".encode())
                    self._woken.set()  # what was said while nobody listened
                    async for notified in connection.notifies():
                        if notified.channel == CHANNEL:
                            self._outgoing.wake(notified.payload)
                        else:
                            self._woken.set()
            await asyncio.sleep(AFTER_FAILURE)
            with suppress(AccountGraphError):  # said by whoever asks next
                await revive(self._url)

    async def _watch(self) -> None:
        """Read mailboxes, each on a task of its own: one that fails or hangs keeps nobody else from theirs."""
        tasks: set[asyncio.Task[None]] = set()
        try:
            while not self._stopping.is_set():  # asked each time: a database call that is cancelled may end as an error like any other
                with suppress(AccountGraphError):  # what is wrong with a database, the loop says
                    for name in await self._names():
                        tasks |= {asyncio.create_task(self._stay(name, sender_id)) for sender_id in await self._claimed(name)}
                tasks = {task for task in tasks if not task.done()}
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), LOOK_EVERY)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _claimed(self, name: str) -> list[UUID]:
        """The mailboxes of a workspace that are this worker's from now on."""
        try:
            async with self._workspaces.use(name) as opened:
                return await self._mailboxes.claim(opened.db)
        except AccountGraphError as error:
            logger.info("Workspace %s: mailboxes: %s", name, error)
            return []

    async def _stay(self, name: str, sender_id: UUID) -> None:
        try:
            async with self._workspaces.use(name) as opened:
                await self._mailboxes.stay(opened.db, sender_id)
        except Exception:  # one mailbox's failure is its own, whatever it is
            logger.exception("Workspace %s: the mailbox of sender %s is not watched for now.", name, sender_id)

    def _transports_over(self, db: Database) -> Transports:
        return over_workspace(self._transports, db)

    async def _names(self) -> Sequence[str]:
        if self._only is not None:
            return self._only
        return [row[0] for row in await self._query(_ALL)]

    async def _due(self, names: Sequence[str], now: datetime) -> dict[str, datetime]:
        return {row[0]: row[1] for row in await self._query(_DUE, {"names": list(names), "now": now})}

    async def _query(self, statement: str, params: dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        """On the worker's own connection to the registry, one after the other; opened anew where it was lost."""
        async with self._asking:
            with translated():
                if self._registry is None or self._registry.closed:
                    await revive(self._url)
                    self._registry = await psycopg.AsyncConnection.connect(self._url, autocommit=True, prepare_threshold=None)
                cursor = await self._registry.execute(statement.encode(), params)
                return await cursor.fetchall() if cursor.description else []

    async def _refresh(self, workspace: str | None) -> None:
        """Bring the account overview up to date, where it has changed."""
        await self._everywhere(workspace, lambda opened: opened.db.value("workspace.refresh_overview"))

    async def _reconcile(self, workspace: str | None) -> None:
        """Ask services what became of messages that nobody knows about."""

        async def ask(opened: OpenWorkspace) -> int:
            sent_mail = SentMail(opened.db, WorkspaceVault(opened.db))
            return await reconcile(opened.db, opened.transports.transport_for, sent_mail.look)

        await self._everywhere(workspace, ask)

    async def _escalate(self, workspace: str | None) -> None:
        """Raise tasks that nobody did."""
        await self._everywhere(workspace, lambda opened: opened.db.run(lambda session: escalate(session, session.now())))

    async def _draft(self, workspace: str | None) -> None:
        """Let a model write the messages that wait for one."""
        await self._everywhere(workspace, _let_write, is_short=False)

    async def _notices(self, workspace: str | None) -> None:
        """Tell people what waits for them."""
        await self._everywhere(workspace, self._let_know, is_short=False)

    async def _tell(self, name: str, opened: OpenWorkspace) -> None:
        """Systems what happened, and people what waits. That somebody cannot be told keeps nobody else from what is due."""
        for work in (lambda: deliver_due(opened.db, self._http), lambda: self._let_know(opened)):
            try:
                await work()
            except AccountGraphError as error:
                logger.warning("Workspace %s: %s", name, error)

    async def _let_know(self, opened: OpenWorkspace) -> int:
        return await send_due(opened.db, self._http, opened.transports.transport_for)

    async def _retain(self, workspace: str | None) -> None:
        """Let go of what is older than its rule says, and of what nobody asks for any more."""
        await self._everywhere(workspace, _let_go, is_short=False)
        if workspace is None:
            async with Registry(self._url, pooler=self._settings.pooler, connections=1) as registry:
                await tidy(registry)

    async def _snapshot(self, workspace: str | None) -> None:
        """Write down how every account does, where a day is about to end."""
        await self._everywhere(workspace, lambda opened: snapshot_due(opened.db), is_short=False)

    async def _everywhere(
        self, workspace: str | None, work: Callable[[OpenWorkspace], Awaitable[object]], *, is_short: bool = True
    ) -> None:
        """Work for one workspace, or (None) for each; one that fails does not keep the others from theirs.

        What is not short, for it waits for somebody else, takes no place from those whose campaigns run.
        """
        failed = []
        for name in [workspace] if workspace else await self._names():
            try:
                async with self._places if is_short else nullcontext(), self._workspaces.use(name) as opened:
                    await work(opened)
            except AccountGraphError as error:
                failed.append(f"{name}: {error}")
        if failed:
            raise DatabaseError("; ".join(failed))

    async def _close(self) -> None:
        await self._workspaces.close()
        if self._registry is not None:
            await self._registry.close()


async def _let_write(opened: OpenWorkspace) -> int:
    """Whatever a model is to do in a workspace; gives how many drafts were settled."""
    vault = WorkspaceVault(opened.db)
    await read_replies(opened.db, vault)
    return await write_wanted(opened.db, vault)


@asynccontextmanager
async def _open(app: procrastinate.App) -> AsyncGenerator[procrastinate.App]:
    """The jobs, connected. They are connected to the end even where they are to stop: a pool that is cancelled while it opens goes on
    connecting by itself, and outlives the loop.
    """
    opening = asyncio.ensure_future(app.open_async())
    try:
        await asyncio.shield(opening)
        yield app
    finally:
        await asyncio.wait({opening})
        await app.close_async()


async def _awaited(task: asyncio.Task[None]) -> None:
    """Wait for a task that has been told to end; one that does not is stopped."""
    await asyncio.wait({task}, timeout=LONGEST_END)
    await _ended(task)


async def _ended(task: asyncio.Task[None]) -> None:
    """Stop a task, and wait until it has let go of its connections."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def _let_go(opened: OpenWorkspace) -> None:
    """Of what is too old by its rule, and of requests that nobody sends a second time."""
    now = opened.db.now()
    await apply_retention(opened.db, now)
    await opened.db.value("requests.forget", {"before": now - REQUESTS_KEPT})
