"""Changes, what came of an undo, and what a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import json
from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, facts_table, listing, page, section
from accountgraph.cli.render.words import ago, count, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.audit import Change, UndoReport
    from accountgraph.listing.search import Found

_STYLES = {"insert": GOOD, "update": ATTENTION, "delete": BAD}
_LONGEST = 60  # signs of a value in a list


def changes_table(found: Sequence[Change], now: datetime) -> RenderableType:
    """A change a row."""
    if not found:
        return Text("Nothing was changed by anybody who is named in the log.", style=QUIET)
    table = listing("Change", "When", "Who", "What", "Fields")
    for change in found:
        who = Text(change.actor_name).append(f"\n{change.actor_kind}", style=QUIET)
        table.add_row(str(change.id), ago(change.at, now), who, _what(change), _fields(change))
    return table


def change_page(change: Change) -> RenderableType:
    """A change with all that is known of it."""
    facts = facts_table()
    facts.add_row("change", _what(change))
    facts.add_row("when", f"{change.at:%Y-%m-%d %H:%M:%S %Z}")
    facts.add_row("who", f"{change.actor_name} ({change.actor_kind})")
    for label, value in (
        ("request", change.request_id),
        ("transaction", change.transaction),
        ("account", change.company_id),
        ("contact", change.contact_id),
        ("takes back", change.undoes_id),
        ("was taken back by", change.undone_by_id),
    ):
        if value is not None:
            facts.add_row(label, str(value))
    if change.is_redacted:
        return page(facts, Text("\nThe person was erased, and what stood here with them.", style=QUIET))
    table = listing("Field", "Before", "After")
    for name in sorted({*(change.before or {}), *(change.after or {})}):
        table.add_row(name, _value(change.before, name), _value(change.after, name))
    return page(facts, section("Fields", table) if change.row_id else None)


def undo_page(report: UndoReport) -> RenderableType:
    """What was taken back, or what stands in the way."""
    if report.is_done:
        table = listing("Taken back", "What")
        for change in report.undone:
            table.add_row(str(change.id), _what(change))
        return table
    table = listing("Change", "What", "Why not")
    for refused in report.refused:
        why = Text(refused.why[:1].upper() + refused.why[1:])
        if refused.detail:
            why.append(f"\n{refused.detail}", style=QUIET)
        if refused.later:
            why.append(f"\nchange {refused.later.id} by {refused.later.actor_name}", style=QUIET)
        table.add_row(str(refused.change.id), _what(refused.change), why)
    return page(Text(f"Nothing was taken back: {count(len(report.refused), 'change')} cannot be.", style=BAD), section("", table))


def found_table(found: Sequence[Found]) -> RenderableType:
    """A find a row."""
    if not found:
        return Text("Nothing fits.", style=QUIET)
    table = listing("Kind", "What", "Id")
    for one in found:
        title = Text(one.title)
        if one.detail:
            title.append(f"\n{one.detail}", style=QUIET)
        table.add_row(Text(one.kind, style=QUIET), title, str(one.id))
    return table


def _what(change: Change) -> Text:
    said = Text(change.action, style=_STYLES[change.action]).append(f" {plain(change.table)}", style="default")
    return said.append(f"\n{change.row_id}" if change.row_id else f"\n{count(change.row_count, 'row')} at once", style=QUIET)


def _fields(change: Change) -> Text:
    if change.action != "update" or not change.after:
        image = change.after or change.before or {}
        name = next((image[key] for key in ("name", "title", "email", "address", "subject", "key") if image.get(key)), "")
        return Text(_short(name))
    return Text("\n").join(Text(f"{name}: {_value(change.before, name)} > {_value(change.after, name)}") for name in sorted(change.after))


def _value(image: dict[str, Any] | None, name: str) -> str:
    return "" if image is None or image.get(name) is None else _short(image[name])


def _short(value: object) -> str:
    said = value if isinstance(value, str) else json.encode(value).decode()
    return said if len(said) <= _LONGEST else said[: _LONGEST - 3] + "..."
