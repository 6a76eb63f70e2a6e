"""`task done`, `skip`: what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.campaigns.work import closing
from accountgraph.campaigns.work.finding import find_id
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import ByOption, NoteOption, who
from accountgraph.cli.render.outreach import tasks as drawn
from accountgraph.cli.tasks.given import Which  # noqa: TC001 - Typer reads the annotations

app = group("")


@command(app)
async def done(
    edge: Edge,
    *,
    task: Which,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="TEXT", help="What came of it, in a line; of a meeting: held or missed.")
    ] = None,
    note: NoteOption = None,
    seconds: Annotated[int | None, typer.Option("--seconds", min=0, help="How long a call took.")] = None,
    left: Annotated[
        bool | None, typer.Option("--left/--not-left", help="Whether a message left of which nobody knows.", show_default=False)
    ] = None,
    by: ByOption = None,
) -> None:
    """Say that a task is done, and what came of it; whoever waits for it goes on."""
    account = closing.Account(by=who(by), outcome=outcome, note=note, left=left, seconds=seconds)
    async with edge.app() as parts:
        which = await find_id(parts.db, "task", task)
        closed = await parts.db.run(lambda session: closing.complete(session, which, account, session.now()))
    edge.emit(closed, lambda: drawn.closed_text(closed))


@command(app)
async def skip(edge: Edge, task: Which, note: NoteOption = None, by: ByOption = None) -> None:
    """Leave a task undone. A step is passed over, and the next one comes after its own gap."""
    async with edge.app() as parts:
        which = await find_id(parts.db, "task", task)
        closed = await parts.db.run(lambda session: closing.skip(session, which, by=who(by), note=note, now=session.now()))
    edge.emit(closed, lambda: drawn.closed_text(closed))
