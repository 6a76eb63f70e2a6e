"""What an account's page is made of, read at once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.access.people.memberships import list_members
from accountgraph.graph import CompanyGraph
from accountgraph.listing.account_people import holds_of_account, last_reached
from accountgraph.listing.timeline import page_timeline
from accountgraph.listing.work import page_tasks
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.outreach.exclusions import ExclusionRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from uuid import UUID

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

TASKS = 5
HAPPENINGS = 20
_TURNS = ("waiting_on_us", "cooling", "stalled", "engaged", "waiting_on_them", "closed")  # what we can do something about first


@dataclass(frozen=True, slots=True)
class Known:
    """All that does not depend on something else. `tasks`, `members`: empty for who may not see them."""

    overview: AccountOverview
    health: AccountHealth
    company: Company
    reached: dict[UUID, Reached]
    happenings: Page[Happening]
    talks: list[ConversationHealth]
    exclusions: list[AccountExclusion]
    holds: list[AccountHold]
    settings: WorkspaceSettings
    tasks: list[Task]
    members: list[Member]

    @property
    def owner(self) -> str | None:
        """Whose account it is, as people call them; None: nobody's, or of somebody who is not here any more."""
        found = next((one for one in self.members if one.user_id == self.company.owner_user_id), None)
        return (found.name or found.email) if found else None


async def known_of(visit: Visit, company_id: UUID) -> Known:
    """Read it.

    Raises:
        NotFoundError: there is no such account.
        InvalidValueError: the address asks for a timeline that there is not.
    """
    db, graph = visit.db, CompanyGraph(visit.db)
    account = asyncio.gather(
        graph.get_account_overview(company_id),
        graph.get_account_health_score(company_id),
        CompanyRepository(db).get_company_by_id(company_id),
        last_reached(db, company_id),
        page_timeline(db, company_id, kind=visit.asked("kind"), limit=HAPPENINGS, after=visit.asked("after")),
        graph.get_conversations_health(company_id),
    )
    beside = asyncio.gather(
        ExclusionRepository(db).list_exclusions(company_id),
        holds_of_account(db, company_id),
        SettingsRepository(db).get_settings(),
        _tasks(visit, company_id),
        members_of(visit),
    )
    (overview, health, company, reached, happenings, talks), others = await asyncio.gather(account, beside)
    assert company is not None  # noqa: S101 - the overview has raised where there is none
    talks.sort(key=lambda talk: _TURNS.index(talk["state"]))
    return Known(overview, health, company, reached, happenings, talks, *others)


async def _tasks(visit: Visit, company_id: UUID) -> list[Task]:
    """What is open, where this person may see it."""
    if not visit.principal.may(Permission.TASKS_READ):
        return []
    return (await page_tasks(visit.db, visit.now, company_id=company_id, limit=TASKS)).items


async def members_of(visit: Visit) -> list[Member]:
    """Who may enter the workspace, where this person may know them."""
    if not visit.principal.may(Permission.MEMBERS_READ):
        return []
    return await list_members(visit.parts.recognise.registry, visit.principal.workspace)
