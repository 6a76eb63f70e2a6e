"""Reading the body of a request: neither endless, nor endlessly slow, nor too many large ones at once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from fastapi import Request

LARGEST = 30_000_000  # bytes of a payload: providers hand whole mails over
LARGEST_FORM = 20_000  # bytes of what a page or a mail program sends
SECONDS = 30.0  # until a body has to be here
MOST_HELD = 256_000_000  # bytes of all bodies that are in memory at once


class Bodies:
    """All bodies that one process holds. `largest`: bytes of one, `seconds`: until it has to be here, `most_held`: bytes of all."""

    def __init__(self, *, largest: int = LARGEST, seconds: float = SECONDS, most_held: int = MOST_HELD) -> None:
        self._largest, self._seconds, self.most_held = largest, seconds, most_held
        self.held = 0

    @asynccontextmanager
    async def of(self, request: Request, *, largest: int | None = None) -> AsyncGenerator[bytes]:
        """The body, while the block lasts.

        Raises:
            ProblemError: 413 it is too large, 408 it did not come, 503 too much is held already.
        """
        body = _Body(self, min(largest or self._largest, self._largest))
        _check_announced(request, body.most)
        try:
            try:
                async with asyncio.timeout(self._seconds):
                    async for part in request.stream():
                        body.add(part)
            except TimeoutError:
                raise ProblemError(408, "The body did not come in time.") from None
            except ClientDisconnect:
                raise ProblemError(400, "The body did not come.") from None  # nobody hears it
            yield body.whole()
        finally:
            self.held -= body.size


class _Body:
    """One that is coming in."""

    def __init__(self, among: Bodies, most: int) -> None:
        self.most, self.size = most, 0
        self._among = among
        self._parts: list[bytes] = []

    def add(self, part: bytes) -> None:
        self.size += len(part)
        self._among.held += len(part)
        self._parts.append(part)
        if self.size > self.most:
            raise ProblemError(413, "The body is too large.")
        if self._among.held > self._among.most_held:
            raise ProblemError(503, "Too much comes in at this moment.")

    def whole(self) -> bytes:
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)


def _check_announced(request: Request, most: int) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise ProblemError(413, "The body is too large.")
