"""One transaction: what a repository needs of the database, and the session that gives it; typed rows."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import msgspec
import psycopg

from accountgraph.driver_errors import translated
from accountgraph.errors import ConcurrencyError
from accountgraph.queries import query

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from accountgraph.acting import Acting
    from accountgraph.config import Settings

T = TypeVar("T")
Params = dict[str, Any]
Connection = psycopg.AsyncConnection[tuple[Any, ...]]
ATTEMPTS = 3
_streams = count()  # cursors of one transaction need names of their own


class Connectable(Protocol):
    """What a repository needs: a `Database` (one call, one transaction) or a `Session` (the caller's)."""

    def now(self) -> datetime:
        """The time by this database's clock, UTC."""
        ...

    async def rows(self, kind: type[T], name: str, params: Params | None = None) -> list[T]:
        """All rows of a named query, as `kind`."""
        ...

    async def row(self, kind: type[T], name: str, params: Params | None = None) -> T | None:
        """The first row of a named query, as `kind`, or None."""
        ...

    async def value(self, name: str, params: Params | None = None) -> Any:  # noqa: ANN401 - whatever the column holds
        """The first column of the first row, or None."""
        ...

    async def write(self, kind: type[T], name: str, params: Params | None = None) -> T | None:
        """As `row`, for a statement that writes: where it is refused, only it is undone."""
        ...

    async def run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do `work` in a transaction."""
        ...


class Session:
    """One transaction in one workspace, of the database with these settings; the block that opened it commits or rolls back."""

    def __init__(self, connection: Connection, now: Callable[[], datetime], settings: Settings) -> None:
        self._connection = connection
        self.now = now
        self.settings = settings
        self.has_run_foreign_sql = False

    async def rows(self, kind: type[T], name: str, params: Params | None = None) -> list[T]:
        """All rows of a named query, as `kind`."""
        with translated():
            cursor = await self._connection.execute(query(name), params)
            return typed(kind, cursor, await cursor.fetchall())

    async def row(self, kind: type[T], name: str, params: Params | None = None) -> T | None:
        """The first row of a named query, as `kind`, or None."""
        found = await self.rows(kind, name, params)
        return found[0] if found else None

    async def value(self, name: str, params: Params | None = None) -> Any:  # noqa: ANN401 - whatever the column holds
        """The first column of the first row, or None."""
        with translated():
            cursor = await self._connection.execute(query(name), params)
            row = await cursor.fetchone() if cursor.pgresult and cursor.pgresult.nfields else None
            return row[0] if row else None

    async def write(self, kind: type[T], name: str, params: Params | None = None) -> T | None:
        """As `row`, for a statement that writes: a savepoint keeps a refusal from spoiling this transaction."""
        with translated():
            async with self._connection.transaction():
                return await self.row(kind, name, params)

    async def run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do `work` in this transaction; where it fails, only what it did is undone."""
        with translated():
            async with self._connection.transaction():
                return await work(self)

    async def stream(self, kind: type[T], name: str, params: Params | None = None) -> AsyncIterator[T]:
        """The rows of a named query, fetched as they are asked for; memory stays flat."""
        with translated():
            async with self._connection.cursor(name=f"stream_{next(_streams)}") as cursor:
                cursor.itersize = 2000
                await cursor.execute(query(name), params)
                while chunk := await cursor.fetchmany(cursor.itersize):
                    for item in typed(kind, cursor, chunk):
                        yield item

    async def affect(self, name: str, params: Params | None = None) -> int:
        """Run a named query for what it does; gives the rows it touched."""
        with translated():
            return (await self._connection.execute(query(name), params)).rowcount

    async def execute(self, statement: str, params: Params | None = None) -> int:
        """Run a statement that is not a named query (staging tables); gives the rows it touched."""
        self.has_run_foreign_sql = True
        with translated():
            return (await self._connection.execute(statement.encode(), params)).rowcount

    async def act_as(self, acting: Acting) -> None:
        """From here to the end of the transaction, this is who acts: what is changed is logged under that name."""
        with translated():
            await self._connection.execute("SELECT set_config('accountgraph.acting', %s, true)", (told(acting),))

    async def batch(self) -> str:
        """What the audit log calls all that this transaction changes; by it that is taken back."""
        with translated():
            row = await (await self._connection.execute("SELECT pg_current_xact_id()::text")).fetchone()
        return str(row[0]) if row else ""

    def by_clock(self, clock: Callable[[], datetime]) -> Session:
        """The same transaction by another clock, undone as a whole or not at all; the database goes by what `tell_time` last said."""
        return _Whole(self._connection, clock, self.settings)

    async def tell_time(self, at: datetime | None) -> None:
        """From here on it is `at` in this transaction, for whatever the database dates by itself; None: the time of its start."""
        with translated():
            await self._connection.execute("SELECT set_config('accountgraph.now', %s, true)", (at.isoformat() if at else "",))

    @asynccontextmanager
    async def copy(self, statement: str) -> AsyncGenerator[psycopg.AsyncCopy]:
        """A COPY, in or out."""
        with translated():
            async with self._connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                yield copy


class _Whole(Session):
    """A transaction without savepoints: what fails in it fails all of it, and thousands of statements cost half as many round trips."""

    async def run(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """Do `work` in this transaction."""
        return await work(self)

    async def write(self, kind: type[T], name: str, params: Params | None = None) -> T | None:
        """As `row`."""
        return await self.row(kind, name, params)


async def retried(attempt: Callable[[], Awaitable[T]]) -> T:
    """Call `attempt`, three times at most where another transaction was in the way."""
    for number in range(1, ATTEMPTS):
        try:
            return await attempt()
        except ConcurrencyError:
            await asyncio.sleep(random.uniform(0.01, 0.05) * number)  # noqa: S311 - spreads the second tries
    return await attempt()


def typed(kind: type[T], cursor: psycopg.AsyncCursor[Any], rows: list[tuple[Any, ...]]) -> list[T]:
    """Rows as `kind`: a struct by column names, or the plain value of the only column."""
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct | dict)):
        return [row[0] for row in rows]
    names = _column_names(cursor)
    return [msgspec.convert(dict(zip(names, row, strict=True)), kind) for row in rows]


def _column_names(cursor: psycopg.AsyncCursor[Any]) -> list[str]:
    """The names alone: `cursor.description` makes an object a column, at a fifth of the time of a small query."""
    result = cursor.pgresult
    return [(result.fname(number) or b"").decode() for number in range(result.nfields)] if result else []


def told(acting: Acting | None) -> str:
    """Who acts, as the database is told; empty: nobody is named."""
    return msgspec.json.encode(acting).decode() if acting else ""
