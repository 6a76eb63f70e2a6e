"""Shares, days and differences as charts and sentences have them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from accountgraph.analytics.variants import Goal

if TYPE_CHECKING:
    from accountgraph.analytics.engagement import Span
    from accountgraph.analytics.rates import Rate

GOALS = {Goal.REPLY: "Replies", Goal.OPEN: "Opens", Goal.CLICK: "Clicks", Goal.MEETING: "Meetings"}
LAST = {"day": lambda day: day, "week": lambda day: day + timedelta(days=6)}


def share(one: Rate | None) -> str:
    """A share in words: 12.5 % (8.1 to 18.9 %)."""
    if one is None or one.percent is None:
        return "–"
    return f"{one.percent:.1f} % ({one.low:.1f} to {one.high:.1f} %)"


def hours(value: float | None) -> str:
    """A time in words."""
    if value is None:
        return "not known"
    if value < 1:
        return f"{value * 60:.0f} min"
    return f"{value:.1f} h" if value < 48 else f"{value / 24:.1f} days"


def day_word(day: date, last: date) -> str:
    """A day as an axis has it; the year where it is another than that of the last."""
    return f"{day.day} {day:%b}" if day.year == last.year else f"{day.day} {day:%b %Y}"


def ends_of(starts_on: date, by: Span, since: date, until: date) -> tuple[date, date]:
    """The days of a point that lie within the period."""
    if by == "month":
        following = (starts_on.replace(day=28) + timedelta(days=4)).replace(day=1)
        last = following - timedelta(days=1)
    else:
        last = LAST[by](starts_on)
    return max(starts_on, since), min(last, until)


def changed(now: int, before: int) -> str:
    """A number beside that of the period before."""
    if now == before:
        return "as before"
    return f"{now - before:+,} from {before:,}".replace("-", "−")
