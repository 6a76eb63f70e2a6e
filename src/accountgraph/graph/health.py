"""How an account is doing, and what is missing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.graph.answers import Coverage, Engagement, HealthBreakdown, Person, Recommendation
from accountgraph.graph.decoding import decoded
from accountgraph.graph.scores import HealthFacts, health_score, health_status

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Connectable
    from accountgraph.graph.answers import AccountHealth
    from accountgraph.graph.policy import HealthPolicy


class Facts(Struct):
    """What the database says of an account; the four lists name three contacts at most, the best to begin with first."""

    contacts: int
    active_contacts: int
    touched_contacts: int
    engaged_contacts: int
    connected_contacts: int
    decision_makers: int
    last_engaged_at: datetime | None
    active_conversations: int
    relationships: int
    top_scores: list[int]
    senior: list[Person]
    idle: list[Person]
    unconnected: list[Person]
    silent: list[Person]


async def account_health(db: Connectable, policy: HealthPolicy, company_id: UUID, as_of: datetime | None) -> AccountHealth | None:
    """The health of an account; None where there is none."""
    moment = as_of or db.now()
    text = await db.value(
        "graph.health",
        {
            "company_id": company_id,
            "now": moment,
            "is_past": as_of is not None,
            "most_contacts": policy.most_contacts,
            "low_engagement": policy.low_engagement,
        },
    )
    return None if text is None else judged(policy, company_id, moment, decoded(Facts, text))


def judged(policy: HealthPolicy, company_id: UUID, moment: datetime, facts: Facts) -> AccountHealth:
    """The health that these facts make."""
    counted = HealthFacts(
        active_contacts=facts.active_contacts,
        top_scores=facts.top_scores,
        active_conversations=facts.active_conversations,
        relationships=facts.relationships,
        decision_makers=facts.decision_makers,
    )
    total, why = health_score(policy, counted)
    points = {part["name"]: part["points"] for part in why}
    breakdown = HealthBreakdown(
        engagement=points["engagement"],
        conversations=points["conversations"],
        relationships=points["relationships"],
        decision_makers=points["decision_makers"],
    )
    engagement = Engagement(
        score=float(why[0]["inputs"]["mean_engagement_score"]),
        engaged_contacts=facts.engaged_contacts,
        last_engaged_at=facts.last_engaged_at,
    )
    return {
        "company_id": company_id,
        "as_of": moment,
        "total_score": total,
        "health_status": health_status(policy, total),
        "breakdown": breakdown,
        "coverage": _coverage(policy, breakdown, facts),
        "engagement": engagement,
        "recommendations": recommendations(policy, facts, engagement["score"]),
        "why": why,
    }


def _coverage(policy: HealthPolicy, breakdown: HealthBreakdown, facts: Facts) -> Coverage:
    most = policy.conversations + policy.relationships + policy.decision_makers
    reached = breakdown["conversations"] + breakdown["relationships"] + breakdown["decision_makers"]
    return {
        "score": round(100 * reached / most, 2) if most else 0.0,
        "contacts": facts.contacts,
        "active_contacts": facts.active_contacts,
        "touched_contacts": facts.touched_contacts,
        "decision_makers": facts.decision_makers,
        "active_conversations": facts.active_conversations,
        "relationships": facts.relationships,
    }


def recommendations(policy: HealthPolicy, facts: Facts, mean_engagement: float) -> list[Recommendation]:
    """What is missing, the most pressing first."""
    if not facts.active_contacts:
        return [{"missing": "contacts", "text": "There is no active contact; add the people of this account.", "contacts": []}]
    found: list[Recommendation] = []
    if not facts.decision_makers:
        text = "No decision maker is known" + _who("; find out whether one of these decides", facts.senior)
        found.append({"missing": "decision_maker", "text": text + ".", "contacts": facts.senior})
    if not facts.active_conversations:
        text = "There is no active conversation" + _who("; begin with", facts.idle)
        found.append({"missing": "conversation", "text": text + ".", "contacts": facts.idle})
    if facts.relationships < facts.active_contacts:
        text = f"Relationships known: {facts.relationships}, for {facts.active_contacts} contacts"
        text += _who("; find out who works with", facts.unconnected)
        found.append({"missing": "relationships", "text": text + ".", "contacts": facts.unconnected})
    if mean_engagement < policy.low_engagement:
        people = facts.silent or facts.idle
        text = f"Mean engagement is {mean_engagement:.1f}, under {policy.low_engagement:g}"
        text += _who("; try another message or channel for" if facts.silent else "; win over", people)
        found.append({"missing": "engagement", "text": text + ".", "contacts": people})
    return found


def _who(lead: str, people: list[Person]) -> str:
    names = [f"{person['name']} ({person['title']})" if person["title"] else person["name"] for person in people]
    return f"{lead} {', '.join(names)}" if names else ""
