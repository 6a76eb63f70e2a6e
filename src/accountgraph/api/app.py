"""The API as an ASGI app: every operation under `/api/v1`, and the document that describes them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from starlette.exceptions import HTTPException
from starlette.routing import Route

from accountgraph.api.answers import JSON
from accountgraph.api.document import document, encoded_document
from accountgraph.api.finding import Index
from accountgraph.api.handling import Endpoint, request_id_of
from accountgraph.api.routes import OPERATIONS
from accountgraph.api.routes.transfer.exports import ExportFile
from accountgraph.http.compressing import compress_answers
from accountgraph.http.problems import ProblemError, told

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import Request
    from starlette.types import Receive, Scope, Send

    from accountgraph.api.operation import Operation
    from accountgraph.api.parts import Parts

PREFIX = "/api/v1"


def api_app(parts: Parts) -> FastAPI:
    """The app over these parts; its lifespan closes them."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with parts.running():
            yield

    app = FastAPI(title="AccountGraph", lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    vars(app)["openapi"] = document  # the models are msgspec's, and so is their schema
    found = {
        path: _ByMethod({operation.method: Endpoint(operation, parts) for operation in operations})
        for path, operations in _by_path().items()
    }
    app.router.routes += [Route(PREFIX + path, answers) for path, answers in found.items()]
    app.router.routes.append(Route(f"{PREFIX}/openapi.json", _document, methods=["GET"]))
    app.add_exception_handler(HTTPException, _on_http)
    app.add_middleware(Index, prefix=PREFIX, found=found)
    compress_answers(app, *ExportFile.media)
    return app


def _by_path() -> dict[str, list[Operation]]:
    """The operations of each path; paths without braces come first, for `bulk` is no id."""
    found: dict[str, list[Operation]] = {}
    for operation in sorted(OPERATIONS, key=lambda one: (one.path.count("{"), one.path)):
        found.setdefault(operation.path, []).append(operation)
    return found


class _ByMethod:
    """What a path does, by method."""

    def __init__(self, endpoints: dict[str, Endpoint]) -> None:
        self._endpoints = endpoints | ({"HEAD": endpoints["GET"]} if "GET" in endpoints else {})
        self.methods = frozenset(self._endpoints)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get(scope["method"])
        if endpoint is None:
            raise HTTPException(405, headers={"Allow": ", ".join(sorted(self._endpoints))})
        await endpoint(scope, receive, send)


async def _document(_: Request) -> Response:
    return Response(encoded_document(), media_type=JSON)


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
    title = {404: "There is nothing here.", 405: "This cannot be done here."}.get(error.status_code, error.detail)
    headers = dict(error.headers or {})
    response = told(ProblemError(error.status_code, title, headers=headers), request_id := request_id_of(request))
    response.headers["X-Request-Id"] = request_id
    return response
