"""How long replies take, and what is said of those that nobody answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.analytics import reply_times
from accountgraph.analytics.replies import BINS, histogram, quantile_of
from tests.db.analytics.history import march

if TYPE_CHECKING:
    from tests.db.analytics.history import History


async def test_reply_takes_as_long_as_it_took(history: History) -> None:
    found = await reply_times(history.db, await history.asked())
    assert (found.sent, found.replies, found.unanswered) == (5, 1, 4)
    assert (found.median.hours, found.median.low, found.median.high) == (5.0, None, None)
    assert [(one.from_hours, one.replies) for one in found.bins if one.replies] == [(4.0, 1)]


async def test_longest_wait_is_of_the_oldest_touch_without_a_reply(history: History) -> None:
    found = await reply_times(history.db, await history.asked())
    assert found.longest_wait_hours == 39 * 24 + 2  # from 2 March 10:00 to 10 April 12:00


async def test_only_touches_old_enough_count_towards_a_horizon(history: History) -> None:
    found = await reply_times(history.db, await history.asked(march_alone=False))
    assert {one.days: (one.answered.count, one.answered.of) for one in found.within} == {
        1: (1, 6), 3: (1, 6), 7: (1, 6), 14: (1, 5), 30: (1, 4),
    }  # fmt: skip


async def test_median_and_its_interval_are_values_that_were_seen(history: History) -> None:
    for hours in range(1, 10):
        message = await history.send("Cy", march(20, hours))
        await history.happened(message, "replied", hours=hours)
    found = await reply_times(history.db, await history.asked())
    assert found.replies == 10
    assert (found.median.hours, found.median.low, found.median.high) == (5.0, 2.0, 8.0)  # of 1 2 3 4 5 5 6 7 8 9: the 2nd to the 9th
    assert (found.p90.hours, found.p90.high) == (8.0, None)


async def test_without_replies_there_is_no_quantile(history: History) -> None:
    found = await reply_times(history.db, await history.asked(industry="Anvils"))
    assert (found.replies, found.median.hours, found.p90.low) == (0, None, None)


def test_every_reply_falls_into_one_bin() -> None:
    hours = [0.0, 0.99, 1.0, 23.9, 24.0, 719.0, 720.0, 9000.0]
    counted = {one.from_hours: one.replies for one in histogram(hours) if one.replies}
    assert counted == {0.0: 2, 1.0: 1, 12.0: 1, 24.0: 1, 336.0: 1, 720.0: 2}
    assert len(histogram([])) == len(BINS)
    assert quantile_of([], 0.5).hours is None
