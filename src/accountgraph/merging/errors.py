"""What stands in the way of a merge, or of undoing one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from collections.abc import Sequence


class MergeError(AccountGraphError):
    """Two rows cannot become one as they are, or one cannot become two again; `obstacles` says why, a sentence each."""

    def __init__(self, obstacles: Sequence[str]) -> None:
        self.obstacles = tuple(obstacles)
        super().__init__(" ".join(obstacles))

    @property
    def lines(self) -> tuple[str, ...]:
        """A line an obstacle."""
        return self.obstacles
