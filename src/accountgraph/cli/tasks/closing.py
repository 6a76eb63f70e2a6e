"""`task done`, `skip`: what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.campaigns.desk import closing
from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.outcomes import Sentiment
from accountgraph.campaigns.work.finding import find_id
from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import ByOption, NoteOption, moment, who, words_from
from accountgraph.cli.render.outreach import tasks as drawn
from accountgraph.cli.tasks.given import Which, seconds_of

app = group("")


@command(app)
async def done(
    edge: Edge,
    *,
    task: Which,
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="WORD", help="What came of it, as `task show` offers; elsewhere in a line.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="TEXT", help="What they answered.")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When to call back, or when the meeting is.")] = None,
    duration: Annotated[str | None, typer.Option("--duration", metavar="TIME", help="How long a call took: 4:30, or seconds.")] = None,
    recording: Annotated[str | None, typer.Option("--recording", metavar="URL", help="Where a call was recorded; never fetched.")] = None,
    transcript: Annotated[str | None, typer.Option("--transcript", metavar="FILE", help="What was said; - is standard input.")] = None,
    sentiment: Annotated[str | None, typer.Option("--sentiment", metavar="HOW", help=f"{', '.join(Sentiment)}.")] = None,
    note: NoteOption = None,
    left: Annotated[
        bool | None, typer.Option("--left/--not-left", help="Whether a message left of which nobody knows.", show_default=False)
    ] = None,
    by: ByOption = None,
) -> None:
    """Say that a task is done, and what came of it; whoever waits for it goes on."""
    how = one_of(Sentiment, "--sentiment", sentiment)
    account = Account(
        by=who(by),
        outcome=outcome,
        note=note,
        left=left,
        text=text,
        at=moment("--at", at),
        seconds=seconds_of("--duration", duration),
        recording=recording,
        transcript=words_from(None, transcript),
        sentiment=Sentiment(how) if how else None,
    )
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
