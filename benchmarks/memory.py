"""What a server holds over a long time of moderate, mixed load: `accountgraph serve` itself, in a process of its own.

Requests come at a constant rate, whatever the machine could do: reads, pages, searches, new rows, changes under `If-Match`,
rows in bulk, whole exports, and watchers that come and go. The memory is looked at sixty times; the first twelfth warms up.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from datetime import UTC, datetime
from itertools import count
from random import Random
from time import perf_counter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import psutil

from accountgraph.access import Registry, Role, at_command_line
from accountgraph.access.keys import create_key
from benchmarks.data import FIRST, LAST, load
from benchmarks.measure import Figure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from benchmarks.measure import Bench

    Request = Callable[["_Asker"], Awaitable[None]]

RATE = 50  # requests a second
MOST_AT_ONCE = 32
MINUTES = {"tiny": 0.05, "small": 2.0, "full": 60.0}
COMPANIES = {"tiny": 20, "small": 1_000, "full": 1_000}
LOOKS = 60
WARM_UP = 5  # of the looks
FLAT = 1.1
MB = 2**20


async def measure(bench: Bench) -> list[Figure]:
    """Resident memory at the end as a share of that after the warm-up."""
    minutes = bench.minutes or MINUTES[bench.size]
    await load(bench.url, bench.scratch, COMPANIES[bench.size], datetime.now(UTC), seed=5)
    async with Registry(bench.url) as registry:
        key = await create_key(registry, bench.scratch, "memory", Role.OWNER, created_by=at_command_line("benchmark"))
    port = _free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "accountgraph", "serve", "--port", str(port)), env=_environment(bench), stdout=asyncio.subprocess.DEVNULL
    )
    address, headers = f"http://127.0.0.1:{port}/api/v1", {"Authorization": f"Bearer {key.token}"}
    limits = httpx.Limits(max_connections=MOST_AT_ONCE, keepalive_expiry=2)
    try:
        async with httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=60, trust_env=False) as client:
            asker = _Asker(client)
            await asker.begin()
            held = await _watched(asker, psutil.Process(process.pid), minutes * 60)
    finally:
        process.terminate()
        await process.wait()
    return [_figure(held, asker.done, minutes)]


def _figure(held: list[int], requests: int, minutes: float) -> Figure:
    warm = held[WARM_UP - 1]
    looks = ", ".join(f"{bytes_held / MB:.0f}" for bytes_held in held[WARM_UP - 1 :: 11])
    detail = (
        f"MB after {minutes * WARM_UP / LOOKS:.2g} minutes and every {minutes * 11 / LOOKS:.2g} more: {looks}; most {max(held) / MB:.0f}; "
    )
    detail += f"{requests / minutes / 60:.0f} requests a second of all kinds"
    name = f"memory after {minutes:g} minutes of load, to after the first {minutes * WARM_UP / LOOKS:.2g}"
    return Figure("memory", name, held[-1] / warm, FLAT, is_at_most=True, detail=detail)


async def _watched(asker: _Asker, server: psutil.Process, seconds: float) -> list[int]:
    """Bytes that the server holds, looked at sixty times while requests come."""
    held: list[int] = []
    began = perf_counter()
    async with asyncio.TaskGroup() as group:
        load = group.create_task(asker.load())
        for look in range(1, LOOKS + 1):
            await asyncio.sleep(max(0.0, began + seconds * look / LOOKS - perf_counter()))
            held.append(server.memory_info().rss)
            if os.isatty(2):
                sys.stderr.write(f"\r{look}/{LOOKS}: {held[-1] / MB:.1f} MB, {asker.done:,} requests ")
        asker.is_over = True
        await load
    return held


class _Asker:
    """Who sends the requests."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client, self._rng, self._number = client, Random(17), count()
        self._companies: list[str] = []
        self._contacts: list[str] = []
        self.done, self.is_over = 0, False

    async def begin(self) -> None:
        """Wait for the server, and get to know what there is."""
        while True:
            try:
                await self._send("GET", "/companies")
                break
            except httpx.ConnectError:
                await asyncio.sleep(0.2)
        for name, ids in (("companies", self._companies), ("contacts", self._contacts)):
            ids += [one["id"] for one in (await self._send("GET", f"/{name}", params={"limit": 500})).json()["items"]]

    async def load(self) -> None:
        """Requests at the rate, until it is over; where the machine cannot follow they come later, and never in a heap."""
        slots, next_at = asyncio.Semaphore(MOST_AT_ONCE), perf_counter()
        kinds, shares = zip(*MIX.items(), strict=True)
        async with asyncio.TaskGroup() as group:
            while not self.is_over:
                await slots.acquire()
                group.create_task(self._one(self._rng.choices(kinds, shares)[0], slots))
                next_at = max(next_at + 1 / RATE, perf_counter())
                await asyncio.sleep(next_at - perf_counter())

    async def _one(self, request: Request, slots: asyncio.Semaphore) -> None:
        try:
            await request(self)
        finally:
            slots.release()

    async def company(self) -> None:
        await self._send("GET", f"/companies/{self._rng.choice(self._companies)}")

    async def overview(self) -> None:
        await self._send("GET", f"/companies/{self._rng.choice(self._companies)}/overview")

    async def page(self) -> None:
        await self._send("GET", "/contacts", params={"include": "company", "limit": 50})

    async def search(self) -> None:
        await self._send("GET", "/search", params={"q": self._rng.choice(FIRST + LAST)})

    async def new(self) -> None:
        made = await self._send("POST", "/contacts", json=self._person(), headers={"Idempotency-Key": str(uuid4())})
        self._contacts[self._rng.randrange(len(self._contacts))] = made.json()["id"]

    async def change(self) -> None:
        path = f"/contacts/{self._rng.choice(self._contacts)}"
        read = await self._send("GET", path)
        await self._send("PATCH", path, json={"title": f"Buyer {next(self._number)}"}, headers={"If-Match": read.headers["etag"]})

    async def bulk(self) -> None:
        await self._send("POST", "/contacts/bulk", json={"items": [self._person() for _ in range(20)]})

    async def export(self) -> None:
        async with self._client.stream("GET", f"/exports/{self._rng.choice(('companies', 'contacts'))}") as answer:
            async for _ in answer.aiter_bytes():
                pass
        self._count(answer)

    async def watch(self) -> None:
        async with self._client.stream("GET", "/changes") as answer:
            await anext(answer.aiter_lines())
        self._count(answer)

    def _person(self) -> dict[str, Any]:
        number = next(self._number)
        names = {"first_name": self._rng.choice(FIRST), "last_name": self._rng.choice(LAST)}
        return {"company_id": self._rng.choice(self._companies), "email": f"person-{number}@new.example", **names}

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - as httpx has them
        answer = await self._client.request(method, path, **options)
        self._count(answer)
        return answer

    def _count(self, answer: httpx.Response) -> None:
        if answer.status_code not in {200, 201, 412}:  # 412: two changed the same person at once
            raise RuntimeError(f"{answer.request.method} {answer.request.url}: {answer.status_code}")
        self.done += 1


MIX: dict[Request, float] = {
    _Asker.company: 30,
    _Asker.overview: 20,
    _Asker.page: 15,
    _Asker.search: 10,
    _Asker.new: 10,
    _Asker.change: 7,
    _Asker.watch: 1,
    _Asker.bulk: 0.2,
    _Asker.export: 0.2,
}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def _environment(bench: Bench) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": bench.url, "ACCOUNTGRAPH_WORKSPACE": bench.scratch, "ACCOUNTGRAPH_REQUESTS_A_MINUTE": "0"}
