"""Contacts: the people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.guarding import belonging, guard, there
from accountgraph.api.operation import Include, Routes
from accountgraph.api.routes.graph.bulk import LARGEST, BulkAnswer, Rows, rows_of, told
from accountgraph.api.shapes import changes, new
from accountgraph.enums import ContactStatus
from accountgraph.listing import Page, page_contacts
from accountgraph.models import Colleague, Company, Contact, Relationship
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.relationships import RelationshipRepository

contacts = Routes("contacts")
INCLUDES = {"company": Include(Company, "company_id", "requests.companies")}


@contacts.post("/contacts", needs=Permission.GRAPH_WRITE, status=201, body=new(Contact), location="/api/v1/contacts/{id}")
async def create_contact(call: Call, body: dict[str, Any]) -> Contact:
    """Add a contact."""
    return await ContactRepository(call.db).create_contact(body)


@contacts.post("/contacts/bulk", needs=Permission.GRAPH_WRITE, body=rows_of(Contact), largest=LARGEST)
async def create_contacts(call: Call, body: Rows) -> BulkAnswer:
    """Add many contacts.

    A bad row comes back as an error and spoils no other.
    """
    return told(await ContactRepository(call.db).create_many(body.items))


@contacts.get("/contacts", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def list_contacts(
    call: Call,
    *,
    company_id: UUID | None = None,
    email: str | None = None,
    status: ContactStatus | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Contact]:
    """Contacts, as they were added."""
    return await page_contacts(call.db, company_id=company_id, email=email, status=status, limit=limit, after=after)


@contacts.get("/contacts/{contact_id}", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def get_contact(call: Call, contact_id: UUID) -> Contact:
    """One contact."""
    return there(await ContactRepository(call.db).get_contact_by_id(contact_id), "contact", contact_id)


@contacts.patch("/contacts/{contact_id}", needs=Permission.GRAPH_WRITE, body=changes(Contact))
async def update_contact(call: Call, contact_id: UUID, body: dict[str, Any]) -> Contact:
    """Change fields of a contact; of an object (preferences, attributes) the keys that are named, and null takes one away."""
    repository = ContactRepository(call.db)
    await guard(call, "contact", contact_id, repository.get_contact_by_id)
    return await repository.update_contact(contact_id, body)


@contacts.get("/contacts/{contact_id}/relationships", needs=Permission.GRAPH_READ, is_sparse=True)
async def get_contact_relationships(call: Call, contact_id: UUID) -> Page[Relationship]:
    """The edges of a contact, either way round, strongest first."""
    found = await RelationshipRepository(call.db).get_contact_relationships(contact_id)
    return await belonging(found, "contact", contact_id, ContactRepository(call.db).get_contact_by_id)


@contacts.get("/contacts/{contact_id}/colleagues", needs=Permission.GRAPH_READ, is_sparse=True)
async def get_colleagues(call: Call, contact_id: UUID) -> Page[Colleague]:
    """The colleagues of a contact, strongest first."""
    found = await RelationshipRepository(call.db).get_colleagues(contact_id)
    return await belonging(found, "contact", contact_id, ContactRepository(call.db).get_contact_by_id)
