"""The rejects file: every row that was not imported, with line, field and reason before its own cells.

It is a CSV that can be corrected and imported again; an import ignores the three columns that were added.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Self, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

REJECT_COLUMNS = ("rejected_line", "rejected_field", "rejected_reason")


class RejectsWriter:
    """Collects rejects beside `path` and puts them there in one step on leaving; no rejects, no file.

    Also after an error what was collected is kept. `count` rows were rejected.
    """

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        self._header = header
        self._unfinished = path.with_name(path.name + ".part")
        self._file: TextIO | None = None
        self._writer: Any = None

    def add(self, line: int, field: str, reason: str, cells: Sequence[str] = ()) -> None:
        """Reject the row that began on `line`."""
        if self._file is None:
            # A lone surrogate (a byte nobody knew) is written as its escape: it must not end the import.
            self._file = self._unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="")
            self._writer = csv.writer(self._file)
            self._writer.writerow([*REJECT_COLUMNS, *self._header])
        self._writer.writerow([line, field, reason, *cells])
        self.count += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
            self._unfinished.replace(self.path)
