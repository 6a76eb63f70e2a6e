"""A new lead: the company and the people are found or made, what they said is kept, and their campaign begins."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from accountgraph.addresses import domain_key, email_key, shared_domain_kind
from accountgraph.campaigns.apply import load_version
from accountgraph.campaigns.enrolment.enrol import Newcomer, Version, enrol
from accountgraph.campaigns.lifecycle import CampaignStateError, find_campaign
from accountgraph.campaigns.rules.order import approach_order
from accountgraph.enums import Channel, ContactStatus
from accountgraph.graph import CompanyGraph
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.given import checked
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from accountgraph.db import Session
    from accountgraph.models import Company, Contact, Conversation

Text = Annotated[str, Meta(max_length=100_000)]


class LeadPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody whom a lead names."""

    table: ClassVar[str] = "leads"  # as errors call them

    email: str
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    phone: str | None = None
    linkedin_url: str | None = None
    country: str | None = None


class Lead(LeadPerson, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who came to us.

    `company`, `domain`: whom they work for; without a domain that of their address, unless many people share it.
    `message`: what they wrote. `id`: what the sending system calls this lead; the same again is not recorded twice.
    `colleagues`: others of the account, each related to the lead as a colleague. `campaign`: its name.
    """

    campaign: str
    company: str | None = None
    domain: str | None = None
    industry: str | None = None
    message: Text | None = None
    subject: str | None = None
    id: str | None = None
    colleagues: tuple[LeadPerson, ...] = ()


class ProcessedLead(Struct, frozen=True, kw_only=True):
    """What came of a lead. `enrolments`: the new ones, the lead's own first; none where the campaign has them already."""

    company_id: UUID | None
    contact_id: UUID
    conversation_id: UUID
    is_new_company: bool
    is_new_contact: bool
    is_new_message: bool
    enrolments: list[UUID]


async def process_lead(session: Session, given: Mapping[str, Any], now: datetime) -> ProcessedLead:
    """Find or make the company and the people of a lead, keep what was said, and enrol the lead (and colleagues) in its campaign.

    What is known is never overwritten, only completed. The same lead again changes nothing.

    Raises:
        InvalidInputError: naming the field.
        NotFoundError: no such campaign.
        CampaignStateError: it is not active.
    """
    lead = checked_lead(given)
    version, is_live = await _campaign(session, lead.campaign)
    company, is_new_company = await _company(session, lead)
    contact, is_new_contact = await _person(session, lead, company, source="inbound", now=now)
    colleagues = [(await _person(session, person, company, source="lead", now=now))[0] for person in lead.colleagues]
    for colleague in colleagues:
        await _relate(session, contact, colleague)
    conversation = await _conversation(session, contact, version, lead.campaign)
    is_new_message = await _keep_message(session, conversation, lead, now)
    newcomers = [Newcomer(contact.id, 1)]
    if version.definition.approach_colleagues and company is not None:
        newcomers += await _others(session, company, contact)
    enrolled = {one.contact_id: one.id for one in await enrol(session, version, newcomers, now, is_live=is_live)}
    return ProcessedLead(
        company_id=contact.company_id,
        contact_id=contact.id,
        conversation_id=conversation.id,
        is_new_company=is_new_company,
        is_new_contact=is_new_contact,
        is_new_message=is_new_message,
        enrolments=[enrolled[one.contact_id] for one in newcomers if one.contact_id in enrolled],
    )


def checked_lead(given: Mapping[str, Any]) -> Lead:
    """A lead as it was given.

    Raises:
        InvalidInputError: naming the field.
    """
    lead = checked(Lead, given)
    email_key(lead.email)
    return lead


async def _campaign(session: Session, name: str) -> tuple[Version, bool]:
    found = await find_campaign(session, name)
    if found.status != "active":
        raise CampaignStateError(f"Campaign {name} is {found.status}, not active; `accountgraph campaign start {name}` starts it.")
    definition = await load_version(session, found.version_in_force)
    return Version(found.id, found.version_in_force, definition), found.is_live


async def _company(session: Session, lead: Lead) -> tuple[Company | None, bool]:
    """The account by its domain; never by one that unrelated people share."""
    companies = CompanyRepository(session)
    domain = domain_key(lead.domain) if lead.domain else email_key(lead.email).rpartition("@")[2]
    if not shared_domain_kind(domain):
        found = await companies.get_company_by_domain(domain)
        if found is not None:
            return found, False
        given = {"name": lead.company or domain, "domain": domain, "industry": lead.industry, "country": lead.country}
        return await companies.create_company(given), True
    if lead.company is None:
        return None, False
    named = await session.value("campaigns.leads.company_by_name", {"name": lead.company})
    if named is not None:
        return await companies.get_company_by_id(named), False
    return await companies.create_company({"name": lead.company, "industry": lead.industry, "country": lead.country}), True


async def _person(session: Session, person: LeadPerson, company: Company | None, *, source: str, now: datetime) -> tuple[Contact, bool]:
    contacts = ContactRepository(session)
    fields = {name: getattr(person, name) for name in LeadPerson.__struct_fields__ if getattr(person, name) is not None}
    found = await contacts.get_contact_by_email(person.email)
    if found is None:
        given = {**fields, "company_id": company.id if company else None, "source": source, "collected_at": now}
        return await contacts.create_contact(given), True
    missing = {name: value for name, value in fields.items() if getattr(found, name) is None}
    if found.company_id is None and company is not None:
        missing["company_id"] = company.id
    return (await contacts.update_contact(found.id, missing) if missing else found), False


async def _relate(session: Session, contact: Contact, colleague: Contact) -> None:
    relationships = RelationshipRepository(session)
    if contact.id != colleague.id and await relationships.get_relationship(contact.id, colleague.id) is None:
        ends = {"contact_id_1": contact.id, "contact_id_2": colleague.id}
        await relationships.create_relationship({**ends, "relationship_type": "colleagues", "context": "named by the lead"})


async def _conversation(session: Session, contact: Contact, version: Version, campaign: str) -> Conversation:
    conversations = ConversationRepository(session)
    open_ones = [talk for talk in await conversations.get_conversations_by_contact(contact.id) if talk.status == "active"]
    if open_ones:
        return open_ones[0]
    return await conversations.create_conversation(contact.id, campaign_id=version.campaign_id, campaign_name=campaign)


async def _keep_message(session: Session, conversation: Conversation, lead: Lead, now: datetime) -> bool:
    """Keep what they wrote as an inbound touchpoint, once."""
    if lead.message is None:
        return False
    key = lead.id or sha256(msgspec.json.encode([lead.email, lead.subject, lead.message])).hexdigest()
    if await session.value("campaigns.leads.message", {"conversation_id": conversation.id, "provider_id": f"lead:{key}"}):
        return False
    said = {"channel": Channel.EMAIL, "direction": "inbound", "subject": lead.subject, "content": lead.message, "sent_at": now}
    await TouchpointRepository(session).create_touchpoint({"conversation_id": conversation.id, "provider_id": f"lead:{key}", **said})
    return True


async def _others(session: Session, company: Company, lead: Contact) -> list[Newcomer]:
    """The other people of the account in the order they are approached."""
    people = await ContactRepository(session).find_contacts_by_company(company.id, status=ContactStatus.ACTIVE)
    targets = await CompanyGraph(session).find_expansion_targets(lead.id, include_implied=True)
    priority = {target["contact"].id: target["priority_score"] for target in targets}
    ordered = approach_order([person for person in people if person.id != lead.id], priority)
    return [Newcomer(person.id, rank) for rank, person in enumerate(ordered, 2)]
