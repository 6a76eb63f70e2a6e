"""What of a person would go or went, and how long things are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, GOOD, QUIET, listing
from accountgraph.privacy.retention import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from accountgraph.privacy import ErasureReport, Retained, RetentionRule


def would_erase(person: str, counts: Mapping[str, int]) -> RenderableType:
    """What is known, before it goes."""
    said = Text("Nothing was erased; --yes does it, and nothing brings it back.", style=ATTENTION)
    return Group(Text(f"Of {person} is known:"), _counts(counts), said)


def erased_page(report: ErasureReport) -> RenderableType:
    """What went, and what is left to others."""
    hashes = f"Erased. Of {report.suppressed} addresses and numbers a hash is kept: nobody writes to them again."
    return Group(_counts(report.counts), Text(hashes, style=GOOD), *(Text(one, style=QUIET) for one in report.not_reached))


def rules_table(rules: Sequence[RetentionRule]) -> RenderableType:
    """A kind a row."""
    table = listing("Kind", "Kept", "What it is")
    for rule in rules:
        table.add_row(rule.kind, f"{rule.days} days" if rule.days else "for ever", KINDS[rule.kind])
    return table


def retained_table(done: Sequence[Retained], *, is_dry: bool) -> RenderableType:
    """What each rule did."""
    table = listing("Kind", "Before", "Would go" if is_dry else "Gone")
    for one in done:
        table.add_row(one.kind, f"{one.before:%Y-%m-%d}", f"{one.rows:,}")
    return table


def _counts(counts: Mapping[str, int]) -> RenderableType:
    table = listing("Table", "Rows")
    for name, total in counts.items():
        table.add_row(name, f"{total:,}")
    return table
