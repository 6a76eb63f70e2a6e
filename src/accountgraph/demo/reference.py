"""The reference account: a small, made-up account with a known answer to every question.

Its story runs at machine speed: the e-mail is opened and clicked at the moment it was sent, so that
both count as a machine's. Every row has the attribute `demo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accountgraph.errors import DuplicateError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable, Session
    from accountgraph.models import Company, Contact, Conversation, Touchpoint

DOMAIN = "acmemedical.com"
_MADE_UP: dict[str, Any] = {"demo": True}
_COMPANY = {
    "name": "Acme Medical Group",
    "domain": DOMAIN,
    "industry": "Healthcare",
    "account_tier": "tier1",
    "attributes": _MADE_UP,
}
_WILLIAMS = {
    "first_name": "Sarah",
    "last_name": "Williams",
    "email": f"sarah.williams@{DOMAIN}",
    "title": "Chief Medical Officer",
    "seniority_level": "c-level",
    "is_primary_contact": True,
    "is_decision_maker": True,
    "attributes": _MADE_UP | {"salutation": "Dr."},
}
_CHEN = {
    "first_name": "Michael",
    "last_name": "Chen",
    "email": f"michael.chen@{DOMAIN}",
    "title": "Senior Physician",
    "seniority_level": "director",
    "attributes": _MADE_UP | {"salutation": "Dr."},
}
_ANDERSON = {
    "first_name": "Lisa",
    "last_name": "Anderson",
    "email": f"lisa.anderson@{DOMAIN}",
    "title": "Practice Administrator",
    "seniority_level": "manager",
    "attributes": _MADE_UP,
}
_TO_WILLIAMS = (
    "Shorter waiting times at Acme Medical",
    "Dear Dr. Williams, three groups of your size have cut their waiting times by a third this year. May I show you how?",
)
_TO_CHEN = (
    "What your colleague Dr. Williams is looking at",
    "Dear Dr. Chen, your colleague Dr. Sarah Williams is looking at ways to cut waiting times. What would help you most?",
)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """The ids of the reference account."""

    company_id: UUID
    williams_id: UUID
    chen_id: UUID
    anderson_id: UUID
    williams_conversation_id: UUID
    chen_conversation_id: UUID
    williams_email_id: UUID
    chen_email_id: UUID


async def load_reference_account(db: Connectable) -> DemoAccount:
    """Create the reference account in one transaction, or find the one there is and change nothing.

    Raises:
        DuplicateError: the workspace has a real account with the demo's domain.
    """
    try:
        return await db.run(_find_or_create)
    except DuplicateError:  # another process has created it in between
        return await db.run(_find_or_create)


async def _find_or_create(session: Session) -> DemoAccount:
    known = await CompanyRepository(session).get_company_by_domain(DOMAIN)
    if known is None:
        return await _create(session)
    if not known.attributes.get("demo"):
        raise DuplicateError("domain", f"{DOMAIN} is an account of this workspace's own; load the demo into another workspace.")
    return await _find(session, known)


async def _create(session: Session) -> DemoAccount:
    company = await CompanyRepository(session).create_company(_COMPANY)
    contacts, relationships = ContactRepository(session), RelationshipRepository(session)
    williams, chen, anderson = [
        await contacts.create_contact({"company_id": company.id, **person}) for person in (_WILLIAMS, _CHEN, _ANDERSON)
    ]
    for other, kind, strength in ((chen, "colleagues", "strong"), (anderson, "manager_of", "medium")):
        ends = {"contact_id_1": williams.id, "contact_id_2": other.id}
        await relationships.create_relationship({**ends, "relationship_type": kind, "strength": strength, "attributes": _MADE_UP})
    hot, email = await _talk(session, williams, "hot", _TO_WILLIAMS)
    touchpoints = TouchpointRepository(session)
    await touchpoints.record_email_opened(email.id, at=email.sent_at)
    await touchpoints.record_email_clicked(email.id, at=email.sent_at)
    warm, second = await _talk(session, chen, "warm", _TO_CHEN)
    return DemoAccount(company.id, williams.id, chen.id, anderson.id, hot.id, warm.id, email.id, second.id)


async def _talk(session: Session, contact: Contact, tier: str, message: tuple[str, str]) -> tuple[Conversation, Touchpoint]:
    """An active conversation with one e-mail in it."""
    talk = await ConversationRepository(session).create_conversation(
        contact.id, contact.company_id, qualification_tier=tier, attributes=_MADE_UP
    )
    sent = await TouchpointRepository(session).create_touchpoint(
        {
            "conversation_id": talk.id,
            "subject": message[0],
            "content": message[1],
            "sent_at": session.now(),
            "attributes": _MADE_UP,
        }
    )
    return talk, sent


async def _find(session: Session, company: Company) -> DemoAccount:
    people = [await _person(session, str(person["email"])) for person in (_WILLIAMS, _CHEN, _ANDERSON)]
    talks = [await _first_talk(session, contact) for contact in people[:2]]
    return DemoAccount(company.id, *(person.id for person in people), *(talk for talk, _ in talks), *(email for _, email in talks))


async def _person(session: Session, email: str) -> Contact:
    found = await ContactRepository(session).get_contact_by_email(email)
    if found is None:
        raise DuplicateError("domain", f"{DOMAIN} is a demo account, but {email} is gone; delete the account to load it anew.")
    return found


async def _first_talk(session: Session, contact: Contact) -> tuple[UUID, UUID]:
    """The demo's conversation with a contact, and the e-mail it began with."""
    for talk in await ConversationRepository(session).get_conversations_by_contact(contact.id):
        if talk.attributes.get("demo"):
            history = await TouchpointRepository(session).get_touchpoint_history(talk.id)
            for touchpoint in history:
                if touchpoint.attributes.get("demo"):
                    return talk.id, touchpoint.id
    raise DuplicateError("domain", f"{DOMAIN} is a demo account, but its conversations are gone; delete the account to load it anew.")
