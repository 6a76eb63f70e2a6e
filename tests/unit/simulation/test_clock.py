"""The clock of a simulation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from accountgraph.simulation.clock import VirtualClock

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TICK = timedelta(minutes=15)
moments = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)).map(START.__add__)


@given(now=moments, at=moments)
def test_next_tick_is_always_the_first_whole_one_that_is_still_to_come(now: datetime, at: datetime) -> None:
    clock = VirtualClock(START, TICK)
    clock.move(now)
    tick = clock.next_tick(at)
    assert (tick - START) % TICK == timedelta(0)
    assert tick > now
    assert tick >= at
    assert tick - TICK < at or tick - TICK <= now


@given(to=st.lists(moments, max_size=10))
def test_clock_never_goes_back(to: list[datetime]) -> None:
    clock = VirtualClock(START, TICK)
    seen = [clock()]
    for moment in to:
        clock.move(moment)
        seen.append(clock())
    assert seen == sorted(seen)
