"""How drawings reach a terminal or a pipe: what would steer the terminal is shown as a mark, and no line ends in blanks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.segment import Segment

# The control characters but for tab and line feed, and those that turn the direction of what follows.
_STEERING = [*range(9), *range(11, 32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
HARMLESS = dict.fromkeys(_STEERING, "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class Harmless:
    """A drawing whose texts cannot move the cursor, change colours, or set the window's title.

    Tables fill their last column with blanks; those would stand in files, diffs and copied lines, so they are left out.
    """

    drawing: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        from rich.segment import Segment  # noqa: PLC0415 - slow to load, and --json does without

        for line in console.render_lines(self.drawing, options, pad=False):
            yield from _without_end_blanks(
                segment if segment.control else segment._replace(text=segment.text.translate(HARMLESS)) for segment in line
            )
            yield Segment.line()


def _without_end_blanks(line: Iterable[Segment]) -> list[Segment]:
    segments = list(line)
    while segments and not segments[-1].control:
        last = segments.pop()
        if kept := last.text.rstrip(" "):
            segments.append(last._replace(text=kept))
            break
    return segments
