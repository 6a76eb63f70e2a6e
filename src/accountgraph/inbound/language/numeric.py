"""Days in numbers: `14.03.`, `05/06`, `2026-03-14`, `3月14日`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from accountgraph.inbound.language.spans import When, day_of, nearest
from accountgraph.inbound.language.words import CJK, Words

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMERIC = re.compile(
    r"(?<![\d.,/:-])(?:(?P<y>20\d\d)[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<sep>[./-])[ ]?(?P<b>\d{1,2})(?:(?P=sep)[ ]?(?P<c>20\d\d|\d\d)|(?P=sep))?)(?![\d:/-]|[.,]\d)",
)
_EASTERN = re.compile(r"(?:(?P<y>20\d\d)\s?[年년]\s?)?(?P<m>\d{1,2})\s?[月월]\s?(?P<d>\d{1,2})\s?[日号號일]")


class NumericDays:
    """Finds the days in numbers of one text."""

    def __init__(self, words: Words, today: date, language: str, *, month_first: bool) -> None:
        self._words = words
        self._today = today
        self._language = language
        self._month_first = month_first

    def _numeric(self) -> Iterable[When]:
        matches = list(_NUMERIC.finditer(self._words.text))
        # One date that can only be read with the month first tells how the writer means all of them.
        slashed = [match for match in matches if match["a"] and match["sep"] == "/"]
        if any(int(match["b"]) > 12 >= int(match["a"]) for match in slashed):
            self._month_first = True
        for match in matches:
            group = match.groupdict()
            if group["y"]:
                day = day_of(int(group["y"]), int(group["m"]), int(group["d"]))
                if day:
                    yield When(day, day, *match.span())
                continue
            when = self._either_way(int(group["a"]), int(group["b"]), group["sep"], group["c"], match.span())
            if when:
                yield when

    def _either_way(self, a: int, b: int, separator: str, year: str | None, span: tuple[int, int]) -> When | None:
        """Day and month of two numbers. With a dot the day comes first; else the language and the country decide what both could be."""
        full = None if year is None else int(year) + (2000 if len(year) == 2 else 0)
        if separator == "-" and full is None:
            return None
        day_first, month_first = self._dated(full, b, a), self._dated(full, a, b)
        if separator == "." or not month_first or not day_first or day_first == month_first:
            day = day_first if separator == "." else day_first or month_first
            return When(day, day, *span) if day else None
        day = month_first if self._month_first else day_first
        other = day_first if self._month_first else month_first
        # Where one of both is long gone and the other is near, it is the near one.
        near = timedelta(days=120)
        if not -timedelta(days=7) <= day - self._today <= near and -timedelta(days=7) <= other - self._today <= near:
            return When(other, other, *span, unsure=True)
        return When(day, day, *span, unsure=self._language == "en")

    def _dated(self, year: int | None, month: int, day: int) -> date | None:
        if year is not None:
            return day_of(year, month, day)
        return nearest(self._today, month, day)

    def _eastern(self) -> Iterable[When]:
        if CJK.search(self._words.text):
            for match in _EASTERN.finditer(self._words.text):
                day = self._dated(int(match["y"]) if match["y"] else None, int(match["m"]), int(match["d"]))
                if day:
                    yield When(day, day, *match.span())
