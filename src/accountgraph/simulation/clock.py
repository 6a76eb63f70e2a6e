"""The clock of a simulation: it stands still until it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class VirtualClock:
    """Gives the time it was set to, UTC.

    The engine looks for work at ticks alone, whole ones after `start`, so that what is due close together is done together.
    What people do happens between them, at its own time.
    """

    def __init__(self, start: datetime, tick: timedelta) -> None:
        self._start, self._tick = start, tick
        self.now = start

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def next_tick(self, at: datetime) -> datetime:
        """The first tick at or after `at` that is still to come."""
        ticks = max(-(-(at - self._start) // self._tick), (self.now - self._start) // self._tick + 1)
        return self._start + ticks * self._tick

    def move(self, to: datetime) -> None:
        """Move on to `to`; never back."""
        self.now = max(self.now, to)
