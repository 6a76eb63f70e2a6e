"""From a request to an answer, the same for every operation: who, may they, how often, what, in which transaction."""

from __future__ import annotations

import re
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from fastapi import Request, Response

from accountgraph.access.principal import NOBODY
from accountgraph.acting import ActingKind
from accountgraph.api import idempotency
from accountgraph.api.call import Call
from accountgraph.api.measuring import Measured
from accountgraph.api.parameters import INVALID, invalid, said
from accountgraph.api.recognising import origin_of
from accountgraph.api.refusals import problem_of
from accountgraph.api.responses import response_of
from accountgraph.api.tracing import told_to, traced
from accountgraph.db import retried
from accountgraph.http.problems import FieldProblem, ProblemError, told, urn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send

    from accountgraph.access import Principal
    from accountgraph.api.operation import Operation
    from accountgraph.api.parts import Parts
    from accountgraph.db import Database

HEADERS = {"Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff"}
_REQUEST_ID = re.compile(r"[\w.\-]{8,64}", re.ASCII)
_JSON = re.compile(r"application/(?:[\w.\-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)


class Endpoint:
    """An operation as an ASGI app."""

    def __init__(self, operation: Operation, parts: Parts) -> None:
        self._operation, self._parts = operation, parts
        self._decoder = msgspec.json.Decoder()
        self._measured = Measured(operation.method, operation.path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        request_id, began = request_id_of(request), perf_counter()
        headers: dict[str, str] = {}
        self._measured.began()
        with traced(request, self._operation.method, self._operation.path) as span:
            try:
                response = await self._answered(request, request_id, headers)
            except Exception as error:  # noqa: BLE001 - each becomes a problem, in one place
                response = told(problem_of(error), request_id)
            except BaseException:  # the server stops, or nobody waits any more
                self._measured.ended(499, perf_counter() - began)
                raise
            told_to(span, response.status_code, request_id)
        self._measured.ended(response.status_code, perf_counter() - began)
        response.headers.update({**HEADERS, "X-Request-Id": request_id, **headers})
        await response(scope, receive, send)

    async def _answered(self, request: Request, request_id: str, headers: dict[str, str]) -> Response:
        operation, parts = self._operation, self._parts
        principal = NOBODY if operation.is_open else await parts.recognise(request)
        headers.update(parts.limits.take(origin_of(request).ip or "?" if operation.is_open else principal.id))
        check_allowed(operation, principal)
        given = operation.signature.path_values(request.path_params) | operation.signature.query_values(request.scope["query_string"])
        async with parts.workspaces.use(principal.workspace, as_agent=principal.kind is ActingKind.AGENT) as database:
            if request.method != "GET":
                database = database.acting_as(principal.acting(request_id))  # noqa: PLW2901 - the same one, and who acts in it
            call = Call(request, principal, parts, database, database, request_id)
            if operation.signature.body is None or operation.media != "application/json":
                return await self._run(call, given, b"")
            _check_coding(request)
            async with parts.bodies.of(request, largest=operation.largest) as body:
                return await self._run(call, given, body)

    async def _run(self, call: Call, given: dict[str, Any], body: bytes) -> Response:
        values = self._operation.signature.arguments(given)
        if self._operation.signature.body is not None and self._operation.media == "application/json":
            values["body"] = self._read(call.request, body)
        if self._operation.writes:
            return await retried(lambda: self._transacted(call, given, lambda: self._operation.run(call, **values), body))
        if self._operation.media != "application/json":  # what it holds is known once it was read
            call.once = lambda read, work: retried(lambda: self._transacted(call, given, work, read))
        elif self._operation.is_keyed and idempotency.HEADER in call.request.headers:
            return await self._once(call, given, values, body)
        return await response_of(self._operation, call, given, await self._operation.run(call, **values))

    async def _once(self, call: Call, given: dict[str, Any], values: dict[str, Any], body: bytes) -> Response:
        """Work that sees to its transactions itself: the key is kept before it, and its answer after."""
        key, asked = self._key(call, body)
        kept = await call.database.run(lambda session: idempotency.begun(session, call.principal.id, key, asked, call.now))
        if kept is not None:
            return kept
        try:
            response = await response_of(self._operation, call, given, await self._operation.run(call, **values))
        except BaseException:
            await call.database.run(lambda session: idempotency.forgotten(session, call.principal.id, key))
            raise
        is_secret = self._operation.is_shown_once
        await call.database.run(lambda session: idempotency.done(session, call.principal.id, key, response, is_shown_once=is_secret))
        return response

    def _key(self, call: Call, body: bytes) -> tuple[str, bytes]:
        """The request's key, and what it asks for."""
        request = call.request
        asked = idempotency.fingerprint(request.method, request.url.path, request.scope["query_string"], body)
        return idempotency.checked_key(request.headers[idempotency.HEADER]), asked

    async def _transacted(self, call: Call, given: dict[str, Any], work: Callable[[], Awaitable[Any]], body: bytes) -> Response:
        """All of it, or nothing: the key, the work, the answer."""
        call.headers.clear()
        database: Database = call.database
        async with database.transaction() as session:
            call.db = session
            is_keyed = idempotency.HEADER in call.request.headers
            if is_keyed:
                key, asked = self._key(call, body)
                kept = await idempotency.begun(session, call.principal.id, key, asked, call.now)
                if kept is not None:
                    return kept
            response = await response_of(self._operation, call, given, await work())
            if is_keyed:
                is_secret = self._operation.is_shown_once
                await idempotency.done(session, call.principal.id, key, response, is_shown_once=is_secret)
            return response

    def _read(self, request: Request, body: bytes) -> Any:  # noqa: ANN401 - what the operation takes
        if not _JSON.fullmatch(request.headers.get("content-type", "application/json").strip()):
            raise ProblemError(415, "This takes JSON.", detail="Send Content-Type: application/json.")
        try:
            sent = self._decoder.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
            field = [FieldProblem("body", why)]
            raise ProblemError(400, "The body is no JSON.", kind=INVALID, detail=f"body: {why}", errors=field) from None
        try:
            return msgspec.convert(sent, self._operation.signature.body)
        except msgspec.ValidationError as error:
            raise invalid(said(error)) from None


def _check_coding(request: Request) -> None:
    """Refuse a compressed body: a few bytes could become as many as they like."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise ProblemError(415, "This takes no compressed bodies.", detail="Send the body as it is, without Content-Encoding.")


def request_id_of(request: Request) -> str:
    """The caller's own id of the request where it is one, else a new one."""
    given = request.headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def check_allowed(operation: Operation, principal: Principal) -> None:
    """Refuse what the table of permissions does not give.

    Raises:
        ProblemError: 403, naming what is missing.
    """
    if operation.needs is not None and not principal.may(operation.needs):
        detail = f"This needs {operation.needs}, which {principal.name} ({principal.role}) does not have in {principal.workspace}."
        raise ProblemError(403, "You may not do that.", kind=urn("forbidden"), detail=detail)
