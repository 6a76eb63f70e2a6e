"""`task`: work for people."""

from __future__ import annotations

from typing import Annotated

import typer

from accountgraph.campaigns.work import closing
from accountgraph.campaigns.work.finding import find_id
from accountgraph.campaigns.work.tasks import TaskKind, Wanted, list_tasks
from accountgraph.cli.choices import one_of, one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import AccountOption, ByOption, LimitOption, NoteOption, who
from accountgraph.cli.render.outreach import tasks as drawn
from accountgraph.store.naming import find_account

app = group("Work for people: calls, letters, answers, questions: list, done, skip.")
COMMANDS = {"task": app}
Which = Annotated[str, typer.Argument(metavar="TASK", help="Its id, or 4 or more of its first digits.", show_default=False)]
_STATES = ["open", "done", "skipped", "all"]


@command(app, "list")
async def list_(
    edge: Edge,
    *,
    state: Annotated[str, typer.Option("--state", metavar="STATE", help=f"{', '.join(_STATES)}.")] = "open",
    kind: Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only these: call, linkedin, reply, question, ...")] = None,
    account: AccountOption = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Only what this person does.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what should be done by now.")] = False,
    escalated: Annotated[bool, typer.Option("--escalated", help="Only what nobody did in time.")] = False,
    limit: LimitOption = 100,
) -> None:
    """List tasks, what is due first before the rest."""
    chosen, wanted_state = one_of(TaskKind, "--kind", kind), one_of_words(_STATES, "--state", state)
    async with edge.app() as parts:
        company = await find_account(parts.db, account) if account else None
        wanted = Wanted(
            state=None if wanted_state == "all" else wanted_state,
            kind=TaskKind(chosen) if chosen else None,
            owner=owner,
            company_id=company.id if company else None,
            overdue=overdue,
            escalated=escalated,
            limit=limit,
        )
        now = parts.db.now()
        found = await list_tasks(parts.db, wanted, now)
    edge.emit(found, lambda: drawn.tasks_table(found, now))


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
