"""Every operation of the API, as a call. Made by tools/client.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.client.asking import Page
from accountgraph.client.connection import Connection
from accountgraph.client.shapes import (
    AccountHealth,
    AccountOverview,
    BulkAnswer,
    CompanyChanges,
    ContactChanges,
    ConversationChanges,
    ConversationContext,
    ConversationHealth,
    Domains,
    ExpansionTarget,
    NewCompany,
    NewCompanyRows,
    NewContact,
    NewContactRows,
    NewConversation,
    NewConversationRows,
    NewDomain,
    NewEvents,
    NewRelationship,
    NewRelationshipRows,
    NewTouchpoint,
    NewTouchpointRows,
    Prompt,
    Recorded,
    RelationshipChanges,
    TouchpointChanges,
    WarmPath,
)
from accountgraph.models import (
    Colleague,
    Company,
    Contact,
    Conversation,
    EngagementMetrics,
    Event,
    Relationship,
    Touchpoint,
)

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.enums import (
        Channel,
        RelationshipType,
        Strength,
    )


class Client(Connection):
    """Every operation of the API."""

    async def create_company(self, body: NewCompany, *, idempotency_key: str | None = None) -> Company:
        """Add a company.

        Needs `graph:write`.
        """
        return await self.ask(Company, "POST", "/companies", body=body, idempotency_key=idempotency_key)

    async def create_companies(self, body: NewCompanyRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many companies.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/companies/bulk", body=body, idempotency_key=idempotency_key)

    async def get_company(self, company_id: UUID) -> Company:
        """One company.

        Needs `graph:read`.
        """
        return await self.ask(Company, "GET", "/companies/{}", company_id)

    async def update_company(self, company_id: UUID, body: CompanyChanges, *, if_match: str | None = None) -> Company:
        """Change fields of a company.

        Needs `graph:write`.
        """
        return await self.ask(Company, "PATCH", "/companies/{}", company_id, body=body, if_match=if_match)

    async def get_company_domains(self, company_id: UUID) -> Domains:
        """All domains of a company.

        Needs `graph:read`.
        """
        return await self.ask(Domains, "GET", "/companies/{}/domains", company_id)

    async def add_company_domain(self, company_id: UUID, body: NewDomain, *, idempotency_key: str | None = None) -> Domains:
        """Add a domain to a company; it has it already: nothing changes.

        Needs `graph:write`.
        """
        return await self.ask(Domains, "POST", "/companies/{}/domains", company_id, body=body, idempotency_key=idempotency_key)

    async def create_contact(self, body: NewContact, *, idempotency_key: str | None = None) -> Contact:
        """Add a contact.

        Needs `graph:write`.
        """
        return await self.ask(Contact, "POST", "/contacts", body=body, idempotency_key=idempotency_key)

    async def create_contacts(self, body: NewContactRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many contacts.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/contacts/bulk", body=body, idempotency_key=idempotency_key)

    async def get_contact(self, contact_id: UUID) -> Contact:
        """One contact.

        Needs `graph:read`.
        """
        return await self.ask(Contact, "GET", "/contacts/{}", contact_id)

    async def update_contact(self, contact_id: UUID, body: ContactChanges, *, if_match: str | None = None) -> Contact:
        """Change fields of a contact.

        Needs `graph:write`.
        """
        return await self.ask(Contact, "PATCH", "/contacts/{}", contact_id, body=body, if_match=if_match)

    async def get_contact_relationships(self, contact_id: UUID) -> Page[Relationship]:
        """The edges of a contact, either way round, strongest first.

        Needs `graph:read`.
        """
        return await self.ask(Page[Relationship], "GET", "/contacts/{}/relationships", contact_id)

    async def get_colleagues(self, contact_id: UUID) -> Page[Colleague]:
        """The colleagues of a contact, strongest first.

        Needs `graph:read`.
        """
        return await self.ask(Page[Colleague], "GET", "/contacts/{}/colleagues", contact_id)

    async def create_relationship(self, body: NewRelationship, *, idempotency_key: str | None = None) -> Relationship:
        """Relate two contacts.

        The same edge, also said the other way round, gives back the one there is.

        Needs `graph:write`.
        """
        return await self.ask(Relationship, "POST", "/relationships", body=body, idempotency_key=idempotency_key)

    async def create_relationships(self, body: NewRelationshipRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many relationships.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/relationships/bulk", body=body, idempotency_key=idempotency_key)

    async def get_relationship(self, relationship_id: UUID) -> Relationship:
        """One edge.

        Needs `graph:read`.
        """
        return await self.ask(Relationship, "GET", "/relationships/{}", relationship_id)

    async def update_relationship(self, relationship_id: UUID, body: RelationshipChanges, *, if_match: str | None = None) -> Relationship:
        """Change fields of an edge; its two ends stay.

        Needs `graph:write`.
        """
        return await self.ask(Relationship, "PATCH", "/relationships/{}", relationship_id, body=body, if_match=if_match)

    async def delete_relationship(self, relationship_id: UUID) -> None:
        """Remove an edge.

        Agents take nothing out of the graph.

        Needs `graph:merge`.
        """
        await self.do("DELETE", "/relationships/{}", relationship_id)

    async def create_conversation(self, body: NewConversation, *, idempotency_key: str | None = None) -> Conversation:
        """Open a conversation with a contact.

        Needs `graph:write`.
        """
        return await self.ask(Conversation, "POST", "/conversations", body=body, idempotency_key=idempotency_key)

    async def create_conversations(self, body: NewConversationRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many conversations.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/conversations/bulk", body=body, idempotency_key=idempotency_key)

    async def get_conversation(self, conversation_id: UUID) -> Conversation:
        """One conversation.

        Needs `graph:read`.
        """
        return await self.ask(Conversation, "GET", "/conversations/{}", conversation_id)

    async def update_conversation(self, conversation_id: UUID, body: ConversationChanges, *, if_match: str | None = None) -> Conversation:
        """Change fields of a conversation.

        Needs `graph:write`.
        """
        return await self.ask(Conversation, "PATCH", "/conversations/{}", conversation_id, body=body, if_match=if_match)

    async def learn_in_conversation(
        self, conversation_id: UUID, body: dict[str, Any], *, idempotency_key: str | None = None
    ) -> Conversation:
        """Merge what was learned into the context of a conversation.

        Lists are joined without repeats, objects merged, the rest replaced.

        Needs `graph:write`.
        """
        return await self.ask(
            Conversation, "POST", "/conversations/{}/context", conversation_id, body=body, idempotency_key=idempotency_key
        )

    async def get_conversation_history(self, conversation_id: UUID) -> Page[Touchpoint]:
        """The touchpoints of a conversation, in the order they happened.

        Needs `graph:read`.
        """
        return await self.ask(Page[Touchpoint], "GET", "/conversations/{}/history", conversation_id)

    async def get_conversation_metrics(self, conversation_id: UUID) -> EngagementMetrics:
        """Totals and rates (percent) of a conversation's outbound e-mail: raw, and what people did.

        Needs `graph:read`.
        """
        return await self.ask(EngagementMetrics, "GET", "/conversations/{}/metrics", conversation_id)

    async def create_touchpoint(self, body: NewTouchpoint, *, idempotency_key: str | None = None) -> Touchpoint:
        """Add a touchpoint.

        Times that it brings become its events.

        Needs `graph:write`.
        """
        return await self.ask(Touchpoint, "POST", "/touchpoints", body=body, idempotency_key=idempotency_key)

    async def create_touchpoints(self, body: NewTouchpointRows, *, idempotency_key: str | None = None) -> BulkAnswer:
        """Add many touchpoints.

        A bad row comes back as an error and spoils no other.

        Needs `graph:write`.
        """
        return await self.ask(BulkAnswer, "POST", "/touchpoints/bulk", body=body, idempotency_key=idempotency_key)

    async def get_touchpoint(self, touchpoint_id: UUID) -> Touchpoint:
        """One touchpoint.

        Needs `graph:read`.
        """
        return await self.ask(Touchpoint, "GET", "/touchpoints/{}", touchpoint_id)

    async def update_touchpoint(self, touchpoint_id: UUID, body: TouchpointChanges, *, if_match: str | None = None) -> Touchpoint:
        """Change fields of a touchpoint; a time among them is recorded as an event.

        Needs `graph:write`.
        """
        return await self.ask(Touchpoint, "PATCH", "/touchpoints/{}", touchpoint_id, body=body, if_match=if_match)

    async def get_touchpoint_events(self, touchpoint_id: UUID) -> Page[Event]:
        """What happened to a touchpoint, in the order it happened.

        Needs `graph:read`.
        """
        return await self.ask(Page[Event], "GET", "/touchpoints/{}/events", touchpoint_id)

    async def record_events(self, body: NewEvents, *, idempotency_key: str | None = None) -> Recorded:
        """Record what happened to touchpoints.

        The same event (by provider, account and event id, else by message, kind, time and URL) changes nothing the second
        time. Who acted is found out from the times and the tools, unless `actor` says so.

        Needs `graph:write`.
        """
        return await self.ask(Recorded, "POST", "/events", body=body, idempotency_key=idempotency_key)

    async def get_account_overview(self, company_id: UUID) -> AccountOverview:
        """The account: its people with their conversations, their relationships, what happened last, and counts.

        Needs `graph:read`.
        """
        return await self.ask(AccountOverview, "GET", "/companies/{}/overview", company_id)

    async def get_account_health(self, company_id: UUID, *, as_of: datetime | None = None) -> AccountHealth:
        """How the account is doing (0-100), why, and what is missing.

        Needs `graph:read`.
        """
        return await self.ask(AccountHealth, "GET", "/companies/{}/health", company_id, query={"as_of": as_of})

    async def get_conversations_health(self, company_id: UUID) -> Page[ConversationHealth]:
        """The health of a company's active conversations.

        Needs `graph:read`.
        """
        return await self.ask(Page[ConversationHealth], "GET", "/companies/{}/conversations/health", company_id)

    async def get_conversation_health(self, conversation_id: UUID) -> ConversationHealth:
        """Whose turn it is in a conversation, for how long, and why.

        Needs `graph:read`.
        """
        return await self.ask(ConversationHealth, "GET", "/conversations/{}/health", conversation_id)

    async def find_expansion_targets(
        self,
        contact_id: UUID,
        *,
        min_strength: Strength | None = None,
        types: list[RelationshipType] | None = None,
        include_implied: bool | None = None,
        channel: Channel | None = None,
    ) -> Page[ExpansionTarget]:
        """Whom of the same company to talk to next, best first, with the parts of each score.

        Suppressed, inactive, excluded and do-not-contact people never appear.

        Needs `graph:read`.
        """
        return await self.ask(
            Page[ExpansionTarget],
            "GET",
            "/contacts/{}/expansion",
            contact_id,
            query={"min_strength": min_strength, "types": types, "include_implied": include_implied, "channel": channel},
        )

    async def get_conversation_context(
        self, contact_id: UUID, *, company: bool | None = None, relationships: bool | None = None
    ) -> ConversationContext:
        """Everything a message to this contact needs.

        Needs `graph:read`.
        """
        return await self.ask(
            ConversationContext, "GET", "/contacts/{}/context", contact_id, query={"company": company, "relationships": relationships}
        )

    async def get_conversation_prompt(self, contact_id: UUID) -> Prompt:
        """The context of a conversation as text for a language model.

        Needs `graph:read`.
        """
        return await self.ask(Prompt, "GET", "/contacts/{}/prompt", contact_id)

    async def find_warm_paths(self, contact_id: UUID, *, limit: int | None = None) -> Page[WarmPath]:
        """The best chains of relationships from people we are in touch with to this contact, best first.

        Needs `graph:read`.
        """
        return await self.ask(Page[WarmPath], "GET", "/contacts/{}/paths", contact_id, query={"limit": limit})
