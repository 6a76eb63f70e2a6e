"""The database: a pool an event loop, bound to one workspace; transactions; typed rows.

A `Database` runs each call by itself (one statement, one round trip); a `Session` is one
transaction. Both offer the same calls, so that a repository does not care which it was given.
"""

from __future__ import annotations

import asyncio
import copy
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar
from weakref import WeakKeyDictionary

import msgspec
import psycopg
from psycopg import IsolationLevel
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from accountgraph.config import Settings
from accountgraph.driver_errors import translated
from accountgraph.errors import ConfigError, DatabaseError
from accountgraph.postgres import EmbeddedServer
from accountgraph.session import Connectable, Connection, Params, Session, retried, told
from accountgraph.workspaces import Binding, binding_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

    from accountgraph.acting import Acting

__all__ = ["Connectable", "Database", "Params", "Session", "connect", "default_database", "retried"]

T = TypeVar("T")

_SOON = 2.0  # seconds; after so long without a connection it is looked whether the embedded server was killed


class Database:
    """A workspace of one PostgreSQL server, as one user of this package sees it.

    Args:
        url: a libpq URL; None takes `DATABASE_URL`, else the embedded server.
        workspace: None takes `ACCOUNTGRAPH_WORKSPACE`, else `abm`.
        clock: where the time comes from; given, every transaction runs at its time.
        as_agent: bind to the role that may not write consents, suppressions or settings.
        pooler: the URL is a transaction pooler; None finds out from the settings and the URL.
        connections: at most so many at once, an event loop.
        acting: who acts in all that is done by it, and is logged so; None: nothing is logged, unless a transaction says who acts
            in it (`act_as`), or `as_agent` does, which is always logged.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        workspace: str | None = None,
        clock: Callable[[], datetime] | None = None,
        as_agent: bool = False,
        pooler: bool | None = None,
        connections: int = 10,
        acting: Acting | None = None,
    ) -> None:
        self.settings = Settings.from_environment().with_choices(url=url, workspace=workspace, pooler=pooler)
        self.clock = clock
        self.as_agent = as_agent
        self.connections = connections
        self.acting = acting
        self._is_view = False  # of another database, whose connections are bound for that one
        self._opened: WeakKeyDictionary[asyncio.AbstractEventLoop, _Opened] = WeakKeyDictionary()

    def acting_as(self, acting: Acting) -> Database:
        """The same database over the same connections, with somebody else acting in all that is done by it: of one request, say.

        Closing either closes the connections of both.
        """
        view = copy.copy(self)
        view.acting = acting
        view._is_view = True
        return view

    def now(self) -> datetime:
        """The time by this database's clock, UTC.

        Raises:
            ConfigError: the clock gives times without their offset.
        """
        now = self.clock() if self.clock else datetime.now(UTC)
        if now.tzinfo is None:
            raise ConfigError(f"clock: {now!r} has no offset; for example lambda: datetime.now(UTC).")
        return now

    async def rows(self, kind: type[T], name: str, params: Params | None = None) -> list[T]:
        """All rows of a named query, as `kind`."""
        return await self._one_call(lambda session: session.rows(kind, name, params))

    async def row(self, kind: type[T], name: str, params: Params | None = None) -> T | None:
        """The first row of a named query, as `kind`, or None."""
        return await self._one_call(lambda session: session.row(kind, name, params))

    async def value(self, name: str, params: Params | None = None) -> Any:  # noqa: ANN401 - whatever the column holds
        """The first column of the first row, or None."""
        return await self._one_call(lambda session: session.value(name, params))

    async def write(self, kind: type[T], name: str, params: Params | None = None) -> T | None:
        """As `row`, for a statement that writes; it is a transaction by itself."""
        return await self.row(kind, name, params)

    async def run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do `work` in a transaction; a deadlock or serialization failure is tried three times in all."""

        async def attempt() -> T:
            async with self.transaction() as session:
                return await work(session)

        return await retried(attempt)

    @asynccontextmanager
    async def transaction(self, *, is_snapshot: bool = False) -> AsyncGenerator[Session]:
        """One transaction; repositories given the session join it. `is_snapshot`: all it reads is as of one moment.

        Raises:
            ConcurrencyError: deadlock or serialization failure; `run` would have tried again.
        """
        opened = await self._open()
        with translated():
            async with opened.connection() as connection:
                session = Session(connection, self.now, self.settings)
                try:
                    if is_snapshot:
                        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
                    async with connection.transaction():
                        if self._is_set_each_time:
                            await opened.binding.set_local(connection, self.now() if self.clock else None, told(self.acting))
                        yield session
                finally:
                    if is_snapshot:
                        await connection.set_isolation_level(None)
                    if session.has_run_foreign_sql:
                        await opened.bind_again(connection)

    async def _one_call(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """One statement: it is a transaction by itself, unless the session has to be told who and when."""
        if self._is_set_each_time:
            return await self.run(work)
        return await retried(lambda: self._alone(work))

    async def _alone(self, work: Callable[[Session], Awaitable[T]]) -> T:
        opened = await self._open()
        with translated():
            connection = await opened.take()
            try:
                return await work(Session(connection, self.now, self.settings))
            finally:
                await opened.pool.putconn(connection)

    @property
    def _is_set_each_time(self) -> bool:
        return self._is_view or self.clock is not None or self.settings.pooler

    async def _open(self) -> _Opened:
        loop = asyncio.get_running_loop()
        opened = self._opened.get(loop)
        if opened is None:
            opened = self._opened[loop] = _Opened(self)
        if not opened.is_open:
            await opened.open()
        return opened

    async def _binding(self, url: str) -> Binding:
        """In which schema and as which role its connections work."""
        return await binding_of(url, self.settings, as_agent=self.as_agent)

    async def url(self) -> str:
        """The URL that is in use; starts the embedded server where there is no other."""
        return await asyncio.to_thread(_resolve_url, self.settings)

    async def close(self) -> None:
        """Close this event loop's connections; the next call opens new ones."""
        opened = self._opened.pop(asyncio.get_running_loop(), None)
        if opened is not None:
            await opened.close()

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Opened:
    """A database as one event loop has it open."""

    pool: AsyncConnectionPool[Connection]
    binding: Binding

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = asyncio.Lock()
        self._life: AsyncGenerator[None] | None = None
        self._embedded: EmbeddedServer | None = None
        self.is_open = False

    async def open(self) -> None:
        async with self._lock:
            if self.is_open:
                return
            self._life = self._live()
            await anext(self._life)
            self.is_open = True

    async def close(self) -> None:
        if self._life is not None:
            await self._life.aclose()

    async def _live(self) -> AsyncGenerator[None]:
        """Open the pool, and close it with the loop: `asyncio.run` finishes the generators it has seen."""
        database = self._database
        url = await database.url()
        self._embedded = EmbeddedServer.of(url)
        await self._revive()
        with translated():
            self.binding = await database._binding(url)
        is_pooled = database.settings.pooler
        self.pool = AsyncConnectionPool(
            url,
            open=False,
            min_size=1,
            max_size=database.connections,
            timeout=30,
            configure=_configure if is_pooled else self._bind,
            kwargs={"autocommit": True, "prepare_threshold": None if is_pooled else 3, "application_name": "accountgraph"},
        )
        try:
            await self.pool.open(wait=True, timeout=30)
            yield
        except PoolTimeout as error:
            raise DatabaseError(f"The database could not be reached: {error}") from error
        finally:  # also of a pool whose opening was cancelled: its workers go on, and hear no other word to stop
            self.is_open = False
            await self.pool.close()

    async def take(self) -> Connection:
        """A connection of the pool, none that the server dropped: before anything is sent, for later nobody knows what was done."""
        while _is_dropped(connection := await self._next()):
            await connection.close()
            await self.pool.putconn(connection)
            await self._revive()
        return connection

    async def _next(self) -> Connection:
        if self._embedded is None:
            return await self.pool.getconn()
        try:
            return await self.pool.getconn(timeout=_SOON)
        except PoolTimeout:
            await self._revive()
        return await self.pool.getconn()

    async def _revive(self) -> None:
        """An embedded server that was killed comes back with whoever misses it first."""
        if self._embedded is not None:
            await asyncio.to_thread(self._embedded.revive)

    @asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """A connection for a block of statements."""
        connection = await self.take()
        try:
            async with connection:
                yield connection
        finally:
            await self.pool.putconn(connection)

    async def bind_again(self, connection: Connection) -> None:
        """Before others get it: a statement of the caller's may have changed role or search_path for good."""
        if not (self._database.settings.pooler or connection.closed):
            await self.binding.set(connection, told(self._database.acting))

    async def _bind(self, connection: Connection) -> None:
        await _configure(connection)
        await self.binding.set(connection, told(self._database.acting))


async def _configure(connection: Connection) -> None:
    set_json_loads(msgspec.json.decode, connection)
    set_json_dumps(msgspec.json.encode, connection)


def _is_dropped(connection: Connection) -> bool:
    """Whether the server has hung up. What it said while nobody listened lies in the socket: to read that costs no round trip."""
    try:
        for _ in range(2):  # the first may take its last words, the second then finds the end
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return True
    return False


def _resolve_url(settings: Settings) -> str:
    if settings.database_url:
        return settings.database_url
    from accountgraph.embedded import ready_url  # noqa: PLC0415 - only where there is no URL

    return ready_url(settings)


_default: dict[tuple[Any, ...], Database] = {}


def default_database() -> Database:
    """The process's database by the environment's settings, shared by all that name none."""
    settings = Settings.from_environment()
    key = (settings.database_url, settings.home, settings.workspace, settings.pooler)
    if key not in _default:
        _default[key] = Database()
    return _default[key]


def connect(url: str | None = None, *, workspace: str | None = None, as_agent: bool = False) -> Database:
    """A database to be closed after use: `async with connect() as db: ...`; see `Database`.

    `as_agent` reads and proposes, but cannot write consents, suppressions or settings: the guard rail
    for an AI agent stands in the database, where no prompt reaches.
    """
    return Database(url, workspace=workspace, as_agent=as_agent)
