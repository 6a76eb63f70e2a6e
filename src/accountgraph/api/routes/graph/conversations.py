"""Conversations: threads of touchpoints with one contact."""

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
from accountgraph.enums import ConversationStatus
from accountgraph.listing import Page, page_conversations
from accountgraph.models import Company, Contact, Conversation, EngagementMetrics, Touchpoint
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

conversations = Routes("conversations")
INCLUDES = {
    "contact": Include(Contact, "contact_id", "requests.contacts"),
    "company": Include(Company, "company_id", "requests.companies"),
}


@conversations.post(
    "/conversations", needs=Permission.GRAPH_WRITE, status=201, body=new(Conversation), location="/api/v1/conversations/{id}"
)
async def create_conversation(call: Call, body: dict[str, Any]) -> Conversation:
    """Open a conversation with a contact."""
    return await ConversationRepository(call.db).create_conversation(**{"contact_id": None, **body})


@conversations.post("/conversations/bulk", needs=Permission.GRAPH_WRITE, body=rows_of(Conversation), largest=LARGEST)
async def create_conversations(call: Call, body: Rows) -> BulkAnswer:
    """Add many conversations.

    A bad row comes back as an error and spoils no other.
    """
    return told(await ConversationRepository(call.db).create_many(body.items))


@conversations.get("/conversations", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def list_conversations(
    call: Call,
    *,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    status: ConversationStatus | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Conversation]:
    """Conversations, as they were begun."""
    return await page_conversations(call.db, contact_id=contact_id, company_id=company_id, status=status, limit=limit, after=after)


@conversations.get("/conversations/{conversation_id}", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def get_conversation(call: Call, conversation_id: UUID) -> Conversation:
    """One conversation."""
    found = await ConversationRepository(call.db).get_conversation_by_id(conversation_id)
    return there(found, "conversation", conversation_id)


@conversations.patch("/conversations/{conversation_id}", needs=Permission.GRAPH_WRITE, body=changes(Conversation))
async def update_conversation(call: Call, conversation_id: UUID, body: dict[str, Any]) -> Conversation:
    """Change fields of a conversation."""
    repository = ConversationRepository(call.db)
    await guard(call, "conversation", conversation_id, repository.get_conversation_by_id)
    return await repository.update_conversation(conversation_id, body)


@conversations.post("/conversations/{conversation_id}/context", needs=Permission.GRAPH_WRITE)
async def learn_in_conversation(call: Call, conversation_id: UUID, body: dict[str, Any]) -> Conversation:
    """Merge what was learned into the context of a conversation.

    Lists are joined without repeats, objects merged, the rest replaced.
    """
    return await ConversationRepository(call.db).update_conversation_context(conversation_id, body)


@conversations.get("/conversations/{conversation_id}/history", needs=Permission.GRAPH_READ, is_sparse=True)
async def get_conversation_history(call: Call, conversation_id: UUID) -> Page[Touchpoint]:
    """The touchpoints of a conversation, in the order they happened."""
    found = await TouchpointRepository(call.db).get_touchpoint_history(conversation_id)
    return await belonging(found, "conversation", conversation_id, ConversationRepository(call.db).get_conversation_by_id)


@conversations.get("/conversations/{conversation_id}/metrics", needs=Permission.GRAPH_READ)
async def get_conversation_metrics(call: Call, conversation_id: UUID) -> EngagementMetrics:
    """Totals and rates (percent) of a conversation's outbound e-mail: raw, and what people did."""
    there(await ConversationRepository(call.db).get_conversation_by_id(conversation_id), "conversation", conversation_id)
    return await TouchpointRepository(call.db).get_engagement_metrics(conversation_id)
