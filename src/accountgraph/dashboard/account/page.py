"""The page of an account."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from accountgraph.access import Permission
from accountgraph.access.people.memberships import list_members
from accountgraph.dashboard.account.health import health_parts, health_trend
from accountgraph.dashboard.account.next_steps import next_steps, warm_ways
from accountgraph.dashboard.account.people import PARTS, as_chart, map_of, shown_people
from accountgraph.graph import CompanyGraph
from accountgraph.listing.account_people import holds_of_account, last_reached
from accountgraph.listing.beside import suppressions_by_person
from accountgraph.listing.timeline import Kind, page_timeline
from accountgraph.listing.work import page_tasks
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.outreach.exclusions import ExclusionRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.access.people.memberships import Member
    from accountgraph.campaigns.work.tasks import Task
    from accountgraph.dashboard.visits import Visit
    from accountgraph.graph.answers import AccountHealth, AccountOverview, ConversationHealth
    from accountgraph.listing.account_people import AccountHold, Reached
    from accountgraph.listing.page import Page
    from accountgraph.listing.timeline import Happening
    from accountgraph.models import Company
    from accountgraph.store.outreach.exclusions import AccountExclusion
    from accountgraph.store.outreach.settings import WorkspaceSettings

T = TypeVar("T")
PEOPLE = 100  # that are in the table at first
EDGES = 100
TASKS = 5
HAPPENINGS = 20


@dataclass(frozen=True, slots=True)
class Known:
    """What an account's page is made of, read at once."""

    company: Company
    overview: AccountOverview
    health: AccountHealth
    reached: dict[UUID, Reached]
    exclusions: list[AccountExclusion]
    holds: list[AccountHold]
    happenings: Page[Happening]
    tasks: list[Task]
    talks: list[ConversationHealth]
    settings: WorkspaceSettings
    members: list[Member]


async def account_page(visit: Visit) -> Response:
    """The page. `map=org`: the organisation chart; `kind` and `after`: of the timeline; `people=all`: everybody in the table."""
    company_id = visit.id_in_path("company_id", "account")
    known = await _known(visit, company_id)
    graph, overview = CompanyGraph(visit.db), known.overview
    suppressed, steps = await asyncio.gather(
        suppressions_by_person(visit.db, overview["contacts"]), next_steps(graph, known.overview, known.tasks, known.settings, visit.now)
    )
    return visit.drawn(
        "account/page",
        known.company.name,
        known=known,
        company=known.company,
        overview=overview,
        suppressed=suppressed,
        steps=steps,
        warm=await warm_ways(graph, overview, suppressed),
        trend=await health_trend(visit.db, company_id, visit.now),
        parts=health_parts(graph.policy.health, known.health, overview),
        owner=_owner(known),
        kinds=list(Kind),
        kind=visit.asked("kind"),
        path=f"{visit.base}/accounts/{company_id}",
        **_people(visit, known),
        **_rights(visit),
    )


async def _known(visit: Visit, company_id: UUID) -> Known:
    """Everything that does not depend on something else, at the same time."""
    db, graph, may = visit.db, CompanyGraph(visit.db), visit.principal.may
    overview, health, company, reached, exclusions, holds, happenings, tasks, talks, settings, members = await asyncio.gather(
        graph.get_account_overview(company_id),
        graph.get_account_health_score(company_id),
        CompanyRepository(db).get_company_by_id(company_id),
        last_reached(db, company_id),
        ExclusionRepository(db).list_exclusions(company_id),
        holds_of_account(db, company_id),
        page_timeline(db, company_id, kind=visit.asked("kind"), limit=HAPPENINGS, after=visit.asked("after")),
        _if(may(Permission.TASKS_READ), page_tasks(db, visit.now, company_id=company_id, limit=TASKS)),
        graph.get_conversations_health(company_id),
        SettingsRepository(db).get_settings(),
        _if(may(Permission.MEMBERS_READ), list_members(visit.parts.recognise.registry, visit.principal.workspace)),
    )
    assert company is not None  # noqa: S101 - the overview has raised where there is none
    return Known(
        company, overview, health, reached, exclusions, holds, happenings, tasks.items if tasks else [], talks, settings, members or []
    )


async def _if(holds: bool, asked: Awaitable[T]) -> T | None:
    """What is asked for, where it may be."""
    if holds:
        return await asked
    asked.close()  # type: ignore[attr-defined] - a coroutine that nobody awaits
    return None


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
        "people": rows if visit.asked("people") == "all" else rows[:PEOPLE],
        "edges": edges[:EDGES],
    }


def _rights(visit: Visit) -> dict[str, bool]:
    """What this person may do here."""
    may = visit.principal.may
    return {"may_write": may(Permission.GRAPH_WRITE), "may_run": may(Permission.CAMPAIGNS_RUN)}


def _owner(known: Known) -> str | None:
    """Whose account it is, as people call them; None: nobody's, or of somebody who is not here any more."""
    found = next((one for one in known.members if one.user_id == known.company.owner_user_id), None)
    return (found.name or found.email) if found else None
