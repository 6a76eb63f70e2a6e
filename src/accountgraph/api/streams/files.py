"""Files that are sent as they are made: memory stays flat, and who does not take them is not waited for."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import quote

from fastapi import Response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.types import Receive, Scope, Send

SECONDS = 60.0  # until a piece has to be taken
_PLAIN = re.compile(r"[^A-Za-z0-9._\- ]")


class FileAnswer(Response):
    """A file. Its kinds of content, by which the document describes it, stand in `media`."""

    media: ClassVar[tuple[str, ...]] = ("application/octet-stream",)

    def __init__(self, first: bytes, rest: AsyncGenerator[bytes], *, kind: str, file_name: str) -> None:
        super().__init__(media_type=kind, headers={"Content-Disposition": disposition(file_name), "X-Content-Type-Options": "nosniff"})
        del self.headers["content-length"]
        self._first, self._rest = first, rest

    @classmethod
    async def of(cls, pieces: AsyncGenerator[bytes], *, kind: str, file_name: str) -> Self:
        """The answer; the first piece is made before it begins, so that what stands in the way is still told as a problem."""
        return cls(await anext(pieces, b""), pieces, kind=kind, file_name=file_name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; where somebody goes away, or takes nothing for a minute, no more is made."""
        gone = asyncio.create_task(_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] != "HEAD":
                await self._send(send, self._first)
                async for piece in self._rest:
                    if gone.done():
                        return
                    await self._send(send, piece)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()
            await self._rest.aclose()

    async def _send(self, send: Send, piece: bytes) -> None:
        async with asyncio.timeout(SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(0)  # others get their turn, also where this one never has to wait


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def disposition(file_name: str) -> str:
    """The header that names a file to be saved: plain letters for old readers, the name itself for others (RFC 6266)."""
    plain = _PLAIN.sub("_", file_name).strip() or "file"
    if plain == file_name:
        return f'attachment; filename="{plain}"'
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name.encode('utf-8', 'replace'), safe='')}"
