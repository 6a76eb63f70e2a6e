"""Worlds that tests begin with: each is made once a run, and comes back to every test with a copy of its database."""

from __future__ import annotations

import asyncio
import io
import pickle
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from psycopg import conninfo

from accountgraph.db import Database
from tests.databases import scratch_database
from tests.factories import Clock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime

T = TypeVar("T")
Make: TypeAlias = "Callable[[Database, Clock], Awaitable[Any]]"


class _Made(NamedTuple):
    """A world: the name of its database, what was made, and when that was by the clock."""

    name: str
    pickled: bytes
    time: datetime


class Beginnings:
    """What is made by a function is made at most once, from an empty workspace `abm`."""

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url, self._template = server_url, template
        self._made: dict[Make, _Made] = {}
        self._databases = ExitStack()

    def template(self, make: Make) -> str:
        """The name of the database that `make` filled; call it outside of any event loop."""
        if make not in self._made:
            url = self._databases.enter_context(scratch_database(self._server_url, self._template))
            self._made[make] = asyncio.run(_make(url, make))
        return self._made[make].name

    def again(self, make: Callable[[Database, Clock], Awaitable[T]], db: Database, clock: Clock) -> T:
        """What `make` gave, in a database that is a copy of its template; the clock shows the time of then."""
        made = self._made[make]
        clock.time = made.time
        found: T = _Unpickler(made.pickled, db).load()
        return found

    @classmethod
    @contextmanager
    def kept(cls, server_url: str, template: str) -> Iterator[Beginnings]:
        """Their databases are dropped at the end."""
        beginnings = cls(server_url, template)
        with beginnings._databases:
            yield beginnings


async def _make(url: str, make: Make) -> _Made:
    clock, written = Clock(), io.BytesIO()
    async with Database(url, workspace="abm", clock=clock) as db:
        _Pickler(written).dump(await make(db, clock))
    return _Made(str(conninfo.conninfo_to_dict(url)["dbname"]), written.getvalue(), clock.time)


class _Pickler(pickle.Pickler):
    """Databases are named and not written."""

    def persistent_id(self, value: Any) -> str | None:
        return "database" if isinstance(value, Database) else None


class _Unpickler(pickle.Unpickler):
    """In their place comes the test's own."""

    def __init__(self, pickled: bytes, db: Database) -> None:
        super().__init__(io.BytesIO(pickled))
        self._db = db

    def persistent_load(self, _: Any) -> Database:
        return self._db
