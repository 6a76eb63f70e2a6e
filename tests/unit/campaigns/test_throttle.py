from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accountgraph.campaigns.definition.policy import SenderLimits
from accountgraph.campaigns.facts import SenderFacts
from accountgraph.campaigns.rules.throttle import DAY, HOUR, Slots, daily_cap, free_slots, jitter, narrowed, trouble
from tests.unit.campaigns.given import moments

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

limits_given = st.builds(
    lambda per_day, per_hour, least, more, first, step: SenderLimits(
        per_day=per_day, per_hour=per_hour, jitter_seconds=(least, least + more), warmup_first_day=first, warmup_step=step
    ),
    st.integers(1, 20),
    st.integers(1, 8),
    st.integers(0, 600),
    st.integers(0, 600),
    st.integers(1, 5),
    st.integers(0, 3),
)
starts = st.one_of(st.none(), st.timedeltas(timedelta(days=-1), timedelta(days=5)).map(lambda ago: NOW - ago))


def limits(**fields: object) -> SenderLimits:
    return SenderLimits(**{"per_day": 30, "per_hour": 8, "jitter_seconds": (0, 0), **fields})  # type: ignore[arg-type]


def slots(sends: list[datetime], now: datetime, rules: SenderLimits, warmup: datetime | None = None, seed: int = 7) -> Slots:
    return free_slots(sends, now, limits=rules, warmup_started_at=warmup, seed=seed)


def run(rules: SenderLimits, warmup: datetime | None, pauses: list[timedelta], seed: int) -> list[datetime]:
    """What a sender sends that always has work: now and then nobody looks for a while."""
    now, sends = NOW, list[datetime]()
    for pause in pauses:
        found = slots([at for at in sends if at > now - DAY], now, rules, warmup, seed)
        sends += [now] * found.count
        now = max(now + pause, found.next_free_at)
    return sends


@settings(max_examples=60)
@given(limits_given, starts, st.lists(st.timedeltas(timedelta(0), timedelta(days=1)), max_size=80), st.integers(0))
def test_no_rolling_window_ever_holds_more_than_its_cap(
    rules: SenderLimits, warmup: datetime | None, pauses: list[timedelta], seed: int
) -> None:
    sends = run(rules, warmup, pauses, seed)
    for index, at in enumerate(sends):
        assert index + 1 - bisect_right(sends, at - HOUR) <= rules.per_hour
        assert index + 1 - bisect_right(sends, at - DAY) <= daily_cap(rules, warmup, at)


@settings(max_examples=60)
@given(limits_given, starts, st.lists(st.timedeltas(timedelta(0), HOUR), max_size=60), st.integers(0))
def test_messages_are_always_at_least_the_jitter_apart(
    rules: SenderLimits, warmup: datetime | None, pauses: list[timedelta], seed: int
) -> None:
    sends = run(rules, warmup, pauses, seed)
    if rules.jitter_seconds[1] > 0:
        least = timedelta(seconds=rules.jitter_seconds[0])
        assert all(later - earlier >= least for earlier, later in pairwise(sends))


@given(limits_given, starts, st.lists(st.timedeltas(timedelta(0), DAY - SECOND).map(lambda ago: NOW - ago), max_size=40), st.integers(0))
def test_the_next_free_time_is_always_free_and_nothing_before_it_is(
    rules: SenderLimits, warmup: datetime | None, sends: list[datetime], seed: int
) -> None:
    found = slots(sends, NOW, rules, warmup, seed)
    if found.count:
        assert found.next_free_at == NOW
        return
    assert found.next_free_at > NOW
    assert slots(sends, found.next_free_at, rules, warmup, seed).count > 0
    assert slots(sends, found.next_free_at - timedelta(microseconds=1), rules, warmup, seed).count == 0


@given(limits_given, st.lists(st.timedeltas(timedelta(0), DAY).map(lambda ago: NOW - ago), max_size=40), st.randoms(), st.integers(0))
def test_slots_do_not_depend_on_the_order_of_what_was_sent(rules: SenderLimits, sends: list[datetime], random: object, seed: int) -> None:
    shuffled = sorted(sends, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert slots(sends, NOW, rules, seed=seed) == slots(shuffled, NOW, rules, seed=seed)


@given(limits_given, st.integers(0), moments)
def test_jitter_is_always_between_its_bounds_and_the_same_again(rules: SenderLimits, seed: int, last: datetime) -> None:
    drawn = jitter(seed, last, rules)
    assert timedelta(seconds=rules.jitter_seconds[0]) <= drawn <= timedelta(seconds=rules.jitter_seconds[1])
    assert jitter(seed, last, rules) == drawn


def test_senders_draw_jitter_of_their_own() -> None:
    assert len({jitter(seed, NOW, SenderLimits()) for seed in range(20)}) > 5


def test_without_jitter_all_free_slots_of_the_hour_are_given_at_once() -> None:
    assert slots([NOW - timedelta(minutes=30)] * 3, NOW, limits()) == Slots(5, NOW)


def test_with_jitter_one_leaves_at_a_time() -> None:
    assert slots([], NOW, limits(jitter_seconds=(90, 240))) == Slots(1, NOW)


def test_after_three_days_of_downtime_there_is_no_burst() -> None:
    sends = [NOW - timedelta(days=3)]
    assert slots(sends, NOW, SenderLimits()).count == 1
    assert slots([NOW], NOW, SenderLimits()).count == 0
    assert slots([], NOW, limits()).count == 8


def test_a_full_hour_frees_when_its_oldest_is_an_hour_old() -> None:
    sends = [NOW - timedelta(minutes=50 - n) for n in range(8)]
    assert slots(sends, NOW, limits()) == Slots(0, NOW + timedelta(minutes=10))


def test_a_full_day_frees_when_its_oldest_is_a_day_old() -> None:
    sends = [NOW - timedelta(hours=20) + n * SECOND for n in range(30)]
    assert slots(sends, NOW, limits()) == Slots(0, NOW + timedelta(hours=4))


def test_a_new_mailbox_begins_with_5_a_day_and_gains_2_a_day() -> None:
    caps = [daily_cap(SenderLimits(), NOW, NOW + n * DAY) for n in (0, 1, 2, 12, 13, 500)]
    assert caps == [5, 7, 9, 29, 30, 30]


def test_a_warmup_that_begins_later_is_at_its_first_day() -> None:
    assert daily_cap(SenderLimits(), NOW + DAY, NOW) == 5


def test_a_warm_up_day_that_begins_frees_slots_before_the_day_is_over() -> None:
    started = NOW - timedelta(hours=20)
    sends = [NOW - timedelta(hours=2)] * 5
    assert slots(sends, NOW, limits(), started) == Slots(0, started + DAY)


def test_a_senders_own_limits_narrow_and_never_widen() -> None:
    sender = SenderFacts(id=UUID(int=1), address="a@b.io", per_hour=3, per_day=100)
    own = narrowed(SenderLimits(), sender)
    assert (own.per_hour, own.per_day) == (3, 30)


@pytest.mark.parametrize(
    ("bounces", "complaints", "expected"),
    [(0, 0, None), (1, 0, None), (2, 0, None), (3, 0, "bounces"), (0, 1, "complaints"), (5, 2, "complaints")],
)
def test_a_mailbox_stops_at_three_bounces_or_one_complaint_in_its_last_hundred(bounces: int, complaints: int, expected: str | None) -> None:
    assert trouble(SenderLimits(), bounces, complaints) == expected


def test_one_complaint_in_two_thousand_is_no_trouble_where_two_thousand_are_looked_at() -> None:
    assert trouble(SenderLimits(hold_of_last=2000), 0, 1) is None
    assert trouble(SenderLimits(hold_of_last=2000), 0, 2) == "complaints"
