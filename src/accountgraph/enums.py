"""The words of the field that a column may hold. Each enumeration is a named CHECK of the schema too; a test compares them."""

from __future__ import annotations

from enum import StrEnum


class CompanySize(StrEnum):
    """How big a company is."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    ENTERPRISE = "enterprise"


class AccountTier(StrEnum):
    """How much an account matters."""

    STRATEGIC = "strategic"
    TIER1 = "tier1"
    TIER2 = "tier2"
    TIER3 = "tier3"


class AccountStatus(StrEnum):
    """Where an account stands with us."""

    PROSPECTING = "prospecting"
    ENGAGED = "engaged"
    CUSTOMER = "customer"
    CHURNED = "churned"


class Seniority(StrEnum):
    """A contact's rank."""

    C_LEVEL = "c-level"
    VP = "vp"
    DIRECTOR = "director"
    MANAGER = "manager"
    INDIVIDUAL_CONTRIBUTOR = "individual_contributor"


class ContactStatus(StrEnum):
    """Whether a contact can be written to."""

    ACTIVE = "active"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    INVALID = "invalid"


class Exclusion(StrEnum):
    """Why a contact's engagement no longer counts for the account."""

    REFUSED = "refused"
    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


class RelationshipType(StrEnum):
    """How two contacts are related; `reports_to` and `manager_of` are one statement said two ways."""

    COLLEAGUES = "colleagues"
    REPORTS_TO = "reports_to"
    MANAGER_OF = "manager_of"
    MENTOR_MENTEE = "mentor_mentee"
    COLLABORATORS = "collaborators"
    REFERRAL = "referral"
    INTRODUCED_BY = "introduced_by"


class Strength(StrEnum):
    """How well two contacts know each other."""

    WEAK = "weak"
    MEDIUM = "medium"
    STRONG = "strong"


class ConversationStatus(StrEnum):
    """Where a conversation stands; closed, won and lost end it."""

    ACTIVE = "active"
    PAUSED = "paused"
    NURTURING = "nurturing"
    CLOSED = "closed"
    WON = "won"
    LOST = "lost"


class QualificationTier(StrEnum):
    """How warm a conversation is."""

    SCORCHING = "scorching"
    HOT = "hot"
    WARM = "warm"
    COOL = "cool"
    COLD = "cold"


class Channel(StrEnum):
    """How a touchpoint travels."""

    EMAIL = "email"
    SMS = "sms"
    CALL = "call"
    LINKEDIN = "linkedin"
    MAIL = "mail"
    WHATSAPP = "whatsapp"
    MEETING = "meeting"


class Direction(StrEnum):
    """Who wrote: outbound is us."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Outcome(StrEnum):
    """The furthest thing that happened to a touchpoint; failed and bounced end it."""

    SCHEDULED = "scheduled"
    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    BOUNCED = "bounced"
    FAILED = "failed"


class EventKind(StrEnum):
    """What happened."""

    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    REPLIED = "replied"
    RECEIVED = "received"
    ANSWERED = "answered"
    MEETING_BOOKED = "meeting_booked"
    MEETING_HELD = "meeting_held"
    MEETING_MISSED = "meeting_missed"
    BOUNCED = "bounced"
    FAILED = "failed"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"


class Actor(StrEnum):
    """Who made an event happen."""

    HUMAN = "human"
    PREFETCH = "prefetch"
    SCANNER = "scanner"
    UNVERIFIED = "unverified"


class EventDetail(StrEnum):
    """What a reply meant, or what kind of bounce it was."""

    POSITIVE = "positive"
    REFERRAL = "referral"
    QUESTION = "question"
    OTHER = "other"
    NOT_NOW = "not_now"
    REFUSAL = "refusal"
    HARD = "hard"
    SOFT = "soft"
    POLICY = "policy"


class ConsentBasis(StrEnum):
    """The lawful basis of writing to a contact."""

    CONSENT = "consent"
    LEGITIMATE_INTEREST = "legitimate_interest"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"


class SuppressionReason(StrEnum):
    """Why somebody must not be written to."""

    UNSUBSCRIBED = "unsubscribed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OBJECTION = "objection"
    DO_NOT_CONTACT = "do_not_contact"
    MANUAL = "manual"


class AttributeType(StrEnum):
    """The type of a user's own field."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    LIST = "list"
