"""The shapes of the answers. Whole contacts come as `models.Contact`, everything else as typed dictionaries.

An `engagement_score` (0-100) is the score at the moment of asking, also in those contacts. Times
are UTC.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypedDict
from uuid import UUID

from accountgraph.enums import (
    AccountStatus,
    AccountTier,
    Channel,
    CompanySize,
    ConversationStatus,
    Direction,
    Outcome,
    QualificationTier,
    RelationshipType,
    Strength,
)
from accountgraph.graph.scores import HealthStatus, Part
from accountgraph.models import Contact, EngagementMetrics


class CompanyFacts(TypedDict):
    """What an answer says about the company."""

    id: UUID
    name: str
    domain: str | None
    industry: str | None
    size: CompanySize | None
    account_tier: AccountTier | None
    account_status: AccountStatus
    research_data: dict[str, Any]


class Person(TypedDict):
    """Who somebody is."""

    id: UUID
    name: str
    title: str | None


class EdgeEnd(Person):
    """One end of a relationship."""

    role: str | None


class ConversationFacts(TypedDict):
    """A conversation without its texts."""

    id: UUID
    contact_id: UUID
    status: ConversationStatus
    qualification_tier: QualificationTier | None
    touchpoint_count: int
    last_touchpoint_at: datetime | None
    next_touchpoint_at: datetime | None
    response_count: int
    last_response_at: datetime | None
    campaign_name: str | None
    started_at: datetime


class TouchpointFacts(TypedDict):
    """A touchpoint without its texts."""

    id: UUID
    conversation_id: UUID
    contact_id: UUID
    channel: Channel
    direction: Direction
    subject: str | None
    outcome: Outcome
    sent_at: datetime
    opened_at: datetime | None
    clicked_at: datetime | None
    replied_at: datetime | None


# --- account overview


class OverviewContact(TypedDict):
    """A contact in an account; `conversations` are the latest ten, the counts are of all."""

    contact: Contact
    conversations: list[ConversationFacts]
    total_conversations: int
    active_conversations: int
    engagement_score: int
    last_engaged_at: datetime | None


class OverviewRelationship(TypedDict):
    """An edge; directed types read from `contact_1` to `contact_2`."""

    id: UUID
    contact_1: EdgeEnd
    contact_2: EdgeEnd
    type: RelationshipType
    strength: Strength
    confidence: Decimal


class OverviewSummary(TypedDict):
    """The counts of an account, all of them exact."""

    total_contacts: int
    decision_makers: int
    primary_contacts: int
    total_relationships: int
    active_conversations: int
    total_conversations: int


class AccountOverview(TypedDict):
    """The answer of `get_account_overview`; `contacts` is by contact id, the primary and the deciding ones first."""

    company: CompanyFacts
    contacts: dict[UUID, OverviewContact]
    relationships: list[OverviewRelationship]
    active_conversations: list[ConversationFacts]
    recent_touchpoints: list[TouchpointFacts]
    summary: OverviewSummary


# --- expansion


class RelationshipToPrimary(TypedDict):
    """How a target stands to the primary contact; `type` is None where the relationship is implied."""

    primary_contact_id: UUID
    primary_contact_name: str
    primary_contact_title: str | None
    strength: Strength
    type: RelationshipType | None
    implied: bool


class EngagementStatus(TypedDict):
    """What a target has done."""

    has_active_conversation: bool
    engagement_score: int
    last_engaged_at: datetime | None


class ExpansionTarget(TypedDict):
    """Somebody to talk to next."""

    contact: Contact
    relationship_to_primary: RelationshipToPrimary
    engagement_status: EngagementStatus
    priority_score: float
    why: list[Part]


# --- conversation context


class RecentTouchpoint(TouchpointFacts):
    """A touchpoint with the beginning of its texts (1,000 characters each)."""

    content: str | None
    response: str | None


class ContextConversations(TypedDict):
    """`active` and `total` count; `latest` is the latest one (active ones first), `latest_context` what it has taught."""

    active: int
    total: int
    latest: ConversationFacts | None
    latest_context: dict[str, Any]


class ContextEngagement(TypedDict):
    """What went to and fro; the metrics are of all conversations of the contact."""

    recent_touchpoints: list[RecentTouchpoint]
    metrics: EngagementMetrics
    engagement_score: int
    last_engaged_at: datetime | None
    last_touchpoint_at: datetime | None
    last_response_at: datetime | None


class Acquaintance(Person):
    """Somebody the contact is related to.

    `is_from_contact`: a directed type reads from the contact to them (`manager_of`: they report to the contact), else the
    other way. `is_engaged`: acted within the last 180 days (by the default policy).
    """

    type: RelationshipType
    is_from_contact: bool
    strength: Strength
    confidence: Decimal
    is_same_company: bool
    is_engaged: bool
    has_active_conversation: bool


class ContextRelationships(TypedDict):
    """`colleagues` and `network` (all other types) hold up to fifty people each, the closest first.

    Who asked not to be referenced is in neither, only counted: `total` counts everybody, `withheld` those.
    """

    total: int
    withheld: int
    colleagues: list[Acquaintance]
    network: list[Acquaintance]


class ConversationContext(TypedDict):
    """The answer of `get_conversation_context`; `company` and `relationships` are None where they were not asked for."""

    contact: Contact
    company: CompanyFacts | None
    conversations: ContextConversations
    engagement: ContextEngagement
    relationships: ContextRelationships | None


# --- account health


class HealthBreakdown(TypedDict):
    """The parts of a health score, in points."""

    engagement: float
    conversations: float
    relationships: float
    decision_makers: float


class Coverage(TypedDict):
    """Whom we know and reach. `score` (0-100) is how much of the points of its three parts an account has."""

    score: float
    contacts: int
    active_contacts: int
    touched_contacts: int
    decision_makers: int
    active_conversations: int
    relationships: int


class Engagement(TypedDict):
    """What they do. `score` (0-100) is the mean of the most engaged contacts, `engaged_contacts` those with any."""

    score: float
    engaged_contacts: int
    last_engaged_at: datetime | None


class Recommendation(TypedDict):
    """What is missing, said in `text` with names; `contacts` are the people to begin with (three at most)."""

    missing: Literal["contacts", "decision_maker", "conversation", "relationships", "engagement"]
    text: str
    contacts: list[Person]


class AccountHealth(TypedDict):
    """The answer of `get_account_health_score`."""

    company_id: UUID
    as_of: datetime
    total_score: float
    health_status: HealthStatus
    breakdown: HealthBreakdown
    coverage: Coverage
    engagement: Engagement
    recommendations: list[Recommendation]
    why: list[Part]


# --- conversation health

ConversationState = Literal["engaged", "waiting_on_them", "waiting_on_us", "cooling", "stalled", "closed"]


class ConversationHealth(TypedDict):
    """The answer of `get_conversation_health`. Days and hours are None where there is nothing to count from.

    `usual_reply_hours` is the median time in which this contact has answered, in all conversations.
    """

    conversation_id: UUID
    contact_id: UUID
    contact_name: str
    status: ConversationStatus
    state: ConversationState
    days_since_us: float | None
    days_since_them: float | None
    days_waiting: float | None
    usual_reply_hours: float | None
    why: list[str]


# --- warm paths


class PathPerson(Person):
    """A person on a path."""

    company_id: UUID | None
    company_name: str | None


class PathEdge(TypedDict):
    """One step of a path: the relationship between a person and the next."""

    id: UUID
    type: RelationshipType
    strength: Strength
    confidence: Decimal


class WarmPath(TypedDict):
    """A chain from somebody we are in touch with (first in `people`) to the contact asked for (last)."""

    people: list[PathPerson]
    edges: list[PathEdge]
    score: float
    last_engaged_at: datetime
    why: list[Part]
