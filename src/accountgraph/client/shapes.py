"""What is sent and answered. Made by tools/client.py."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, NotRequired, Required, TypedDict
from uuid import UUID

import msgspec

from accountgraph.enums import (
    AccountStatus,
    AccountTier,
    Channel,
    CompanySize,
    ContactStatus,
    ConversationStatus,
    Direction,
    Outcome,
    QualificationTier,
    RelationshipType,
    Seniority,
    Strength,
)
from accountgraph.models import (
    CommunicationPreferences,
    Contact,
    EngagementMetrics,
    NewEvent,
)


class BulkAnswer(msgspec.Struct, kw_only=True, frozen=True):
    """What became of the rows. `ids` has one for each that was sent, null where there is an error; a bad row spoils no other."""

    created: int
    ids: list[UUID | None]
    errors: list[RowProblem]


class RowProblem(msgspec.Struct, kw_only=True, frozen=True):
    """Why the row at `position` (from 0) was not taken."""

    position: int
    field: str
    message: str


class Domains(msgspec.Struct, kw_only=True, frozen=True):
    """All domains of a company."""

    domains: list[str]


class Recorded(msgspec.Struct, kw_only=True, frozen=True):
    """How many of the events were new."""

    recorded: int


class AccountOverview(TypedDict):
    """The answer of `get_account_overview`; `contacts` is by contact id, the primary and the deciding ones first."""

    company: Required[CompanyFacts]
    contacts: Required[dict[UUID, OverviewContact]]
    relationships: Required[list[OverviewRelationship]]
    active_conversations: Required[list[ConversationFacts]]
    recent_touchpoints: Required[list[TouchpointFacts]]
    summary: Required[OverviewSummary]


class CompanyFacts(TypedDict):
    """What an answer says about the company."""

    id: Required[UUID]
    name: Required[str]
    domain: Required[str | None]
    industry: Required[str | None]
    size: Required[CompanySize | None]
    account_tier: Required[AccountTier | None]
    account_status: Required[AccountStatus]
    research_data: Required[dict[str, Any]]


class OverviewContact(TypedDict):
    """A contact in an account; `conversations` are the latest ten, the counts are of all."""

    contact: Required[Contact]
    conversations: Required[list[ConversationFacts]]
    total_conversations: Required[int]
    active_conversations: Required[int]
    engagement_score: Required[int]
    last_engaged_at: Required[datetime | None]


class ConversationFacts(TypedDict):
    """A conversation without its texts."""

    id: Required[UUID]
    contact_id: Required[UUID]
    status: Required[ConversationStatus]
    qualification_tier: Required[QualificationTier | None]
    touchpoint_count: Required[int]
    last_touchpoint_at: Required[datetime | None]
    next_touchpoint_at: Required[datetime | None]
    response_count: Required[int]
    last_response_at: Required[datetime | None]
    campaign_name: Required[str | None]
    started_at: Required[datetime]


class OverviewRelationship(TypedDict):
    """An edge; directed types read from `contact_1` to `contact_2`."""

    id: Required[UUID]
    contact_1: Required[EdgeEnd]
    contact_2: Required[EdgeEnd]
    type: Required[RelationshipType]
    strength: Required[Strength]
    confidence: Required[Decimal]


class EdgeEnd(TypedDict):
    """One end of a relationship."""

    id: Required[UUID]
    name: Required[str]
    title: Required[str | None]
    role: Required[str | None]


class TouchpointFacts(TypedDict):
    """A touchpoint without its texts."""

    id: Required[UUID]
    conversation_id: Required[UUID]
    contact_id: Required[UUID]
    channel: Required[Channel]
    direction: Required[Direction]
    subject: Required[str | None]
    outcome: Required[Outcome]
    sent_at: Required[datetime]
    opened_at: Required[datetime | None]
    clicked_at: Required[datetime | None]
    replied_at: Required[datetime | None]


class OverviewSummary(TypedDict):
    """The counts of an account, all of them exact."""

    total_contacts: Required[int]
    decision_makers: Required[int]
    primary_contacts: Required[int]
    total_relationships: Required[int]
    active_conversations: Required[int]
    total_conversations: Required[int]


class AccountHealth(TypedDict):
    """The answer of `get_account_health_score`."""

    company_id: Required[UUID]
    as_of: Required[datetime]
    total_score: Required[float]
    health_status: Required[Literal["excellent", "good", "fair", "poor", "critical"]]
    breakdown: Required[HealthBreakdown]
    coverage: Required[Coverage]
    engagement: Required[Engagement]
    recommendations: Required[list[Recommendation]]
    why: Required[list[Part]]


class HealthBreakdown(TypedDict):
    """The parts of a health score, in points."""

    engagement: Required[float]
    conversations: Required[float]
    relationships: Required[float]
    decision_makers: Required[float]


class Coverage(TypedDict):
    """Whom we know and reach. `score` (0-100) is how much of the points of its three parts an account has."""

    score: Required[float]
    contacts: Required[int]
    active_contacts: Required[int]
    touched_contacts: Required[int]
    decision_makers: Required[int]
    active_conversations: Required[int]
    relationships: Required[int]


class Engagement(TypedDict):
    """What they do. `score` (0-100) is the mean of the most engaged contacts, `engaged_contacts` those with any."""

    score: Required[float]
    engaged_contacts: Required[int]
    last_engaged_at: Required[datetime | None]


class Recommendation(TypedDict):
    """What is missing, said in `text` with names; `contacts` are the people to begin with (three at most)."""

    missing: Required[Literal["contacts", "decision_maker", "conversation", "relationships", "engagement"]]
    text: Required[str]
    contacts: Required[list[Person]]


class Person(TypedDict):
    """Who somebody is."""

    id: Required[UUID]
    name: Required[str]
    title: Required[str | None]


class Part(TypedDict):
    """One part of a score: its points, the reason in words, and the facts it was made from."""

    name: Required[str]
    points: Required[float]
    because: Required[str]
    inputs: Required[dict[str, Any]]


class ConversationHealth(TypedDict):
    """The answer of `get_conversation_health`. Days and hours are None where there is nothing to count from."""

    conversation_id: Required[UUID]
    contact_id: Required[UUID]
    contact_name: Required[str]
    status: Required[ConversationStatus]
    state: Required[Literal["engaged", "waiting_on_them", "waiting_on_us", "cooling", "stalled", "closed"]]
    days_since_us: Required[float | None]
    days_since_them: Required[float | None]
    days_waiting: Required[float | None]
    usual_reply_hours: Required[float | None]
    why: Required[list[str]]


class ExpansionTarget(TypedDict):
    """Somebody to talk to next."""

    contact: Required[Contact]
    relationship_to_primary: Required[RelationshipToPrimary]
    engagement_status: Required[EngagementStatus]
    priority_score: Required[float]
    why: Required[list[Part]]


class RelationshipToPrimary(TypedDict):
    """How a target stands to the primary contact; `type` is None where the relationship is implied."""

    primary_contact_id: Required[UUID]
    primary_contact_name: Required[str]
    primary_contact_title: Required[str | None]
    strength: Required[Strength]
    type: Required[RelationshipType | None]
    implied: Required[bool]


class EngagementStatus(TypedDict):
    """What a target has done."""

    has_active_conversation: Required[bool]
    engagement_score: Required[int]
    last_engaged_at: Required[datetime | None]


class ConversationContext(TypedDict):
    """The answer of `get_conversation_context`; `company` and `relationships` are None where they were not asked for."""

    contact: Required[Contact]
    company: Required[CompanyFacts | None]
    conversations: Required[ContextConversations]
    engagement: Required[ContextEngagement]
    relationships: Required[ContextRelationships | None]


class ContextConversations(TypedDict):
    """`active` and `total` count; `latest` is the latest one (active ones first), `latest_context` what it has taught."""

    active: Required[int]
    total: Required[int]
    latest: Required[ConversationFacts | None]
    latest_context: Required[dict[str, Any]]


class ContextEngagement(TypedDict):
    """What went to and fro; the metrics are of all conversations of the contact."""

    recent_touchpoints: Required[list[RecentTouchpoint]]
    metrics: Required[EngagementMetrics]
    engagement_score: Required[int]
    last_engaged_at: Required[datetime | None]
    last_touchpoint_at: Required[datetime | None]
    last_response_at: Required[datetime | None]


class RecentTouchpoint(TypedDict):
    """A touchpoint with the beginning of its texts (1,000 characters each)."""

    id: Required[UUID]
    conversation_id: Required[UUID]
    contact_id: Required[UUID]
    channel: Required[Channel]
    direction: Required[Direction]
    subject: Required[str | None]
    outcome: Required[Outcome]
    sent_at: Required[datetime]
    opened_at: Required[datetime | None]
    clicked_at: Required[datetime | None]
    replied_at: Required[datetime | None]
    content: Required[str | None]
    response: Required[str | None]


class ContextRelationships(TypedDict):
    """`colleagues` and `network` (all other types) hold up to fifty people each, the closest first."""

    total: Required[int]
    withheld: Required[int]
    colleagues: Required[list[Acquaintance]]
    network: Required[list[Acquaintance]]


class Acquaintance(TypedDict):
    """Somebody the contact is related to."""

    id: Required[UUID]
    name: Required[str]
    title: Required[str | None]
    type: Required[RelationshipType]
    is_from_contact: Required[bool]
    strength: Required[Strength]
    confidence: Required[Decimal]
    is_same_company: Required[bool]
    is_engaged: Required[bool]
    has_active_conversation: Required[bool]


class Prompt(msgspec.Struct, kw_only=True, frozen=True):
    """The context of a conversation as text for a language model; what strangers wrote in it is data, and no instruction."""

    text: str


class WarmPath(TypedDict):
    """A chain from somebody we are in touch with (first in `people`) to the contact asked for (last)."""

    people: Required[list[PathPerson]]
    edges: Required[list[PathEdge]]
    score: Required[float]
    last_engaged_at: Required[datetime]
    why: Required[list[Part]]


class PathPerson(TypedDict):
    """A person on a path."""

    id: Required[UUID]
    name: Required[str]
    title: Required[str | None]
    company_id: Required[UUID | None]
    company_name: Required[str | None]


class PathEdge(TypedDict):
    """One step of a path: the relationship between a person and the next."""

    id: Required[UUID]
    type: Required[RelationshipType]
    strength: Required[Strength]
    confidence: Required[Decimal]


class NewCompany(TypedDict):
    """What a new company may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    name: Required[str]
    domain: NotRequired[str | None]
    industry: NotRequired[str | None]
    size: NotRequired[CompanySize | None]
    description: NotRequired[str | None]
    headquarters_location: NotRequired[str | None]
    country: NotRequired[str | None]
    research_data: NotRequired[dict[str, Any]]
    account_tier: NotRequired[AccountTier | None]
    account_status: NotRequired[AccountStatus]
    owner_user_id: NotRequired[UUID | None]
    parent_company_id: NotRequired[UUID | None]
    attributes: NotRequired[dict[str, Any]]
    last_researched_at: NotRequired[datetime | None]


class NewCompanyRows(TypedDict):
    """NewCompanyRows"""

    items: Required[list[NewCompany]]


class CompanyChanges(TypedDict):
    """The fields of a company to be changed; null empties one."""

    name: NotRequired[str]
    domain: NotRequired[str | None]
    industry: NotRequired[str | None]
    size: NotRequired[CompanySize | None]
    description: NotRequired[str | None]
    headquarters_location: NotRequired[str | None]
    country: NotRequired[str | None]
    research_data: NotRequired[dict[str, Any]]
    account_tier: NotRequired[AccountTier | None]
    account_status: NotRequired[AccountStatus]
    owner_user_id: NotRequired[UUID | None]
    parent_company_id: NotRequired[UUID | None]
    attributes: NotRequired[dict[str, Any]]
    last_researched_at: NotRequired[datetime | None]


class NewDomain(TypedDict):
    """One more domain of a company."""

    domain: Required[str]


class NewContact(TypedDict):
    """What a new contact may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    company_id: NotRequired[UUID | None]
    first_name: NotRequired[str | None]
    last_name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    title: NotRequired[str | None]
    role: NotRequired[str | None]
    department: NotRequired[str | None]
    seniority_level: NotRequired[Seniority | None]
    buying_role: NotRequired[str | None]
    linkedin_url: NotRequired[str | None]
    twitter_url: NotRequired[str | None]
    personal_website: NotRequired[str | None]
    country: NotRequired[str | None]
    interests: NotRequired[list[str]]
    communication_preferences: NotRequired[CommunicationPreferences]
    research_data: NotRequired[dict[str, Any]]
    status: NotRequired[ContactStatus]
    is_primary_contact: NotRequired[bool]
    is_decision_maker: NotRequired[bool]
    is_champion: NotRequired[bool]
    owner_user_id: NotRequired[UUID | None]
    source: NotRequired[str | None]
    collected_at: NotRequired[datetime | None]
    attributes: NotRequired[dict[str, Any]]
    last_researched_at: NotRequired[datetime | None]


class NewContactRows(TypedDict):
    """NewContactRows"""

    items: Required[list[NewContact]]


class ContactChanges(TypedDict):
    """The fields of a contact to be changed; null empties one."""

    company_id: NotRequired[UUID | None]
    first_name: NotRequired[str | None]
    last_name: NotRequired[str | None]
    email: NotRequired[str | None]
    phone: NotRequired[str | None]
    title: NotRequired[str | None]
    role: NotRequired[str | None]
    department: NotRequired[str | None]
    seniority_level: NotRequired[Seniority | None]
    buying_role: NotRequired[str | None]
    linkedin_url: NotRequired[str | None]
    twitter_url: NotRequired[str | None]
    personal_website: NotRequired[str | None]
    country: NotRequired[str | None]
    interests: NotRequired[list[str]]
    communication_preferences: NotRequired[CommunicationPreferences]
    research_data: NotRequired[dict[str, Any]]
    status: NotRequired[ContactStatus]
    is_primary_contact: NotRequired[bool]
    is_decision_maker: NotRequired[bool]
    is_champion: NotRequired[bool]
    owner_user_id: NotRequired[UUID | None]
    source: NotRequired[str | None]
    collected_at: NotRequired[datetime | None]
    attributes: NotRequired[dict[str, Any]]
    last_researched_at: NotRequired[datetime | None]


class NewRelationship(TypedDict):
    """What a new relationship may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    contact_id_1: Required[UUID]
    contact_id_2: Required[UUID]
    relationship_type: Required[RelationshipType]
    strength: NotRequired[Strength]
    context: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]
    is_verified: NotRequired[bool]
    confidence_score: NotRequired[Decimal]
    attributes: NotRequired[dict[str, Any]]
    discovered_at: NotRequired[datetime | None]
    last_verified_at: NotRequired[datetime | None]


class NewRelationshipRows(TypedDict):
    """NewRelationshipRows"""

    items: Required[list[NewRelationship]]


class RelationshipChanges(TypedDict):
    """The fields of a relationship to be changed; null empties one."""

    relationship_type: NotRequired[RelationshipType]
    strength: NotRequired[Strength]
    context: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]
    is_verified: NotRequired[bool]
    confidence_score: NotRequired[Decimal]
    attributes: NotRequired[dict[str, Any]]
    discovered_at: NotRequired[datetime | None]
    last_verified_at: NotRequired[datetime | None]


class NewConversation(TypedDict):
    """What a new conversation may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    contact_id: Required[UUID]
    company_id: NotRequired[UUID | None]
    status: NotRequired[ConversationStatus]
    qualification_tier: NotRequired[QualificationTier | None]
    next_touchpoint_at: NotRequired[datetime | None]
    context: NotRequired[dict[str, Any]]
    campaign_id: NotRequired[UUID | None]
    campaign_name: NotRequired[str | None]
    sequence_step: NotRequired[int | None]
    outcome: NotRequired[str | None]
    outcome_date: NotRequired[datetime | None]
    outcome_notes: NotRequired[str | None]
    estimated_value: NotRequired[Decimal | None]
    actual_value: NotRequired[Decimal | None]
    metadata: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, Any]]
    started_at: NotRequired[datetime | None]
    closed_at: NotRequired[datetime | None]


class NewConversationRows(TypedDict):
    """NewConversationRows"""

    items: Required[list[NewConversation]]


class ConversationChanges(TypedDict):
    """The fields of a conversation to be changed; null empties one."""

    contact_id: NotRequired[UUID]
    company_id: NotRequired[UUID | None]
    status: NotRequired[ConversationStatus]
    qualification_tier: NotRequired[QualificationTier | None]
    next_touchpoint_at: NotRequired[datetime | None]
    context: NotRequired[dict[str, Any]]
    campaign_id: NotRequired[UUID | None]
    campaign_name: NotRequired[str | None]
    sequence_step: NotRequired[int | None]
    outcome: NotRequired[str | None]
    outcome_date: NotRequired[datetime | None]
    outcome_notes: NotRequired[str | None]
    estimated_value: NotRequired[Decimal | None]
    actual_value: NotRequired[Decimal | None]
    metadata: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, Any]]
    started_at: NotRequired[datetime | None]
    closed_at: NotRequired[datetime | None]


class NewTouchpoint(TypedDict):
    """What a new touchpoint may have; an `id` of your own where you like."""

    id: NotRequired[UUID]
    conversation_id: Required[UUID]
    channel: NotRequired[Channel]
    direction: NotRequired[Direction]
    subject: NotRequired[str | None]
    content: NotRequired[str | None]
    response: NotRequired[str | None]
    sent_at: NotRequired[datetime | None]
    delivered_at: NotRequired[datetime | None]
    opened_at: NotRequired[datetime | None]
    clicked_at: NotRequired[datetime | None]
    replied_at: NotRequired[datetime | None]
    bounced_at: NotRequired[datetime | None]
    failed_at: NotRequired[datetime | None]
    outcome_details: NotRequired[str | None]
    call_duration_seconds: NotRequired[int | None]
    call_recording_url: NotRequired[str | None]
    call_transcript: NotRequired[str | None]
    call_sentiment: NotRequired[str | None]
    email_thread_id: NotRequired[str | None]
    email_message_id: NotRequired[str | None]
    in_reply_to_id: NotRequired[UUID | None]
    provider_id: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, Any]]
    created_by_user_id: NotRequired[UUID | None]
    created_by_automation: NotRequired[bool]


class NewTouchpointRows(TypedDict):
    """NewTouchpointRows"""

    items: Required[list[NewTouchpoint]]


class TouchpointChanges(TypedDict):
    """The fields of a touchpoint to be changed; null empties one."""

    conversation_id: NotRequired[UUID]
    channel: NotRequired[Channel]
    direction: NotRequired[Direction]
    subject: NotRequired[str | None]
    content: NotRequired[str | None]
    response: NotRequired[str | None]
    sent_at: NotRequired[datetime | None]
    delivered_at: NotRequired[datetime | None]
    opened_at: NotRequired[datetime | None]
    clicked_at: NotRequired[datetime | None]
    replied_at: NotRequired[datetime | None]
    bounced_at: NotRequired[datetime | None]
    failed_at: NotRequired[datetime | None]
    outcome_details: NotRequired[str | None]
    call_duration_seconds: NotRequired[int | None]
    call_recording_url: NotRequired[str | None]
    call_transcript: NotRequired[str | None]
    call_sentiment: NotRequired[str | None]
    email_thread_id: NotRequired[str | None]
    email_message_id: NotRequired[str | None]
    in_reply_to_id: NotRequired[UUID | None]
    provider_id: NotRequired[str | None]
    metadata: NotRequired[dict[str, Any]]
    attributes: NotRequired[dict[str, Any]]
    created_by_user_id: NotRequired[UUID | None]
    created_by_automation: NotRequired[bool]


class NewEvents(TypedDict):
    """Up to 10,000 events; one bad event, and none is recorded."""

    items: Required[list[NewEvent]]
