"""The page of an account."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.access import Permission
from accountgraph.analytics import health_trends
from accountgraph.dashboard.account.health import health_parts
from accountgraph.dashboard.account.known import known_of
from accountgraph.dashboard.account.next_steps import next_steps, warm_ways
from accountgraph.dashboard.account.people import PARTS, as_chart, map_of, shown_people
from accountgraph.graph import CompanyGraph
from accountgraph.listing.beside import made_up, suppressions_by_person
from accountgraph.listing.timeline import Kind

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.account.known import Known
    from accountgraph.dashboard.visits import Visit

PEOPLE = 12  # that are in the table at first, where there are more than a few beyond them
A_FEW = 4
EDGES = 100


async def account_page(visit: Visit) -> Response:
    """The page. `map=org`: the organisation chart; `kind` and `after`: of the timeline; `people=all`: everybody in the table."""
    company_id = visit.id_in_path("company_id", "account")
    known = await known_of(visit, company_id)
    graph, overview = CompanyGraph(visit.db), known.overview
    suppressed, steps, unreal = await asyncio.gather(
        suppressions_by_person(visit.db, overview["contacts"]),
        next_steps(graph, known.overview, known.tasks, known.settings, visit.now),
        made_up(visit.db, [company_id]),
    )
    return visit.drawn(
        "account/page",
        known.company.name,
        known=known,
        company=known.company,
        is_made_up=bool(unreal),
        overview=overview,
        suppressed=suppressed,
        steps=steps,
        warm=await warm_ways(graph, overview, suppressed),
        trend=(await health_trends(visit.db, [company_id], until=visit.now.date())).get(company_id, []),
        parts=health_parts(graph.policy.health, known.health, overview),
        owner=known.owner,
        kinds=list(Kind),
        kind=visit.asked("kind"),
        path=f"{visit.base}/accounts/{company_id}",
        **_people(visit, known),
        **_rights(visit),
    )


def _people(visit: Visit, known: Known) -> dict[str, Any]:
    """The map of people, and the same people as a table."""
    edges = known.overview["relationships"]
    everybody = shown_people(known.overview["contacts"], edges, known.reached)
    layout = "org" if visit.asked("map") == "org" else "graph"
    rows = as_chart(everybody) if layout == "org" else everybody
    path = f"{visit.base}/accounts/{known.company.id}"
    return {
        "layout": layout,
        "map": map_of(everybody, edges, f"{path}/people"),
        "roles": PARTS,
        "people": rows if visit.asked("people") == "all" or len(rows) <= PEOPLE + A_FEW else rows[:PEOPLE],
        "edges": edges[:EDGES],
    }


def _rights(visit: Visit) -> dict[str, bool]:
    """What this person may do here."""
    may = visit.principal.may
    return {"may_write": may(Permission.GRAPH_WRITE), "may_run": may(Permission.CAMPAIGNS_RUN)}
