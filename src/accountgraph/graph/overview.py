"""An account at a glance."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import ConversationStatus, RelationshipType, Strength
from accountgraph.graph.answers import CompanyFacts, ConversationFacts, EdgeEnd, TouchpointFacts
from accountgraph.graph.decoding import decoded, show_score
from accountgraph.models import Contact

if TYPE_CHECKING:
    from accountgraph.db import Connectable
    from accountgraph.graph.answers import AccountOverview, OverviewContact, OverviewRelationship

MOST_ACTIVE = 500
MOST_CONVERSATIONS = 10  # of one contact


class _Edge(Struct):
    id: UUID
    contact_id_1: UUID
    contact_id_2: UUID
    type: RelationshipType
    strength: Strength
    confidence: Decimal


class _Found(Struct):
    """The account as rows: `scores` are those of `contacts`, `others` the ends of edges that are not among them."""

    company: CompanyFacts
    contacts: list[Contact]
    scores: list[int]
    conversations: list[ConversationFacts]
    relationships: list[_Edge]
    others: list[EdgeEnd]
    recent_touchpoints: list[TouchpointFacts]
    total_contacts: int
    decision_makers: int
    primary_contacts: int
    total_relationships: int


async def account_overview(db: Connectable, company_id: UUID) -> AccountOverview | None:
    """The overview of an account; None where there is none. Lists are cut (the others by the query), counts are not."""
    text = await db.value("graph.overview", {"company_id": company_id, "now": db.now()})
    return None if text is None else _overview(decoded(_Found, text))


def _overview(found: _Found) -> AccountOverview:
    active = [talk for talk in found.conversations if talk["status"] is ConversationStatus.ACTIVE]
    return {
        "company": found.company,
        "contacts": _contacts(found),
        "relationships": _relationships(found),
        "active_conversations": active[:MOST_ACTIVE],
        "recent_touchpoints": found.recent_touchpoints,
        "summary": {
            "total_contacts": found.total_contacts,
            "decision_makers": found.decision_makers,
            "primary_contacts": found.primary_contacts,
            "total_relationships": found.total_relationships,
            "active_conversations": len(active),
            "total_conversations": len(found.conversations),
        },
    }


def _contacts(found: _Found) -> dict[UUID, OverviewContact]:
    """Each contact with its conversations, the latest first."""
    talks_of: defaultdict[UUID, list[ConversationFacts]] = defaultdict(list)
    for talk in found.conversations:
        talks_of[talk["contact_id"]].append(talk)
    contacts: dict[UUID, OverviewContact] = {}
    for contact, score in zip(found.contacts, found.scores, strict=True):
        show_score(contact, score)
        talks = talks_of[contact.id]
        contacts[contact.id] = {
            "contact": contact,
            "conversations": talks[:MOST_CONVERSATIONS],
            "total_conversations": len(talks),
            "active_conversations": sum(talk["status"] is ConversationStatus.ACTIVE for talk in talks),
            "engagement_score": score,
            "last_engaged_at": contact.last_engaged_at,
        }
    return contacts


def _relationships(found: _Found) -> list[OverviewRelationship]:
    """The edges, with who is at their ends."""
    ends: dict[UUID, EdgeEnd] = {end["id"]: end for end in found.others}
    for contact in found.contacts:
        ends[contact.id] = {"id": contact.id, "name": contact.name, "title": contact.title, "role": contact.role}
    return [
        {
            "id": edge.id,
            "contact_1": ends[edge.contact_id_1],
            "contact_2": ends[edge.contact_id_2],
            "type": edge.type,
            "strength": edge.strength,
            "confidence": edge.confidence,
        }
        for edge in found.relationships
    ]
