"""`python -m benchmarks`: measure, and print every figure as a ratio with what it has to be."""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import sys
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from rich.console import Console
from rich.table import Table

from accountgraph.postgres import EmbeddedServer
from benchmarks import (
    answers,
    api,
    api_bulk,
    campaigns,
    events,
    imports,
    intake,
    live,
    memory,
    page,
    refresh,
    start,
    understanding,
    waiting,
)
from benchmarks.data import COMPANIES, load
from benchmarks.measure import Bench, Figure

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Topic = Callable[[Bench], Coroutine[Any, Any, list[Figure]]]

TOPICS: dict[str, Topic] = {
    "answers": answers.measure,
    "import": imports.measure,
    "events": events.measure,
    "refresh": refresh.measure,
    "campaigns": campaigns.measure,
    "waiting": waiting.measure,
    "intake": intake.measure,
    "api": api.measure,
    "bulk": api_bulk.measure,
    "live": live.measure,
    "memory": memory.measure,
    "page": page.measure,
    "start": start.measure,
    "understanding": understanding.measure,
}
NEEDS_DATA = {"answers", "api", "page", "refresh"}
CALLS = {"tiny": (2, 1), "small": (100, 5), "full": (200, 7)}


def main() -> int:
    """Print the table; 1 where a figure misses its target."""
    said = _arguments()
    note = Console(stderr=True)
    with ExitStack() as stack:
        url = said.url or _own_server(stack)
        calls, rounds = CALLS[said.size]
        bench = Bench(url, said.size, calls, rounds, minutes=said.minutes)
        topics = said.only or list(TOPICS)
        companies = said.companies or COMPANIES[said.size]
        if NEEDS_DATA.intersection(topics) and not said.reuse:
            note.print(f"Loading {companies:,} companies, and a tenth of them ...")
            asyncio.run(_load(bench, companies))
        figures = [figure for topic in topics for figure in _measured(note, topic, bench)]
        machine = _machine(url, companies)
    _show(figures, machine, as_json=said.json)
    return 0 if all(figure.is_met for figure in figures) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--size", choices=COMPANIES, default="small", help="how much data: full is 100,000 companies")
    parser.add_argument("--companies", type=int, help="another number of companies than the size has")
    parser.add_argument("--only", choices=TOPICS, action="append", help="this topic alone; may be repeated")
    parser.add_argument(
        "--url", help="a server of your own, where workspaces bench* are made anew; default: an embedded one, removed after"
    )
    parser.add_argument("--reuse", action="store_true", help="the data set that an earlier run left in the server of --url")
    parser.add_argument("--minutes", type=float, help="how long the memory of a server is watched; default: by the size, an hour for full")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def _own_server(stack: ExitStack) -> str:
    home = stack.enter_context(start.temporary_home())
    server = EmbeddedServer(home)
    stack.callback(server.stop)
    return server.start()


async def _load(bench: Bench, companies: int) -> None:
    now = datetime.now(UTC)
    await load(bench.url, bench.workspace, companies, now)
    await load(bench.url, bench.tenth, max(1, companies // 10), now)


def _measured(note: Console, topic: str, bench: Bench) -> list[Figure]:
    note.print(f"Measuring {topic} ...")
    return asyncio.run(TOPICS[topic](bench))


def _machine(url: str, companies: int) -> str:
    with psycopg.connect(url) as connection:
        version = connection.info.parameter_status("server_version")
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    processor = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor())
    software = f"Python {platform.python_version()}, PostgreSQL {version}"
    return f"{companies:,} companies; {processor}, {cpu_count()} cores, {platform.system()}; {software}"


def _show(figures: list[Figure], machine: str, *, as_json: bool) -> None:
    if as_json:
        found = [asdict(figure) | {"is_met": figure.is_met} for figure in figures]
        sys.stdout.write(json.dumps({"machine": machine, "figures": found}, indent=2) + "\n")
        return
    table = Table(title=machine)
    for heading in ("topic", "what", "ratio", "target", "", "detail"):
        table.add_column(heading)
    for figure in figures:
        target = f"{'at most' if figure.is_at_most else 'at least'} {figure.target:g}"
        table.add_row(figure.topic, figure.name, f"{figure.value:.2f}", target, "met" if figure.is_met else "MISSED", figure.detail)
    Console(width=None if sys.stdout.isatty() else 160).print(table)


if __name__ == "__main__":
    sys.exit(main())
