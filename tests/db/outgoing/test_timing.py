"""When channels are told: rhythm, gap, quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from accountgraph.notices.timing import Rhythm, after_quiet, first_look, look_after_failure, next_look


class Times(Struct, kw_only=True):
    rhythm: Rhythm = Rhythm.AT_ONCE
    daily_at: time = time(8)
    timezone: str = "Europe/Berlin"
    gap_minutes: int = 15
    quiet_from: time | None = None
    quiet_to: time | None = None


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "now", "first", "after_notice"),
    [
        (Times(), "2026-03-02T09:00", "2026-03-02T09:00", "2026-03-02T09:15"),
        (Times(rhythm=Rhythm.HOURLY), "2026-03-02T09:20", "2026-03-02T10:00", "2026-03-02T10:00"),
        (Times(rhythm=Rhythm.HOURLY, gap_minutes=120), "2026-03-02T09:20", "2026-03-02T10:00", "2026-03-02T11:20"),
        (Times(rhythm=Rhythm.DAILY), "2026-03-02T06:59", "2026-03-02T07:00", "2026-03-02T07:14"),
        (Times(rhythm=Rhythm.DAILY), "2026-03-02T07:00", "2026-03-03T07:00", "2026-03-03T07:00"),
        (Times(rhythm=Rhythm.DAILY), "2026-03-28T12:00", "2026-03-29T06:00", "2026-03-29T06:00"),  # summer time begins
        (Times(quiet_from=time(20), quiet_to=time(7)), "2026-03-02T19:30", "2026-03-03T06:00", "2026-03-03T06:00"),
        (Times(quiet_from=time(20), quiet_to=time(7)), "2026-03-02T05:30", "2026-03-02T06:00", "2026-03-02T06:00"),
        (Times(quiet_from=time(12), quiet_to=time(13)), "2026-03-02T11:10", "2026-03-02T12:00", "2026-03-02T12:00"),
        (Times(rhythm=Rhythm.DAILY, quiet_from=time(7), quiet_to=time(9)), "2026-03-02T05:00", "2026-03-02T08:00", "2026-03-02T08:00"),
    ],
)
def test_channel_is_looked_at_when_it_says(times: Times, now: str, first: str, after_notice: str) -> None:
    assert first_look(times, at(now)) == at(first)
    assert next_look(times, at(now), was_sent=True) == at(after_notice)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001 - the strategy adds the zone
    st.builds(
        Times,
        rhythm=st.sampled_from(list(Rhythm)),
        timezone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham"]),
        quiet_from=st.times(),
        quiet_to=st.times(),
    ).filter(lambda times: times.quiet_from != times.quiet_to),
    st.booleans(),
)
def test_look_is_always_later_and_never_in_quiet_hours(now: datetime, times: Times, sent: Any) -> None:
    moment = now.replace(tzinfo=UTC)
    look = next_look(times, moment, was_sent=sent)
    assert moment < look <= moment + timedelta(days=3)
    assert after_quiet(times, look) - look <= timedelta(hours=1)  # an hour that a clock jumps over or repeats


def test_failing_channel_is_tried_less_and_less() -> None:
    now = at("2026-03-02T09:00")
    waits = [look_after_failure(Times(), now, failures) - now for failures in range(9)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(minutes=5), timedelta(hours=6))
