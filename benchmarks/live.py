"""The API while many watch what happens, against the same API while nobody does.

Two servers, a process each; one has so many idle streams of `/changes` open. The same requests are made of both in turns.
"""

from __future__ import annotations

import asyncio
import sys
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from accountgraph.schema import create_workspace, drop_workspace, list_workspaces
from benchmarks.live_server import raise_limit
from benchmarks.measure import Figure, ms, percentile

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Iterator

    from benchmarks.measure import Bench

AT_ONCE = 8  # requests under way
OPENING = 50  # streams that are opened at once
SIZES = {"tiny": (20, 64, 1), "small": (1_000, 800, 5), "full": (10_000, 2_000, 7)}  # streams, requests a round, rounds
LEAST_RATE, MOST_LATENCY = 0.8, 1.5
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def measure(bench: Bench) -> list[Figure]:
    """Requests a second, and the time that 95 of 100 keep, as shares of the server's that nobody watches."""
    raise_limit()
    if bench.scratch in {found.name for found in list_workspaces(bench.url)}:
        drop_workspace(bench.url, bench.scratch)
    create_workspace(bench.url, bench.scratch)
    count, requests, rounds = SIZES[bench.size]
    servers = {kind: await _Server.started(bench) for kind in ("alone", "watched")}
    times: dict[str, list[list[float]]] = {kind: [] for kind in servers}
    rates: dict[str, list[float]] = {kind: [] for kind in servers}
    streams = await servers["watched"].open_streams(count)
    try:
        for turn in range(rounds + 1):
            for kind in sorted(servers, reverse=bool(turn % 2)):
                begun = perf_counter()
                times[kind].append(await servers[kind].ask(requests))
                rates[kind].append(requests / (perf_counter() - begun))
    finally:
        for _, writer in streams:
            writer.close()
        for server in servers.values():
            await server.process.communicate(b"\n")
    return _figures(count, rates, times)


def _figures(count: int, rates: dict[str, list[float]], times: dict[str, list[list[float]]]) -> list[Figure]:
    watched, alone = (median(rates[kind][1:]) for kind in ("watched", "alone"))
    slow, quick = (median(percentile(one, 0.95) for one in times[kind][1:]) for kind in ("watched", "alone"))
    rate = f"{watched:,.0f} requests a second beside {count:,} idle streams, {alone:,.0f} without"
    latency = f"95 of 100 within {ms(slow)} beside {count:,} idle streams, {ms(quick)} without"
    return [
        Figure("live", "requests while many watch, to nobody watching", watched / alone, LEAST_RATE, is_at_most=False, detail=rate),
        Figure("live", "95th percentile while many watch, to nobody watching", slow / quick, MOST_LATENCY, is_at_most=True, detail=latency),
    ]


class _Server:
    """One that is asked."""

    def __init__(self, process: Process, port: int, key: str, path: str) -> None:
        self.process, self._port, self._key, self._path = process, port, key, path

    @classmethod
    async def started(cls, bench: Bench) -> _Server:
        pipe = asyncio.subprocess.PIPE
        arguments = ("-m", "benchmarks.live_server", bench.url, bench.scratch)
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe)
        assert process.stdout is not None
        port, key, path = (await process.stdout.readline()).decode().split()
        return cls(process, int(port), key, path)

    async def open_streams(self, count: int) -> list[Stream]:
        """So many streams, each with its first bytes here."""
        found: list[Stream] = []
        while len(found) < count:
            found += await asyncio.gather(*(self._stream() for _ in range(min(OPENING, count - len(found)))))
        return found

    async def ask(self, requests: int) -> list[float]:
        """Seconds of each request, on connections that are kept."""
        left = iter(range(requests))
        return [taken for one in await asyncio.gather(*(self._ask(left) for _ in range(AT_ONCE))) for taken in one]

    async def _stream(self) -> Stream:
        reader, writer = await self._sent("/api/v1/changes")
        while b"retry:" not in await reader.readline():
            pass
        return reader, writer

    async def _ask(self, left: Iterator[int]) -> list[float]:
        taken: list[float] = []
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        for _ in left:
            begun = perf_counter()
            writer.write(self._head(self._path))
            answer = await reader.readuntil(b"\r\n\r\n")
            size = next(int(line.split(b":")[1]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length"))
            await reader.readexactly(size)
            taken.append(perf_counter() - begun)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(f"The server answers {answer[:100]!r}.")
        writer.close()
        await writer.wait_closed()
        return taken

    async def _sent(self, path: str) -> Stream:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=4096)
        writer.write(self._head(path))
        await writer.drain()
        if not (answer := await reader.readline()).startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"The server answers {answer[:100]!r}.")
        return reader, writer

    def _head(self, path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._key}\r\n\r\n".encode()
