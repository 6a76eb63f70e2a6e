"""Days as they are written: numbers (`14.03.`, `05/06`, `2026-03-14`) and words (`3 January`, `next week`, `end of March`)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.language.numeric import NumericDays
from accountgraph.inbound.language.phrases import phrases
from accountgraph.inbound.language.spans import Cue, When, day_of, month_ahead, months_on, next_weekday, whole_month

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accountgraph.inbound.language.words import Words

_TERMS = (
    "months", "weekdays", "today", "tomorrow", "overmorrow", "next", "this", "week", "month", "quarter", "year",
    "unit_day",
    "business_day", "in", "end", "start", "middle", "to", "until", "back", "from", "away", "of", "numbers", "weeknumber", "after",
    "ordinals",
)  # fmt: skip
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|e|º|o|ª|a)?$")
_QUARTERS = {"q1": 1, "q2": 2, "q3": 3, "q4": 4, "1q": 1, "2q": 2, "3q": 3, "4q": 4}
_SEASONS = {
    "spring": 3, "summer": 6, "autumn": 9, "fall": 9, "fruhjahr": 3, "fruhling": 3, "sommer": 6, "herbst": 9, "printemps": 3, "automne": 9,
    "primavera": 3, "otono": 9, "autunno": 9, "outono": 9, "voorjaar": 3, "najaar": 9, "hosten": 9, "varen": 3, "efteraret": 9,
    "rentree": 9,
}  # fmt: skip
# Three letters that are a whole month; others ("pro", "sie") are words besides, and a month only beside a number.
_WHOLE_OF_THREE = frozenset({"mai", "maj", "mei", "маи", "мая", "мае"})
_NEAR = {"today": 0, "tomorrow": 1, "overmorrow": 2}
# Words of these kinds begin a day; "to", "of" or "two" only stand within one.
_BEGINNINGS = frozenset(_TERMS) - {"to", "until", "back", "from", "away", "of", "numbers", "after", "unit_day", "business_day"}
_CUES = frozenset({"back", "until", "from", "away", "after"})


class _Term(NamedTuple):
    role: str
    value: int
    first: int
    last: int


class DayWords(NumericDays):
    """Finds the days of one text, each by itself."""

    def __init__(self, words: Words, language: str | None, today: date, *, month_first: bool = False) -> None:
        super().__init__(words, today, language or "en", month_first=month_first)
        found = phrases(*_TERMS, language=self._language).find(words)
        self.cues = [Cue(one.phrase.section, one.start, one.end) for one in found if one.phrase.section in _CUES]
        self._terms: dict[int, list[_Term]] = {}
        self._begins: set[int] = set()
        self._place = {start: place for place, start in enumerate(words.starts)}
        for one in found:
            if one.first >= 0:
                if one.phrase.section in _BEGINNINGS:
                    self._begins.add(one.first)
                self._terms.setdefault(one.first, []).append(_Term(one.phrase.section, one.phrase.line, one.first, one.last))

    def each(self) -> list[When]:
        """Every day that the text names, in its order."""
        found = [*self._numeric(), *self._eastern(), *self._worded()]
        found.sort(key=lambda when: (when.start, -when.end))
        apart: list[When] = []
        for when in found:
            if not apart or when.start >= apart[-1].end:
                apart.append(when)
        return apart

    # Numbers

    def _worded(self) -> Iterable[When]:
        place = 0
        while place < len(self._words):
            word = self._words.folded[place]
            if place not in self._begins and not word[0].isdecimal() and word not in _QUARTERS and word not in _SEASONS:
                place += 1
                continue
            made = self._with_number(place) or self._relative(place) or self._month_named(place) or self._single(place)
            if made is None:
                place += 1
                continue
            first, last, end, vague = made
            yield When(first, last, self._words.starts[place], self._words.ends[end], vague=vague)
            place = end + 1

    def _term(self, place: int, *roles: str) -> _Term | None:
        """The term of one of these roles that begins here."""
        return next((term for term in self._terms.get(place, ()) if term.role in roles), None)

    def _skip_of(self, place: int) -> int:
        term = self._term(place, "of")
        return term.last + 1 if term else place

    def _number(self, place: int) -> int | None:
        if place >= len(self._words):
            return None
        match = _ORDINAL.fullmatch(self._words.folded[place])
        return int(match.group(1)) if match else None

    def _year_at(self, place: int) -> tuple[int | None, int]:
        """A year that begins here, and the place behind it."""
        behind = self._skip_of(place)
        for at in (place, behind):
            if at < len(self._words) and re.fullmatch(r"20\d\d", self._words.folded[at]):
                return int(self._words.folded[at]), at + 1
        return None, place

    def _with_number(self, place: int) -> tuple[date, date, int, bool] | None:
        """`3 January 2027`, `January 3rd`, `3 de enero`."""
        number = self._number(place)
        if number is not None:
            term = self._term(self._skip_of(place + 1), "months")
            if term:
                return self._of_month(number, term.value + 1, term.last + 1)
            return None
        term = self._term(place, "months")
        if term:
            at = self._skip_of(term.last + 1)
            number = self._number(at)
            if number is not None and not self._counts_another(at):
                return self._of_month(number, term.value + 1, at + 1)
        return None

    def _counts_another(self, at: int) -> bool:
        """Whether a number belongs to the month behind it: `March 14 April`."""
        words = self._words
        return self._term(at + 1, "months") is not None and words.text[words.ends[at] : words.starts[at + 1]].strip(". ") == ""

    def _of_month(self, number: int, month: int, behind: int) -> tuple[date, date, int, bool] | None:
        year, end = self._year_at(behind)
        day = self._dated(year, month, number)
        return (day, day, end - 1, False) if day else None

    def _relative(self, place: int) -> tuple[date, date, int, bool] | None:
        """`next week`, `in two weeks`, `this month`, `week 32`, `domani`."""
        unit = self._term(place, "week", "month", "quarter", "year", "weekdays")
        if unit:
            # Where the adjective comes behind: "la semaine prochaine".
            behind = self._term(unit.last + 1, "next")
            number = self._number(unit.last + 1)
            if behind:
                return self._unit(unit, 1, behind.last)
            if number is not None and 1 <= number <= 53 and (unit.role == "week" or self._term(place, "weeknumber")):
                return self._week(number, unit.last + 1)
        lead = self._term(place, "next", "this", "in", "weeknumber", *_NEAR)
        return self._led(lead) if lead else None

    def _led(self, lead: _Term) -> tuple[date, date, int, bool] | None:
        """What a word like "next", "in" or "tomorrow" leads to."""
        if lead.role in _NEAR:
            day = self._today + timedelta(days=_NEAR[lead.role])
            return day, day, lead.last, False
        if lead.role == "weeknumber":
            number = self._number(lead.last + 1)
            return self._week(number, lead.last + 1) if number is not None and 1 <= number <= 53 else None
        if lead.role == "in":
            return self._after(lead.last + 1)
        unit = self._term(lead.last + 1, "week", "month", "quarter", "year", "weekdays", "months")
        return self._unit(unit, int(lead.role == "next"), unit.last) if unit and unit.role != "months" else None

    def _unit(self, unit: _Term, ahead: int, end: int) -> tuple[date, date, int, bool]:
        """This week, month, quarter, year or weekday, or the next one."""
        today = self._today
        if unit.role == "weekdays":
            day = next_weekday(today, unit.value)
            return day, day, end, False
        if unit.role == "week":
            first = today - timedelta(days=today.weekday()) + timedelta(weeks=ahead)
            return first, first + timedelta(days=6), end, True
        if unit.role == "month":
            return (*whole_month(months_on(today.replace(day=1), ahead)), end, True)
        if unit.role == "quarter":
            first = months_on(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * ahead)
            return first, whole_month(months_on(first, 2))[1], end, True
        # "New year" says by itself that it is the next.
        first = date(min(today.year + ahead, 9990), 1, 1)
        return first, date(first.year, 12, 31), end, True

    def _after(self, place: int) -> tuple[date, date, int, bool] | None:
        """`in 10 days`, `in two weeks`, `for a month`."""
        number = self._number(place)
        behind = place + 1
        if number is None:
            term = self._term(place, "numbers")
            if term is None:
                return None
            number, behind = term.value + 1, self._skip_of(term.last + 1)
        unit = self._term(behind, "business_day", "unit_day", "week", "month", "quarter", "year")
        if unit is None or number > 400:
            return None
        day = self._later(number, unit.role)
        return day, day, unit.last, False

    def _later(self, number: int, unit: str) -> date:
        today = self._today
        if unit == "business_day":
            day = today
            for _ in range(number):
                day += timedelta(days=3 if day.weekday() == 4 else 2 if day.weekday() == 5 else 1)
            return day
        if unit in {"unit_day", "week"}:
            return today + timedelta(days=number * (7 if unit == "week" else 1))
        return months_on(today, number * {"month": 1, "quarter": 3, "year": 12}[unit])

    def _week(self, number: int, end: int) -> tuple[date, date, int, bool] | None:
        year = self._today.year
        for candidate in (year, year + 1):
            try:
                first = date.fromisocalendar(candidate, number, 1)
            except ValueError:
                return None
            if first + timedelta(days=13) >= self._today:
                return first, first + timedelta(days=6), end, True
        return None

    def _month_named(self, place: int) -> tuple[date, date, int, bool] | None:
        """`March`, `end of March`, `mid-May`, `Q2`, `the autumn`, `end of the year`."""
        part = self._term(place, "end", "start", "middle")
        at = place if part is None else self._skip_of(self._skip_of(part.last + 1))
        whole = self._stretch_named(at)
        if whole is None:
            return None
        first, last, end = whole
        if part is None:
            return first, last, end, True
        if part.role == "end":
            return last, last, end, False
        middle = first + (last - first) / 2
        return (first, first, end, False) if part.role == "start" else (middle, middle, end, False)

    def _stretch_named(self, at: int) -> tuple[date, date, int] | None:
        """A month, quarter, season or year by its name."""
        if at >= len(self._words):
            return None
        today, word = self._today, self._words.folded[at]
        lead = self._term(at, "next", "this")
        month = self._term(lead.last + 1 if lead else at, "months")
        if month:
            if (
                month.first == month.last
                and len(word) <= 3
                and word not in _WHOLE_OF_THREE
                and not (self._language in {"en", "de"} and self._words.text[self._words.starts[at]].isupper())
            ):
                return None
            year, end = self._year_at(month.last + 1)
            first = date(year, month.value + 1, 1) if year else month_ahead(today, month.value + 1)
            return (*whole_month(first), end - 1)
        quarter, behind = self._quarter_at(at)
        if quarter:
            year, end = self._year_at(behind)
            first = date(year or today.year, quarter * 3 - 2, 1)
            first = first.replace(year=first.year + 1) if not year and whole_month(months_on(first, 2))[1] < today else first
            return first, whole_month(months_on(first, 2))[1], end - 1
        if word in _SEASONS:
            year, end = self._year_at(at + 1)
            first = date(year, _SEASONS[word], 1) if year else month_ahead(today, _SEASONS[word])
            return first, whole_month(months_on(first, 2))[1], end - 1
        unit = self._term(at, "week", "month", "quarter", "year", "next", "this")
        made = self._relative(at) if unit else None
        if made is None and unit and unit.role not in {"next", "this"} and self._term(at - 1, "of"):
            made = self._unit(unit, 0, unit.last)
        return made[:3] if made and made[3] else None

    def _day_ahead(self, number: int) -> date | None:
        """`the 23rd`: of this month, or of the next where it is gone."""
        first = self._today.replace(day=1)
        days = (day_of(month.year, month.month, number) for month in (first, months_on(first, 1)))
        return next((day for day in days if day and day >= self._today), None)

    def _quarter_at(self, at: int) -> tuple[int, int]:
        """`Q3`, `third quarter`, `3. Quartal`: which quarter it is, 0 where it is none, and the place behind it."""
        ordinal = self._term(at, "ordinals")
        number, last = (ordinal.value + 1, ordinal.last) if ordinal else (self._number(at) or 0, at)
        unit = self._term(last + 1, "quarter") if 1 <= number <= 4 else None
        return (number, unit.last + 1) if unit else (_QUARTERS.get(self._words.folded[at], 0), at + 1)

    def _single(self, place: int) -> tuple[date, date, int, bool] | None:
        """A weekday by itself, or with the date behind it."""
        term = self._term(place, "weekdays")
        word = self._words.folded[place]
        if term is None and word[-2:] in {"st", "nd", "rd", "th"} and place and self._words.folded[place - 1] == "the":
            day = self._day_ahead(self._number(place) or 0)
            return (day, day, place, False) if day else None
        if term is None or (
            len(word) <= 3 and not self._words.text[self._words.starts[place]].isupper() and self._language in {"en", "de", "nl"}
        ):
            return None
        # "We'd" is no Wednesday.
        if (
            (len(word) <= 2 and self._number(place + 1) is None)
            or "'" in (written := self._words.text[self._words.starts[place] : self._words.ends[place]])
            or "’" in written
        ):
            return None
        day = next_weekday(self._today, term.value)
        week = self._term(term.last + 1, "next")
        if week and self._term(week.last + 1, "week"):
            monday = self._today - timedelta(days=self._today.weekday()) + timedelta(weeks=1)
            return monday + timedelta(days=term.value), monday + timedelta(days=term.value), week.last + 1, False
        return day, day, term.last, False
