"""The four answers as a client gets them that asks the repositories one question after the other: what the graph replaces.

Written as somebody writes it who has read the repositories' page and thinks of one contact at a time: the method that fits
(`get_colleagues`, `get_active_conversations`) is called, what was read once is not read again, but what an answer needs of each
contact is asked for each contact. The facts are those of the answers; to score and sort them is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from accountgraph.models import Contact, Relationship


async def overview(db: Database, company_id: UUID) -> dict[str, Any]:
    """The company; of each contact the score of now, the conversations with their messages, and the edges with both ends."""
    company = await CompanyRepository(db).get_company_by_id(company_id)
    contacts = {contact.id: contact for contact in await ContactRepository(db).find_contacts_by_company(company_id)}
    people, touchpoints = {}, []
    for contact in list(contacts.values()):
        talks = await ConversationRepository(db).get_conversations_by_contact(contact.id)
        for talk in talks:
            touchpoints += await TouchpointRepository(db).get_touchpoints(talk.id, limit=20)
        people[contact.id] = {
            "contact": contact,
            "engagement_score": await ContactRepository(db).get_engagement_score(contact.id),
            "conversations": talks,
            "relationships": await _relationships(db, contact, contacts),
        }
    active = await ConversationRepository(db).get_active_conversations(company_id)
    touchpoints.sort(key=lambda touchpoint: str(touchpoint.sent_at or touchpoint.created_at), reverse=True)
    return {"company": company, "contacts": people, "active_conversations": active, "recent_touchpoints": touchpoints[:20]}


async def expansion(db: Database, contact_id: UUID) -> list[dict[str, Any]]:
    """The primary contact; of each colleague who may be written to the score of now and whether there is a conversation."""
    primary = await ContactRepository(db).get_contact_by_id(contact_id)
    assert primary is not None
    targets = []
    for colleague in await RelationshipRepository(db).get_colleagues(contact_id):
        if colleague.strength == "weak" or colleague.company_id != primary.company_id or colleague.status != "active":
            continue
        if await SuppressionRepository(db).is_suppressed(colleague.id, "email"):
            continue
        talks = await ConversationRepository(db).get_conversations_by_contact(colleague.id)
        score = await ContactRepository(db).get_engagement_score(colleague.id)
        targets.append({"contact": colleague, "score": score, "is_active": any(talk.status == "active" for talk in talks), "of": primary})
    return targets


async def context(db: Database, contact_id: UUID) -> dict[str, Any]:
    """The contact, the company, of each conversation the metrics and messages, of each acquaintance whether there is one."""
    contact = await ContactRepository(db).get_contact_by_id(contact_id)
    assert contact is not None
    company = await CompanyRepository(db).get_company_by_id(contact.company_id) if contact.company_id else None
    score = await ContactRepository(db).get_engagement_score(contact_id)
    talks = await ConversationRepository(db).get_conversations_by_contact(contact_id)
    metrics = [await TouchpointRepository(db).get_engagement_metrics(talk.id) for talk in talks]
    touchpoints = [await TouchpointRepository(db).get_touchpoints(talk.id, limit=10) for talk in talks]
    known = []
    for edge, other in await _relationships(db, contact, {}):
        known.append((edge, other, await ConversationRepository(db).get_conversations_by_contact(other.id)))
    return {"contact": contact, "company": company, "score": score, "metrics": metrics, "touchpoints": touchpoints, "relationships": known}


async def health(db: Database, company_id: UUID) -> dict[str, Any]:
    """The active conversations; of each contact the score of now and the edges."""
    contacts = await ContactRepository(db).find_contacts_by_company(company_id)
    active = await ConversationRepository(db).get_active_conversations(company_id)
    edges: set[UUID] = set()
    scores = {}
    for contact in contacts:
        scores[contact.id] = await ContactRepository(db).get_engagement_score(contact.id)
        edges.update(edge.id for edge in await RelationshipRepository(db).get_contact_relationships(contact.id))
    return {"contacts": contacts, "scores": scores, "active": active, "edges": edges}


async def _relationships(db: Database, contact: Contact, known: dict[UUID, Contact]) -> list[tuple[Relationship, Contact]]:
    """The contact's edges, each with whoever is at its other end; who is `known` is not read again."""
    found = []
    for edge in await RelationshipRepository(db).get_contact_relationships(contact.id):
        other_id = edge.contact_id_2 if edge.contact_id_1 == contact.id else edge.contact_id_1
        if other_id not in known:
            other = await ContactRepository(db).get_contact_by_id(other_id)
            assert other is not None
            known[other_id] = other
        found.append((edge, known[other_id]))
    return found
