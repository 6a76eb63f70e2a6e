"""A task on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Group
from rich.text import Text

from accountgraph.cli.render.contact import shortened
from accountgraph.cli.render.outreach.tasks import due
from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, facts_table, listing, page, section
from accountgraph.cli.render.words import ago, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.campaigns.desk.sheet import Choice, InTouch, Said, Sheet
    from accountgraph.campaigns.work.ledger import Entry
    from accountgraph.campaigns.work.tasks import Task


def sheet_page(sheet: Sheet, now: datetime) -> RenderableType:
    """Who, why, how, what may be said, what was said, and what can come of it."""
    task = sheet.task
    learned = facts_table()
    for key, value in sheet.learned.items():
        learned.add_row(plain(key), Text(", ".join(map(str, value)) if isinstance(value, list) else str(value)))
    return page(
        Text(task.title, style="bold"),
        _facts(sheet, now),
        section("What came in", Text(task.said)) if task.said else None,
        section("The message", _called(sheet.called, task.body)) if sheet.called else None,
        section("What you may say", _words(sheet)) if _speaks(sheet) else None,
        section("Promised", Text("\n".join(sheet.promised))) if sheet.promised else None,
        section("Last words", Group(*(_said(one, now) for one in sheet.history))) if sheet.history else None,
        section("Known", learned) if learned.row_count else None,
        section("Colleagues we are in touch with", _colleagues(sheet.colleagues, now)) if sheet.colleagues else None,
        section("What came of it?", _choices(sheet.choices)) if sheet.choices else None,
        Text(f"\nTask {task.id}", style=QUIET),
    )


def _facts(sheet: Sheet, now: datetime) -> RenderableType:
    facts = facts_table()
    for label, value in _rows(sheet, now):
        if value:
            facts.add_row(label, value if isinstance(value, Text) else Text(value))
    return facts


def _rows(sheet: Sheet, now: datetime) -> Iterator[tuple[str, Text | str | None]]:
    task, whom, words = sheet.task, sheet.whom, sheet.words
    title = f", {whom.title}" if whom and whom.title else ""
    yield "who", f"{task.person}{title}" if task.person else None
    yield "company", task.company
    yield "why now", sheet.why
    if whom is not None:
        yield "number", whom.phone
        yield "profile", whom.linkedin_url
        yield "e-mail", whom.email
        if words and words.address and words.address not in {whom.phone, whom.linkedin_url, whom.email}:
            yield "planned for", words.address
        yield "keep off", Text(", ".join(whom.barred), style=BAD) if whom.barred else None
        yield "their time", _their_time(whom.zone, whom.best_time, now)
    dry = Text("a dry run: nobody is really to be approached", style=ATTENTION)
    yield "campaign", dry if task.is_live is False else task.campaign
    yield "owner", task.owner
    yield "at it", f"{task.held_by}, until {task.held_until:%H:%M} UTC" if task.held_by else None
    yield "due", due(task, now)
    yield "not before", f"{task.waits_until:%Y-%m-%d %H:%M} UTC" if task.waits_until and task.waits_until > now else None
    yield "outcome", task.outcome


def _their_time(zone: str | None, best: str | None, now: datetime) -> str | None:
    try:
        there = now.astimezone(ZoneInfo(zone)) if zone else None
    except (ZoneInfoNotFoundError, ValueError):
        there = None
    said = [f"{there:%H:%M on %A} ({zone})" if there else None, f"best: {best}" if best else None]
    return ", ".join(part for part in said if part) or None


def _called(called: Entry, body: str | None) -> RenderableType:
    facts = facts_table()
    message_id = called.wire_message_id or called.message_id
    for label, value in (("from", called.sender), ("to", called.address), ("subject", called.subject), ("Message-ID", message_id)):
        if value:
            facts.add_row(label, Text(value))
    if called.called_at:
        facts.add_row("handed over", f"{called.called_at:%Y-%m-%d %H:%M:%S} UTC")
    return Group(facts, Text(f"\n{body}")) if body else facts


def _speaks(sheet: Sheet) -> bool:
    return sheet.called is None and bool((sheet.words and sheet.words.content) or (sheet.task.body and sheet.task.body != sheet.task.said))


def _words(sheet: Sheet) -> Text:
    words = sheet.words
    if words is None or not words.content:
        return Text(sheet.task.body or "")
    return Text(f"{words.subject}\n\n" if words.subject else "", style="bold").append(words.content, style="not bold")


def _said(one: Said, now: datetime) -> Text:
    who = "they" if one.direction == "inbound" else "we"
    came = f": {plain(one.outcome_details)}" if one.outcome_details else ""
    text = Text(f"{who}, {ago(one.sent_at, now)}, by {plain(one.channel)}{came}", style=QUIET)
    for words in (one.subject, shortened(one.content) if one.content else None):
        if words:
            text.append(f"\n{words}", style="not dim")
    if one.response:
        text.append(f"\nanswer: {shortened(one.response)}", style=f"not dim {GOOD}")
    return text


def _colleagues(found: Sequence[InTouch], now: datetime) -> RenderableType:
    table = listing("Who", "Did something", "We wrote or called")
    for one in found:
        who = Text(one.name).append(f"  {one.title or ''}", style=QUIET)
        if one.is_withheld:
            who.append("  do not name them", style=BAD)
        table.add_row(who, ago(one.last_engaged_at, now), ago(one.last_touch_at, now))
    return table


def _choices(found: Sequence[Choice]) -> RenderableType:
    table = facts_table()
    for one in found:
        table.add_row(plain(one.word), Text(one.says).append(f"\n{one.command}", style=QUIET))
    return table


def snoozed_text(task: Task) -> str:
    """Until when it is not handed out."""
    assert task.waits_until is not None  # noqa: S101 - it was snoozed
    return f"{task.title}: not before {task.waits_until:%Y-%m-%d %H:%M} UTC."
