"""Engagement over time: what left, and what people, and machines in grey, did with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.analytics import engagement
from accountgraph.analytics.engagement import Span
from accountgraph.analytics.rates import rate
from accountgraph.dashboard.analytics.drawing import changed, day_word, ends_of, share
from accountgraph.dashboard.analytics.tabs import narrower
from accountgraph.dashboard.charts import Chart, Series
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from accountgraph.analytics import Engagement
    from accountgraph.analytics.engagement import Tally
    from accountgraph.dashboard.analytics.asking import Question
    from accountgraph.dashboard.visits import Visit

_NOTE = "Counted on the day the message left. Answers to the last days are still to come."


async def find_overview(visit: Visit, question: Question) -> dict[str, Any]:
    """The series of this period and the sum of the one before."""
    span = Span(one_of(tuple(Span), "span", question.given.get("span") or None) or _usual(question))
    now, before = await asyncio.gather(engagement(visit.db, question.asked, span), engagement(visit.db, question.before, Span.MONTH))
    return {
        "span": span,
        "spans": [(one, one) for one in Span],
        "total": now.total,
        "numbers": _numbers(now.total, before.total, question),
        "before": question.before.period,
        "charts": _charts(now, question),
    }


def _usual(question: Question) -> Span:
    """What gives some ten to sixty points."""
    return Span.DAY if question.length <= 31 else Span.WEEK if question.length <= 400 else Span.MONTH


def _numbers(total: Tally, before: Tally, question: Question) -> list[tuple[str, int, str, str, str]]:
    """Name, count, share, change, and where the messages are."""
    to = question.given.to
    return [
        ("Sent", total.sent, f"{total.emails:,} e-mails", changed(total.sent, before.sent), to("messages")),
        *(
            (name, getattr(total, field), share(rate(getattr(total, field), of)), changed(getattr(total, field), getattr(before, field)),
             to("messages", came=came))
            for name, field, of, came in (
                ("Opened by people", "human_opened", total.emails, "human_opened"),
                ("Clicked by people", "human_clicked", total.emails, "human_clicked"),
                ("Replies", "human_replied", total.sent, "human_replied"),
                ("Meetings", "meetings", total.sent, "meeting"),
            )
        ),
    ]  # fmt: skip


def _charts(found: Engagement, question: Question) -> list[Chart]:
    period = found.period
    labels = [day_word(point.starts_on, period.until) for point in found.points]

    def chart(key: str, title: str, series: list[tuple[str, str, bool]], came: str | None = None) -> Chart:
        links = []
        for point in found.points:
            first, last = ends_of(point.starts_on, found.by, period.since, period.until)
            inside = narrower(question, since=str(first), until=str(last), days=None)
            links.append(inside.to("messages", came=came))
        drawn = [
            Series(name, [getattr(point, field) for point in found.points], "quiet" if is_grey else "data", is_reference=is_grey)
            for name, field, is_grey in series
        ]
        note = _NOTE if key == "sent" else ""
        return Chart(
            key, title, "area" if key == "sent" else "line", labels, drawn, about=f"{found.by} from".capitalize(), links=links, note=note
        )

    def seen(people: str, everybody: str) -> list[tuple[str, str, bool]]:
        is_same = all(getattr(point, people) == getattr(point, everybody) for point in found.points)
        return [*([] if is_same or question.given.only_people else [("with machines", everybody, True)]), ("people", people, False)]

    return [
        chart("sent", f"Messages and calls that left, by {found.by}", [("sent", "sent", False)]),
        chart("opens", "Opened", seen("human_opened", "opened"), "human_opened"),
        chart("clicks", "Clicked", seen("human_clicked", "clicked"), "human_clicked"),
        chart("answers", "Replied", seen("human_replied", "replied"), "human_replied"),
        chart("meetings", "Meetings that followed", [("meetings", "meetings", False)], "meeting"),
    ]
