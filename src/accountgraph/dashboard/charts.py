"""Charts as data: the page draws each as a picture and as the table under it, from the same numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.analytics.rates import Rate

# What a colour means, the same everywhere: `data` is measured, `quiet` not counted, `series-1` to `series-6` are kinds.
Role = Literal["data", "good", "attention", "bad", "quiet", "series-1", "series-2", "series-3", "series-4", "series-5", "series-6"]
Kind = Literal["line", "area", "bar", "row", "stacked", "interval", "heat"]


@dataclass(frozen=True, slots=True)
class Series:
    """One line or colour of a chart: a value for each label, None where nothing is known.

    Args:
        low, high: an interval around each value.
        is_reference: it is there to compare with, and drawn thin, grey and dashed behind the others.
        faint: which values rest on too little data; a heat map hatches them, the table says so.
        texts: what stands at each bar of a `row`, instead of its value.
        links: where each value leads, for `heat`, whose labels are columns.
    """

    name: str
    values: Sequence[float | None]
    role: Role = "data"
    low: Sequence[float | None] = ()
    high: Sequence[float | None] = ()
    is_reference: bool = False
    faint: Sequence[bool] = ()
    texts: Sequence[str] = ()
    links: Sequence[str | None] = ()

    @property
    def spec(self) -> dict[str, object]:
        """What the script draws."""
        return {
            "name": self.name,
            "values": list(self.values),
            "role": self.role,
            "low": list(self.low),
            "high": list(self.high),
            "isReference": self.is_reference,
            "faint": list(self.faint),
            "texts": list(self.texts),
            "links": list(self.links),
        }


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart.

    Args:
        key: names it on the page and in the files that are downloaded; letters, digits and dashes.
        title: what it shows, in a line.
        kind: `line`, `area`, `bar`, `stacked` (bars on each other), `row` (bars from the left, a label each), `interval` (a dot with its
            interval in each row), `heat` (a series is a row of cells).
        labels: of the axis, in order.
        unit: of the values: "%" for shares from 0 to 1, else a word.
        about: of the labels, the head of the table's first column.
        links: where a click on a label leads, one for each; None leads nowhere.
        note: what has to be said beside it.
    """

    key: str
    title: str
    kind: Kind
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    about: str = ""
    links: Sequence[str | None] = ()
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in (*one.values, *one.high))

    @property
    def spec(self) -> str:
        """What the script draws, as JSON."""
        return json.dumps(
            {
                "key": self.key,
                "title": self.title,
                "kind": self.kind,
                "labels": list(self.labels),
                "series": [one.spec for one in self.series],
                "unit": self.unit,
                "links": list(self.links),
            }
        )

    def shown(self, value: float | None) -> str:
        """A value as the table has it."""
        if value is None:
            return "–"
        if self.unit == "%":
            return f"{value * 100:.1f} %"
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"

    @property
    def rows(self) -> list[tuple[str, str | None, list[tuple[str, str | None]]]]:
        """The table: label, where it leads, and the value of each series with its interval and where that leads."""
        links = [*self.links, *([None] * len(self.labels))]
        return [(label, links[at], [self._cell(one, at) for one in self.series]) for at, label in enumerate(self.labels)]

    def _cell(self, series: Series, at: int) -> tuple[str, str | None]:
        value = series.texts[at] if series.texts else self.shown(series.values[at])
        if at < len(series.low) and at < len(series.high) and series.low[at] is not None:
            value = f"{value} ({self.shown(series.low[at])} to {self.shown(series.high[at])})"
        if series.faint and series.faint[at]:
            value = f"{value}, too little data"
        return value, series.links[at] if series.links else None


def share_series(name: str, rates: Sequence[Rate], role: Role = "data") -> Series:
    """Shares of 0 to 1 with their intervals; where there is nothing to count from, nothing is known."""
    known = [one if one.of else None for one in rates]
    return Series(
        name,
        [None if one is None or one.percent is None else one.percent / 100 for one in known],
        role,
        low=[None if one is None else one.low / 100 for one in known],
        high=[None if one is None else one.high / 100 for one in known],
    )


def sparkline(values: Sequence[float | None], width: int = 72, height: int = 24) -> str:
    """The points of a line through 0 to 100 in a box, for SVG's `points`: where it begins, bends and ends. What is not known is left out;
    empty with less than two. Values are taken as whole, which changes less than a pixel.
    """
    known = [(at, min(max(round(value), 0), 100)) for at, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return ""
    inner = zip(known, known[1:], known[2:], strict=False)
    bends = [known[0], *(here for before, here, after in inner if not before[1] == here[1] == after[1]), known[-1]]
    across, down = _across(len(values), width), _down(height)
    return " ".join([across[at] + down[value] for at, value in bends])


@cache
def _across(count: int, width: int) -> list[str]:
    step = (width - 4) / (count - 1)
    return [f"{2 + at * step:.1f}," for at in range(count)]


@cache
def _down(height: int) -> list[str]:
    return [f"{height - 2 - value / 100 * (height - 4):.1f}" for value in range(101)]
