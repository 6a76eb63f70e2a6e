"""The rows of a file, streamed: memory does not grow with the file, and no row stops the others.

    with RowReader(path, sniff(path), on_unreadable=reject) as reader:
        for line, cells in reader:
            ...

`line` is the line of the file (from 1) where the record begins. Empty lines are left out. A record with
more or fewer cells than the header comes as it is; `convert` refuses it. Cells may hold NUL, and a byte that
its encoding does not know comes as a lone surrogate (`surrogateescape`); `convert` refuses both.

`RejectsWriter` writes the rows that were not imported, with line, field and reason before their own cells: a CSV that
can be corrected and imported again; an import ignores the three columns that were added.
"""

from __future__ import annotations

import csv
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TextIO

import msgspec

from accountgraph.transfer.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from accountgraph.transfer.detect import FileFormat

    OnUnreadable = Callable[[int, str, list[str]], None]

LINE_MAX = 64 * 1024 * 1024


class RowReader:
    """Iterates once over `(line, cells)`; `on_unreadable(line, reason, cells)` hears of records that are none.

    With `is_cut` the file is the beginning of one: a last record that goes on behind it is left out.
    `bytes_read` of `bytes_total` is done, for a progress bar.
    """

    def __init__(self, path: Path, file_format: FileFormat, *, on_unreadable: OnUnreadable, is_cut: bool = False) -> None:
        self._format = file_format
        self._is_cut = is_cut
        self._on_unreadable = on_unreadable
        self.bytes_total = path.stat().st_size
        self._file: TextIO = path.open(encoding=file_format.encoding, errors="surrogateescape", newline="")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    @property
    def bytes_read(self) -> int:
        """Bytes taken from the file so far (a buffer's worth ahead of the rows)."""
        return self.bytes_total if self._file.closed else self._file.buffer.tell()

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        lines = iter(partial(self._file.readline, LINE_MAX), "")  # bounded: a file without line ends must not fill the memory
        for _ in range(self._format.preamble):
            next(lines, None)
        return self._json_rows(lines) if self._format.kind == "jsonl" else self._csv_rows(lines)

    def _csv_rows(self, lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
        form = self._format
        header_due = form.has_header
        for line, cells, reason in Records(lines, form.delimiter, width=len(form.header), is_cut=self._is_cut):
            if reason:
                self._on_unreadable(line + form.preamble, reason, cells)
            elif not header_due:
                yield line + form.preamble, cells
            header_due = False

    def _json_rows(self, lines: Iterator[str]) -> Iterator[tuple[int, list[str]]]:
        decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
        header = self._format.header
        known = set(header)
        for line, text in enumerate(lines, 1):
            if not text.strip("\ufeff\r\n\t "):
                continue
            try:
                values = decode(text)
            except (msgspec.DecodeError, UnicodeEncodeError) as error:
                self._on_unreadable(line, f"is no JSON object: {error}", [])
                continue
            if unknown := values.keys() - known:
                self._on_unreadable(
                    line, f"has {min(unknown)!r}, which the first rows of the file do not have; give one of them an empty one", []
                )
                continue
            yield line, [_cell(values[name]) if name in values else "" for name in header]


def _cell(value: msgspec.Raw) -> str:
    """The text of a JSON value: strings without quotes, null as nothing, lists and objects as JSON."""
    raw = bytes(value)
    if raw[:1] == b'"':
        return msgspec.json.decode(raw, type=str)
    return "" if raw == b"null" else raw.decode()


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
