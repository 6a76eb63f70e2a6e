"""`worker`: run campaigns until somebody stops it."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import json

from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import transports_for
from accountgraph.errors import NotFoundError
from accountgraph.schema import list_workspaces
from accountgraph.worker import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accountgraph.campaigns.engine.runner import Done

app = group("")
COMMANDS = {"worker": app}
_STOPPING = (signal.SIGTERM, signal.SIGINT)


@command(app)
async def worker(
    edge: Edge,
    *,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, and return.")] = False,
    workspaces: Annotated[
        str | None, typer.Option("--workspaces", metavar="NAMES", help="Only for these, with commas between them [all].")
    ] = None,
) -> None:
    """Do what is due in all campaigns, until SIGTERM or Ctrl-C: calls in flight are finished then.

    A line on standard error for each thing done; with --json also a line of JSON on standard output.
    """
    url = await asyncio.to_thread(edge.url)
    only = await asyncio.to_thread(_chosen, edge, url, workspaces)
    transports = transports_for(edge, lambda: datetime.now(UTC))
    runs = Worker(edge.settings, url, workspaces=only, transports=transports, on_done=lambda name, done: _said(edge, name, done))
    if once:
        total = await runs.run_once()
        edge.say(f"Done: {_counts(total)}.")
        if total.asked:
            edge.say("`accountgraph approval list` and `accountgraph task list` show what waits for you.")
        return
    with _stopped_by_signals(edge, runs):
        edge.say(f"Working for {', '.join(only) if only else 'all workspaces'}; stop with Ctrl-C.")
        await runs.run()
    edge.say("Stopped; what was planned is given back.")


def _chosen(edge: Edge, url: str, said: str | None) -> Sequence[str] | None:
    names = [name.strip() for name in (said or "").split(",") if name.strip()] or ([edge.workspace] if edge.workspace else [])
    known = {found.name for found in list_workspaces(url)}
    missing = [name for name in names if name not in known]
    if missing:
        raise NotFoundError(f"There is no workspace {missing[0]!r}; make it with `accountgraph workspace create {missing[0]}`.")
    return names or None


@contextmanager
def _stopped_by_signals(edge: Edge, runs: Worker) -> Iterator[None]:
    """The first signal finishes the calls in flight; the second one ends the process as it would without us."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in _STOPPING}

    def stop(*_: object) -> None:
        edge.say("Stopping: calls in flight are finished ...")
        for number, handler in before.items():
            signal.signal(number, handler)
        loop.call_soon_threadsafe(runs.stop)

    for number in _STOPPING:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _said(edge: Edge, name: str, done: Done) -> None:
    now = datetime.now(UTC)
    edge.say(f"{now:%H:%M:%S} {name}: {_counts(done)}")
    if edge.as_json:
        row = {"at": now, "workspace": name, "decided": done.decided, "sent": done.sent, "asked": done.asked, "unknown": done.unknown}
        sys.stdout.buffer.write(json.encode(row) + b"\n")
        sys.stdout.buffer.flush()


def _counts(done: Done) -> str:
    unknown = f", {done.unknown:,} of which nobody knows whether they left" if done.unknown else ""
    asked = f", {done.asked:,} waiting for a person" if done.asked else ""
    return f"{done.decided:,} decided, {done.sent:,} sent{asked}{unknown}"
