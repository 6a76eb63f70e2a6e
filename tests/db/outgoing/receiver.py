"""A system that is told things: a real server on this machine, which remembers what it got and answers as it is told."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from accountgraph.outgoing import CreatedEndpoint, NewEndpoint, Poster, create_endpoint

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable

    from accountgraph.db import Database

HERE = (ipaddress.ip_network("127.0.0.0/8"),)


@dataclass
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def payload(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What is answered; `after` seconds."""

    status: int = 200
    body: bytes = b"thanks"
    headers: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    says_length: bool = True


@dataclass
class Receiver:
    """`answer`: by the request."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    answer: Callable[[Got], Reply] = lambda _: Reply()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?token=x"

    @property
    def types(self) -> list[str]:
        return [one.payload["type"] for one in self.got]

    @classmethod
    @asynccontextmanager
    async def listening(cls, context: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
        receiver = cls()
        server = await asyncio.start_server(receiver._serve, "127.0.0.1", 0, ssl=context)
        receiver.port = server.sockets[0].getsockname()[1]
        try:
            yield receiver
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            got = Got(head[0].split(" ")[1], headers, await reader.readexactly(int(headers.get("content-length", "0"))))
            self.got.append(got)
            reply = self.answer(got)
            await asyncio.sleep(reply.after)
            lines = [f"HTTP/1.1 {reply.status} Said", *(f"{name}: {value}" for name, value in reply.headers.items()), "Connection: close"]
            lines += [f"Content-Length: {len(reply.body)}"] if reply.says_length else []
            writer.write("\r\n".join([*lines, "", ""]).encode() + reply.body)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def poster(**options: Any) -> Poster:
    """One that may ask this machine."""
    return Poster(HERE, **options)


async def subscribe(db: Database, receiver: Receiver, *kinds: str) -> CreatedEndpoint:
    """An endpoint that leads to the receiver."""
    return await create_endpoint(db, NewEndpoint(url=receiver.url, kinds=kinds or ("*",)))
