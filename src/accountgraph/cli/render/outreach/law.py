"""What the law says, free days, and accounts that are left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, listing
from accountgraph.cli.render.words import ago

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from rich.console import RenderableType

    from accountgraph.store.outreach.exclusions import AccountExclusion
    from accountgraph.store.outreach.free_days import FreeDay
    from accountgraph.store.outreach.jurisdictions import Jurisdiction

RULES = {"allow": "until they object", "consent": "only with a consent", "deny": "never"}
EXCLUDED = {"competitor": "a competitor", "open_opportunity": "an opportunity is open", "owner": "one of us keeps it out"}
_STYLES = {"allow": GOOD, "consent": ATTENTION, "deny": BAD}


def jurisdictions_table(found: Sequence[Jurisdiction]) -> RenderableType:
    """A rule a row."""
    if not found:
        return Text("Nothing is recorded: a person decides about each cold message there.", style=QUIET)
    table = listing("Country", "Channel", "Cold messages", "From", "By")
    for one in found:
        said = Text(one.source).append(f"\n{one.note}" if one.note else "", style=QUIET)
        table.add_row(one.country, one.channel, Text(RULES[one.rule], style=_STYLES[one.rule]), str(one.valid_from), said)
    return table


def free_days_table(found: Sequence[FreeDay]) -> RenderableType:
    """A day a row."""
    if not found:
        return Text("None of your own; public holidays are kept where people are.", style=QUIET)
    table = listing("Day", "Where", "What")
    for one in found:
        table.add_row(f"{one.day:%a %Y-%m-%d}", one.region or "everywhere", Text(one.name))
    return table


def exclusions_table(found: Sequence[AccountExclusion], now: datetime) -> RenderableType:
    """An account a row."""
    if not found:
        return Text("No account is left out, but for customers.", style=QUIET)
    table = listing("Account", "Why", "Since", "Until")
    for one in found:
        why = Text(EXCLUDED[one.reason]).append(f"\n{one.note}" if one.note else "", style=QUIET)
        table.add_row(Text(one.account), why, ago(one.created_at, now), ago(one.ended_at, now, never="it is ended"))
    return table
