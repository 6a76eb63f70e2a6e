"""What is answered to a program that asked wrongly: problem details (RFC 9457), which tell nothing about what is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from fastapi import Response

if TYPE_CHECKING:
    from fastapi import Request

PROBLEM_JSON = "application/problem+json"
COME_AGAIN = 30  # seconds


class ProblemError(Exception):
    """A request is answered with a problem. `title` is all that the other side learns."""

    def __init__(self, status: int, title: str) -> None:
        self.status, self.title = status, title
        super().__init__(title)


def problem(status: int, title: str) -> Response:
    """The answer."""
    content = msgspec.json.encode({"type": "about:blank", "title": title, "status": status})
    headers = {"Retry-After": str(COME_AGAIN)} if status == 503 else None
    return Response(content, status_code=status, media_type=PROBLEM_JSON, headers=headers)


async def on_problem(request: Request, error: Exception) -> Response:
    """Translate a `ProblemError`, in one place."""
    del request
    assert isinstance(error, ProblemError)  # noqa: S101 - it is registered for these
    return problem(error.status, error.title)
