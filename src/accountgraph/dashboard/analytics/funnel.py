"""How far accounts came, and which they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.analytics import Stage, account_funnel, page_funnel_accounts
from accountgraph.dashboard.analytics.drawing import share
from accountgraph.dashboard.charts import Chart, Series
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from accountgraph.dashboard.analytics.asking import Question
    from accountgraph.dashboard.visits import Visit

ROWS = 50
NAMES = {
    Stage.ACCOUNT: "Accounts",
    Stage.CONTACTED: "Contacted",
    Stage.ENGAGED: "Engaged",
    Stage.REPLIED: "Replied",
    Stage.MEETING: "Met",
    Stage.WON: "Won",
}


async def find_funnel(visit: Visit, question: Question) -> dict[str, Any]:
    """The stages."""
    found = await account_funnel(visit.db, question.asked)
    steps = [(NAMES[one.stage], one, share(one.from_before), question.given.to(f"funnel/{one.stage}")) for one in found.steps]
    chart = Chart(
        "funnel",
        "How far accounts came",
        "row",
        [name for name, *_ in steps],
        [Series("accounts", [one.reached for _, one, *_ in steps], texts=[_said(one, before) for _, one, before, _ in steps])],
        about="Stage",
        links=[link for *_, link in steps],
        note="An account counts in every stage up to the furthest it came to. Click a bar to see which accounts they are.",
    )
    return {"chart": chart, "steps": steps, "stopped": [question.given.to(f"funnel/{one.stage}", stopped="yes") for _, one, *_ in steps]}


def _said(one: Any, before: str) -> str:  # noqa: ANN401 - a step
    return f"{one.reached:,}" if one.from_before is None else f"{one.reached:,}, {before.partition(' (')[0]} of those before"


async def find_accounts(visit: Visit, question: Question) -> dict[str, Any]:
    """The accounts that came to a stage, a page at a time."""
    try:
        stage = Stage(visit.request.path_params["stage"])
    except ValueError:
        raise ProblemError(404, "There is no such stage of the funnel.") from None
    is_stopped, after = bool(question.given.get("stopped")), question.given.get("after") or None
    page = await page_funnel_accounts(visit.db, question.asked, stage, only_stopped=is_stopped, limit=ROWS, after=after)
    return {
        "stage": stage,
        "names": NAMES,
        "is_stopped": is_stopped,
        "accounts": page.items,
        "next_page": question.given.address(after=page.next) if page.next else None,
    }
