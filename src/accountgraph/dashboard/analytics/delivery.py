"""Whether messages arrive, and what is said of them where they do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accountgraph.analytics import deliverability
from accountgraph.analytics.behind import NONE
from accountgraph.analytics.deliverability import Along
from accountgraph.analytics.engagement import Span
from accountgraph.campaigns.definition.policy import SenderLimits
from accountgraph.dashboard.analytics.drawing import day_word, ends_of
from accountgraph.dashboard.analytics.tabs import narrower
from accountgraph.dashboard.charts import Chart, share_series
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from accountgraph.analytics import DeliverabilityLine
    from accountgraph.analytics.rates import Rate
    from accountgraph.dashboard.analytics.asking import Given, Question
    from accountgraph.dashboard.visits import Visit

LIMITS = SenderLimits()  # at which a sender holds itself, where nobody says otherwise
MOST_DRAWN = 15
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A share that is drawn: its field of a line, and what the messages behind it have in common."""

    key: str
    title: str
    rate: str
    came: str


async def find_delivery(visit: Visit, question: Question) -> dict[str, Any]:
    """The lines of one kind, and the sum of all."""
    along = Along(one_of(tuple(Along), "along", question.given.get("along") or None) or Along.SENDER)
    lines, all_lines = await asyncio.gather(deliverability(visit.db, question.asked, [along]), deliverability(visit.db, question.asked, []))
    drawn = lines if along is Along.WEEK else lines[:MOST_DRAWN]
    return {
        "along": along,
        "kinds": [(one, one) for one in Along],
        "rows": [(_name(one, along, question), one, _link(one, along, question)) for one in lines[:MOST_ROWS]],
        "more": max(0, len(lines) - MOST_ROWS),
        "total": all_lines[0] if all_lines else None,
        "says": _says(all_lines[0]) if all_lines else [],
        "limits": LIMITS,
        "charts": [
            _chart(_Drawn("bounces", "Bounced for good", "hard_bounce", "bounced_hard"), drawn, along, question),
            _chart(_Drawn("complaints", "Called spam", "complaint", "complained"), drawn, along, question),
        ],
    }


def judged(rate: Rate, limit: float) -> tuple[str, str]:
    """A share against the limit in percent, as a mark's class and words: a share alone says less than where it lies with 95 %."""
    if rate.percent is None:
        return "", "nothing sent"
    if rate.low > limit:
        return "bad", f"above {limit:g} %"
    if rate.percent > limit:
        return "attention", f"above {limit:g} % so far, and not certain"
    if rate.high > limit:
        return "", f"below {limit:g} % so far, and not certain"
    return "good", f"below {limit:g} %"


def _says(line: DeliverabilityLine) -> list[tuple[str, Rate, str, str]]:
    return [
        ("Bounced for good", line.hard_bounce, *judged(line.hard_bounce, LIMITS.hold_bounce_percent)),
        ("Called spam", line.complaint, *judged(line.complaint, LIMITS.hold_complaint_percent)),
    ]


def _name(line: DeliverabilityLine, along: Along, question: Question) -> str:
    if along is Along.WEEK:
        return day_word(line.week, question.asked.period.until) if line.week else "not known"
    return (line.sender if along is Along.SENDER else line.domain) or "not known"


def _link(line: DeliverabilityLine, along: Along, question: Question, came: str | None = None) -> str:
    channel = question.given.get("channel") or "email"
    if along is Along.WEEK and line.week:
        inside = _within_week(line, question)
        return inside.to("messages", channel=channel, came=came)
    own = {"of_sender": str(line.sender_id or NONE)} if along is Along.SENDER else {"domain": line.domain or NONE}
    return question.given.to("messages", channel=channel, came=came, **own)


def _within_week(line: DeliverabilityLine, question: Question) -> Given:
    assert line.week is not None  # noqa: S101 - asked for by who calls
    period = question.asked.period
    first, last = ends_of(line.week, Span.WEEK, period.since, period.until)
    return narrower(question, since=str(first), until=str(last), days=None)


def _chart(drawn: _Drawn, lines: list[DeliverabilityLine], along: Along, question: Question) -> Chart:
    return Chart(
        drawn.key,
        f"{drawn.title}, by {along}",
        "line" if along is Along.WEEK else "interval",
        [_name(one, along, question) for one in lines],
        [share_series(drawn.title.lower(), [getattr(one, drawn.rate) for one in lines], "bad")],
        "%",
        str(along).capitalize(),
        [_link(one, along, question, drawn.came) for one in lines],
        note="The bar or shade is where the share lies with 95 %.",
    )
