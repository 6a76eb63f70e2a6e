"""An account's health: its parts, and the rows that each is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from accountgraph.dashboard.charts import sparkline

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from accountgraph.graph.answers import AccountHealth, AccountOverview
    from accountgraph.graph.policy import HealthPolicy

ROWS = 50  # of a part


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that a part is made of: whose, and what."""

    contact_id: UUID
    name: str
    said: str


@dataclass(frozen=True, slots=True)
class HealthPart:
    """A part of the score: `points` of `most`, why, and its rows."""

    name: str
    points: float
    most: float
    because: str
    rows: list[Row]


def moved(trend: Sequence[float | None]) -> float:
    """By how many points a score rose, or fell, from the first day that is known to the last."""
    known = [score for score in trend if score is not None]
    return round(known[-1] - known[0], 1) if known else 0.0


def direction(change: float) -> str:
    """Whether a change of a score by so many points is a good one, a bad one, or none to speak of."""
    return "bad" if change < -1 else "good" if change > 1 else "quiet"


def trend_line(trend: Sequence[float | None]) -> Markup:
    """The scores of some days as a line; a dash where there are too few."""
    points = sparkline(trend)
    if not points:
        return Markup('<span class="quiet">–</span>')
    change = moved(trend)
    words = f"Health of the last {len(trend)} days: {change:+g} points"
    box = f'<svg class="spark {direction(change)}" viewBox="0 0 72 24" width="72" height="24" role="img" aria-label="{words}">'
    return Markup(f'{box}<polyline points="{points}"/></svg>')  # noqa: S704 - numbers and words of our own


def health_parts(policy: HealthPolicy, health: AccountHealth, overview: AccountOverview) -> list[HealthPart]:
    """The parts in the order of the score."""
    rows = {
        "engagement": _engaged(policy, overview),
        "conversations": _talking(overview),
        "relationships": _related(overview),
        "decision_makers": _deciding(overview),
    }
    return [
        HealthPart(one["name"], one["points"], getattr(policy, one["name"]), one["because"], rows[one["name"]][:ROWS])
        for one in health["why"]
    ]


def _engaged(policy: HealthPolicy, overview: AccountOverview) -> list[Row]:
    """The most engaged, whose mean it is."""
    counted = [
        one for one in overview["contacts"].values() if one["contact"].status == "active" and one["contact"].engagement_excluded is None
    ]
    counted.sort(key=lambda one: -one["engagement_score"])
    return [Row(one["contact"].id, one["contact"].name, f"engagement {one['engagement_score']}") for one in counted[: policy.most_contacts]]


def _talking(overview: AccountOverview) -> list[Row]:
    return [
        Row(talk["contact_id"], overview["contacts"][talk["contact_id"]]["contact"].name, talk["campaign_name"] or "an active conversation")
        for talk in overview["active_conversations"]
        if talk["contact_id"] in overview["contacts"]
    ]


def _related(overview: AccountOverview) -> list[Row]:
    return [
        Row(edge["contact_1"]["id"], edge["contact_1"]["name"], f"{edge['type'].replace('_', ' ')} {edge['contact_2']['name']}")
        for edge in overview["relationships"]
    ]


def _deciding(overview: AccountOverview) -> list[Row]:
    return [
        Row(one["contact"].id, one["contact"].name, one["contact"].title or "decides")
        for one in overview["contacts"].values()
        if one["contact"].is_decision_maker and one["contact"].status == "active"
    ]
