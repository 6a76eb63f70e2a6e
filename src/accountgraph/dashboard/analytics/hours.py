"""The hours of the week, as far as they can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.analytics import best_hours
from accountgraph.analytics.hours import ENOUGH, What, hours_in_words
from accountgraph.dashboard.charts import Chart, Series
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from accountgraph.analytics import HourCell, Hours
    from accountgraph.dashboard.analytics.asking import Question
    from accountgraph.dashboard.visits import Visit

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DONE = {What.REPLY: "answered", What.OPEN: "opened"}
BEST = 3


async def find_hours(visit: Visit, question: Question) -> dict[str, Any]:
    """The heat map and the best hours in words."""
    what = What(one_of(tuple(What), "what", question.given.get("what") or None) or What.REPLY)
    found = await best_hours(visit.db, question.asked, what)
    best = found.best[:BEST]
    return {
        "what": what,
        "done": DONE,
        "hours": found,
        "enough": ENOUGH,
        "is_alike": len({cell.estimate for cell in found.cells if cell.is_enough}) == 1,
        "known": sum(cell.is_enough for cell in found.cells),
        "best": list(zip(hours_in_words(best), best, [_link(cell, what, question) for cell in best], strict=True)),
        "chart": _chart(found, what, question),
    }


def _chart(found: Hours, what: What, question: Question) -> Chart:
    def row(weekday: int) -> Series:
        cells = [cell for cell in found.cells if cell.weekday == weekday]
        return Series(
            DAYS[weekday - 1],
            [cell.estimate / 100 if cell.n else None for cell in cells],
            low=[cell.low / 100 if cell.n else None for cell in cells],
            high=[cell.high / 100 if cell.n else None for cell in cells],
            faint=[bool(cell.n) and not cell.is_enough for cell in cells],
            links=[_link(cell, what, question) if cell.n else None for cell in cells],
        )

    return Chart(
        "best-hours",
        f"How often messages are {DONE[what]}, by when they left",
        "heat",
        [f"{hour:02}" for hour in range(24)],
        [row(weekday) for weekday in range(1, 8)] if found.n else [],
        "%",
        "Hour",
        note=f"Hours are the recipient's own. A hatched cell has too little data: fewer than {ENOUGH} messages. An empty one has none. "
        "Shares are drawn towards that of all hours, the more the fewer messages there are.",
    )


def _link(cell: HourCell, what: What, question: Question) -> str:
    del what
    return question.given.to("messages", weekday=cell.weekday, hour=cell.hour)
