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
_STRENGTHS = (Strength.WEAK, Strength.MEDIUM, Strength.STRONG)


class _Primary(Struct):
    id: UUID
    name: str
    title: str | None


class _Candidate(Struct):
    contact: Contact
    type: RelationshipType | None
    strength: Strength
    implied: bool
    has_active_conversation: bool
    engagement_score: int


class _Found(Struct):
    primary: _Primary | None
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
    """The targets, best first; None where there is no such contact. Stored edges come before implied ones where 1,000 do not suffice."""
    text = await db.value(
        "graph.expansion",
        {
            "contact_id": primary_contact_id,
            "now": db.now(),
            "types": [_member(RelationshipType, "types", name) for name in ([types] if isinstance(types, str) else types)],
            "strengths": _from(_member(Strength, "min_relationship_strength", min_strength)),
            "include_implied": include_implied,
            "channels": ["all"] if channel is None else ["all", _member(Channel, "channel", channel)],
            "most": MOST_TARGETS,
        },
    )
    found = decoded(_Found, text)
    if found.primary is None:
        return None
    primary = found.primary
    targets = [_target(policy, primary, candidate) for candidate in found.targets]
    return sorted(targets, key=lambda target: (-target["priority_score"], target["contact"].name, target["contact"].id))


def _target(policy: ExpansionPolicy, primary: _Primary, found: _Candidate) -> ExpansionTarget:
    contact, score = found.contact, found.engagement_score
    show_score(contact, score)
    facts = TargetFacts(
        strength=found.strength,
        is_decision_maker=contact.is_decision_maker,
        is_champion=contact.is_champion,
        seniority=contact.seniority_level,
        engagement_score=score,
        has_active_conversation=found.has_active_conversation,
        total_touchpoints=contact.total_touchpoints,
        is_implied=found.implied,
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
            "implied": found.implied,
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


def _from(least: str) -> list[str]:
    """A strength and all that are stronger."""
    names = [str(strength) for strength in _STRENGTHS]
    return names[names.index(least) :]
