"""Conversations: threads of touchpoints with a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.db import Connectable, default_database
from accountgraph.errors import NotFoundError
from accountgraph.models import Conversation, OverdueConversation
from accountgraph.store.bulk import BulkResult, create_many
from accountgraph.store.given import as_json, changes, checked_json, entity, mapping, page_size
from accountgraph.store.obstacles import refuse
from accountgraph.store.paging import by_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from uuid import UUID

    from accountgraph.db import Session


class ConversationRepository:
    """Conversations. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def create_conversation(
        self,
        contact_id: UUID,
        company_id: UUID | None = None,
        status: str = "active",
        qualification_tier: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **fields: Any,  # noqa: ANN401 - checked against the model
    ) -> Conversation:
        """Open a conversation with a contact; `company_id` is the contact's company where none is given.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
            MissingReferenceError: there is no such contact or company.
        """
        given = {"contact_id": contact_id, "company_id": company_id, "status": status, "qualification_tier": qualification_tier}
        row = as_json(entity(Conversation, {**given, "metadata": mapping("metadata", metadata), **fields}))
        created = await self._db.write(Conversation, "conversations.create", {"row": row})
        if created is None:
            await refuse(self._db, "conversations", row)
            raise NotFoundError(f"Contact {contact_id} or its company was removed meanwhile.")
        return created

    async def create_many(self, conversations: Iterable[Mapping[str, Any] | Conversation]) -> BulkResult:
        """Add many conversations, some thousands a statement. A bad row comes back as an error and spoils nothing.

        Each statement is a transaction of its own, unless the caller has one open.
        """
        return await create_many(self._db, Conversation, conversations, lambda given: entity(Conversation, given))

    async def get_conversation_by_id(self, conversation_id: UUID) -> Conversation | None:
        """The conversation, or None."""
        return await self._db.row(Conversation, "conversations.by_id", {"id": conversation_id})

    async def get_active_conversations(self, company_id: UUID) -> list[Conversation]:
        """The active conversations of a company, the latest first."""
        return await self._db.rows(Conversation, "conversations.active", {"company_id": company_id})

    async def get_conversations_by_contact(self, contact_id: UUID) -> list[Conversation]:
        """The conversations of a contact, the latest first."""
        return await self._db.rows(Conversation, "conversations.by_contact", {"contact_id": contact_id})

    async def get_conversations_by_company(self, company_id: UUID) -> list[Conversation]:
        """The conversations of a company, the latest first."""
        return await self._db.rows(Conversation, "conversations.by_company", {"company_id": company_id})

    async def get_conversations_needing_followup(self, *, limit: int = 1000) -> list[OverdueConversation]:
        """Active conversations whose next touchpoint is due, with days overdue, most overdue first."""
        return await self._db.rows(OverdueConversation, "conversations.needing_followup", {"limit": page_size(limit)})

    async def update_conversation_status(
        self, conversation_id: UUID, status: str, outcome: str | None = None, notes: str | None = None
    ) -> Conversation:
        """Move a conversation to `status`; `outcome` and its `notes` are kept where they are given.

        Raises:
            NotFoundError: no such conversation.
            InvalidValueError: no such status.
        """
        fields: dict[str, Any] = {"status": status}
        if outcome is not None:
            fields |= {"outcome": outcome, "outcome_date": self._db.now()}
        if notes is not None:
            fields["outcome_notes"] = notes
        return await self.update_conversation(conversation_id, fields)

    async def update_conversation(self, conversation_id: UUID, fields: Mapping[str, Any]) -> Conversation:
        """Change the given fields; of an object (attributes, metadata) the keys that are named, and None takes one away.

        Raises:
            NotFoundError: no such conversation. Otherwise as `create_conversation`.
        """
        changed = changes(Conversation, fields)

        async def work(session: Session) -> Conversation:
            if {"status", "company_id"} & set(fields):
                lock = {"id": conversation_id, "company_id": fields.get("company_id")}
                await session.rows(object, "conversations.lock_companies", lock)
            if {"company_id", "contact_id"} & set(fields):
                await refuse(session, "conversations", changed, of=conversation_id)
            found = await session.row(Conversation, "conversations.update", {"id": conversation_id, "changes": changed})
            return _there(found, conversation_id)

        return await self._db.run(work)

    async def update_conversation_context(self, conversation_id: UUID, learned: Mapping[str, Any]) -> Conversation:
        """Merge what was learned, in one step: lists are joined without repeats, objects merged, the rest replaced.

        Raises:
            NotFoundError: no such conversation.
            InvalidValueError: `learned` cannot be stored as JSON.
        """
        params = {"id": conversation_id, "learned": checked_json("context", mapping("context", learned))}
        return _there(await self._db.write(Conversation, "conversations.merge_context", params), conversation_id)

    def every_conversation(self) -> AsyncIterator[Conversation]:
        """All conversations, by id; memory stays flat."""
        return by_id(self._db, Conversation, "conversations.every")


def _there(found: Conversation | None, conversation_id: UUID) -> Conversation:
    if found is None:
        raise NotFoundError(f"There is no conversation {conversation_id}.")
    return found
