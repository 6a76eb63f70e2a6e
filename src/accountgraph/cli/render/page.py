"""The parts that all pages are laid out with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

# Colour always says something, and a word beside it says the same.
GOOD, ATTENTION, BAD, QUIET, DATA = "green", "yellow", "red", "dim", "blue"


def facts_table() -> Table:
    """Labels at the left, values at the right."""
    table = Table.grid(padding=(0, 3))
    table.add_column(style=QUIET, no_wrap=True)
    table.add_column(overflow="fold")
    return table


def listing(*columns: str, right: Sequence[str] = ()) -> Table:
    """A table without lines; the columns in `right` hold figures."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style=QUIET)
    for name in columns:
        table.add_column(name, justify="right" if name in right else "left", overflow="fold")
    return table


def section(title: str, body: RenderableType) -> RenderableType:
    """A titled part of a page, with room above it."""
    return Group(Text(), Text(title, style="bold"), Padding(body, (0, 0, 0, 2)))


def page(*parts: RenderableType | None) -> Group:
    """Parts from top to bottom; None is left out."""
    return Group(*(part for part in parts if part is not None))
