"""An app on a free port of this machine, in a process of its own that ends with its standard input."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import uvicorn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.types import ASGIApp


async def serve(app: ASGIApp, *said: str, before_end: Callable[[], Awaitable[None]] | None = None, **options: Any) -> None:  # noqa: ANN401 - of uvicorn
    """Serve, print the port and what else is to be said on one line, and go on until standard input ends."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, **options))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - the server tells it by this alone
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], *said, flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    if before_end is not None:
        await before_end()
    server.should_exit = True
    await running
