"""Two ways of doing the same thing, measured in turns, so that whatever else the machine does hits both."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    Side = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table: a ratio of two measurements of this run, and what it has to be."""

    topic: str
    name: str
    value: float
    target: float
    is_at_most: bool
    detail: str = ""

    @property
    def is_met(self) -> bool:
        return self.value <= self.target if self.is_at_most else self.value >= self.target


@dataclass(frozen=True, slots=True)
class Bench:
    """Where to measure: `workspace` holds the data set, `tenth` one of a tenth of the companies."""

    url: str
    size: str
    calls: int
    rounds: int
    workspace: str = "bench"
    tenth: str = "bench_tenth"
    scratch: str = "bench_scratch"
    minutes: float | None = None  # of what takes as long as one likes; None: by the size


async def in_turns(sides: Mapping[str, Side], calls: int, rounds: int) -> dict[str, float]:
    """Seconds a call of each side: the median of `rounds`, in each of which every side does `calls` calls.

    A side is given the number of the call; the first round warms up and is not counted.
    """
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(rounds + 1):
        order = list(sides) if turn % 2 else list(reversed(list(sides)))
        for name in order:
            begun = perf_counter()
            for number in range(turn * calls, (turn + 1) * calls):
                await sides[name](number)
            taken[name].append((perf_counter() - begun) / calls)
    return {name: median(times[1:]) for name, times in taken.items()}


def percentile(times: Sequence[float], part: float) -> float:
    """The smallest time that `part` (0-1) of all do not exceed."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"
