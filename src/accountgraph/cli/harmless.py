"""Strangers' texts in a terminal: what would steer it is shown as a mark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

# The control characters but for tab and line feed, and those that turn the direction of what follows.
_STEERING = [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
HARMLESS = dict.fromkeys(_STEERING, "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class Harmless:
    """A drawing whose texts cannot move the cursor, change colours, or set the window's title."""

    drawing: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self.drawing, options):
            yield segment if segment.control else segment._replace(text=segment.text.translate(HARMLESS))
