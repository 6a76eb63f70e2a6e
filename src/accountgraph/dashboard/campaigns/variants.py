"""The variants of each step compared, with what so few or so many sends can tell."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from accountgraph.analytics import ComparedStep, Narrowed, asked_of, compare_variants
from accountgraph.analytics.period import MOST_DAYS
from accountgraph.analytics.variants import Goal
from accountgraph.campaigns.apply import load_version
from accountgraph.dashboard.campaigns.room import campaign_of, drawn
from accountgraph.dashboard.charts import Chart, share_series

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit

GOALS = {
    Goal.REPLY: "answered",
    Goal.OPEN: "opened, by a person",
    Goal.CLICK: "clicked, by a person",
    Goal.MEETING: "followed by a meeting",
}


async def variants_page(visit: Visit) -> Response:
    """Since the campaign began; `goal` says by what."""
    campaign = await campaign_of(visit)
    goal = next((one for one in Goal if one == visit.asked("goal")), Goal.REPLY)
    today = visit.now.date()
    since = max((campaign.started_at or visit.now).date() - timedelta(days=1), today - timedelta(days=MOST_DAYS - 2))
    question = await asked_of(visit.db, since=since, until=today + timedelta(days=1), narrowed=Narrowed(campaign_id=campaign.id))
    steps = await compare_variants(visit.db, question, goal)
    definition = await load_version(visit.db, campaign.version_id)
    return drawn(
        visit,
        campaign,
        "variants",
        compared=[(one, _chart(one)) for one in steps],
        goal=goal,
        goals=GOALS,
        varied=[step.key for step in definition.steps if step.template and definition.templates[step.template].variants],
    )


def _chart(step: ComparedStep) -> Chart:
    """Each variant's share with its 95 % interval."""
    share = share_series(f"Share {GOALS[step.goal]}", [one.rate for one in step.variants])
    labels = [f"{one.variant}, {one.rate.count:,} of {one.n:,}" for one in step.variants]
    note = "Bars are 95 % intervals, by Wilson. Nothing is counted that a machine did."
    return Chart(f"variants-{step.step_key}", step.step_key, "interval", labels, [share], "%", "Variant", note=note)
