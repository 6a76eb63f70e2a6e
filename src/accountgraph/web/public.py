"""The public server as an ASGI app: few routes, no login, nothing said about what is here."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from accountgraph.http.problems import ProblemError, on_problem, problem
from accountgraph.web.choosing import choosing
from accountgraph.web.health import health
from accountgraph.web.hooks import NOBODY, hooks
from accountgraph.web.pages import Pages
from accountgraph.web.parts import Parts
from accountgraph.web.tracks import pixel, tracks

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from fastapi import Request, Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Parts", "public_app"]

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}
_NO_PAGE = "default-src 'none'; frame-ancestors 'none'"
_PAGES = ("/c/", "/u/")

logger = logging.getLogger(__name__)


def public_app(parts: Parts, *, trusted_proxies: Sequence[str] = ()) -> FastAPI:
    """The app over these parts; its lifespan opens and closes them.

    `trusted_proxies`: addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; none: nobody's.
    """
    pages = Pages()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with parts.running():
            yield

    app = FastAPI(title="AccountGraph", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for router in (hooks(parts), tracks(parts, pages), choosing(parts, pages), health(parts)):
        app.include_router(router)
    app.add_exception_handler(ProblemError, on_problem)
    app.add_exception_handler(HTTPException, partial(_on_http, pages))
    app.add_middleware(_Guarded, pages=pages)
    if trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(trusted_proxies))
    return app


async def _on_http(pages: Pages, request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
    if error.status_code == 404 and request.url.path.startswith(_PAGES):
        return pages.nothing_here()
    return problem(error.status_code, NOBODY if error.status_code == 404 else "This cannot be asked here.")


class _Guarded:
    """Puts our headers on every answer; what breaks is logged, and a recipient sees a picture or a page all the same."""

    def __init__(self, app: ASGIApp, *, pages: Pages) -> None:
        self._app, self._pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def guarded(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                headers.update({name: value for name, value in HEADERS.items() if name not in headers})
                headers.setdefault("Content-Security-Policy", _NO_PAGE)
            await send(message)

        try:
            await self._app(scope, receive, guarded)
        except Exception:
            logger.exception("A request to %s... failed.", scope["path"][:3])  # the rest of the path is somebody's token
            if has_begun:
                raise
            await self._instead(scope["path"])(scope, receive, guarded)

    def _instead(self, path: str) -> Response:
        if path.startswith("/o/"):
            return pixel()
        return self._pages.busy() if path.startswith(_PAGES) else problem(503, "Come again later.")
