"""The health of all accounts day by day, and whose moved and why."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accountgraph.analytics import health_distribution, health_movers
from accountgraph.dashboard.analytics.drawing import day_word
from accountgraph.dashboard.charts import Chart, Series
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from accountgraph.analytics import Distribution
    from accountgraph.dashboard.analytics.asking import Question
    from accountgraph.dashboard.visits import Visit

BACK = ("7", "30", "90")  # days


async def find_health(visit: Visit, question: Question) -> dict[str, Any]:
    """The bands, the middle, and the movers."""
    back = one_of(BACK, "back", question.given.get("back") or None) or "30"
    days, movers = await asyncio.gather(
        health_distribution(visit.db, question.asked), health_movers(visit.db, question.asked, days=int(back))
    )
    return {
        "days": days,
        "charts": _charts(days, question) if days else [],
        "movers": movers,
        "back": back,
        "backs": [(one, f"{one} days") for one in BACK],
    }


def _charts(days: list[Distribution], question: Question) -> list[Chart]:
    until = question.asked.period.until
    labels = [day_word(one.day, until) for one in days]
    reckoned = sum(one.is_reckoned for one in days)
    note = f"{reckoned:,} of {len(days):,} days were reckoned afterwards, from the event log." if reckoned else ""
    # A day opens as many days before it, and whose health moved until then.
    back = timedelta(days=question.length - 1)
    links = [question.given.address(days=None, since=one.day - back, until=one.day) for one in days]
    bands = Chart(
        "health-bands",
        "Accounts by their health",
        "stacked",
        labels,
        [
            Series("good, 60 and more", [one.excellent + one.good for one in days], "good"),
            Series("fair, 40 to 60", [one.fair for one in days], "attention"),
            Series("poor, below 40", [one.poor + one.critical for one in days], "bad"),
        ],
        about="Day",
        links=links,
        note=note,
    )
    middle = Chart(
        "health-middle",
        "The account in the middle, and the half around it",
        "line",
        labels,
        [
            Series(
                "median",
                [round(one.median, 1) for one in days],
                low=[round(one.lower_quartile, 1) for one in days],
                high=[round(one.upper_quartile, 1) for one in days],
            )
        ],
        "points",
        "Day",
        links=links,
        note="The shade holds the middle half of the accounts.",
    )
    return [bands, middle]
