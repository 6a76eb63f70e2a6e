"""Groups compared: by channel, campaign, step, variant, tier, industry or sender."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.analytics import grouped
from accountgraph.analytics.behind import NONE
from accountgraph.analytics.engagement import By
from accountgraph.analytics.variants import Goal
from accountgraph.dashboard.analytics.drawing import GOALS
from accountgraph.dashboard.charts import Chart, share_series
from accountgraph.dashboard.words import tier
from accountgraph.store.given import one_of

if TYPE_CHECKING:
    from accountgraph.analytics import Group
    from accountgraph.dashboard.analytics.asking import Question
    from accountgraph.dashboard.visits import Visit

_PEOPLE = {"reply": "human_reply", "open": "human_open", "click": "human_click", "meeting": "meeting"}
_CAME = {"reply": "human_replied", "open": "human_opened", "click": "human_clicked", "meeting": "meeting"}
_SORTS = ("sent", *GOALS, "name")
MOST_DRAWN = 15
MOST_ROWS = 300


async def find_groups(visit: Visit, question: Question) -> dict[str, Any]:
    """The table and the chart of one kind of groups."""
    given = question.given
    by = By(one_of(tuple(By), "by", given.get("by") or None) or By.CHANNEL)
    goal = Goal(one_of(tuple(GOALS), "goal", given.get("goal") or None) or Goal.REPLY)
    sort = given.get("sort") or "-sent"
    one_of(_SORTS, "sort", sort.removeprefix("-"))
    found = _sorted(await grouped(visit.db, question.asked, by), sort, by)
    return {
        "by": by,
        "kinds": [(one, one) for one in By],
        "goal": goal,
        "goals": GOALS,
        "sort": sort,
        "rows": [(name_of(one, by), one, given.to("messages", **inside(one, by))) for one in found[:MOST_ROWS]],
        "more": max(0, len(found) - MOST_ROWS),
        "chart": _chart(found[:MOST_DRAWN], question, by, goal, len(found)),
    }


def name_of(group: Group, by: By) -> str:
    """A group as people call it."""
    if group.key is None:
        return {By.CAMPAIGN: "by hand", By.STEP: "by hand", By.VARIANT: "by hand", By.SENDER: "no sender known"}.get(by, "not known")
    if by is By.TIER:
        return f"tier {tier(group.key)}" if group.key != "strategic" else "strategic"
    return group.name or group.key


def inside(group: Group, by: By) -> dict[str, str]:
    """The parameters that lead to the messages of a group."""
    key = group.key if group.key is not None else NONE
    if by is By.CHANNEL:
        return {"channel": key}
    if by in {By.STEP, By.VARIANT} and group.key is not None:
        campaign, step, *rest = key.split("/")
        return {"of_campaign": campaign, "step": step, **({"variant": rest[0] or NONE} if by is By.VARIANT else {})}
    return {"of_campaign" if by in {By.STEP, By.VARIANT} else f"of_{by}": key}


def _sorted(groups: list[Group], sort: str, by: By) -> list[Group]:
    """In the order that is asked for; those of which nothing is known stand last."""
    name, is_down = sort.removeprefix("-"), sort.startswith("-")
    if name == "name":
        return sorted(groups, key=lambda one: name_of(one, by).casefold(), reverse=is_down)
    if name == "sent":
        return sorted(groups, key=lambda one: one.sent, reverse=is_down)
    known = [one for one in groups if _percent(one, name) is not None]
    return sorted(known, key=lambda one: _percent(one, name) or 0.0, reverse=is_down) + [one for one in groups if one not in known]


def _percent(group: Group, goal: str) -> float | None:
    percent: float | None = getattr(group.rates, _PEOPLE[goal]).percent
    return percent


def _chart(groups: list[Group], question: Question, by: By, goal: Goal, total: int) -> Chart:
    drawn = [share_series("people", [getattr(one.rates, _PEOPLE[goal]) for one in groups])]
    if goal != "meeting" and not question.given.only_people:
        everybody = share_series("with machines", [getattr(one.rates, goal) for one in groups], "quiet")
        drawn += [everybody] if everybody.values != drawn[0].values else []
    links = [question.given.to("messages", came=_CAME[goal], **inside(one, by)) for one in groups]
    of = "e-mails" if goal in {"open", "click"} else "messages and calls"
    some = f" The {MOST_DRAWN} at the top of {total} are drawn." if total > MOST_DRAWN else ""
    return Chart(
        f"by-{by}", f"{GOALS[goal]} by {by}", "interval", [name_of(one, by) for one in groups], drawn, "%", str(by).capitalize(), links,
        note=f"Share of {of}; the bar is where it lies with 95 %. Groups whose bars overlap may be alike.{some}",
    )  # fmt: skip
