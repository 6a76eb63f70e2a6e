"""`task add`, `next`, `show`, `release`, `snooze`, `list`: the queue."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from accountgraph.campaigns.desk import queue
from accountgraph.campaigns.desk.sheet import open_sheet
from accountgraph.campaigns.work.finding import find_id
from accountgraph.campaigns.work.giving import ToDo, give_task
from accountgraph.campaigns.work.tasks import TaskKind, Wanted, list_tasks
from accountgraph.cli.choices import one_of, one_of_words
from accountgraph.cli.frame import Edge, command, group
from accountgraph.cli.outreach.shared import AccountOption, ByOption, LimitOption, SnoozedOption, moment, who
from accountgraph.cli.render.outreach import sheet as drawn
from accountgraph.cli.render.outreach.tasks import tasks_table
from accountgraph.cli.tasks.given import Which, stretch
from accountgraph.enums import Channel
from accountgraph.store.naming import find_account, find_contact

app = group("")
_STATES = ["open", "done", "skipped", "all"]
_CHANNELS = ", ".join(Channel)


@command(app)
async def add(
    edge: Edge,
    *,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What is to be done.")],
    person: Annotated[str | None, typer.Option("--person", metavar="PERSON", help="About this person.")] = None,
    account: Annotated[str | None, typer.Option("--account", metavar="ACCOUNT", help="About this account.")] = None,
    due: Annotated[str | None, typer.Option("--due", metavar="TIME", help="By this time, with its offset.")] = None,
    stretched: Annotated[str | None, typer.Option("--in", metavar="TIME", help="Within so long: 2h, 3d, 1w [1d].")] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Who does it.")] = None,
    body: Annotated[str | None, typer.Option("--body", metavar="TEXT", help="What else there is to know.")] = None,
) -> None:
    """Give yourself or somebody else a task."""
    if due is not None and stretched is not None:
        raise typer.BadParameter("say one of both: --due with a time, or --in 3d.", param_hint="--in")
    at, length = moment("--due", due), stretch("--in", stretched or "1d")
    async with edge.app() as parts:
        contact = await find_contact(parts.db, person) if person else None
        company = await find_account(parts.db, account) if account else None
        to_do = ToDo(
            title=title,
            body=body,
            due_at=at or parts.db.now() + length,
            contact_id=contact.id if contact else None,
            company_id=company.id if company else None,
            owner=owner,
        )
        given = await parts.db.run(lambda session: give_task(session, to_do, session.now()))
        now = parts.db.now()
    edge.emit(given, lambda: tasks_table([given], now))


@command(app, "next")
async def next_(
    edge: Edge,
    *,
    channel: Annotated[str | None, typer.Option("--channel", metavar="CHANNEL", help=f"Only these: {_CHANNELS}.")] = None,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME", help="Only what this person owns.")] = None,
    hold: Annotated[str, typer.Option("--for", metavar="TIME", help="So long nobody else gets it: 45m, 2h.")] = "30m",
    by: ByOption = None,
) -> None:
    """Take what is due first, with everything needed for it; nobody else gets it meanwhile."""
    chosen = one_of(Channel, "--channel", channel)
    asked = queue.Asked(by=who(by), channel=Channel(chosen) if chosen else None, owner=owner, hold=stretch("--for", hold))
    async with edge.app() as parts:
        now = parts.db.now()
        task = await parts.db.run(lambda session: queue.take_next(session, asked, now))
        sheet = await open_sheet(parts.db, task.id, now) if task else None
    edge.emit(sheet, lambda: drawn.sheet_page(sheet, now) if sheet else "Nothing to do.")


@command(app)
async def show(edge: Edge, task: Which) -> None:
    """Show a task with everything needed for it: why now, what to say, what was said, what can come of it."""
    async with edge.app() as parts:
        now = parts.db.now()
        sheet = await open_sheet(parts.db, await find_id(parts.db, "task", task), now)
    edge.emit(sheet, lambda: drawn.sheet_page(sheet, now))


@command(app)
async def release(edge: Edge, task: Which) -> None:
    """Give a task back to the queue, whoever is at it."""
    async with edge.app() as parts:
        which = await find_id(parts.db, "task", task)
        given, was_held = await parts.db.run(lambda session: queue.release(session, which, session.now()))
    said = "is in the queue again" if was_held else "was not held by anybody"
    edge.emit(given, lambda: f"{given.title}: it {said}.")


@command(app)
async def snooze(
    edge: Edge,
    *,
    task: Which,
    until: Annotated[str | None, typer.Option("--until", metavar="TIME", help="Not before this time, with its offset.")] = None,
    stretched: Annotated[str | None, typer.Option("--for", metavar="TIME", help="Not for so long: 45m, 2h, 3d, 1w.")] = None,
    by: ByOption = None,
) -> None:
    """Hand a task out no more before a time, and give it back."""
    if (until is None) == (stretched is None):
        raise typer.BadParameter("say how long: --for 2h, or --until with a time.", param_hint="--for")
    at, length = moment("--until", until), stretch("--for", stretched) if stretched else None
    async with edge.app() as parts:
        which = await find_id(parts.db, "task", task)
        later = at or parts.db.now() + (length or timedelta())
        done = await parts.db.run(lambda session: queue.snooze(session, which, later, by=who(by), now=session.now()))
    edge.emit(done, lambda: drawn.snoozed_text(done))


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
    snoozed: SnoozedOption = False,
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
            include_snoozed=snoozed,
            limit=limit,
        )
        now = parts.db.now()
        found = await list_tasks(parts.db, wanted, now)
    edge.emit(found, lambda: tasks_table(found, now))
