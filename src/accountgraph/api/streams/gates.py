"""So many at once, and no more: each of them holds something that others need."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from accountgraph.http.problems import ProblemError, urn

if TYPE_CHECKING:
    from collections.abc import Iterator


class Gate:
    """Lets `most` in at once. `what`: they are, in the plural."""

    def __init__(self, most: int, what: str) -> None:
        self._most, self._what = most, what
        self.inside = 0

    @contextmanager
    def enter(self) -> Iterator[None]:
        """Be inside while the block lasts.

        Raises:
            ProblemError: 503, it is full.
        """
        if self.inside >= self._most:
            detail = f"This process has {self._most} {self._what} going on; come again a little later."
            raise ProblemError(503, "Too much at once.", kind=urn("busy"), detail=detail)
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1
