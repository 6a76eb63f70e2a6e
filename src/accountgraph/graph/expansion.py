"""Whom to talk to next in an account."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import Channel, RelationshipType, Strength
from accountgraph.errors import InvalidValueError
from accountgraph.graph.decoding import decoded, show_score
from accountgraph.graph.scores import TargetFacts, priority_score
from accountgraph.models import Contact

if TYPE_CHECKING:
    from collections.abc import Collection
    from enum import StrEnum

    from accountgraph.db import Connectable
    from accountgraph.graph.answers import ExpansionTarget
    from accountgraph.graph.policy import ExpansionPolicy

MOST_TARGETS = 1000
# A strength and all that are stronger, as the text of an array.
_FROM = {"weak": "{weak,medium,strong}", "medium": "{medium,strong}", "strong": "{strong}"}


class _Primary(Struct):
    id: UUID
    name: str
    title: str | None


class _Candidate(Struct):
    """Who may be talked to; `type` is None where the relationship is implied."""

    contact: Contact
    type: RelationshipType | None
    strength: Strength
    has_active_conversation: bool
    engagement_score: int


class _Found(Struct):
    primary: _Primary
    targets: list[_Candidate]


async def expansion_targets(
    db: Connectable,
    policy: ExpansionPolicy,
    primary_contact_id: UUID,
    *,
    min_strength: str,
    types: Collection[str],
    include_implied: bool,
    channel: str | None,
) -> list[ExpansionTarget] | None:
    """The best 1,000 targets, best first; None where there is no such contact."""
    kinds = [_member(RelationshipType, "types", name) for name in ([types] if isinstance(types, str) else types)]
    text = await db.value(
        "graph.expansion",
        {
            "contact_id": primary_contact_id,
            "now": db.now(),
            "types": _array(kinds),
            "strengths": _FROM[_member(Strength, "min_relationship_strength", min_strength)],
            "include_implied": include_implied,
            "channel": None if channel is None else _member(Channel, "channel", channel),
        },
    )
    if text is None:
        return None
    found = decoded(_Found, text)
    targets = [_target(policy, found.primary, candidate) for candidate in found.targets]
    targets.sort(key=lambda target: (-target["priority_score"], target["contact"].name, target["contact"].id))
    return targets[:MOST_TARGETS]


def _target(policy: ExpansionPolicy, primary: _Primary, found: _Candidate) -> ExpansionTarget:
    contact, score, is_implied = found.contact, found.engagement_score, found.type is None
    show_score(contact, score)
    facts = TargetFacts(
        strength=found.strength,
        is_decision_maker=contact.is_decision_maker,
        is_champion=contact.is_champion,
        seniority=contact.seniority_level,
        engagement_score=score,
        has_active_conversation=found.has_active_conversation,
        total_touchpoints=contact.total_touchpoints,
        is_implied=is_implied,
    )
    total, why = priority_score(policy, facts)
    return {
        "contact": contact,
        "relationship_to_primary": {
            "primary_contact_id": primary.id,
            "primary_contact_name": primary.name,
            "primary_contact_title": primary.title,
            "strength": found.strength,
            "type": found.type,
            "implied": is_implied,
        },
        "engagement_status": {
            "has_active_conversation": found.has_active_conversation,
            "engagement_score": score,
            "last_engaged_at": contact.last_engaged_at,
        },
        "priority_score": total,
        "why": why,
    }


def _member(kind: type[StrEnum], field: str, value: str) -> str:
    """`value`, if it is one of the enumeration."""
    try:
        return str(kind(value))
    except ValueError:
        raise InvalidValueError(field, f"there is no {value!r}; one of {', '.join(kind)}.") from None


def _array(names: list[str]) -> str:
    """Members of an enumeration as the text of an array: the driver takes longer to write a list than the query to run."""
    return "{" + ",".join(names) + "}"
