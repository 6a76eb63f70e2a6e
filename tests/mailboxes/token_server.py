"""A local OAuth2 service: it gives codes and tokens as the documents say, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64encode
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class TokenServer:
    """`pending`: how often a device is told to wait. `refuses`: the error that /token answers with. Refresh tokens change with each use."""

    def __init__(self) -> None:
        self.port = 0
        self.pending = 0
        self.refuses: str | None = None
        self.asked: list[dict[str, str]] = []
        self.challenge: str | None = None
        self.refresh_token = "r-1"
        self.given = 0
        self.pause = 0.0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[TokenServer]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def visit(self, url: str, **changes: str) -> bytes:
        """A browser that agrees: it goes where the service sends it."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        self.challenge = asked["code_challenge"]
        answer = {"code": "c-1", "state": asked["state"], **changes}
        return await self.get(asked["redirect_uri"], "/?" + "&".join(f"{key}={value}" for key, value in answer.items()))

    async def get(self, base: str, path: str) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(base).port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = await reader.read()
        writer.close()
        return answer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-length"))
        form = {key: values[0] for key, values in parse_qs((await reader.readexactly(length)).decode()).items()}
        self.asked.append(form)
        await asyncio.sleep(self.pause)
        answer = self._device() if "devicecode" in head.split(" ")[1] else self._token(form)
        body = json.dumps(answer).encode()
        status = "400 Bad Request" if "error" in answer else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    def _device(self) -> dict[str, Any]:
        return {
            "device_code": "d-1",
            "user_code": "ABCD-EFGH",
            "verification_uri": f"{self.base}/device",
            "expires_in": 60,
            "interval": 0.05,
        }

    def _token(self, form: dict[str, str]) -> dict[str, Any]:
        if self.refuses:
            return {"error": self.refuses, "error_description": "told so"}
        match form["grant_type"]:
            case "authorization_code":
                made = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
                if made != self.challenge or form["code"] != "c-1":
                    return {"error": "invalid_grant"}
            case "refresh_token":
                if form["refresh_token"] != self.refresh_token:
                    return {"error": "invalid_grant", "error_description": "it was used before"}
                self.refresh_token = f"r-{int(self.refresh_token[2:]) + 1}"
            case _:
                if self.pending:
                    self.pending -= 1
                    return {"error": "authorization_pending"}
        self.given += 1
        return {"access_token": f"t-{self.given}", "expires_in": 3600, "refresh_token": self.refresh_token, "token_type": "Bearer"}
