"""The parts that all pages are laid out with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

# Where a table's words would be broken to fit, and the terminal is narrower than this, a row becomes a block of lines.
NARROW = 60
# Colour always says something, and a word beside it says the same.
GOOD, ATTENTION, BAD, QUIET, DATA = "green", "yellow", "red", "dim", "blue"


def facts_table() -> Table:
    """Labels at the left, values at the right."""
    table = Table.grid(padding=(0, 3))
    table.add_column(style=QUIET, no_wrap=True)
    table.add_column(overflow="fold")
    return table


class Listing(Table):
    """A table that a narrow terminal shows as blocks: a row's first cell, and below it the others with the names of their columns."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        unbroken = Measurement.get(console, options.update(max_width=1000), self).minimum
        if unbroken > options.max_width < NARROW:
            yield from self._blocks()
        else:
            yield from super().__rich_console__(console, options)

    def _blocks(self) -> Iterator[RenderableType]:
        first, *others = self.columns
        cells = [list(column.cells) for column in others]
        for row, head in enumerate(first.cells):
            yield head
            block = facts_table()
            for column, below in zip(others, cells, strict=True):
                block.add_row(column.header if self.show_header else "", below[row])
            yield Padding(block, (0, 0, 0, 2))


def listing(*columns: str, right: Sequence[str] = ()) -> Table:
    """A table without lines; the columns in `right` hold figures."""
    table = Listing(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=QUIET)
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return table


def section(title: str, body: RenderableType) -> RenderableType:
    """A titled part of a page, with room above it."""
    return Group(Text(), Text(title, style="bold"), Padding(body, (0, 0, 0, 2)))


def page(*parts: RenderableType | None) -> Group:
    """Parts from top to bottom; None is left out."""
    return Group(*(part for part in parts if part is not None))
