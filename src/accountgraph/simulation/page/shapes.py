"""What a picture is made of. The template draws it, so that every word in it is escaped there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 1080  # of all pictures, in units of their own: they are as wide as the page


class Bar(Struct, frozen=True):
    """A rectangle; `look` is a class of the page's style, `title` what a pointer over it says."""

    x: float
    y: float
    width: float
    height: float
    look: str
    title: str = ""


class Mark(Struct, frozen=True):
    """A sign of 8 units around its middle; `shape`: dot, square, diamond, triangle, ring or cross."""

    x: float
    y: float
    shape: str
    look: str
    title: str = ""


class Label(Struct, frozen=True):
    """Words that begin (`start`), stand (`middle`) or end (`end`) at a point of their baseline."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    look: str = ""


class Line(Struct, frozen=True):
    """A line through points."""

    points: list[tuple[float, float]]
    look: str = "hair"


class Picture(Struct, frozen=True, kw_only=True):
    """One picture; `says` is what it shows, for who does not see it."""

    says: str
    height: float
    width: float = WIDTH
    lines: list[Line] = []
    bars: list[Bar] = []
    marks: list[Mark] = []
    labels: list[Label] = []


class Days(Struct, frozen=True):
    """The days of a simulation along a picture, from `left` to `right`."""

    first: date
    number: int
    left: float
    right: float

    @property
    def step(self) -> float:
        """How wide a day is."""
        return (self.right - self.left) / self.number

    def x(self, day: date, share: float = 0) -> float:
        """Where a day begins, or a share of it is over."""
        return self.left + ((day - self.first).days + share) * self.step

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Where labels stand: Mondays while there is room for them, else the first of months, with the year in January."""
        days = [self.first + timedelta(days=nth) for nth in range(self.number)]
        mondays = [day for day in days if day.weekday() == 0]
        if len(mondays) <= 16:
            yield from ((self.x(day), short(day)) for day in mondays)
            return
        months = [day for day in days if day.day == 1]
        every = len(months) // 14 + 1
        yield from ((self.x(day), f"{day:%b} {day.year}" if day.month == 1 else f"{day:%b}") for day in months[::every])


def short(day: date) -> str:
    """A day in few letters: 2 Mar."""
    return f"{day.day} {day:%b}"
