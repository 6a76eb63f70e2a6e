"""One person: what to know before a call, what went to and fro, whom they know, and whether they may be written to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.access import Permission
from accountgraph.campaigns.desk.sheet import IN_TOUCH, MOST_COLLEAGUES, InTouch
from accountgraph.campaigns.desk.talks import CAME
from accountgraph.campaigns.reach import reach_of
from accountgraph.campaigns.signals.words import label_of
from accountgraph.campaigns.why import why
from accountgraph.dashboard.people import before
from accountgraph.dashboard.people.editing import version_of
from accountgraph.dashboard.people.fields import CONTACT, shown
from accountgraph.enums import ConsentBasis, RelationshipType, Strength, SuppressionReason
from accountgraph.graph import CompanyGraph
from accountgraph.listing import page_consents, page_conversations, page_tasks, page_touchpoints
from accountgraph.listing.beside import made_up, suppressions_by_person
from accountgraph.merging import twins_of
from accountgraph.preferences.topics import topics_of
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.events import events_of
from accountgraph.store.outreach.exclusions import ExclusionRepository
from accountgraph.store.relationships import RelationshipRepository

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.campaigns.why import Line, Why
    from accountgraph.dashboard.visits import Visit
    from accountgraph.graph.answers import ConversationContext
    from accountgraph.models import Contact

HISTORY = 20  # touchpoints of a page
PATHS = 5
TALKS = 10  # conversations
STORY = 12  # decisions of a campaign


async def contact_page(visit: Visit) -> Response:
    """The page; `after` leads to what happened before."""
    graph = CompanyGraph(visit.db)
    context = await graph.get_conversation_context(visit.id_in_path("contact_id", "person"))
    person = context["contact"]  # by the id of one that was merged into it too
    paths, history, known, reached, unreal = await asyncio.gather(
        graph.find_warm_paths(person.id, PATHS),
        page_touchpoints(visit.db, contact_id=person.id, sort="-created_at", limit=HISTORY, after=visit.asked("after")),
        _around(visit, person),
        _reached(visit, person),
        made_up(visit.db, [person.id]),
    )
    return visit.drawn(
        "people/person",
        person.name,
        context=context,
        person=person,
        is_made_up=bool(unreal),
        company=context["company"],
        paths=paths,
        history=history,
        events=await events_of(visit.db, [one.id for one in history.items]),
        is_later_page=visit.asked("after") is not None,
        path=f"{visit.base}/people/{person.id}",
        rights=rights_of(visit),
        **known,
        **reached,
        **_before(context, known, reached),
        **CHOICES,
    )


CHOICES: dict[str, Any] = {
    "channels": list(before.CHANNELS.items()),
    "channel_names": before.CHANNELS,
    "bases": list(ConsentBasis),
    "reasons": list(SuppressionReason),
    "kinds": list(RelationshipType),
    "strengths": list(Strength),
    "came": [(one.value, label_of(one)) for one in CAME],
}


def rights_of(visit: Visit) -> dict[str, bool]:
    """What this visitor may do on the page of a person."""
    return {
        "write": visit.principal.may(Permission.GRAPH_WRITE),
        "merge": visit.principal.may(Permission.GRAPH_MERGE),
        "stop": visit.principal.may(Permission.SUPPRESSIONS_WRITE),
        "tell": visit.principal.may(Permission.TASKS_WORK),
        "run": visit.principal.may(Permission.CAMPAIGNS_RUN),
        "take_out": visit.principal.may(Permission.PRIVACY_EXPORT),
        "erase": visit.principal.may(Permission.PRIVACY_ERASE),
    }


async def _around(visit: Visit, person: Contact) -> dict[str, Any]:
    """Whom they know, who may be the same, their account, and what waits to be done for them."""
    db, now = visit.db, visit.now
    asked = {"company_id": person.company_id, "contact_id": person.id, "since": now - IN_TOUCH, "limit": MOST_COLLEAGUES}
    edges, twins = await asyncio.gather(RelationshipRepository(db).get_contact_relationships(person.id), twins_of(db, person.id))
    talks, tasks, colleagues, account, exclusions = await asyncio.gather(
        page_conversations(db, contact_id=person.id, sort="-created_at", limit=TALKS),
        page_tasks(db, now, contact_id=person.id, limit=TALKS),
        db.rows(InTouch, "campaigns.desk.colleagues", asked),
        _account_text(visit, person.company_id),
        ExclusionRepository(db).list_exclusions(person.company_id) if person.company_id else _nothing(),
    )
    return {
        "edges": {(edge.contact_id_2 if edge.contact_id_1 == person.id else edge.contact_id_1): edge for edge in edges},
        "twins": twins,
        "talks": talks,
        "tasks": tasks.items,
        "colleagues": colleagues,
        "exclusions": exclusions,
        "version": version_of(shown(CONTACT, person, account)),
    }


async def _reached(visit: Visit, person: Contact) -> dict[str, Any]:
    """Whether they may be written to and why not, and what campaigns do."""
    db = visit.db
    reach, suppressed, consents, topics, told = await asyncio.gather(
        reach_of(db, person.id, visit.now),
        suppressions_by_person(db, [person.id]),
        page_consents(db, contact_id=person.id, sort="-captured_at"),
        topics_of(db, person.id),
        db.run(lambda session: why(session, person.id, visit.now)),
    )
    hours = before.hours_of(reach, visit.now)
    return {
        "reach": reach,
        "hours": hours,
        "suppressions": suppressed.get(person.id, []),
        "consents": consents,
        "topics": topics,
        "why": told,
        "stories": _stories(told),
    }


def _before(context: ConversationContext, known: dict[str, Any], reached: dict[str, Any]) -> dict[str, Any]:
    learned, company = context["conversations"]["latest_context"], context["company"]
    relationships = context["relationships"]
    return {
        "promised": before.promised(learned),
        "not_to_say": before.not_to_say(
            learned,
            stops=reached["suppressions"],
            topics=reached["topics"],
            exclusions=known["exclusions"],
            colleagues=known["colleagues"],
            withheld=relationships["withheld"] if relationships else 0,
        ),
        "learned": before.facts_of(learned, but=(before.PROMISED,)),
        "research": before.facts_of(context["contact"].research_data),
        "company_research": before.facts_of(company["research_data"]) if company else [],
        "relation": before.relation,
    }


def _stories(told: Why) -> dict[UUID | None, list[Line]]:
    """The latest of what was decided and done, by enrolment, the latest first."""
    found: dict[UUID | None, list[Line]] = {}
    for line in reversed(told.story):
        lines = found.setdefault(line.enrolment_id, [])
        if len(lines) < STORY:
            lines.append(line)
    return found


async def _account_text(visit: Visit, company_id: UUID | None) -> str:
    company = await CompanyRepository(visit.db).get_company_by_id(company_id) if company_id else None
    return (company.domain or company.name) if company else ""


async def _nothing() -> list[Any]:
    return []
