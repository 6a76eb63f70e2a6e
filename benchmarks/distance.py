"""A server that is a network away: a process between client and server that holds back whatever the client says.

All that a client says before it waits comes in one piece, so each round trip takes `DELAY` longer, as over a cable; nothing is
slowed down otherwise.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import conninfo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DELAY = 0.001  # seconds a round trip: two machines of one data centre, or of neighbouring ones
_CHUNK = 1 << 16


@asynccontextmanager
async def distant(url: str) -> AsyncIterator[str]:
    """A URL of the same database, one network away."""
    server = conninfo.conninfo_to_dict(url)
    with tempfile.TemporaryDirectory(prefix="agd-") as folder:
        command = (sys.executable, __file__, folder, str(server.get("host") or "localhost"), str(server.get("port") or 5432))
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        try:
            await process.stdout.readline()  # it listens
            yield conninfo.make_conninfo(url, host=folder, port=5432)
        finally:
            process.terminate()
            await process.wait()


async def _serve(folder: str, host: str, port: str) -> None:
    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if host.startswith("/"):
            replies, server = await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        else:
            replies, server = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_forward(reader, server, DELAY), _forward(replies, writer, 0))

    listener = await asyncio.start_unix_server(carry, str(Path(folder) / ".s.PGSQL.5432"))
    print(flush=True)
    await listener.serve_forever()


async def _forward(source: asyncio.StreamReader, target: asyncio.StreamWriter, delay: float) -> None:
    while piece := await source.read(_CHUNK):
        if delay:
            await asyncio.sleep(delay)
        target.write(piece)
        await target.drain()
    target.close()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
