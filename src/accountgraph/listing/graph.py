"""Pages of the graph: companies, contacts, relationships, conversations, touchpoints, events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.enums import (
    AccountStatus,
    AccountTier,
    Channel,
    ContactStatus,
    ConversationStatus,
    Direction,
    EventKind,
    Outcome,
    RelationshipType,
)
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.models import Company, Contact, Conversation, Event, Relationship, Touchpoint
from accountgraph.store.companies import searchable
from accountgraph.store.given import optional_member

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable

_CREATED = ("created_at",)

# The expression of the index for searching: a text anywhere in name or domain, literally.
_NAMED = (
    "(companies.name || ' ' || coalesce(companies.domain, '')) "
    r"ILIKE '%%' || regexp_replace(%(text)s, '([\\%%_])', '\\\1', 'g') || '%%'"
)
COMPANIES = Listing(
    kind=Company,
    query="listing.graph.companies",
    key="companies.id",
    sorts={"name": Sort("companies.name", Type.TEXT, "name"), "created_at": Sort("companies.created_at", Type.MOMENT, "created_at")},
    filters={
        "tier": Filter("companies.account_tier = %(tier)s", sorts=("name",)),
        "status": Filter("companies.account_status = %(status)s", sorts=("name",)),
        "parent_company_id": Filter("companies.parent_company_id = %(parent_company_id)s", is_narrow=True),
        "domain": Filter(
            "companies.id = ANY (ARRAY(SELECT d.company_id FROM company_domains AS d WHERE d.domain = lower(%(domain)s)))", is_narrow=True
        ),
        "text": Filter(_NAMED, is_narrow=True),
    },
)
CONTACTS = Listing(
    kind=Contact,
    query="listing.graph.contacts",
    key="contacts.id",
    sorts={"created_at": Sort("contacts.created_at", Type.MOMENT, "created_at")},
    filters={
        "company_id": Filter("contacts.company_id = %(company_id)s", is_narrow=True),
        "email": Filter("contacts.email_key = lower(%(email)s)", is_narrow=True),
        "status": Filter("contacts.status = %(status)s", sorts=_CREATED),
    },
)
RELATIONSHIPS = Listing(
    kind=Relationship,
    query="listing.graph.relationships",
    key="relationships.id",
    sorts={"created_at": Sort("relationships.created_at", Type.MOMENT, "created_at")},
    filters={
        "contact_id": Filter(
            "(relationships.contact_id_1 = %(contact_id)s OR relationships.contact_id_2 = %(contact_id)s)", is_narrow=True
        ),
        "type": Filter("relationships.relationship_type = %(type)s"),
    },
)
CONVERSATIONS = Listing(
    kind=Conversation,
    query="listing.graph.conversations",
    key="conversations.id",
    sorts={"created_at": Sort("conversations.created_at", Type.MOMENT, "created_at")},
    filters={
        "contact_id": Filter("conversations.contact_id = %(contact_id)s", is_narrow=True),
        "company_id": Filter("conversations.company_id = %(company_id)s", is_narrow=True),
        "status": Filter("conversations.status = %(status)s", sorts=_CREATED),
    },
)
_TALKS = "touchpoints.conversation_id = ANY (ARRAY(SELECT v.id FROM conversations AS v WHERE v.{0} = %({0})s))"
TOUCHPOINTS = Listing(
    kind=Touchpoint,
    query="listing.graph.touchpoints",
    key="touchpoints.id",
    sorts={"created_at": Sort("touchpoints.created_at", Type.MOMENT, "created_at")},
    filters={
        "conversation_id": Filter("touchpoints.conversation_id = %(conversation_id)s", is_narrow=True),
        "contact_id": Filter(_TALKS.format("contact_id"), is_narrow=True),
        "company_id": Filter(_TALKS.format("company_id"), is_narrow=True),
        "channel": Filter("touchpoints.channel = %(channel)s"),
        "direction": Filter("touchpoints.direction = %(direction)s"),
        "outcome": Filter("touchpoints.outcome = %(outcome)s"),
    },
)
EVENTS = Listing(
    kind=Event,
    query="listing.graph.events",
    key="e.id",
    key_type=Type.NUMBER,
    sorts={"id": Sort("e.id", Type.NUMBER, "id")},
    filters={
        "touchpoint_id": Filter("e.touchpoint_id = %(touchpoint_id)s", is_narrow=True),
        "contact_id": Filter("e.contact_id = %(contact_id)s", is_narrow=True),
        "kind": Filter("e.kind = %(kind)s"),
    },
)


async def page_companies(
    db: Connectable,
    *,
    tier: str | None = None,
    status: str | None = None,
    domain: str | None = None,
    parent_company_id: UUID | None = None,
    text: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Company]:
    """Companies by `name` (or `created_at`). `domain`: any of a company's. `text`: anywhere in name or main domain, literally.

    With a tier or a status alone by name.

    Raises:
        InvalidValueError: as of `read_page`; `text` is empty or holds a NUL character.
    """
    filters = {
        "tier": optional_member(AccountTier, "tier", tier),
        "status": optional_member(AccountStatus, "status", status),
        "domain": domain,
        "parent_company_id": parent_company_id,
        "text": searchable(text) if text is not None else None,
    }
    return await read_page(db, COMPANIES, filters, sort=sort, limit=limit, after=after)


async def page_contacts(
    db: Connectable,
    *,
    company_id: UUID | None = None,
    email: str | None = None,
    status: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Contact]:
    """Contacts by `created_at`. Raises as `read_page`."""
    filters = {"company_id": company_id, "email": email, "status": optional_member(ContactStatus, "status", status)}
    return await read_page(db, CONTACTS, filters, sort=sort, limit=limit, after=after)


async def page_relationships(
    db: Connectable,
    *,
    contact_id: UUID | None = None,
    type: str | None = None,  # noqa: A002 - the field's name, as everywhere
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Relationship]:
    """Relationships by `created_at`; `type` only of one contact. Raises as `read_page`."""
    filters = {"contact_id": contact_id, "type": optional_member(RelationshipType, "type", type)}
    return await read_page(db, RELATIONSHIPS, filters, sort=sort, limit=limit, after=after)


async def page_conversations(
    db: Connectable,
    *,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    status: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Conversation]:
    """Conversations by `created_at`. Raises as `read_page`."""
    filters = {"contact_id": contact_id, "company_id": company_id, "status": optional_member(ConversationStatus, "status", status)}
    return await read_page(db, CONVERSATIONS, filters, sort=sort, limit=limit, after=after)


async def page_touchpoints(
    db: Connectable,
    *,
    conversation_id: UUID | None = None,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    channel: str | None = None,
    direction: str | None = None,
    outcome: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Touchpoint]:
    """Touchpoints by `created_at`; channel, direction and outcome only of one conversation, contact or company. Raises as `read_page`."""
    filters = {
        "conversation_id": conversation_id,
        "contact_id": contact_id,
        "company_id": company_id,
        "channel": optional_member(Channel, "channel", channel),
        "direction": optional_member(Direction, "direction", direction),
        "outcome": optional_member(Outcome, "outcome", outcome),
    }
    return await read_page(db, TOUCHPOINTS, filters, sort=sort, limit=limit, after=after)


async def page_events(
    db: Connectable,
    *,
    touchpoint_id: UUID | None = None,
    contact_id: UUID | None = None,
    kind: str | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Event]:
    """Events as they were recorded, by `id`; a kind only of one touchpoint or contact. Raises as `read_page`."""
    filters = {"touchpoint_id": touchpoint_id, "contact_id": contact_id, "kind": optional_member(EventKind, "kind", kind)}
    return await read_page(db, EVENTS, filters, sort=sort, limit=limit, after=after)
