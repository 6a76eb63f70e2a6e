"""The same calls for code that is not async: `from accountgraph.sync import CompanyRepository, CompanyGraph`.

One background thread runs an event loop, and each call waits for its answer there; so it works in a
script, in a thread, and inside a running loop (a notebook). Async iterators become iterators, async
context managers context managers. `Database.run`, `Session.run` and `Session.copy` take async code and
stay with the async API; use `transaction()`.

The types stand in `sync.pyi`, which `tools/sync_stub.py` makes from the async source.
"""

from __future__ import annotations

import asyncio
import atexit
import inspect
import os
import sys
import threading
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any

from accountgraph import db, graph, orchestrator
from accountgraph.store import (
    attributes,
    companies,
    consents,
    contacts,
    conversations,
    external_ids,
    relationships,
    suppressions,
    touchpoints,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

ASYNC_ONLY = {"run", "copy", "execute"}


class _Portal:
    """A thread with an event loop of its own, and the way in."""

    def __init__(self) -> None:
        # The driver does not work on Windows' usual loop.
        self.loop = asyncio.SelectorEventLoop() if sys.platform == "win32" else asyncio.new_event_loop()
        self.process = os.getpid()
        self.streams: dict[int, AsyncIterator[Any]] = {}
        self.thread = threading.Thread(target=self.loop.run_forever, name="accountgraph.sync", daemon=True)
        self.thread.start()

    def wait_for(self, work: Any) -> Any:  # noqa: ANN401 - whatever the call gives
        """Run a coroutine over there; Ctrl-C here cancels it there."""
        if threading.current_thread() is self.thread:
            work.close()
            raise RuntimeError("accountgraph.sync cannot be called from its own thread; use the async API there.")
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def close(self) -> None:
        """Close what is open in the loop (the pools are), then the loop."""
        if self.process != os.getpid() or self.loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._end_streams(), self.loop).result(10)
        asyncio.run_coroutine_threadsafe(self.loop.shutdown_asyncgens(), self.loop).result(10)
        asyncio.run_coroutine_threadsafe(_end_tasks(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    async def _end_streams(self) -> None:
        """Streams that were left half read hold connections, and others inside them: these first."""
        for stream in list(self.streams.values()):
            await _end(stream)


async def _end(stream: AsyncIterator[Any]) -> None:
    """Close a stream, where it is one that can be closed."""
    if hasattr(stream, "aclose"):
        await stream.aclose()


async def _end_tasks() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


_portal: _Portal | None = None
_making = threading.Lock()


def _the_portal() -> _Portal:
    """The process's portal; a forked child has no thread, and makes its own."""
    global _portal  # noqa: PLW0603 - one thread a process
    with _making:
        if _portal is None or _portal.process != os.getpid():
            _portal = _Portal()
            atexit.register(_portal.close)
        return _portal


class _Blocking:
    """An object of the async API, each call of which is waited for."""

    kind: type[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - those of the async class
        self._inner = self.kind(*map(_inner, args), **{name: _inner(value) for name, value in kwargs.items()})

    def __enter__(self) -> _Blocking:
        _blocked(self._inner.__aenter__())
        return self

    def __exit__(self, *error: object) -> None:
        _blocked(self._inner.__aexit__(*error))


def _inner(value: Any) -> Any:  # noqa: ANN401 - any argument
    return value._inner if isinstance(value, _Blocking) else value


def _outer(value: Any) -> Any:  # noqa: ANN401 - any result
    for blocking in (Database, Session):
        if isinstance(value, blocking.kind):
            made = blocking.__new__(blocking)
            made._inner = value
            return made
    return value


def _blocked(result: Any) -> Any:  # noqa: ANN401 - any result
    """What an async call gave, as its blocking twin."""
    if inspect.iscoroutine(result):
        return _outer(_the_portal().wait_for(result))
    if hasattr(result, "__anext__"):
        return _iterated(result)
    if hasattr(result, "__aenter__") and not isinstance(result, db.Database):
        return _entered(result)
    return _outer(result)


def _iterated(source: AsyncIterator[Any]) -> Iterator[Any]:
    portal = _the_portal()
    over = object()

    async def following() -> Any:  # noqa: ANN401 - an item
        return await anext(source, over)

    portal.streams[id(source)] = source
    try:
        while (item := portal.wait_for(following())) is not over:
            yield item
    finally:
        if portal.streams.pop(id(source), None) is not None and portal.thread.is_alive():
            portal.wait_for(_end(source))


@contextmanager
def _entered(source: AbstractAsyncContextManager[Any]) -> Iterator[Any]:
    value = _blocked(source.__aenter__())
    try:
        yield value
    except BaseException as error:
        if not _blocked(source.__aexit__(type(error), error, error.__traceback__)):
            raise
    else:
        _blocked(source.__aexit__(None, None, None))


def _blocking(kind: type[Any]) -> type[_Blocking]:
    """The blocking twin of a class."""
    members: dict[str, Any] = {"kind": kind, "__doc__": kind.__doc__, "__module__": __name__}
    for name, member in inspect.getmembers(kind, inspect.isfunction):
        if not name.startswith("_") and not (kind in {db.Database, db.Session} and name in ASYNC_ONLY):
            members[name] = _method(name, member)
    return type(kind.__name__, (_Blocking,), members)


def _method(name: str, member: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(member)
    def call(self: _Blocking, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - those of the async method
        return _blocked(getattr(self._inner, name)(*map(_inner, args), **kwargs))

    return call


Database = _blocking(db.Database)
Session = _blocking(db.Session)
CompanyRepository = _blocking(companies.CompanyRepository)
ContactRepository = _blocking(contacts.ContactRepository)
RelationshipRepository = _blocking(relationships.RelationshipRepository)
ConversationRepository = _blocking(conversations.ConversationRepository)
TouchpointRepository = _blocking(touchpoints.TouchpointRepository)
AttributeRepository = _blocking(attributes.AttributeRepository)
ConsentRepository = _blocking(consents.ConsentRepository)
ExternalIdRepository = _blocking(external_ids.ExternalIdRepository)
SuppressionRepository = _blocking(suppressions.SuppressionRepository)
CompanyGraph = _blocking(graph.CompanyGraph)
AccountOrchestrator = _blocking(orchestrator.AccountOrchestrator)


def connect(url: str | None = None, *, workspace: str | None = None, as_agent: bool = False) -> Any:  # noqa: ANN401 - see sync.pyi
    """A database to be closed after use: `with connect() as db: ...`."""
    return _outer(db.connect(url, workspace=workspace, as_agent=as_agent))
