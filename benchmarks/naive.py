"""The four answers as a client gets them that asks the repositories one question after the other: what the graph replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from accountgraph.models import Contact


async def overview(db: Database, company_id: UUID) -> dict[str, Any]:
    company = await CompanyRepository(db).get_company_by_id(company_id)
    people, touchpoints = {}, []
    for contact in await ContactRepository(db).find_contacts_by_company(company_id):
        talks = await ConversationRepository(db).get_conversations_by_contact(contact.id)
        for talk in talks:
            touchpoints += await TouchpointRepository(db).get_touchpoints(talk.id, limit=20)
        people[contact.id] = {"contact": contact, "conversations": talks, "relationships": await _relationships(db, contact)}
    active = await ConversationRepository(db).get_active_conversations(company_id)
    touchpoints.sort(key=lambda touchpoint: str(touchpoint.sent_at or touchpoint.created_at), reverse=True)
    return {"company": company, "contacts": people, "active_conversations": active, "recent_touchpoints": touchpoints[:20]}


async def expansion(db: Database, contact_id: UUID) -> list[dict[str, Any]]:
    primary = await ContactRepository(db).get_contact_by_id(contact_id)
    assert primary is not None
    targets = []
    for edge, other in await _relationships(db, primary):
        if edge.relationship_type == "colleagues" and edge.strength != "weak" and other.company_id == primary.company_id:
            talks = await ConversationRepository(db).get_conversations_by_contact(other.id)
            targets.append({"contact": other, "strength": edge.strength, "is_active": any(talk.status == "active" for talk in talks)})
    return targets


async def context(db: Database, contact_id: UUID) -> dict[str, Any]:
    contact = await ContactRepository(db).get_contact_by_id(contact_id)
    assert contact is not None
    company = await CompanyRepository(db).get_company_by_id(contact.company_id) if contact.company_id else None
    talks = await ConversationRepository(db).get_conversations_by_contact(contact_id)
    metrics = [await TouchpointRepository(db).get_engagement_metrics(talk.id) for talk in talks]
    touchpoints = [await TouchpointRepository(db).get_touchpoints(talk.id, limit=10) for talk in talks]
    known = []
    for edge, other in await _relationships(db, contact):
        known.append((edge, other, await ConversationRepository(db).get_conversations_by_contact(other.id)))
    return {"contact": contact, "company": company, "metrics": metrics, "touchpoints": touchpoints, "relationships": known}


async def health(db: Database, company_id: UUID) -> dict[str, Any]:
    contacts = await ContactRepository(db).find_contacts_by_company(company_id)
    edges: set[UUID] = set()
    active = []
    for contact in contacts:
        edges.update(edge.id for edge in await RelationshipRepository(db).get_contact_relationships(contact.id))
        active += [talk for talk in await ConversationRepository(db).get_conversations_by_contact(contact.id) if talk.status == "active"]
    return {"scores": [contact.engagement_score for contact in contacts], "active": active, "edges": edges}


async def _relationships(db: Database, contact: Contact) -> list[tuple[Any, Contact]]:
    """The contact's edges, each with whoever is at its other end."""
    found = []
    for edge in await RelationshipRepository(db).get_contact_relationships(contact.id):
        other = await ContactRepository(db).get_contact_by_id(edge.contact_id_2 if edge.contact_id_1 == contact.id else edge.contact_id_1)
        assert other is not None
        found.append((edge, other))
    return found
