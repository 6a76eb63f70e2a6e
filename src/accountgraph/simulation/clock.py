"""The clock of a simulation: it stands still until it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


class VirtualClock:
    """Gives the time it was set to, UTC. Times are whole ticks after `start`, so that what is due close together is done together."""

    def __init__(self, start: datetime, tick: timedelta) -> None:
        self._start, self._tick = start, tick
        self.now = start

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def jump(self, to: datetime) -> None:
        """Move on to the first tick at or after `to`, one tick at least."""
        ticks = max(-(-(to - self._start) // self._tick), (self.now - self._start) // self._tick + 1)
        self.now = self._start + ticks * self._tick
