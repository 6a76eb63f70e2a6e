"""Everything a message to a contact needs."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import ConversationStatus, RelationshipType, Strength
from accountgraph.graph.answers import CompanyFacts, ConversationFacts, RecentTouchpoint
from accountgraph.graph.decoding import decoded, show_score
from accountgraph.models import Contact, EngagementMetrics

if TYPE_CHECKING:
    from accountgraph.db import Connectable
    from accountgraph.graph.answers import Acquaintance, ContextConversations, ContextEngagement, ContextRelationships, ConversationContext
    from accountgraph.graph.policy import PathPolicy

MOST_PEOPLE = 50
_CLOSENESS = (Strength.STRONG, Strength.MEDIUM, Strength.WEAK)


class _Talk(ConversationFacts):
    """A conversation; the latest alone brings its context."""

    context: dict[str, Any] | None


class _Known(Struct):
    """Somebody the contact is related to."""

    id: UUID
    name: str
    title: str | None
    company_id: UUID | None
    last_engaged_at: datetime | None
    type: RelationshipType
    is_from_contact: bool
    strength: Strength
    confidence: Decimal
    is_withheld: bool
    has_active_conversation: bool


class _HumanCounts(Struct):
    """Messages that a person opened, clicked or replied to."""

    opened: int
    clicked: int
    replied: int


class _Counts(Struct):
    """How many messages there were, and of our e-mails what became of them."""

    total_touchpoints: int
    emails_sent: int
    emails_delivered: int
    emails_opened: int
    emails_clicked: int
    emails_replied: int
    emails_bounced: int
    human: _HumanCounts


class _Found(Struct):
    """What there is about a contact, as rows; `conversations` begin with the latest."""

    contact: Contact
    engagement_score: int
    company: CompanyFacts | None
    conversations: list[_Talk]
    recent_touchpoints: list[RecentTouchpoint]
    metrics: _Counts
    known: list[_Known]


async def conversation_context(
    db: Connectable, policy: PathPolicy, contact_id: UUID, *, include_company_context: bool, include_relationship_context: bool
) -> ConversationContext | None:
    """The context of a contact; None where there is none."""
    now = db.now()
    params = {
        "contact_id": contact_id,
        "now": now,
        "with_company": include_company_context,
        "with_relationships": include_relationship_context,
    }
    text = await db.value("graph.context", params)
    if text is None:
        return None
    found = decoded(_Found, text)
    show_score(found.contact, found.engagement_score)
    since = now - timedelta(days=policy.in_touch_days)
    return {
        "contact": found.contact,
        "company": found.company,
        "conversations": _talks(found.conversations),
        "engagement": _what_was_done(found),
        "relationships": _related(found, since) if include_relationship_context else None,
    }


def _talks(talks: list[_Talk]) -> ContextConversations:
    context = talks[0].pop("context") if talks else None  # type: ignore[misc]  # what remains is a ConversationFacts
    return {
        "active": sum(talk["status"] is ConversationStatus.ACTIVE for talk in talks),
        "total": len(talks),
        "latest": talks[0] if talks else None,
        "latest_context": context or {},
    }


def _what_was_done(found: _Found) -> ContextEngagement:
    talks = found.conversations
    return {
        "recent_touchpoints": found.recent_touchpoints,
        "metrics": _metrics(found.metrics),
        "engagement_score": found.engagement_score,
        "last_engaged_at": found.contact.last_engaged_at,
        "last_touchpoint_at": max((talk["last_touchpoint_at"] for talk in talks if talk["last_touchpoint_at"]), default=None),
        "last_response_at": max((talk["last_response_at"] for talk in talks if talk["last_response_at"]), default=None),
    }


def _metrics(counts: _Counts) -> EngagementMetrics:
    share = 100.0 / counts.emails_sent if counts.emails_sent else 0.0
    human = counts.human
    return {
        "total_touchpoints": counts.total_touchpoints,
        "emails_sent": counts.emails_sent,
        "emails_delivered": counts.emails_delivered,
        "emails_opened": counts.emails_opened,
        "emails_clicked": counts.emails_clicked,
        "emails_replied": counts.emails_replied,
        "emails_bounced": counts.emails_bounced,
        "open_rate": counts.emails_opened * share,
        "click_rate": counts.emails_clicked * share,
        "reply_rate": counts.emails_replied * share,
        "human_opened": human.opened,
        "human_clicked": human.clicked,
        "human_replied": human.replied,
        "human_open_rate": human.opened * share,
        "human_click_rate": human.clicked * share,
        "human_reply_rate": human.replied * share,
    }


def _related(found: _Found, in_touch_since: datetime) -> ContextRelationships:
    open_ones = sorted((person for person in found.known if not person.is_withheld), key=_closeness)
    company_id = found.contact.company_id
    people = [(person.type is RelationshipType.COLLEAGUES, _acquaintance(person, company_id, in_touch_since)) for person in open_ones]
    return {
        "total": len(found.known),
        "withheld": len(found.known) - len(open_ones),
        "colleagues": [person for is_colleague, person in people if is_colleague][:MOST_PEOPLE],
        "network": [person for is_colleague, person in people if not is_colleague][:MOST_PEOPLE],
    }


def _closeness(person: _Known) -> tuple[int, float, Decimal, UUID]:
    """The strongest relationship first, then who acted last, then the surest."""
    acted = person.last_engaged_at.timestamp() if person.last_engaged_at else float("-inf")
    return (_CLOSENESS.index(person.strength), -acted, -person.confidence, person.id)


def _acquaintance(person: _Known, company_id: UUID | None, in_touch_since: datetime) -> Acquaintance:
    return {
        "id": person.id,
        "name": person.name,
        "title": person.title,
        "type": person.type,
        "is_from_contact": person.is_from_contact,
        "strength": person.strength,
        "confidence": person.confidence,
        "is_same_company": company_id is not None and person.company_id == company_id,
        "is_engaged": person.last_engaged_at is not None and person.last_engaged_at >= in_touch_since,
        "has_active_conversation": person.has_active_conversation,
    }
