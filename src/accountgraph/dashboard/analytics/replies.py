"""How long people take to answer, and those who have not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.analytics import reply_times
from accountgraph.dashboard.analytics.drawing import hours
from accountgraph.dashboard.charts import Chart, Series, share_series

if TYPE_CHECKING:
    from accountgraph.analytics.replies import Bin, Quantile
    from accountgraph.dashboard.analytics.asking import Question
    from accountgraph.dashboard.visits import Visit


async def find_replies(visit: Visit, question: Question) -> dict[str, Any]:
    """The histogram, the quantiles, and how many answer within some days."""
    found = await reply_times(visit.db, question.asked)
    to = question.given.to
    times = Chart(
        "reply-times",
        "Time from the message to its first reply",
        "bar",
        [_span(one) for one in found.bins],
        [Series("replies", [one.replies for one in found.bins])],
        about="After",
        links=[to("messages", came="human_replied", from_hours=one.from_hours or None, to_hours=one.to_hours) for one in found.bins],
        note=f"Of the replies there are, {found.replies:,}; {found.unanswered:,} messages and calls have none.",
    )
    within = Chart(
        "answered-within",
        "Answered within so many days",
        "interval",
        [f"{one.days} day{'s' * (one.days != 1)}" for one in found.within],
        [share_series("answered", [one.answered for one in found.within])],
        "%",
        "Within",
        [to("messages", came="human_replied", to_hours=24 * one.days) for one in found.within],
        note="Of messages that are at least so old, so that nobody's answer is still to come.",
    )
    return {
        "times": found,
        "charts": [times, within],
        "median": _quantile(found.median),
        "p90": _quantile(found.p90),
        "wait": hours(found.longest_wait_hours),
        "unanswered_link": to("messages", came="unanswered"),
        "answered_link": to("messages", came="human_replied"),
    }


def _span(one: Bin) -> str:
    """The hours or days of a bin."""

    def words(value: float) -> str:
        return f"{value:.0f} h" if value < 72 else f"{value / 24:.0f} d"

    if one.to_hours is None:
        return f"over {words(one.from_hours)}"
    return f"under {words(one.to_hours)}" if not one.from_hours else f"{words(one.from_hours)} to {words(one.to_hours)}"


def _quantile(one: Quantile) -> tuple[str, str]:
    """The time, and where it lies with 95 %."""
    if one.hours is None:
        return "–", "nobody has answered yet"
    if one.low is None and one.high is None:
        return hours(one.hours), "too few replies for an interval"
    low = f"{hours(one.low)} to " if one.low is not None else "up to "
    return hours(one.hours), low + (hours(one.high) if one.high is not None else "more than there is yet")
