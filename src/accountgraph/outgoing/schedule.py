"""When a delivery is tried again, and when an endpoint is taken for dead. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

AGAIN_AFTER = (
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)  # after the first try, the second ...: eleven tries in a little more than three days
JITTER = 0.2  # each wait is longer by up to this share of it
LONGEST_ASKED = timedelta(hours=24)  # a Retry-After beyond it is cut
DEAD_AFTER = timedelta(days=5)  # in which nothing got through
DEAD_FAILURES = 10  # and so many tries in a row


def next_try(tries: int, now: datetime, chance: random.Random, asked: float | None = None) -> datetime | None:
    """When a delivery that was tried so often is tried again; None: it is given up. `asked`: the seconds of its Retry-After."""
    if tries > len(AGAIN_AFTER):
        return None
    wait = AGAIN_AFTER[tries - 1] * (1 + JITTER * chance.random())
    if asked is not None:
        wait = max(wait, min(timedelta(seconds=asked), LONGEST_ASKED))
    return now + wait


def is_dead(failing_since: datetime | None, failures: int, now: datetime) -> bool:
    """Whether an endpoint is paused, for nobody is there."""
    return failing_since is not None and failures >= DEAD_FAILURES and now - failing_since >= DEAD_AFTER
