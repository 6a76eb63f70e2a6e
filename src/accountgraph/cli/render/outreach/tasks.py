"""Tasks: what there is to do, by when, and what doing it led to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.contact import shortened
from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, listing
from accountgraph.cli.render.words import ago, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.campaigns.desk.closing import Closed
    from accountgraph.campaigns.work.tasks import Task


def tasks_table(found: Sequence[Task], now: datetime) -> RenderableType:
    """A task a row."""
    if not found:
        return Text("Nothing to do.", style=QUIET)
    table = listing("Task", "What", "Due")
    for task in found:
        what = Text(plain(task.kind), style="bold").append(f"  {task.title}", style="not bold")
        if task.said or task.body:
            what.append(f"\n{shortened(task.said or task.body or '')}")
        what.append(f"\n{about(task)}", style=QUIET)
        table.add_row(Text(str(task.id)[:8], style=QUIET), what, due(task, now))
    return table


def about(task: Task) -> str:
    """With whom, in which campaign, and who does it."""
    said = [task.person, task.company, task.campaign, f"owner: {task.owner}" if task.owner else None]
    if task.is_live is False:
        said.append("dry run")
    if task.held_by:
        said.append(f"{task.held_by} is at it")
    return ", ".join(part for part in said if part)


def due(task: Task, now: datetime) -> Text:
    """When it is due; or how it was closed."""
    if task.state != "open":
        return Text(f"{task.state} {ago(task.closed_at, now)} by {task.closed_by}", style=GOOD if task.state == "done" else QUIET)
    if task.escalated_at is not None:
        return Text(f"escalated, due {ago(task.due_at, now)}", style=BAD)
    return Text(ago(task.due_at, now), style=ATTENTION if task.due_at <= now else "")


def closed_text(closed: Closed) -> str:
    """What closing it did."""
    task = closed.task
    if not closed.is_new:
        outcome = f": {task.outcome}" if task.outcome else ""
        return f"Nothing changed: {task.title} was {task.state} by {task.closed_by} before{outcome}."
    state = f"is {task.state}" if task.state != "open" else "stays open"
    return "\n".join([f"{task.title} {state}.", *(f"  {effect}" for effect in closed.effects)])
