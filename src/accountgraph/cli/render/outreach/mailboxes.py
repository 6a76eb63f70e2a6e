"""Mailboxes as people read them: how they fare, what was taken, what was tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict
from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, listing
from accountgraph.cli.render.words import ago, count, span
from accountgraph.mailboxes.reading.taking import Synced
from accountgraph.mailboxes.setup.domain import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.mailboxes.setup.domain import Check
    from accountgraph.store.outreach.mailboxes import Mailbox
    from accountgraph.store.secrets import StoredSecret

_COLOURS = {Verdict.GOOD: GOOD, Verdict.WEAK: ATTENTION, Verdict.MISSING: BAD, Verdict.UNKNOWN: QUIET}


class Row(Struct, frozen=True):
    """What a run did with a mailbox, or why it failed."""

    address: str
    done: Synced | None
    error: str | None


def facts_of(mailbox: Mailbox, now: datetime) -> dict[str, Any]:
    """A mailbox with its lag in seconds."""
    lag = mailbox.lag(now)
    return {**asdict(mailbox), "lag_seconds": None if lag is None else lag.total_seconds()}


def mailboxes_table(found: Sequence[Mailbox], now: datetime) -> RenderableType:
    """A mailbox a row."""
    if not found:
        return Text("No mailbox is read; add one with `mailbox add ADDRESS`.", style=QUIET)
    table = listing("Mailbox", "Read by", "All taken", "How it fares")
    for one in found:
        lag = one.lag(now)
        table.add_row(one.address, one.protocol, "never" if lag is None else f"{span(lag.total_seconds())} ago", _fares(one, now))
    return table


def _fares(one: Mailbox, now: datetime) -> Text:
    if one.failing_since is not None:
        return Text(f"fails since {ago(one.failing_since, now)}: {one.error}", style=BAD)
    if one.history_read_at is None:
        return Text("the time before is not read yet", style=ATTENTION)
    return Text("well", style=GOOD)


def checks_table(checks: Sequence[Check]) -> RenderableType:
    """A check a row, with what to do."""
    table = listing("What", "How", "Found")
    for check in checks:
        table.add_row(
            check.name,
            Text(check.verdict, style=_COLOURS[check.verdict]),
            Text(check.found).append(f"\n{check.advice}" if check.advice else "", style=QUIET),
        )
    return table


def synced_text(rows: Sequence[Row]) -> str:
    """A line a mailbox."""
    return "\n".join(f"{row.address}: {_done(row.done) if row.done else row.error}" for row in rows) or "No mailbox is read."


def _done(done: Synced) -> str:
    said = [f"{count(done.taken, 'mail')} taken"]
    more = {"by hand": done.by_hand, "of ours passed over": done.ours, "kept for you to look at": done.flagged, "cut": done.cut}
    said += [f"{number:,} {what}" for what, number in more.items() if number]
    if done.history:
        said.append(f"{done.history:,} headers of the time before read")
    return ", ".join(said) + "."


def secrets_table(found: Sequence[StoredSecret], now: datetime) -> RenderableType:
    """A secret a row, never what it says."""
    if not found:
        return Text("No secret is stored.", style=QUIET)
    table = listing("Secret", "Changed")
    for one in found:
        table.add_row(one.name, ago(one.updated_at, now))
    return table
