"""The records of a CSV file, where a stray quote costs its own row and no other.

    for line, cells, reason in Records(lines, ",", width=2):
        ...

`line` counts from 1. A `reason` says why the line is no record; `cells` are then what stands on it, and reading goes on with the
next line. A quote that opens and is never closed would swallow every row after it. It shows in one of three ways: the file (or
what may be looked at ahead) ends within it; the quote that closes it opens a field of a later row, so text follows where a
delimiter should; or what it took in looks like rows. Fields that hold line breaks are read as they are otherwise.

What is looked at ahead is kept, so that it can be read again. A field within quotes holds `FIELD_MAX` characters at most, a record
of several lines goes on for as many after its first line, and what was looked at in vain is taken from that down to `REACH_LEAST`:
neither memory nor time grows with the square of a broken file.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELD_MAX = 16 * 1024 * 1024
REACH_LEAST = 64 * 1024
DATA = re.compile(r"[-+]?[0-9][0-9.,:/ T%-]*Z?|[^@\s]+@[^@\s]+\.\w+|https?://\S+|[\w-]+\.(?:com|org|net|io|de|co\.uk)", re.IGNORECASE)
UNCLOSED = "a quote opens here and is never closed; close it, or leave it out (one that belongs to the text is written twice, in quotes)"
LOOK_ALIKE = 3  # lines that must be as wide as the header, and columns it must have, where no value tells that they are rows

Record = tuple[int, list[str], str | None]


class Records:
    """Iterates once over the records of `lines`; `width` is how many columns there are, 0 where that is not known.

    With `is_cut` the lines are the beginning of a file: a last record that goes on behind it is left out.
    """

    def __init__(self, lines: Iterator[str], delimiter: str, *, width: int, is_cut: bool = False) -> None:
        self._lines = lines
        self._delimiter = delimiter
        self._width = width
        self._is_cut = is_cut
        self._again: deque[str] = deque()
        self._held: list[str] = []
        self._reach = FIELD_MAX
        self._ran_out: Literal["end", "reach"] | None = None

    def __iter__(self) -> Iterator[Record]:
        csv.field_size_limit(FIELD_MAX)
        line, held, rows = 1, self._held, self._reader()
        while True:
            reason = None
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                cells, reason = [], self._advice(error)
            if len(held) > 1 or self._ran_out:
                reason = self._trouble(cells)
            if reason:
                yield line, self._alone(held[0]), reason
                self._give_back()
                rows = self._reader()
            elif cells and not self._ran_out:
                yield line, cells, None
            line += len(held)
            held.clear()

    def _reader(self) -> Iterator[list[str]]:
        self._ran_out = None
        return csv.reader(self._taken(), delimiter=self._delimiter)

    def _taken(self) -> Iterator[str]:
        """The lines one after the other, each held until its record is done; asked for more than one, they stand in quotes."""
        ahead = 0
        while ahead <= self._reach:
            text = self._again.popleft() if self._again else next(self._lines, None)
            if text is None:
                self._ran_out = "end" if self._held else None
                return
            ahead = ahead + len(text) if self._held else 0
            self._held.append(text)
            yield text
            if not self._held:
                ahead = 0
        self._ran_out = "reach"

    def _give_back(self) -> None:
        """Let what was looked at in vain be read again."""
        ahead = self._held[1:]
        self._reach = max(REACH_LEAST, self._reach - sum(map(len, ahead)))
        self._again.extendleft(reversed(ahead))
        del self._held[1:]

    def _advice(self, error: csv.Error) -> str:
        if "field limit" in str(error):
            return f"a field is longer than {FIELD_MAX // 1024**2} MB; is a closing quote missing?"
        return str(error)

    def _trouble(self, cells: list[str]) -> str | None:
        """Why a record that goes over several lines, or to the end, is none."""
        if not cells or self._ran_out == "reach" or (self._ran_out and not self._is_cut) or self._looks_like_rows(cells):
            return UNCLOSED
        if self._ran_out:
            return None
        return None if self._is_well_formed(self._held) or self._is_well_formed(self._without_spaces()) else UNCLOSED

    def _is_well_formed(self, lines: list[str]) -> bool:
        try:
            next(csv.reader(lines, delimiter=self._delimiter, strict=True))
        except csv.Error:
            return False
        return True

    def _without_spaces(self) -> list[str]:
        """The lines without spaces between a closing quote and what ends its field, which some programs write."""
        spaces = re.compile(rf'" +(?=[{re.escape(self._delimiter)}\r\n]|$)')
        return [spaces.sub('"', line) for line in self._held]

    def _looks_like_rows(self, cells: list[str]) -> bool:
        """Whether each further line is as wide as the header, and something else tells that it is a row, too."""
        width, following = self._width, self._held[1:]
        if width < 2 or not following or len(self._alone(following[0])) != width:
            return False
        rows = list(map(self._alone, following))
        if any(len(row) != width for row in rows):
            return False
        first = self._alone(self._held[0])
        is_data = any(all(DATA.fullmatch(row[place].strip()) for row in (first, *rows)) for place in range(min(len(first), width)))
        return is_data or len(cells) != width or min(width, len(rows)) >= LOOK_ALIKE

    def _alone(self, text: str) -> list[str]:
        """The cells of a line read by itself."""
        try:
            cells = next(csv.reader([text], delimiter=self._delimiter), [])
        except csv.Error:
            return []
        return [*cells[:-1], cells[-1].rstrip("\r\n")] if cells else []
