"""What is wrong with a campaign: where, what, and the cure."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Problem(Struct, frozen=True):
    """`key` is the path in the file (`steps[2].template`). A note (`is_note`) is worth knowing and stops nothing."""

    key: str
    message: str
    cure: str = ""
    is_note: bool = False

    def __str__(self) -> str:
        said = f"{self.key}: {self.message}" if self.key else self.message
        return f"{said} {self.cure}".strip()


class DefinitionError(AccountGraphError):
    """A campaign cannot be used as it is written. `problems` has all that was found, `source` the file's name or the campaign's."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__("\n".join(self.lines))

    @property
    def lines(self) -> tuple[str, ...]:
        """All problems, each with the file."""
        return tuple(" ".join(f"{self.source}: {problem}".split()) for problem in self.problems)


def nearest(given: object, known: Iterable[str]) -> str:
    """A cure that names the nearest of the known words, or all of them where none is near."""
    words = sorted(known)
    near = difflib.get_close_matches(str(given), words, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    return f"There are: {', '.join(words)}." if words else "There are none."
