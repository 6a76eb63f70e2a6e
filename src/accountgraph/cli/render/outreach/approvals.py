"""Messages that wait for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.contact import shortened
from accountgraph.cli.render.outreach.drafts import rests_on
from accountgraph.cli.render.outreach.messages import below_text, size_text
from accountgraph.cli.render.page import QUIET, facts_table, listing, page, section
from accountgraph.cli.render.words import ago, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.campaigns.work.approvals import Approval, Ruling, Shown

_SHOWN = 12  # digits of a hash


def approvals_table(found: Sequence[Approval], now: datetime) -> RenderableType:
    """A message a row."""
    if not found:
        return Text("Nothing waits for approval.", style=QUIET)
    table = listing("Approval", "To", "Message", "Asked")
    for one in found:
        to = Text(one.person or "nobody any more").append(f"\n{one.company or ''}", style=QUIET)
        message = Text(one.subject or plain(one.channel), style="bold").append(f"\n{shortened(one.content)}", style="not bold")
        state = "" if one.state == "pending" else f"{one.state} by {one.decided_by}, " if one.decided_by else f"{one.state}, "
        message.append(f"\n{state}{one.campaign}, step {one.step_key}" + ("" if one.is_live else ", dry run"), style=QUIET)
        table.add_row(Text(str(one.id)[:8], style=QUIET), to, message, ago(one.created_at, now))
    return table


def approval_page(shown: Shown) -> RenderableType:
    """The message as it would leave, and what one has to know to decide."""
    one = shown.approval
    facts = facts_table()
    to = f"{one.person} <{one.address}>" if one.address else one.person or "nobody any more"
    rows = {
        "to": to,
        "account": one.company,
        "by": plain(one.channel),
        "subject": one.subject,
        "campaign": f"{one.campaign}, step {one.step_key}" + ("" if one.is_live else " (dry run)"),
        "why it waits": one.why,
        "written by": one.written_by,
        "names": one.mentions,
        "state": _state(one),
        "hash": one.content_hash[:_SHOWN],
    }
    for label, value in rows.items():
        if value:
            facts.add_row(label, Text(value))
    known = facts_table()
    for label, value in {**shown.known, **{plain(key): _said(value) for key, value in shown.context.items()}}.items():
        known.add_row(label, Text(value))
    below = below_text(shown.signature, shown.footer, shown.tracks)
    return page(
        facts,
        section("Message", Text(one.content)),
        section("Below it", Text(below, style=QUIET)) if below else None,
        section("Size", size_text(shown.size)) if shown.size else None,
        rests_on(one.facts),
        section("Known", known) if known.row_count else None,
        Text(f"\nApproval {one.id}", style=QUIET),
    )


def ruling_text(ruling: Ruling) -> str:
    """What a decision did."""
    one = ruling.approval
    if not ruling.is_new:
        return f"Nothing changed: the message to {one.person} was {one.state} by {one.decided_by} before."
    return "\n".join([f"The message to {one.person} is {one.state}.", *(f"  {effect}" for effect in ruling.effects)])


def _state(one: Approval) -> str:
    edited = ", edited" if one.is_edited else ""
    by = f" by {one.decided_by}" if one.decided_by else ""
    note = f": {one.note}" if one.note else ""
    return f"{one.state}{by}{edited}{note}"


def _said(value: object) -> str:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
