"""`verify` and `bench`: is what stands there right, and how fast does it answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from accountgraph.cli.frame import Edge, command, console, group
from accountgraph.cli.render.page import listing
from accountgraph.measure import measure
from accountgraph.verify import count_rows, differences

if TYPE_CHECKING:
    from rich.console import RenderableType

    from accountgraph.measure import Measured
    from accountgraph.verify import Difference

verifying, measuring = group(""), group("")
COMMANDS = {"verify": verifying, "bench": measuring}


@command(verifying)
async def verify(edge: Edge, limit: Annotated[int, typer.Option("--limit", min=1, help="Stop after so many differences.")] = 1000) -> None:
    """Recompute every value that the database keeps, and list what differs; exit code 1 where something does."""
    found: list[Difference] = []
    async with edge.app() as parts:
        total = await count_rows(parts.db)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=console(stderr=True), transient=True, disable=not console(stderr=True).is_terminal) as progress:
            task = progress.add_task("Checking", total=total)
            async for difference in differences(
                parts.db, on_progress=lambda table, rows: progress.update(task, advance=rows, description=table)
            ):
                found.append(difference)
                if len(found) >= limit:
                    break
    edge.emit({"rows": total, "differences": found}, lambda: _verified(total, found))
    if found:
        raise typer.Exit(1)


def _verified(total: int, found: list[Difference]) -> RenderableType | str:
    if not found:
        return f"{total:,} rows checked; every value that the database keeps is right."
    table = listing("Table", "Row", "Column", "Stored", "Should be")
    for difference in found:
        table.add_row(difference.entity, difference.id, difference.column, difference.stored or "NULL", difference.expected or "NULL")
    return table


@command(measuring)
async def bench(
    edge: Edge,
    calls: Annotated[int, typer.Option("--calls", min=10, max=100_000, help="So many calls of each answer.")] = 200,
    connections: Annotated[int, typer.Option("--connections", min=1, max=64, help="So many at once.")] = 4,
) -> None:
    """Measure the four answers about accounts of this workspace, in milliseconds. It only reads."""
    async with edge.app() as parts:
        found = await measure(parts, calls=calls, connections=connections)
    edge.emit(found, lambda: _measured(found))


def _measured(found: list[Measured]) -> RenderableType:
    table = listing("Answer", "Calls", "p50", "p99", "a second", right=("Calls", "p50", "p99", "a second"))
    for row in found:
        table.add_row(row.answer, f"{row.calls:,}", f"{row.p50_ms:.2f} ms", f"{row.p99_ms:.2f} ms", f"{row.per_second:,.0f}")
    return table
