"""A simulation as a calendar: a row for each person, a column for each day, a mark for each touch and for each answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from accountgraph.dashboard.campaigns.editor.choices import CHANNELS
from accountgraph.simulation.page.looks import ANSWERS, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.simulation.report import Answer, Ending, SimulationReport, TouchMade

ROWS = 40  # people of a page
FEWEST = 14  # days
_SATURDAY = 6
_LETTERS = {"email": "E", "sms": "S", "call": "C", "linkedin": "L", "mail": "P", "whatsapp": "W", "meeting": "M"}


@dataclass(frozen=True, slots=True)
class Day:
    """A column. `is_free`: a Saturday or Sunday."""

    date: date

    @property
    def is_free(self) -> bool:
        """Whether it is a Saturday or Sunday."""
        return self.date.isoweekday() >= _SATURDAY

    @property
    def letter(self) -> str:
        """The weekday's first letter."""
        return f"{self.date:%a}"[0]


@dataclass(frozen=True, slots=True)
class Mark:
    """A touch or an answer: a letter, a look, and everything in words. Times are UTC, as in the report."""

    letter: str
    look: str
    says: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody, their marks by day, and how they stand at the end."""

    end: Ending
    marks: dict[date, list[Mark]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """A page of it. `months`: each with the number of its days."""

    days: list[Day]
    months: list[tuple[str, int]]
    rows: list[Row]
    page: int
    pages: int


def calendar_of(report: SimulationReport, page: int) -> Calendar:
    """The page (1 is the first), people in the order of their accounts, from the first day to the last on which something happens."""
    days = _days(report)
    pages = max(1, -(-len(report.endings) // ROWS))
    page = min(max(page, 1), pages)
    shown = report.endings[(page - 1) * ROWS : page * ROWS]
    marks: dict[object, dict[date, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    for touch in report.touches:
        marks[touch.contact_id][touch.at.date()].append(_touch(touch))
    for answer in report.answers:
        marks[answer.contact_id][answer.at.date()].append(_answer(answer))
    rows = [Row(end, {day: sorted(found, key=lambda one: one.at) for day, found in marks[end.contact_id].items()}) for end in shown]
    months = [(f"{first:%B %Y}", len(list(group))) for first, group in groupby(days, key=lambda day: day.date.replace(day=1))]
    return Calendar(days, months, rows, page, pages)


def timeline(report: SimulationReport) -> list[tuple[datetime, str, str, str]]:
    """Everything that happens, in its order: when, to whom, what, and more of it."""
    names = {end.contact_id: end.name or end.address for end in report.endings}
    lines = [
        (one.at, one.name or one.address, CHANNELS[one.channel], f"{one.step}: {one.subject or ''}".rstrip(": ")) for one in report.touches
    ]
    lines += [(one.at, names.get(one.contact_id, one.address), words(one.kind), "what they did") for one in report.answers]  # type: ignore[arg-type]
    return sorted(lines, key=lambda line: line[0])


def _days(report: SimulationReport) -> list[Day]:
    first = report.start.astimezone(UTC).date()
    happened: Sequence[datetime] = [*(one.at for one in report.touches), *(one.at for one in report.answers)]
    last = max((at.date() for at in happened), default=first)
    number = max((last - first).days + 1, FEWEST)
    return [Day(first + timedelta(days=nth)) for nth in range(number)]


def _touch(touch: TouchMade) -> Mark:
    channel = CHANNELS[touch.channel]
    says = f"{touch.at:%a %-d %b %H:%M}, {channel}, step {touch.step}"
    return Mark(_LETTERS[touch.channel], f"c-{touch.channel}", f"{says}: {touch.subject}" if touch.subject else says, touch.at)


def _answer(answer: Answer) -> Mark:
    _, look = ANSWERS.get(answer.kind, ("ring", "wait"))
    return Mark("↩", f"a-{look}", f"{answer.at:%a %-d %b %H:%M}, {words(answer.kind)}", answer.at)
