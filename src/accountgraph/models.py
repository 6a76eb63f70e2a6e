"""The entities of the graph, typed.

One class an entity serves both ways: a repository gives it back, and takes it (or a mapping of
its fields) as input. Fields in `derived_fields` are kept by the database; what a caller puts
there is refused in a mapping and ignored in an object. Times are UTC, money is `Decimal`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, TypedDict
from uuid import UUID, uuid4

from msgspec import Meta, Struct, field

from accountgraph.enums import (
    AccountStatus,
    AccountTier,
    Actor,
    Channel,
    CompanySize,
    ContactStatus,
    ConversationStatus,
    Direction,
    EventDetail,
    EventKind,
    Exclusion,
    Outcome,
    QualificationTier,
    RelationshipType,
    Seniority,
    Strength,
)

Name = Annotated[str, Meta(min_length=1, max_length=500)]
Key = Annotated[str, Meta(min_length=1, max_length=500)]
Score = Annotated[int, Meta(ge=0, le=100)]
Integer = Annotated[int, Meta(ge=-2_147_483_648, le=2_147_483_647)]  # what the database's integer holds
Count = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Moment = Annotated[datetime, Meta(tz=True)]
Json = dict[str, Any]


class CommunicationPreferences(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a contact wants to be reached. `timezone` is an IANA name, `best_time` free text."""

    preferred_channel: Channel | None = None
    best_time: str | None = None
    timezone: str | None = None
    do_not_contact: bool = False
    do_not_reference: bool = False


class Entity(Struct, frozen=True, kw_only=True):
    """What all five entities share."""

    table: ClassVar[str] = ""
    derived_fields: ClassVar[frozenset[str]] = frozenset()

    id: UUID = field(default_factory=uuid4)


class Company(Entity, frozen=True, kw_only=True):
    """An account. `domain` is its main one; `company_domains` holds all."""

    table: ClassVar[str] = "companies"
    derived_fields: ClassVar[frozenset[str]] = frozenset({"total_contacts", "active_conversations", "created_at", "updated_at"})

    name: Name
    domain: str | None = None
    industry: str | None = None
    size: CompanySize | None = None
    description: str | None = None
    headquarters_location: str | None = None
    country: str | None = None
    research_data: Json = {}
    account_tier: AccountTier | None = None
    account_status: AccountStatus = AccountStatus.PROSPECTING
    owner_user_id: UUID | None = None
    parent_company_id: UUID | None = None
    attributes: Json = {}
    total_contacts: Count = 0
    active_conversations: Count = 0
    last_researched_at: Moment | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None


class Contact(Entity, frozen=True, kw_only=True):
    """A person. `engagement_score` (0-100) is the score at `last_engaged_at`; it fades after."""

    table: ClassVar[str] = "contacts"
    derived_fields: ClassVar[frozenset[str]] = frozenset(
        {"email_key", "engagement_score", "engagement_excluded", "last_engaged_at", "total_touchpoints", "created_at", "updated_at"}
    )

    company_id: UUID | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    email_key: str | None = None
    phone: str | None = None
    title: str | None = None
    role: Annotated[str, Meta(max_length=500)] | None = None
    department: str | None = None
    seniority_level: Seniority | None = None
    buying_role: str | None = None
    linkedin_url: str | None = None
    twitter_url: str | None = None
    personal_website: str | None = None
    country: str | None = None
    interests: list[str] = []
    communication_preferences: CommunicationPreferences = CommunicationPreferences()
    research_data: Json = {}
    engagement_score: Score = 0
    engagement_excluded: Exclusion | None = None
    last_engaged_at: Moment | None = None
    total_touchpoints: Count = 0
    status: ContactStatus = ContactStatus.ACTIVE
    is_primary_contact: bool = False
    is_decision_maker: bool = False
    is_champion: bool = False
    owner_user_id: UUID | None = None
    source: str | None = None
    collected_at: Moment | None = None
    attributes: Json = {}
    last_researched_at: Moment | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None

    @property
    def name(self) -> str:
        """First and last name, or what there is of them, or the address."""
        return " ".join(part for part in (self.first_name, self.last_name) if part) or self.email or "(no name)"


class Relationship(Entity, frozen=True, kw_only=True):
    """An edge between two contacts; directed types read from `contact_id_1` to `contact_id_2`."""

    table: ClassVar[str] = "relationships"
    derived_fields: ClassVar[frozenset[str]] = frozenset({"created_at", "updated_at"})

    contact_id_1: UUID
    contact_id_2: UUID
    relationship_type: RelationshipType
    strength: Strength = Strength.MEDIUM
    context: str | None = None
    metadata: Json = {}
    is_verified: bool = False
    confidence_score: Decimal = Decimal("1.00")
    attributes: Json = {}
    discovered_at: Moment | None = None
    last_verified_at: Moment | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None


class Conversation(Entity, frozen=True, kw_only=True):
    """A thread of touchpoints with one contact."""

    table: ClassVar[str] = "conversations"
    derived_fields: ClassVar[frozenset[str]] = frozenset(
        {
            "last_touchpoint_at",
            "touchpoint_count",
            "last_response_at",
            "response_count",
            "avg_response_time_hours",
            "created_at",
            "updated_at",
        }
    )

    contact_id: UUID
    company_id: UUID | None = None
    status: ConversationStatus = ConversationStatus.ACTIVE
    qualification_tier: QualificationTier | None = None
    last_touchpoint_at: Moment | None = None
    next_touchpoint_at: Moment | None = None
    touchpoint_count: Count = 0
    last_response_at: Moment | None = None
    response_count: Count = 0
    avg_response_time_hours: Decimal | None = None
    context: Json = {}
    campaign_id: UUID | None = None
    campaign_name: str | None = None
    sequence_step: Integer | None = None
    outcome: str | None = None
    outcome_date: Moment | None = None
    outcome_notes: str | None = None
    estimated_value: Decimal | None = None
    actual_value: Decimal | None = None
    metadata: Json = {}
    attributes: Json = {}
    started_at: Moment | None = None
    closed_at: Moment | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None


class Touchpoint(Entity, frozen=True, kw_only=True):
    """One message, call or meeting. The `*_at` columns hold the first time of each event."""

    table: ClassVar[str] = "touchpoints"
    derived_fields: ClassVar[frozenset[str]] = frozenset({"outcome", "created_at", "updated_at"})

    conversation_id: UUID
    channel: Channel = Channel.EMAIL
    direction: Direction = Direction.OUTBOUND
    subject: str | None = None
    content: str | None = None
    response: str | None = None
    sent_at: Moment | None = None
    delivered_at: Moment | None = None
    opened_at: Moment | None = None
    clicked_at: Moment | None = None
    replied_at: Moment | None = None
    bounced_at: Moment | None = None
    failed_at: Moment | None = None
    outcome: Outcome = Outcome.SCHEDULED
    outcome_details: str | None = None
    call_duration_seconds: Count | None = None
    call_recording_url: str | None = None
    call_transcript: str | None = None
    call_sentiment: str | None = None
    email_thread_id: Annotated[str, Meta(max_length=998)] | None = None
    email_message_id: Annotated[str, Meta(max_length=998)] | None = None
    in_reply_to_id: UUID | None = None
    provider_id: Annotated[str, Meta(max_length=998)] | None = None
    metadata: Json = {}
    attributes: Json = {}
    created_by_user_id: UUID | None = None
    created_by_automation: bool = False
    created_at: Moment | None = None
    updated_at: Moment | None = None


class Colleague(Contact, frozen=True, kw_only=True):
    """A contact as somebody's colleague."""

    relationship_id: UUID
    strength: Strength


class OverdueConversation(Conversation, frozen=True, kw_only=True):
    """A conversation whose next touchpoint is past due."""

    days_overdue: Decimal


class NewEvent(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something that happened, as it is reported.

    `message_id` and `response` belong to a reply. `actor` is left out unless it is known; `address` is
    the IP address, `provider` (with its account and event id) whoever told us, `raw` what they said.
    """

    kind: EventKind
    touchpoint_id: UUID
    at: Moment | None = None
    detail: EventDetail | None = None
    contact_id: UUID | None = None
    actor: Actor | None = None
    actor_reason: str | None = None
    url: str | None = None
    user_agent: str | None = None
    address: str | None = None
    provider: str | None = None
    provider_account: str | None = None
    provider_event_id: str | None = None
    message_id: str | None = None
    response: str | None = None
    raw: Json = {}


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened, as it was reported. `cursor` resumes `events(after=...)`."""

    id: int
    kind: EventKind
    detail: EventDetail | None
    at: Moment
    touchpoint_id: UUID | None
    contact_id: UUID | None
    actor: Actor | None
    actor_reason: str | None
    url: str | None
    provider: str | None
    raw: Json
    recorded_at: Moment
    cursor: str


class EngagementMetrics(TypedDict):
    """Counts and rates (percent, 0-100) of outbound e-mail; `human_*` count what a person did."""

    total_touchpoints: int
    emails_sent: int
    emails_delivered: int
    emails_opened: int
    emails_clicked: int
    emails_replied: int
    emails_bounced: int
    open_rate: float
    click_rate: float
    reply_rate: float
    human_opened: int
    human_clicked: int
    human_replied: int
    human_open_rate: float
    human_click_rate: float
    human_reply_rate: float
