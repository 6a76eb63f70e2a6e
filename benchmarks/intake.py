"""Webhooks: the public server against a bare handler that checks the same signature and writes the raw payload with one INSERT.

Each is a process of its own, on the same framework and runner; the same client asks them in turns.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from statistics import median
from time import perf_counter, sleep
from typing import TYPE_CHECKING

import psycopg

from accountgraph.schema import create_workspace, drop_workspace, list_workspaces
from benchmarks.hooks_server import signature
from benchmarks.measure import Figure

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Iterator

    from benchmarks.measure import Bench

AT_ONCE = 16  # requests under way
LEAST = 0.6
SIZES = {"tiny": (64, 1), "small": (1_600, 5), "full": (4_000, 9)}  # requests a round, rounds
_EVENT = '[{"email":"anna@acme.com","event":"delivered","sg_event_id":"%d","timestamp":1792000000,"smtp-id":"<%d@ours.com>"}]'
_numbers = count()


async def measure(bench: Bench) -> list[Figure]:
    """Requests a second, as a share of the bare handler's."""
    if bench.scratch in {found.name for found in list_workspaces(bench.url)}:
        drop_workspace(bench.url, bench.scratch)
    create_workspace(bench.url, bench.scratch)
    requests, rounds = SIZES[bench.size]
    servers = {kind: await _started(kind, bench) for kind in ("ours", "bare")}
    rates: dict[str, list[float]] = {kind: [] for kind in servers}
    try:
        for turn in range(rounds + 1):
            for kind in sorted(servers, reverse=bool(turn % 2)):
                rates[kind].append(await _rate(servers[kind][1], bench.scratch, requests))
                await asyncio.to_thread(_drained, bench)
    finally:
        for process, _ in servers.values():
            await process.communicate(b"\n")
    ours, bare = (median(rates[kind][1:]) for kind in ("ours", "bare"))
    detail = f"{ours:,.0f} requests a second, a bare handler {bare:,.0f}; {AT_ONCE} at once, one process each"
    return [Figure("intake", "webhooks kept before they are acknowledged", ours / bare, LEAST, is_at_most=False, detail=detail)]


async def _started(kind: str, bench: Bench) -> tuple[Process, int]:
    pipe = asyncio.subprocess.PIPE
    arguments = ("-m", "benchmarks.hooks_server", kind, bench.url, bench.scratch)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    return process, int(await process.stdout.readline())


async def _rate(port: int, workspace: str, requests: int) -> float:
    """Requests a second, on connections that are kept; the client is as plain as can be, so that it is not what is measured."""
    left = iter(range(requests))
    begun = perf_counter()
    await asyncio.gather(*(_ask(port, f"/hooks/{workspace}/acme", left) for _ in range(AT_ONCE)))
    return requests / (perf_counter() - begun)


async def _ask(port: int, path: str, left: Iterator[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in left:
        number = next(_numbers)
        body = (_EVENT % (number, number)).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}X-Signature: {signature(body)}\r\n\r\n".encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 200") or b"content-length: 0" not in answer:
            raise RuntimeError(f"The server answers {answer[:100]!r}.")
    writer.close()
    await writer.wait_closed()


def _drained(bench: Bench) -> None:
    """What was kept is worked off, so that it is not done at the other's expense."""
    with psycopg.connect(bench.url, autocommit=True) as connection:
        while connection.execute(
            f"SELECT EXISTS (SELECT FROM {bench.scratch}.webhook_payloads WHERE state = 'new')".encode()
        ).fetchone() == (True,):
            sleep(0.05)
