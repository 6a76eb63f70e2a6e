"""The API against a bare FastAPI handler that runs the same SQL, asked by wrk in turns; each is a process of its own.

Requests name companies at random; the same ones, in the same order, for both sides.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import psutil

from accountgraph.db import Database
from accountgraph.store.companies import CompanyRepository
from benchmarks.measure import Figure

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from benchmarks.measure import Bench

AT_ONCE = 16  # connections, each with one request under way
LEAST = 0.6  # of a bare handler's requests a second
WORST = 6.0  # p99 to p50
FLAT = 1.1
SIZES = {"tiny": (1, 1), "small": (3, 3), "full": (10, 5)}  # seconds a round, rounds
PAUSES = {"tiny": 100, "small": 0, "full": 0}  # ms before each request: where nothing is judged, the machine is left to others
ASKED = 500  # companies
QUESTIONS = {"a company": "/api/v1/companies/%s", "an overview": "/api/v1/companies/%s/overview"}
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_PERCENTILE = re.compile(r"(50|99)%\s+([\d.]+)(us|ms|s)")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


async def measure(bench: Bench) -> list[Figure]:
    """Requests a second as a share of the bare handler's, and how far the slowest are from the middle."""
    if shutil.which("wrk") is None:
        raise SystemExit("The API is asked by wrk, which is not here: apt-get install wrk.")
    ids = await _ids(bench)
    servers = {kind: await started(kind, bench, bench.workspace) for kind in ("ours", "bare")}
    figures: list[Figure] = []
    try:
        with TemporaryDirectory() as folder:
            for question, path in QUESTIONS.items():
                figures += await _asked(bench, question, [path % key for key in ids], servers, Path(folder))
    finally:
        for process, _, _ in servers.values():
            await process.communicate(b"\n")
    return figures


async def _asked(bench: Bench, question: str, paths: list[str], servers: dict[str, tuple[Process, int, str]], folder: Path) -> list[Figure]:
    seconds, rounds = SIZES[bench.size]
    script = folder / "asked.lua"
    script.write_text(_script(paths, PAUSES[bench.size]), encoding="utf-8")
    found: dict[str, list[tuple[float, float, float]]] = {kind: [] for kind in servers}
    held: list[int] = []  # bytes that ours holds, after each round
    for turn in range(rounds + 1):
        for kind in sorted(servers, reverse=bool(turn % 2)):
            _, port, key = servers[kind]
            found[kind].append(await _load(port, key, script, seconds))
        held.append(psutil.Process(servers["ours"][0].pid).memory_info().rss)
    rate, bare = (median(one[0] for one in found[kind][1:]) for kind in ("ours", "bare"))
    middle, slow = (median(one[number] for one in found["ours"][1:]) for number in (1, 2))
    detail = f"{rate:,.0f} requests a second, a bare handler {bare:,.0f}; {AT_ONCE} at once, one process each"
    tail = f"p50 {middle * 1000:.1f} ms, p99 {slow * 1000:.1f} ms"
    memory = f"{held[-1] / 2**20:.0f} MB after {rounds + 1} rounds, {held[0] / 2**20:.0f} MB after the first; {seconds} s each"
    return [
        Figure("api", f"{question}, to a bare handler with the same SQL", rate / bare, LEAST, is_at_most=False, detail=detail),
        Figure("api", f"{question}, p99 to p50 under load", slow / middle, WORST, is_at_most=True, detail=tail),
        Figure("api", f"{question}, memory after all rounds to after the first", held[-1] / held[0], FLAT, is_at_most=True, detail=memory),
    ]


async def _ids(bench: Bench) -> list[str]:
    async with Database(bench.url, workspace=bench.workspace) as db:
        return [str(company.id) for company in await CompanyRepository(db).list_companies(limit=ASKED)]


async def started(kind: str, bench: Bench, workspace: str) -> tuple[Process, int, str]:
    """A server's process, its port, and a key that it made."""
    pipe = asyncio.subprocess.PIPE
    arguments = ("-m", "benchmarks.api_server", kind, bench.url, workspace)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    port, _, key = (await process.stdout.readline()).decode().strip().partition(" ")
    return process, int(port), key


def _script(paths: list[str], pause: int) -> str:
    listed = ",".join(f'"{path}"' for path in paths)
    asked = f"local paths = {{{listed}}}\nlocal n = 0\nrequest = function() n = n % #paths + 1; return wrk.format('GET', paths[n]) end\n"
    return asked + f"delay = function() return {pause} end\n" * bool(pause)


async def _load(port: int, key: str, script: Path, seconds: int) -> tuple[float, float, float]:
    """Requests a second, and the middle and the slowest hundredth of their times, in seconds."""
    arguments = ("-t1", f"-c{AT_ONCE}", f"-d{seconds}", "--latency", "-s", str(script), "-H", f"Authorization: Bearer {key}")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec("wrk", *arguments, f"http://127.0.0.1:{port}", stdout=pipe)
    text = (await process.communicate())[0].decode()
    rate, times = _RATE.search(text), {part: float(time) * _SECONDS[unit] for part, time, unit in _PERCENTILE.findall(text)}
    if rate is None or _REFUSED.search(text):
        raise RuntimeError(f"The server was asked in vain: {text}")
    return float(rate[1]), times["50"], times["99"]
