"""One account: its health and why, its people, what happened, and what to do next."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.enums import RelationshipType, Strength
from accountgraph.graph import CompanyGraph
from accountgraph.listing.beside import suppressions_by_person
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.events import events_of
from accountgraph.store.outreach.exclusions import ExclusionRepository

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit
    from accountgraph.graph.answers import AccountOverview, ExpansionTarget, WarmPath
    from accountgraph.store.suppressions import Suppression

PEOPLE = 100  # that are shown at first
EDGES = 100
TARGETS = 5
PATHS = 3


async def account_page(visit: Visit) -> Response:
    """The page."""
    company_id, graph = visit.id_in_path("company_id", "account"), CompanyGraph(visit.db)
    overview, health, company, exclusions = await asyncio.gather(
        graph.get_account_overview(company_id),
        graph.get_account_health_score(company_id),
        CompanyRepository(visit.db).get_company_by_id(company_id),
        ExclusionRepository(visit.db).list_exclusions(company_id),
    )
    people = list(overview["contacts"].values())
    shown = people if visit.asked("people") == "all" else people[:PEOPLE]
    suppressed, events, targets = await asyncio.gather(
        suppressions_by_person(visit.db, overview["contacts"]),
        events_of(visit.db, [one["id"] for one in overview["recent_touchpoints"]]),
        _targets(graph, overview),
    )
    return visit.drawn(
        "account",
        overview["company"]["name"],
        company=company,
        overview=overview,
        people=shown,
        edges=overview["relationships"][:EDGES],
        health=health,
        weights=graph.policy.health,
        exclusions=exclusions,
        suppressed=suppressed,
        events=events,
        targets=targets,
        warm=await _warm(graph, overview, suppressed),
        path=f"{visit.base}/accounts/{company_id}",
    )


async def _targets(graph: CompanyGraph, overview: AccountOverview) -> list[ExpansionTarget] | None:
    """Whom to talk to next, from the primary contact on; None where there is no primary contact."""
    primary = next((one["contact"].id for one in overview["contacts"].values() if one["contact"].is_primary_contact), None)
    if primary is None:
        return None
    found = await graph.find_expansion_targets(primary, Strength.WEAK, types=tuple(RelationshipType), include_implied=True)
    return found[:TARGETS]


async def _warm(graph: CompanyGraph, overview: AccountOverview, suppressed: dict[UUID, list[Suppression]]) -> dict[str, Any] | None:
    """How to reach the first decision maker with whom nobody talks; None: there is none, or nothing may be written to them."""
    for one in overview["contacts"].values():
        person = one["contact"]
        if person.is_decision_maker and not one["active_conversations"] and person.id not in suppressed:
            paths: list[WarmPath] = await graph.find_warm_paths(person.id, PATHS)
            return {"person": person, "paths": paths}
    return None
