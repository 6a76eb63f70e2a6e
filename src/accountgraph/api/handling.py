"""From a request to an answer, the same for every operation: who, may they, how often, what, in which transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec
from fastapi import Request, Response

from accountgraph.acting import ActingKind
from accountgraph.api import idempotency
from accountgraph.api.call import Call
from accountgraph.api.parameters import INVALID, invalid, said
from accountgraph.api.refusals import problem_of
from accountgraph.api.responses import response_of
from accountgraph.db import retried
from accountgraph.http.problems import FieldProblem, ProblemError, told

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from accountgraph.access import Principal
    from accountgraph.api.operation import Operation
    from accountgraph.api.parts import Parts
    from accountgraph.db import Database

_REQUEST_ID = re.compile(r"[\w.\-]{8,64}", re.ASCII)
_JSON = re.compile(r"application/(?:[\w.\-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)


class Endpoint:
    """An operation as an ASGI app."""

    def __init__(self, operation: Operation, parts: Parts) -> None:
        self._operation, self._parts = operation, parts
        self._decoder = msgspec.json.Decoder()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        request_id = request_id_of(request)
        headers: dict[str, str] = {}
        try:
            response = await self._answered(request, request_id, headers)
        except Exception as error:  # noqa: BLE001 - each becomes a problem, in one place
            response = told(problem_of(error), request_id)
        response.headers.update({"X-Request-Id": request_id, **headers})
        await response(scope, receive, send)

    async def _answered(self, request: Request, request_id: str, headers: dict[str, str]) -> Response:
        operation, parts = self._operation, self._parts
        principal = await parts.recognise(request)
        headers.update(parts.limits.take(principal.id))
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
        values = {name: value for name, value in given.items() if name in self._operation.signature.own or name in call.request.path_params}
        if self._operation.signature.body is not None and self._operation.media == "application/json":
            values["body"] = self._read(call.request, body)
        if not self._operation.writes:
            return await response_of(self._operation, call, given, await self._operation.run(call, **values))
        return await retried(lambda: self._transacted(call, given, values, body))

    async def _transacted(self, call: Call, given: dict[str, Any], values: dict[str, Any], body: bytes) -> Response:
        """All of it, or nothing: the key, the work, the answer."""
        call.headers.clear()
        database: Database = call.database
        async with database.transaction() as session:
            call.db = session
            request, key = call.request, call.request.headers.get(idempotency.HEADER)
            if key is not None:
                asked = idempotency.fingerprint(request.method, request.url.path, request.scope["query_string"], body)
                kept = await idempotency.begun(session, call.principal.id, idempotency.checked_key(key), asked, call.now)
                if kept is not None:
                    return kept
            answer = await self._operation.run(call, **values)
            response = await response_of(self._operation, call, given, answer)
            if key is not None:
                await idempotency.done(session, call.principal.id, key, response)
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
        raise ProblemError(403, "You may not do that.", kind="urn:accountgraph:problem:forbidden", detail=detail)
