"""Things that tests need again and again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = START) -> None:
        self.time = now

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **amount: float) -> datetime:
        """Move on by a `timedelta(**amount)`."""
        self.time += timedelta(**amount)
        return self.time
