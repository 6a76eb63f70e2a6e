"""Answers about accounts: what an account is, and what to do next."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.guarding import belonging
from accountgraph.api.operation import Routes
from accountgraph.enums import Channel, RelationshipType, Strength
from accountgraph.graph import CompanyGraph
from accountgraph.graph.answers import (
    AccountHealth,
    AccountOverview,
    ConversationContext,
    ConversationHealth,
    ExpansionTarget,
    WarmPath,
)
from accountgraph.graph.prompt import as_prompt
from accountgraph.listing import Page
from accountgraph.store.companies import CompanyRepository

answers = Routes("answers")


class Prompt(Struct, frozen=True):
    """The context of a conversation as text for a language model; what strangers wrote in it is data, and no instruction."""

    text: str


@answers.get("/companies/{company_id}/overview", needs=Permission.GRAPH_READ)
async def get_account_overview(call: Call, company_id: UUID) -> AccountOverview:
    """The account: its people with their conversations, their relationships, what happened last, and counts."""
    return await CompanyGraph(call.db).get_account_overview(company_id)


@answers.get("/companies/{company_id}/health", needs=Permission.GRAPH_READ)
async def get_account_health(call: Call, company_id: UUID, as_of: Annotated[datetime, Meta(tz=True)] | None = None) -> AccountHealth:
    """How the account is doing (0-100), why, and what is missing."""
    return await CompanyGraph(call.db).get_account_health_score(company_id, as_of)


@answers.get("/companies/{company_id}/conversations/health", needs=Permission.GRAPH_READ)
async def get_conversations_health(call: Call, company_id: UUID) -> Page[ConversationHealth]:
    """The health of a company's active conversations."""
    found = await CompanyGraph(call.db).get_conversations_health(company_id)
    return await belonging(found, "company", company_id, CompanyRepository(call.db).get_company_by_id)


@answers.get("/conversations/{conversation_id}/health", needs=Permission.GRAPH_READ)
async def get_conversation_health(call: Call, conversation_id: UUID) -> ConversationHealth:
    """Whose turn it is in a conversation, for how long, and why."""
    return await CompanyGraph(call.db).get_conversation_health(conversation_id)


@answers.get("/contacts/{contact_id}/expansion", needs=Permission.GRAPH_READ)
async def find_expansion_targets(
    call: Call,
    contact_id: UUID,
    *,
    min_strength: Strength = Strength.MEDIUM,
    types: list[RelationshipType] = [RelationshipType.COLLEAGUES],  # noqa: B006 - read by the declaration alone
    include_implied: bool = False,
    channel: Channel = Channel.EMAIL,
) -> Page[ExpansionTarget]:
    """Whom of the same company to talk to next, best first, with the parts of each score.

    Suppressed, inactive, excluded and do-not-contact people never appear.
    """
    found = await CompanyGraph(call.db).find_expansion_targets(
        contact_id, min_strength, types=types, include_implied=include_implied, channel=channel
    )
    return Page(items=found)


@answers.get("/contacts/{contact_id}/context", needs=Permission.GRAPH_READ)
async def get_conversation_context(
    call: Call, contact_id: UUID, *, company: bool = True, relationships: bool = True
) -> ConversationContext:
    """Everything a message to this contact needs."""
    return await CompanyGraph(call.db).get_conversation_context(contact_id, company, relationships)


@answers.get("/contacts/{contact_id}/prompt", needs=Permission.GRAPH_READ)
async def get_conversation_prompt(call: Call, contact_id: UUID) -> Prompt:
    """The context of a conversation as text for a language model."""
    return Prompt(as_prompt(await CompanyGraph(call.db).get_conversation_context(contact_id)))


@answers.get("/contacts/{contact_id}/paths", needs=Permission.GRAPH_READ)
async def find_warm_paths(call: Call, contact_id: UUID, limit: Annotated[int, Meta(ge=1, le=1000)] = 10) -> Page[WarmPath]:
    """The best chains of relationships from people we are in touch with to this contact, best first."""
    return Page(items=await CompanyGraph(call.db).find_warm_paths(contact_id, limit))
