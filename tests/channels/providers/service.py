"""A real HTTP server in the test's own event loop that speaks a provider's documented API, and can fail in every way."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable


@dataclass(frozen=True)
class Asked:
    """A request as it came; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    pairs: tuple[tuple[str, str], ...] = ()  # of the query, where a name comes more than once

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True)
class Said:
    """An answer: JSON, or text as it is."""

    status: int = 200
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    text: str | None = None


class Service:
    """Gives every request to `answer`; `instead` is said in its place. `hangs_up`: it reads and closes; `hangs`: it goes silent.

    `is_deaf`: it closes before it has read anything.
    """

    def __init__(self, answer: Callable[[Asked], Said]) -> None:
        self.answer = answer
        self.instead: Said | None = None
        self.hangs = self.hangs_up = False
        self.asked: list[Asked] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Service]:
        connections: set[asyncio.Task[Any]] = set()

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task
            connections.add(task)
            try:
                while await self._serve(reader, writer):
                    pass
            except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                pass
            finally:
                connections.discard(task)
                writer.close()

        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in list(connections):
                task.cancel()
            await asyncio.sleep(0.01)  # lets the connections' tasks end

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        pairs = tuple(parse_qsl(parts.query))
        asked = Asked(method, parts.path, dict(pairs), headers, body, pairs)
        self.asked.append(asked)
        if self.hangs:
            await asyncio.sleep(60)
        if self.hangs_up:
            return False
        said = self.instead or self.answer(asked)
        content = said.text.encode() if said.text is not None else json.dumps(said.json).encode() if said.json is not None else b""
        named = {
            "Content-Type": "application/json" if said.text is None else "text/html",
            **said.headers,
            "Content-Length": str(len(content)),
        }
        block = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        writer.write(f"HTTP/1.1 {said.status} x\r\n{block}\r\n".encode() + content)
        await writer.drain()
        return True
