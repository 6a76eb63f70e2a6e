"""Variants of a message, and whether one is better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.analytics import choices, compare_variants
from accountgraph.analytics.variants import Goal
from accountgraph.dashboard.analytics.drawing import GOALS
from accountgraph.dashboard.charts import Chart, Series, share_series
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from accountgraph.analytics import ComparedStep
    from accountgraph.dashboard.analytics.asking import Question
    from accountgraph.dashboard.visits import Visit

_CAME = {Goal.REPLY: "human_replied", Goal.OPEN: "human_opened", Goal.CLICK: "human_clicked", Goal.MEETING: "meeting"}


async def find_variants(visit: Visit, question: Question) -> dict[str, Any]:
    """The steps of the campaign with their variants; without a campaign, which there are."""
    goal = Goal(one_of(tuple(Goal), "goal", question.given.get("goal") or None) or Goal.REPLY)
    known = {"goal": goal, "goals": GOALS}
    if question.asked.narrowed.campaign_id is None:
        campaigns = [one for one in await choices(visit.db) if one.kind == "campaign"]
        return {**known, "campaigns": [(one.name, question.given.address(campaign=one.id)) for one in campaigns], "steps": None}
    found = await compare_variants(visit.db, question.asked, goal)
    return {**known, "steps": [(one, _shares(at, one, goal, question), _differences(at, one)) for at, one in enumerate(found)]}


def _shares(at: int, step: ComparedStep, goal: Goal, question: Question) -> Chart:
    return Chart(
        f"variants-{at}",
        f"{GOALS[goal]} of {step.step_key}",
        "interval",
        [f"{one.variant} ({one.n:,} sent)" for one in step.variants],
        [share_series("people", [one.rate for one in step.variants])],
        "%",
        "Variant",
        [question.given.to("messages", step=step.step_key, variant=one.variant, came=_CAME[goal]) for one in step.variants],
    )


def _differences(at: int, step: ComparedStep) -> Chart | None:
    """Each two variants: the difference of their shares, and where it lies."""
    if not step.comparisons:
        return None
    return Chart(
        f"differences-{at}",
        "The difference, in percentage points",
        "interval",
        [f"{one.second} − {one.first}" for one in step.comparisons],
        [
            Series(
                "difference",
                [one.difference for one in step.comparisons],
                "series-4",
                low=[one.low for one in step.comparisons],
                high=[one.high for one in step.comparisons],
            )
        ],
        "points",
        "Pair",
        note="Where the bar holds 0, the two cannot be told apart yet.",
    )
