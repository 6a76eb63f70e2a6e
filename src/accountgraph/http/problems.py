"""What is answered to a program that asked wrongly: problem details (RFC 9457)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from fastapi import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import Request

PROBLEM_JSON = "application/problem+json"
COME_AGAIN = 30  # seconds


def urn(name: str) -> str:
    """The `type` of a kind of problem; it does not change."""
    return f"urn:accountgraph:problem:{name}"


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one field: dotted for nested ones, the name of a parameter or of a header where it is one."""

    field: str
    message: str


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Problem details. `type` is a URN that does not change, or `about:blank` where the status says all."""

    title: str
    status: int
    type: str
    detail: str | None = None
    request_id: str | None = None
    errors: list[FieldProblem] = []


class ProblemError(Exception):
    """A request is answered with a problem. `title` is all that the other side learns, unless there is a `detail` or `errors`."""

    def __init__(
        self,
        status: int,
        title: str,
        *,
        kind: str = "about:blank",
        detail: str | None = None,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status, self.title, self.kind, self.detail = status, title, kind, detail
        self.errors, self.headers = list(errors), dict(headers or {})
        super().__init__(title)


def problem(status: int, title: str) -> Response:
    """The answer that says no more than this."""
    return _answer(ProblemDetails(type="about:blank", title=title, status=status), {})


def told(error: ProblemError, request_id: str | None = None) -> Response:
    """The answer that says this error."""
    said = ProblemDetails(
        type=error.kind, title=error.title, status=error.status, detail=error.detail, request_id=request_id, errors=error.errors
    )
    return _answer(said, error.headers)


def _answer(said: ProblemDetails, headers: Mapping[str, str]) -> Response:
    again = {"Retry-After": str(COME_AGAIN)} if said.status == 503 else {}
    return Response(msgspec.json.encode(said), status_code=said.status, media_type=PROBLEM_JSON, headers={**again, **headers})


async def on_problem(request: Request, error: Exception) -> Response:
    """Translate a `ProblemError`, in one place."""
    del request
    assert isinstance(error, ProblemError)  # noqa: S101 - it is registered for these
    return told(error)
