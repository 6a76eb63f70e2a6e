"""The whole server as one ASGI app, by the environment: `uvicorn --factory accountgraph.serving:application`.

Programs come in under `/api/`; the world (webhooks, opens and clicks, people's choices) everywhere else.
"""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, cast

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from accountgraph.access import Registry
from accountgraph.access.oidc import SingleSignOn, oidc_settings
from accountgraph.api import Parts, Recogniser, Workspaces, api_app
from accountgraph.api.limits import A_MINUTE, Limits
from accountgraph.api.tracing import set_up_traces
from accountgraph.config import Settings
from accountgraph.embedded import ready_url
from accountgraph.errors import ConfigError
from accountgraph.web.asgi import TRUSTED, proxies_in
from accountgraph.web.asgi import application as public_application

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

A_MINUTE_NAME = "ACCOUNTGRAPH_REQUESTS_A_MINUTE"


def application(environ: Mapping[str, str] = os.environ) -> ASGIApp:
    """The app over the database that the environment names.

    `ACCOUNTGRAPH_TRUSTED_PROXIES`: addresses or networks of proxies that are believed, with commas between them.
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
    )
    api = api_app(parts)
    public = public_application({**environ, "DATABASE_URL": url, TRUSTED: ""})
    site: Any = Site(public, {"/api/": api})  # uvicorn's types and Starlette's say the same in other words
    trusted = proxies_in(environ)
    whole: Any = ProxyHeadersMiddleware(site, trusted_hosts=trusted) if trusted else site
    return cast("ASGIApp", whole)


class Site:
    """Apps side by side: each path goes to the app whose prefix it begins with, and all others to `rest`."""

    def __init__(self, rest: FastAPI, apps: Mapping[str, FastAPI]) -> None:
        self._rest, self._apps = rest, dict(apps)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on; begin and end with all apps."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        path = scope.get("path", "")
        app = next((app for prefix, app in self._apps.items() if path.startswith(prefix)), self._rest)
        await app(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            try:
                for app in (self._rest, *self._apps.values()):
                    await stack.enter_async_context(app.router.lifespan_context(app))
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
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
