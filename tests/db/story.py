"""A small account with one conversation and one message, for tests to go on from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.factories import START

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Database, Session
    from accountgraph.models import Company, Contact, Conversation, Touchpoint


@dataclass(slots=True)
class Story:
    """Acme, one person, one conversation, one e-mail sent at `START`."""

    db: Database
    company: Company
    person: Contact
    conversation: Conversation
    message: Touchpoint

    @classmethod
    async def begin(cls, db: Database, email: str = "john@acme.com") -> Story:
        companies = CompanyRepository(db)
        company = await companies.get_company_by_domain("acme.com")
        company = company or await companies.create_company({"name": "Acme", "domain": "acme.com"})
        person = await ContactRepository(db).create_contact({"company_id": company.id, "first_name": "John", "email": email})
        conversation = await ConversationRepository(db).create_conversation(person.id)
        message = await TouchpointRepository(db).create_touchpoint({"conversation_id": conversation.id, "sent_at": START})
        return cls(db, company, person, conversation, message)

    @property
    def touchpoints(self) -> TouchpointRepository:
        return TouchpointRepository(self.db)

    async def send(self, **after: float) -> Touchpoint:
        return await self.touchpoints.create_touchpoint({"conversation_id": self.conversation.id, "sent_at": START + timedelta(**after)})

    async def receive(self, *, answers: UUID | str | None = "message", message_id: str | None = None, **after: float) -> Touchpoint:
        return await self.touchpoints.create_touchpoint(
            {
                "conversation_id": self.conversation.id,
                "direction": "inbound",
                "sent_at": START + timedelta(**after),
                "in_reply_to_id": self.message.id if answers == "message" else answers,
                "email_message_id": message_id,
            }
        )

    async def event(self, kind: str, **given: Any) -> Touchpoint:
        after = {name: given.pop(name) for name in ("seconds", "minutes", "hours", "days") if name in given}
        return await self.touchpoints.record_event(self.message.id, kind, at=START + timedelta(**after), **given)

    async def opened(self, **given: Any) -> Touchpoint:
        return await self.event("opened", **given)

    async def clicked(self, **given: Any) -> Touchpoint:
        return await self.event("clicked", **given)

    async def replied(self, **given: Any) -> Touchpoint:
        return await self.event("replied", **given)

    async def colleague(self, email: str) -> Contact:
        return await ContactRepository(self.db).create_contact({"company_id": self.company.id, "email": email})

    async def contact(self) -> Contact:
        found = await ContactRepository(self.db).get_contact_by_id(self.person.id)
        assert found is not None
        return found

    async def touchpoint(self, touchpoint_id: UUID | None = None) -> Touchpoint:
        found = await self.touchpoints.get_touchpoint_by_id(touchpoint_id or self.message.id)
        assert found is not None
        return found

    async def reread(self) -> Conversation:
        found = await ConversationRepository(self.db).get_conversation_by_id(self.conversation.id)
        assert found is not None
        return found

    async def light_points(self, at: datetime) -> float:
        """The points with the short half-life, as the contact's column says."""

        async def work(session: Session) -> float:
            statement = """SELECT exp(engagement_light - decay_rate('light') * extract(EPOCH FROM %s::timestamptz) / 86400)
                FROM contacts WHERE id = %s"""
            cursor = await session._connection.execute(statement, (at, self.person.id))
            row = await cursor.fetchone()
            assert row is not None
            return float(row[0])

        return await self.db.run(work)
