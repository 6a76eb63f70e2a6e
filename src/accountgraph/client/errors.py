"""What the API refused, as this package's own errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from accountgraph.errors import (
    AccountGraphError,
    ConcurrencyError,
    DatabaseError,
    DuplicateError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
)

if TYPE_CHECKING:
    import httpx

_URN = "urn:accountgraph:problem:"


class FieldProblem(msgspec.Struct, frozen=True):
    """What is wrong with one field: dotted for nested ones, the name of a parameter or of a header where it is one."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What the server said (RFC 9457). `type` is a URN that does not change, or `about:blank` where the status says all."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str | None = None
    request_id: str | None = None
    errors: list[FieldProblem] = []


class RefusedError(AccountGraphError):
    """The API refused a request.

    It stands behind each other error of a request (`error.__cause__`), and alone where there is none that fits better.
    `problem` is what the server said, with all its `errors`.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.status} {problem.detail or problem.title}")


class NotRecognisedError(AccountGraphError):
    """The key is none of the server's, was revoked, or has expired."""


class ChangedMeanwhileError(AccountGraphError):
    """Others have changed the thing since its `etag` was read; nothing was written."""


class TooManyRequestsError(AccountGraphError):
    """More was asked than is allowed, and waiting as long as the client may did not help."""


class UnreachableError(AccountGraphError):
    """The server could not be reached, or did not answer in time."""


def error_of(response: httpx.Response) -> AccountGraphError:
    """The error that a refusal is; its body has been read. `RefusedError` is its cause."""
    problem = _problem(response)
    cause = RefusedError(problem)
    error = _own(problem)
    if error is None:
        return cause
    error.__cause__ = cause
    return error


def _problem(response: httpx.Response) -> Problem:
    """What was said; where something between the server and us answered, its status alone."""
    try:
        return msgspec.json.decode(response.content, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Problem(title=response.reason_phrase or "It was refused.", status=response.status_code)


def _own(problem: Problem) -> AccountGraphError | None:
    said = problem.detail or problem.title
    if problem.errors and problem.status in {400, 409, 422}:
        first = problem.errors[0]
        kind = DuplicateError if problem.type == f"{_URN}duplicate" else InvalidInputError
        return kind(first.field, first.message)
    if problem.type == f"{_URN}concurrency":
        return ConcurrencyError(said)
    kinds: dict[int, type[AccountGraphError]] = {
        401: NotRecognisedError,
        403: NotAllowedError,
        404: NotFoundError,
        412: ChangedMeanwhileError,
        429: TooManyRequestsError,
        503: DatabaseError,
    }
    return kinds[problem.status](said) if problem.status in kinds else None
