"""A server of webhooks, ours or a bare one: `python -m benchmarks.hooks_server KIND URL WORKSPACE`.

It prints its port, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import hmac
import sys
from typing import TYPE_CHECKING
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from psycopg_pool import AsyncConnectionPool

from accountgraph.web import Parts, public_app
from accountgraph.web.verifying import Delivery, RefusedError
from benchmarks.served import serve

if TYPE_CHECKING:
    from accountgraph.db import Session
    from accountgraph.store.intake import Payload

SECRET = b"between us"
CONNECTIONS = 8
_INSERT = b"INSERT INTO webhook_payloads (provider, body, digest, state) VALUES (%s, %s, %s, 'done')"


def signature(body: bytes) -> str:
    """The signature that both check."""
    return hmac.new(SECRET, body, "sha256").hexdigest()


def _is_signed(body: bytes, given: str) -> bool:
    return hmac.compare_digest(given, signature(body))


class _Kept:
    """The one secret there is."""

    async def get_secret(self, name: str) -> str:
        del name
        return SECRET.decode()

    async def put_secret(self, name: str, secret: str) -> None:
        raise NotImplementedError


async def _verify(delivery: Delivery, secret: str) -> None:
    del secret
    if not _is_signed(delivery.body, delivery.headers.get("x-signature", "")):
        raise RefusedError(401)


async def _handle(session: Session, payload: Payload) -> list[str]:
    del session, payload
    return []


def ours(url: str) -> FastAPI:
    """The public server; what it keeps is worked off meanwhile, by a handler that does nothing."""
    return public_app(Parts(url, verifiers={"acme": _verify}, handle=_handle, secrets_of=lambda _: _Kept()))


def bare(url: str, workspace: str) -> FastAPI:
    """What one would write by hand: check, insert, answer."""
    app = FastAPI()
    pool = AsyncConnectionPool(
        url, open=False, min_size=1, max_size=CONNECTIONS, kwargs={"autocommit": True, "options": f"-c search_path={workspace}"}
    )

    @app.post("/hooks/{workspace}/{provider}")
    async def receive(workspace: str, provider: str, request: Request) -> Response:
        del workspace
        await pool.open()
        body = await request.body()
        if not _is_signed(body, request.headers.get("x-signature", "")):
            return Response(status_code=401)
        async with pool.connection() as connection:
            await connection.execute(_INSERT, (provider, body, uuid4()))
        return Response()

    return app


async def main(kind: str, url: str, workspace: str) -> None:
    """Serve until standard input ends."""
    app = ours(url) if kind == "ours" else bare(url, workspace)
    await serve(app)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
