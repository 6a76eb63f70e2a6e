"""What an import would do, and did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from accountgraph.cli.render.contact import shortened
from accountgraph.cli.render.page import ATTENTION, QUIET, listing
from accountgraph.cli.render.words import count
from accountgraph.transfer.mapping import mapping_rows

if TYPE_CHECKING:
    from collections import Counter

    from rich.console import RenderableType

    from accountgraph.transfer.importer import ImportPlan, ImportReport

MOST_REASONS = 8


def mapping_table(plan: ImportPlan) -> RenderableType:
    """What each column becomes, with an example and the reason."""
    form = plan.format
    head = Text(f"{form.kind.upper()}, {form.encoding}", style=QUIET)
    if form.kind == "csv":
        head.append(f", cells between {form.delimiter!r}, {'with' if form.has_header else 'without'} a header", style=QUIET)
    table = listing("Column", "Becomes", "Example")
    offers = {column.header: column.suggestion for column in plan.mapping.columns if column.suggestion}
    for row in mapping_rows(plan.mapping, plan.examples):
        becomes = Text(row.becomes)
        if row.column in offers:
            becomes.append(f"\nor --map '{row.column}={offers[row.column]}'", style=ATTENTION)
        table.add_row(Text(row.column or "(every row)"), becomes, Text(shortened(row.example, 30), style=QUIET))
    notes = [Text(note, style=ATTENTION) for note in form.notes]
    return Group(head, *notes, table)


def report_page(report: ImportReport) -> RenderableType:
    """How many rows were created, updated, unchanged and rejected, and why."""
    parts = [(report.created, "created"), (report.updated, "updated"), (report.unchanged, "unchanged"), (report.repeated, "repeated")]
    would = "would be " if report.is_dry_run else ""
    nothing = f"none {would or 'was '}taken" if report.rejected else "nothing to do"
    said = ", ".join(f"{number:,} {would}{word}" for number, word in parts if number) or nothing
    lines: list[RenderableType] = [Text(f"{count(report.rows, 'row')} of {report.entity}: {said}.")]
    if report.companies_created:
        lines.append(
            Text(f"{count(report.companies_created, 'company', 'companies')} {_done(report, report.companies_created)} created for them.")
        )
    if report.rejected:
        where = f", with line, field and reason in {report.rejects}" if report.rejects else ""
        lines.append(Text(f"{count(report.rejected, 'row')} {_done(report, report.rejected)} rejected{where}:", style=ATTENTION))
        lines.append(_reasons(report.reasons))
    if report.set_aside:
        lines.append(Text("Other systems' values that are none of ours:", style=ATTENTION))
        lines.append(_reasons(report.set_aside))
    if report.is_dry_run:
        lines.append(Text("Nothing was kept: leave out --dry-run to import.", style=QUIET))
    return Group(*lines)


def _reasons(reasons: Counter[tuple[str, str]]) -> RenderableType:
    """The most frequent reasons, the lines of each below its beginning; how many there are besides."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for (field, reason), rows in reasons.most_common(MOST_REASONS):
        table.add_row(f"  {rows:,} x", Text(f"{field}: {reason}"))
    more = len(reasons) - MOST_REASONS
    return Group(table, Text(f"  and {count(more, 'other reason')}", style=QUIET)) if more > 0 else table


def _done(report: ImportReport, number: int) -> str:
    return "would be" if report.is_dry_run else "was" if number == 1 else "were"
