"""Whom to ask for an introduction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.errors import InvalidValueError
from accountgraph.graph.answers import PathEdge, PathPerson
from accountgraph.graph.decoding import decoded

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable
    from accountgraph.graph.answers import WarmPath
    from accountgraph.graph.policy import PathPolicy
    from accountgraph.graph.scores import Part

MOST_PATHS = 1000


class _Path(Struct):
    score: float
    people: list[PathPerson]
    edges: list[PathEdge]
    last_engaged_at: datetime


class _Found(Struct):
    paths: list[_Path]


async def warm_paths(db: Connectable, policy: PathPolicy, contact_id: UUID, limit: int) -> list[WarmPath] | None:
    """The best chains to a contact, one for each person we are in touch with; None where there is no such contact."""
    if not 1 <= limit <= MOST_PATHS:
        raise InvalidValueError("limit", f"must be 1 to {MOST_PATHS}.")
    text = await db.value(
        "graph.warm_paths",
        {
            "contact_id": contact_id,
            "in_touch_since": db.now() - timedelta(days=policy.in_touch_days),
            "weak": policy.strength.weak,
            "medium": policy.strength.medium,
            "strong": policy.strength.strong,
            "most_hops": policy.most_hops,
            "most": limit,
        },
    )
    if text is None:
        return None
    return [_path(policy, path) for path in decoded(_Found, text).paths]


def _path(policy: PathPolicy, found: _Path) -> WarmPath:
    return {
        "people": found.people,
        "edges": found.edges,
        "score": round(found.score, 4),
        "last_engaged_at": found.last_engaged_at,
        "why": [_step(policy, edge, one, other) for edge, one, other in zip(found.edges, found.people[:-1], found.people[1:], strict=True)],
    }


def _step(policy: PathPolicy, edge: PathEdge, one: PathPerson, other: PathPerson) -> Part:
    """What an edge lets through: the score is the product of these."""
    share = policy.strength.of(edge["strength"])
    return {
        "name": "step",
        "points": round(share * float(edge["confidence"]), 4),
        "because": f"{one['name']} and {other['name']}: {edge['strength']} {edge['type']}, confidence {edge['confidence']}",
        "inputs": {"strength": str(edge["strength"]), "share": share, "confidence": float(edge["confidence"])},
    }
