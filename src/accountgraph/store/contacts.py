"""Contacts: the people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.addresses import email_key
from accountgraph.db import Connectable, default_database
from accountgraph.enums import ContactStatus
from accountgraph.errors import NotFoundError
from accountgraph.models import Contact
from accountgraph.store.bulk import BulkResult, create_many
from accountgraph.store.companies import searchable
from accountgraph.store.given import as_json, changes, entity, member, moment, page_size
from accountgraph.store.obstacles import refuse
from accountgraph.store.paging import by_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Session


class ContactRepository:
    """People. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def create_contact(self, contact: Mapping[str, Any] | Contact) -> Contact:
        """Add a contact.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
            DuplicateError: another contact has this e-mail address (or id).
            MissingReferenceError: there is no such company.
        """
        row = as_json(entity(Contact, contact))
        created = await self._db.write(Contact, "contacts.create", {"row": row})
        if created is None:
            await refuse(self._db, "contacts", row)
            return await self.create_contact(contact)  # what was in the way has just gone
        return created

    async def create_many(self, contacts: Iterable[Mapping[str, Any] | Contact]) -> BulkResult:
        """Add many contacts, some thousands a statement. A bad row comes back as an error and spoils nothing.

        Each statement is a transaction of its own, unless the caller has one open.
        """
        return await create_many(self._db, Contact, contacts, lambda given: entity(Contact, given))

    async def get_contact_by_id(self, contact_id: UUID) -> Contact | None:
        """The contact, or None."""
        return await self._db.row(Contact, "contacts.by_id", {"id": contact_id})

    async def get_contact_by_email(self, email: str) -> Contact | None:
        """The contact with this address, however it is written."""
        return await self._db.row(Contact, "contacts.by_email", {"email_key": email_key(email)})

    async def find_contacts_by_company(self, company_id: UUID, *, status: str | None = None) -> list[Contact]:
        """The contacts of a company, primary ones first, then by name."""
        wanted = member(ContactStatus, "status", status) if status else None
        return await self._db.rows(Contact, "contacts.by_company", {"company_id": company_id, "status": wanted})

    async def find_contacts_by_role(self, roles: Sequence[str], *, company_id: UUID | None = None) -> list[Contact]:
        """Contacts with one of these roles, of one company or of all."""
        return await self._db.rows(Contact, "contacts.by_role", {"roles": list(roles), "company_id": company_id})

    async def find_decision_makers(self, company_id: UUID) -> list[Contact]:
        """The decision makers of a company."""
        return await self._db.rows(Contact, "contacts.decision_makers", {"company_id": company_id})

    async def find_primary_contact(self, company_id: UUID) -> Contact | None:
        """The primary contact of a company; the oldest where there are several."""
        return await self._db.row(Contact, "contacts.primary", {"company_id": company_id})

    async def update_contact(self, contact_id: UUID, fields: Mapping[str, Any]) -> Contact:
        """Change the given fields; of an object (preferences, attributes) the keys that are named, and None takes one away.

        Raises:
            NotFoundError: no such contact. Otherwise as `create_contact`.
        """
        changed = changes(Contact, fields)

        async def work(session: Session) -> Contact:
            if "company_id" in fields:
                await session.rows(object, "contacts.lock_companies", {"id": contact_id, "company_id": fields["company_id"]})
            if {"company_id", "email"} & set(fields):
                await refuse(session, "contacts", changed, of=contact_id)
            found = await session.row(Contact, "contacts.update", {"id": contact_id, "changes": changed})
            if found is None:
                raise NotFoundError(f"There is no contact {contact_id}.")
            return found

        return await self._db.run(work)

    async def search_contacts(self, term: str, *, company_id: UUID | None = None, limit: int = 20) -> list[Contact]:
        """Contacts with `term` anywhere in name or address, taken literally; the closest first."""
        params = {"term": searchable(term), "company_id": company_id, "limit": page_size(limit)}
        return await self._db.rows(Contact, "contacts.search", params)

    async def get_engagement_score(self, contact_id: UUID, *, as_of: datetime | None = None) -> int:
        """The engagement score (0-100) as it stood at `as_of`, UTC; now, where none is given.

        Raises:
            NotFoundError: no such contact.
            InvalidValueError: `as_of` has no offset.
        """
        score = await self._db.value("contacts.engagement_as_of", {"id": contact_id, "at": moment("as_of", as_of) or self._db.now()})
        if score is None:
            raise NotFoundError(f"There is no contact {contact_id}.")
        return int(score)

    def every_contact(self) -> AsyncIterator[Contact]:
        """All contacts, by id; memory stays flat."""
        return by_id(self._db, Contact, "contacts.every")
