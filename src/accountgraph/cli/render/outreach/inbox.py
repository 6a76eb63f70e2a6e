"""What came in: a line each, and one of them with all that is needed to answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.text import Text

from accountgraph.campaigns.engine.transport import Sent
from accountgraph.campaigns.signals.words import label_of
from accountgraph.cli.render.contact import shortened
from accountgraph.cli.render.outreach.tasks import about, due
from accountgraph.cli.render.page import ATTENTION, QUIET, facts_table, listing, page, section
from accountgraph.cli.render.words import ago, count, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.campaigns.work.answers import Answered
    from accountgraph.campaigns.work.inbox import Opened
    from accountgraph.campaigns.work.resume import Resumed, Standing
    from accountgraph.campaigns.work.tasks import Task
    from accountgraph.models import Touchpoint


def inbox_table(found: Sequence[Task], now: datetime) -> RenderableType:
    """A thing that came in a row."""
    if not found:
        return Text("The inbox is empty.", style=QUIET)
    table = listing("Item", "What came in", "Came", "Answer due")
    for task in found:
        what = Text(label_of(task.signal or task.kind), style="bold").append(f"  {task.person or ''}", style="not bold")
        what.append(f"\n{shortened(task.said or task.title)}")
        if task.answer:
            what.append(f"\nits answer is {task.answer}", style=ATTENTION)
        what.append(f"\n{about(task)}", style=QUIET)
        table.add_row(Text(str(task.id)[:8], style=QUIET), what, ago(task.signal_at, now), due(task, now))
    return table


def item_page(opened: Opened, now: datetime) -> RenderableType:
    """What came in, the conversation, what was learned, and who stands still."""
    task, came = opened.task, opened.came
    facts = facts_table()
    rows = {
        "from": ", ".join(part for part in (task.person, task.company) if part),
        "what": f"{label_of(came.kind)}, {ago(came.at, now)}, told by {came.source}",
        "read as": _reading(came.data.get("reading")),
        "task": f"{plain(task.kind)}: {task.title}",
        "owner": task.owner,
        "tier": plain(opened.qualification_tier) if opened.qualification_tier else None,
        "answer": task.answer,
    }
    for label, value in rows.items():
        if value:
            facts.add_row(label, Text(value))
    learned = facts_table()
    for key, value in opened.context.items():
        learned.add_row(plain(key), Text(", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return page(
        facts,
        section("Said", Text(str(came.data["text"]))) if came.data.get("text") else None,
        section("What it did", Text("\n".join(came.effects))) if came.effects else None,
        section("Before", Group(*(_touch(one, now) for one in opened.history))) if opened.history else None,
        section("Known", learned) if learned.row_count else None,
        section("Who stands where", _standings(opened.standings, now)) if opened.standings else None,
        Text(f"\nItem {task.id}", style=QUIET),
    )


def _reading(reading: dict[str, Any] | None) -> str | None:
    """What a model takes it for, with the words that say so: a hint that moved nothing."""
    if not reading or "meaning" not in reading:
        return None
    return f"{plain(reading['meaning'])} (“{reading['quote']}”), by {reading['model']}; it moved nothing"


def _touch(one: Touchpoint, now: datetime) -> Text:
    who = "they" if one.direction == "inbound" else "we"
    text = Text(f"{who}, {ago(one.sent_at, now)}, by {plain(one.channel)}", style=QUIET)
    text.append(f"\n{one.subject or ''}", style="bold not dim").append(f"\n{shortened(one.content or '')}", style="not dim")
    if one.response:
        text.append(f"\nanswer: {shortened(one.response)}", style="not dim")
    return text


def _standings(found: Sequence[Standing], now: datetime) -> RenderableType:
    table = listing("Person", "Campaign", "State")
    for one in found:
        until = f" until {one.paused_until:%Y-%m-%d}" if one.paused_until else ""
        following = f", next {ago(one.next_due_at, now)}" if one.state in {"pending", "waiting"} and one.next_due_at else ""
        table.add_row(one.person, one.campaign, f"{one.state}" + (f" ({one.reason}){until}" if one.reason else "") + following)
    return table


def answered_text(done: Answered) -> str:
    """What came of an answer that left."""
    if not done.is_new:
        return "Nothing was sent: the same words left before."
    return "\n".join(["The answer has left.", *(f"  {effect}" for effect in done.effects)])


def not_sent(done: Answered) -> str:
    """Why an answer did not leave, or that nobody knows."""
    if done.outcome is Sent.UNKNOWN:
        return (
            f"Nobody knows whether the answer left ({done.detail}); look into the Sent folder, then do its task with --left or --not-left."
        )
    held = f" ({'; '.join(done.effects)})" if done.effects else ""
    return f"The answer was not sent: {done.detail}{held}. Its task stays open."


def resumed_text(done: Resumed) -> str:
    """Who goes on, and who does not."""
    lines = [f"{count(len(done.going_on), 'person goes', 'people go')} on."]
    lines += [f"  {one.person}: {one.campaign}, was paused ({one.reason})" for one in done.going_on]
    lines += [f"  {one.standing.person}: {one.standing.campaign}, {one.why}" for one in done.left]
    return "\n".join(lines)
