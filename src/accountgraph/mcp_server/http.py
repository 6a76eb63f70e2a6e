"""MCP over HTTP (streamable, without sessions): each request says by its key who asks, and stands for itself."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, NamedTuple

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import Request
from starlette.responses import JSONResponse

from accountgraph.access import ForbiddenError
from accountgraph.errors import AccountGraphError, DatabaseError
from accountgraph.mcp_server.caller import Caller
from accountgraph.mcp_server.server import server_for
from accountgraph.tools import Toolbox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from accountgraph.access import Principal
    from accountgraph.db import Database
    from accountgraph.tools.doing.undoing import UndoChanges

    Resolve = Callable[[str, datetime], AbstractAsyncContextManager[tuple[Database, Principal]]]

LARGEST = 1024 * 1024  # bytes of a request
LOCAL = ("localhost", "127.0.0.1", "[::1]")


class _Door(NamedTuple):
    """Who may come in, from where."""

    resolve: Resolve
    now: Callable[[], datetime]
    guard: TransportSecurityMiddleware
    challenge: str
    undo_changes: Callable[[Principal], UndoChanges] | None


def mcp_app(
    resolve: Resolve,
    *,
    now: Callable[[], datetime],
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
    metadata_url: str | None = None,
    undo_changes: Callable[[Principal], UndoChanges] | None = None,
) -> ASGIApp:
    """An ASGI app that speaks MCP at whatever path it is mounted on. It needs no lifespan, and keeps nothing between requests.

    Args:
        resolve: gives for a bearer token, while a request lasts, the workspace, opened with `as_agent=True`, and who it is; the
            principal says which agent it is, else its name does; its permissions choose the tools. Raises any `AccountGraphError`
            where it knows no such token.
        now: the time, aware.
        hosts: names (with their port, where it is not the usual one) that the server is reached by; those of this machine always are.
            Others are refused, so that no web page reaches it by a name of its own.
        origins: web pages that may call it, such as `https://app.example.com`; those of this machine always may.
        undo_changes: gives what takes back what an agent recorded and learnt; None: only messages can be taken back.
        metadata_url: where the protected resource's metadata stands (RFC 9728), told to who comes without a token.
    """
    settings = TransportSecuritySettings(
        allowed_hosts=[*hosts, *LOCAL, *(f"{name}:*" for name in LOCAL)],
        allowed_origins=[*origins, *(f"http://{name}{port}" for name in LOCAL for port in ("", ":*"))],
    )
    challenge = 'Bearer realm="accountgraph"' + (f', resource_metadata="{metadata_url}"' if metadata_url else "")
    door = _Door(resolve, now, TransportSecurityMiddleware(settings), challenge, undo_changes)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _answer(door, scope, receive, send)

    return app


async def _answer(door: _Door, scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    refusal = await door.guard.validate_request(request, is_post=request.method == "POST")
    async with AsyncExitStack() as lasting:
        if refusal is None:
            found = await _caller(door, request, lasting)
            if isinstance(found, Caller):
                manager = StreamableHTTPSessionManager(server_for(found), json_response=True, stateless=True, max_request_body_size=LARGEST)
                async with manager.run():
                    await manager.handle_request(scope, receive, send)
                return
            refusal = found
        await refusal(scope, receive, send)


async def _caller(door: _Door, request: Request, lasting: AsyncExitStack) -> Caller | Response:
    """Who asks, or the answer that keeps them out. The workspace is theirs as long as `lasting` is open."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return _unknown(door.challenge, "Send your key: Authorization: Bearer KEY.")
    try:
        database, principal = await lasting.enter_async_context(door.resolve(token.strip(), door.now()))
    except ForbiddenError as error:
        return JSONResponse({"error": str(error)}, 403)
    except DatabaseError:
        return JSONResponse({"error": "temporarily_unavailable"}, 503, {"Retry-After": "5"})
    except AccountGraphError:
        what = "The key is not known, was revoked, or has expired; ask for a new one."
        return _unknown(f'{door.challenge}, error="invalid_token", error_description="{what}"', what)
    if request.method != "POST":  # there is no stream to listen to, and no session to end
        return JSONResponse({"error": "Send requests with POST."}, 405, {"Allow": "POST"})
    agent = principal.agent or principal.name  # a key may say whose it is
    undo = door.undo_changes(principal) if door.undo_changes else None
    toolbox = Toolbox(database, agent=agent, scopes=principal.permissions, undo_changes=undo)
    return Caller(toolbox, database)


def _unknown(challenge: str, what: str) -> Response:
    return JSONResponse({"error": what}, 401, {"WWW-Authenticate": challenge})
