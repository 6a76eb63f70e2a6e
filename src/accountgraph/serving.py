"""The whole server as one ASGI app, by the environment: `uvicorn --factory accountgraph.serving:application`.

People at a browser come in under `/app`, programs under `/api/`, agents at `/mcp`; the world (webhooks, opens
and clicks, people's choices) everywhere else.
"""

from __future__ import annotations

import gc
import os
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from accountgraph.access import ForbiddenError, Registry
from accountgraph.access.oidc import SingleSignOn, oidc_settings
from accountgraph.acting import ActingKind
from accountgraph.api import Parts, Recogniser, Workspaces, api_app
from accountgraph.api.limits import A_MINUTE, Limits
from accountgraph.api.tracing import set_up_traces
from accountgraph.config import Settings, listed
from accountgraph.dashboard import Setup, dashboard_app
from accountgraph.embedded import ready_url
from accountgraph.errors import ConfigError
from accountgraph.mcp_server import mcp_app
from accountgraph.notices.own_mail import OwnMail
from accountgraph.tools.doing.undoing import undo_by_log
from accountgraph.web.asgi import TRUSTED
from accountgraph.web.asgi import application as public_application

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from datetime import datetime

    from starlette.types import ASGIApp, Receive, Scope, Send

    from accountgraph.access import Principal
    from accountgraph.db import Database
    from accountgraph.tools.doing.undoing import UndoChanges

MCP_HOSTS = "ACCOUNTGRAPH_MCP_HOSTS"
A_MINUTE_NAME = "ACCOUNTGRAPH_REQUESTS_A_MINUTE"


def application(environ: Mapping[str, str] = os.environ) -> ASGIApp:
    """The app over the database that the environment names.

    `ACCOUNTGRAPH_TRUSTED_PROXIES`: addresses or networks of proxies that are believed, with commas between them.
    `ACCOUNTGRAPH_MCP_HOSTS`: names that agents reach the server by, besides this machine's, with commas between them.
    `ACCOUNTGRAPH_MAIL_SERVER` and its like: what sends invitations and links for another password; see `OwnMail`.
    `ACCOUNTGRAPH_REQUESTS_A_MINUTE`: what one key or user may ask, of each process; 0: as much as they like.
    """
    settings = Settings.from_environment(environ)
    url = settings.database_url or ready_url(settings)
    set_up_traces(environ)
    registry, provider = Registry(url, pooler=settings.pooler), oidc_settings(environ)
    parts = Parts(
        Workspaces(url, is_pooled=settings.pooler),
        Recogniser(registry),
        single_sign_on=SingleSignOn(registry, provider) if provider else None,
        limits=Limits(_a_minute(environ)),
        own_mail=OwnMail.from_environment(registry.now, environ),
    )
    public = public_application({**environ, "DATABASE_URL": url, TRUSTED: ""})
    dashboard = dashboard_app(parts, Setup.from_environment(environ, settings.workspace))
    apps: dict[str, ASGIApp] = {"/api/": api_app(parts), "/app/": dashboard, "/mcp": agents_app(parts, listed(environ, MCP_HOSTS))}
    site: Any = Site(public, apps, home=dashboard)  # uvicorn's types and Starlette's say the same in other words
    trusted = listed(environ, TRUSTED)
    whole: Any = ProxyHeadersMiddleware(site, trusted_hosts=trusted) if trusted else site
    return cast("ASGIApp", whole)


def agents_app(parts: Parts, hosts: Sequence[str] = ()) -> ASGIApp:
    """The tools of agents over MCP, for keys that name an agent; `hosts`: names that the server is reached by, besides this machine's."""

    @asynccontextmanager
    async def resolve(token: str, now: datetime) -> AsyncGenerator[tuple[Database, Principal]]:
        principal = await parts.recognise.gate.authenticate(token, now)
        if principal.kind is not ActingKind.AGENT:
            raise ForbiddenError("These are the tools of agents: make a key of the role agent, with the agent's name.")
        parts.limits.take(principal.id)
        async with parts.workspaces.use(principal.workspace, as_agent=True) as database:
            yield database.acting_as(principal.acting()), principal

    def undo(principal: Principal) -> UndoChanges:
        async def undone(agent: str, last: int) -> tuple[list[str], list[str]]:
            async with parts.workspaces.use(principal.workspace, as_agent=False) as database:
                return await undo_by_log(database)(agent, last)

        return undone

    return mcp_app(resolve, now=parts.recognise.registry.now, hosts=hosts, undo_changes=undo)


def settle() -> None:
    """What was loaded stays for good: the collector need not look at it again, which would hold requests up for tens of milliseconds."""
    gc.collect()
    gc.freeze()


class Site:
    """Apps side by side: each path goes to the app whose prefix it begins with, and all others to `rest`.

    `home`: what a browser gets at `/`, where `rest` has nothing.
    """

    def __init__(self, rest: FastAPI, apps: Mapping[str, ASGIApp], *, home: ASGIApp) -> None:
        self._rest, self._apps, self._home = rest, dict(apps), home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on; begin and end with all apps."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await self._app_for(scope)(scope, receive, send)

    def _app_for(self, scope: Scope) -> ASGIApp:
        path = scope.get("path", "")
        if path == "/" and scope.get("method") == "GET" and b"text/html" in dict(scope["headers"]).get(b"accept", b""):
            return self._home
        return next((app for prefix, app in self._apps.items() if f"{path}/".startswith(prefix)), self._rest)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            try:
                for app in (app for app in (self._rest, *self._apps.values()) if isinstance(app, FastAPI)):
                    await stack.enter_async_context(app.router.lifespan_context(app))
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            settle()
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def _a_minute(environ: Mapping[str, str]) -> int | None:
    given = environ.get(A_MINUTE_NAME, "").strip()
    if not given:
        return A_MINUTE
    if not given.isdecimal():
        raise ConfigError(f"{A_MINUTE_NAME}: {given!r} is no number of requests; write 1200, or 0 for no limit.")
    return int(given) or None
