"""Workers in processes of their own: the real runner with a transport that answers at once, and the real worker with nothing to do."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from asyncio.subprocess import Process

    from benchmarks.measure import Bench

RUN = """
import asyncio, resource, sys, time
from accountgraph.campaigns.engine.runner import Runner
from accountgraph.db import Database
from benchmarks.enrolled import BATCH, Null
async def main(url, workspace):
    async with Database(url, workspace=workspace) as db:
        await db.value("campaigns.enrolments.next_due")
        print("ready", flush=True)
        sys.stdin.readline()
        begun = time.perf_counter()
        done = await Runner(db, lambda _: Null(), calls_at_once=BATCH).run_due()
        print(done.sent, time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
asyncio.run(main(*sys.argv[1:]))
"""
IDLE = """
import asyncio, sys, time
from accountgraph.config import Settings
from accountgraph.worker import Worker
async def main(url, workspace, warm_up, seconds):
    settings = Settings.from_environment().with_choices(url=url, workspace=None, pooler=None)
    worker = Worker(settings, url, workspaces=[workspace])
    running = asyncio.create_task(worker.run())
    await asyncio.sleep(float(warm_up))
    before = time.process_time()
    await asyncio.sleep(float(seconds))
    print((time.process_time() - before) / float(seconds))
    worker.stop()
    await running
asyncio.run(main(*sys.argv[1:]))
"""


class Ran(NamedTuple):
    """What one worker did: messages, seconds, and its peak memory in kilobytes."""

    sent: int
    seconds: float
    peak: int


async def run_workers(bench: Bench, count: int) -> list[Ran]:
    """Do all that is due in the scratch workspace with `count` processes that begin at the same time."""
    processes = [await _started(RUN, bench.url, bench.scratch) for _ in range(count)]
    for process in processes:
        assert process.stdout is not None
        await process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        await process.stdin.drain()
    return [_ran(await _output(process)) for process in processes]


async def idle_share(bench: Bench, warm_up: float, seconds: float) -> float:
    """The share of a core that a worker takes while nothing is due."""
    return float(await _output(await _started(IDLE, bench.url, bench.scratch, str(warm_up), str(seconds))))


def _ran(output: str) -> Ran:
    sent, seconds, peak = output.split()
    return Ran(int(sent), float(seconds), int(peak))


async def _started(script: str, *arguments: str) -> Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(sys.executable, "-c", script, *arguments, stdin=pipe, stdout=pipe)


async def _output(process: Process) -> str:
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("A worker failed; its error stands above.")
    return output.decode()
