"""The dashboard as an ASGI app: everything below `/app`, and `/` for a browser."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from accountgraph.access import Permission
from accountgraph.dashboard import account, accounts, analytics, campaigns, imports, inbox, people, settings
from accountgraph.dashboard.changes import changes
from accountgraph.dashboard.entering import Entering
from accountgraph.dashboard.joining import Joining
from accountgraph.dashboard.pages import shared_pages
from accountgraph.dashboard.palette import palette
from accountgraph.dashboard.tour import start_page, tour
from accountgraph.dashboard.visits import Visits
from accountgraph.http.compressing import compress_answers
from accountgraph.http.problems import ProblemError
from accountgraph.notices import letters

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import Request, Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from accountgraph.api import Parts
    from accountgraph.dashboard.setup import Setup

# Styles and scripts of our own files alone, nothing in the page itself and nothing from elsewhere; never framed.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # with none at all, browsers would not say where a form comes from
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}


def dashboard_app(parts: Parts, setup: Setup) -> FastAPI:
    """The app over the API's parts, which the API's own app opens and closes."""
    pages = shared_pages()
    visits, entering = Visits(parts, pages), Entering(parts, pages, setup)
    joining = Joining(parts, pages, entering)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        yield

    app = FastAPI(title="AccountGraph", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.router.routes += [
        Route("/", _home, methods=["GET"]),
        Route("/app", visits.open(entering.choose), methods=["GET"]),
        Route("/app/login", visits.open(entering.log_in), methods=["GET", "POST"]),
        Route("/app/logout", visits.open(entering.log_out), methods=["POST"]),
        Route("/app/setup", visits.open(entering.set_up), methods=["GET", "POST"]),
        Route("/app/static/{name:path}", visits.open(pages.assets.answer), methods=["GET"]),
        Route(letters.JOIN, visits.open(joining.join), methods=["GET", "POST"]),
        Route("/app/forgot", visits.open(joining.forgot), methods=["GET", "POST"]),
        Route(letters.PASSWORD, visits.open(joining.another_password), methods=["GET", "POST"]),
        *people.routes(visits),  # before an account's own, for `accounts/new` is nobody's id
        *accounts.routes(visits),
        *account.routes(visits),
        *analytics.routes(visits),
        *campaigns.routes(visits),
        *imports.routes(visits),
        *inbox.routes(visits),
        *settings.routes(visits),
        visits.shows("/changes", Permission.GRAPH_READ, changes),
        visits.shows("/start", Permission.GRAPH_READ, start_page),
        visits.shows("/tour/{step:int}", Permission.GRAPH_READ, tour),
        visits.shows("/palette", Permission.GRAPH_READ, palette),
    ]

    async def on_http(request: Request, error: Exception) -> Response:
        del request
        assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
        title = {404: "There is no such page.", 405: "This cannot be done here."}.get(error.status_code, str(error.detail))
        return pages.problem(ProblemError(error.status_code, title, headers=dict(error.headers or {})))

    app.add_exception_handler(HTTPException, on_http)
    app.add_middleware(_Headed)
    compress_answers(app)
    return app


async def _home(_: Request) -> Response:
    return RedirectResponse("/app", status_code=302)


class _Headed:
    """Puts our headers on every answer that does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, headed)
