"""The accounts page of the dashboard against the statements that it asks, one after another, on a plain connection."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.actor import NOWHERE
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.sessions import SESSION_COOKIE, begin_session
from accountgraph.access.people.users import create_user
from accountgraph.analytics.snapshots import snapshot_health
from accountgraph.api import Parts, Workspaces
from accountgraph.api.limits import Limits
from accountgraph.api.recognising import Recogniser
from accountgraph.dashboard import Setup, dashboard_app
from accountgraph.db import Database
from accountgraph.serving import settle
from accountgraph.workspaces import binding_of
from benchmarks.measure import Figure, in_turns, ms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message

    from benchmarks.measure import Bench

MOST = 1.5  # of the time of its SQL alone

Asked = list[tuple[Any, Any]]
# The health of the days before, of the accounts that come first: their lines are drawn.
_DAYS = b"""
    INSERT INTO account_health_daily
    (company_id, day, score, engagement, conversations, relationships, decision_makers, is_reckoned, taken_at)
    SELECT h.company_id, h.day - n, greatest(0, least(100, h.score + n % 5 - 2)), 0, 0, 0, 0, true, now()
    FROM account_health_daily AS h CROSS JOIN generate_series(1, 29) AS n
    WHERE h.day = (SELECT max(day) FROM account_health_daily) AND h.company_id IN (SELECT id FROM companies ORDER BY name, id LIMIT 100)
    ON CONFLICT DO NOTHING
"""


async def measure(bench: Bench) -> list[Figure]:
    """How long the page takes, as a multiple of the time of its SQL."""
    async with Database(bench.url, workspace=bench.workspace) as db:
        await snapshot_health(db)
        await asyncio.to_thread(_with_days_before, bench)
        registry = Registry(bench.url)
        parts = Parts(Workspaces(bench.url), Recogniser(registry), limits=Limits(None))
        app = dashboard_app(parts, Setup(bench.workspace, "t" * 43))
        path, cookie = f"/app/w/{bench.workspace}/accounts", f"{SESSION_COOKIE.name}={await _session(registry, bench.workspace)}"

        async def page(_: int) -> None:
            assert await _status(app, path, cookie) == 200

        await page(0)
        settle()  # as the server does once it stands
        with _recorded() as asked:
            await page(0)
        async with _Alone(bench.url, db, asked) as alone:
            took = await in_turns({"page": page, "sql": alone.ask}, bench.calls, bench.rounds)
    detail = f"{ms(took['page'])} for the page, {ms(took['sql'])} for its {len(asked)} statements"
    return [Figure("page", "the accounts page, to its SQL alone", took["page"] / took["sql"], MOST, is_at_most=True, detail=detail)]


async def _status(app: ASGIApp, path: str, cookie: str) -> int:
    """Ask as a server asks for a browser, compressed, and take all of the answer; gives its status. No client's work is in it."""
    headers = {"host": "127.0.0.1", "cookie": cookie, "accept": "text/html", "accept-encoding": "gzip, deflate, br, zstd"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
    }
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        told.append(message)

    await app(scope, receive, send)
    assert b"content-encoding" in dict(told[0]["headers"])
    return int(told[0]["status"])


class _Alone:
    """The same statements, prepared, on one connection each to the workspace and to what all workspaces share."""

    def __init__(self, url: str, db: Database, asked: Asked) -> None:
        self._url, self._db, self._asked = url, db, asked
        self._plan: list[tuple[psycopg.AsyncConnection[Any], Any, Any]] = []

    async def __aenter__(self) -> _Alone:
        self._ours = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        self._shared = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        await (await binding_of(self._url, self._db.settings, as_agent=False)).set(self._ours, "")
        self._ours.prepare_threshold = self._shared.prepare_threshold = 0
        for query, params in self._asked:
            try:
                await self._ours.execute(query, params)
                self._plan.append((self._ours, query, params))
            except (psycopg.errors.UndefinedTable, psycopg.errors.InsufficientPrivilege):  # it is of users and sessions
                self._plan.append((self._shared, query, params))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._ours.close()
        await self._shared.close()

    async def ask(self, _: int) -> None:
        for connection, query, params in self._plan:
            await (await connection.execute(query, params)).fetchall()


@contextmanager
def _recorded() -> Iterator[Asked]:
    """What is asked meanwhile, and answers with rows."""
    asked: Asked = []
    execute = psycopg.AsyncCursor.execute

    async def recording(self: psycopg.AsyncCursor[Any], query: Any, params: Any = None, **options: Any) -> Any:  # noqa: ANN401 - the driver's own
        done = await execute(self, query, params, **options)
        if self.description is not None:
            asked.append((query, params))
        return done

    psycopg.AsyncCursor.execute = recording  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        psycopg.AsyncCursor.execute = execute  # type: ignore[method-assign]


async def _session(registry: Registry, workspace: str) -> str:
    user = await create_user(registry, f"{uuid4().hex}@ours.com", by=at_command_line("root"), name="Ada")
    await add_member(registry, workspace, user.id, Role.OWNER, by=at_command_line("root"))
    return (await begin_session(registry, user.id, NOWHERE)).token


def _with_days_before(bench: Bench) -> None:
    with psycopg.connect(bench.url, autocommit=True) as admin:
        admin.execute(f"SET search_path = {bench.workspace}".encode())
        admin.execute(_DAYS)
        admin.execute("VACUUM ANALYZE")
