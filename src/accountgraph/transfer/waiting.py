"""Rows that wait for others of their kind."""

from __future__ import annotations

import pickle
import tempfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.store.bulk import RowError
    from accountgraph.transfer.chunks import Row


class Spool:
    """Rows laid aside with what they wait for, beyond some megabytes on disk."""

    def __init__(self) -> None:
        self._file: Any = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - closed by `close`
        self.count = 0

    def add(self, row: Row, error: RowError) -> None:
        """Lay a row aside."""
        pickle.dump((row, error), self._file)
        self.count += 1

    def rows(self) -> Iterator[tuple[Row, RowError]]:
        """All of them, in their order."""
        self._file.seek(0)
        for _ in range(self.count):
            yield pickle.load(self._file)  # noqa: S301 - what we have just written ourselves

    def close(self) -> None:
        """Drop them."""
        self._file.close()
