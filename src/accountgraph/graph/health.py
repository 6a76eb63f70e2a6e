"""How an account is doing, and what is missing."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import Seniority
from accountgraph.graph.answers import Coverage, Engagement, HealthBreakdown, Person, Recommendation
from accountgraph.graph.decoding import decoded
from accountgraph.graph.scores import HealthFacts, health_score, health_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from accountgraph.db import Connectable
    from accountgraph.graph.answers import AccountHealth
    from accountgraph.graph.policy import HealthPolicy

_SENIOR: tuple[Seniority | None, ...] = (Seniority.C_LEVEL, Seniority.VP, Seniority.DIRECTOR)


class _Member(Struct):
    """A contact of the account; `score` is 0 where the contact is excluded."""

    id: UUID
    name: str
    title: str | None
    seniority_level: Seniority | None
    score: int
    last_engaged_at: datetime | None
    is_active: bool
    is_touched: bool
    is_excluded: bool
    is_off_limits: bool
    is_decision_maker: bool
    is_champion: bool


class _Account(Struct):
    """An account as rows: its people, whose active conversations there are, and the first and the second ends of its edges."""

    people: list[_Member]
    talking: list[UUID]
    edges: tuple[list[UUID], list[UUID]]

    @property
    def active(self) -> list[_Member]:
        return [person for person in self.people if person.is_active]

    @property
    def relationships(self) -> int:
        return len(self.edges[0])


async def account_health(db: Connectable, policy: HealthPolicy, company_id: UUID, as_of: datetime | None) -> AccountHealth | None:
    """The health of an account; None where there is none."""
    moment = as_of or db.now()
    text = await db.value("graph.health" if as_of is None else "graph.past_health", {"company_id": company_id, "now": moment})
    return None if text is None else _judged(policy, company_id, moment, decoded(_Account, text))


def _judged(policy: HealthPolicy, company_id: UUID, moment: datetime, account: _Account) -> AccountHealth:
    """The health that these rows make."""
    people = account.active
    counted = HealthFacts(
        active_contacts=len(people),
        top_scores=[person.score for person in people],
        active_conversations=len(account.talking),
        relationships=account.relationships,
        decision_makers=sum(person.is_decision_maker for person in people),
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
        engaged_contacts=sum(person.score > 0 for person in people),
        last_engaged_at=max((person.last_engaged_at for person in people if person.last_engaged_at), default=None),
    )
    return {
        "company_id": company_id,
        "as_of": moment,
        "total_score": total,
        "health_status": health_status(policy, total),
        "breakdown": breakdown,
        "coverage": _coverage(policy, breakdown, account, counted),
        "engagement": engagement,
        "recommendations": _recommendations(policy, account, counted, engagement["score"]),
        "why": why,
    }


def _coverage(policy: HealthPolicy, breakdown: HealthBreakdown, account: _Account, counted: HealthFacts) -> Coverage:
    most = policy.conversations + policy.relationships + policy.decision_makers
    reached = breakdown["conversations"] + breakdown["relationships"] + breakdown["decision_makers"]
    return {
        "score": round(100 * reached / most, 2) if most else 0.0,
        "contacts": len(account.people),
        "active_contacts": counted.active_contacts,
        "touched_contacts": sum(person.is_touched for person in account.active),
        "decision_makers": counted.decision_makers,
        "active_conversations": counted.active_conversations,
        "relationships": counted.relationships,
    }


def _recommendations(policy: HealthPolicy, account: _Account, counted: HealthFacts, mean_engagement: float) -> list[Recommendation]:
    """What is missing, the most pressing first."""
    if not counted.active_contacts:
        return [{"missing": "contacts", "text": "There is no active contact; add the people of this account.", "contacts": []}]
    found: list[Recommendation] = []
    if not counted.decision_makers:
        senior = _senior(account)
        text = "No decision maker is known" + _who("; find out whether one of these decides", senior)
        found.append({"missing": "decision_maker", "text": text + ".", "contacts": senior})
    if not counted.active_conversations:
        idle = _idle(account)
        text = "There is no active conversation" + _who("; begin with", idle)
        found.append({"missing": "conversation", "text": text + ".", "contacts": idle})
    if counted.relationships < counted.active_contacts:
        unconnected = _unconnected(account)
        text = f"Relationships known: {counted.relationships}, for {counted.active_contacts} contacts"
        text += _who("; find out who works with", unconnected)
        found.append({"missing": "relationships", "text": text + ".", "contacts": unconnected})
    if mean_engagement < policy.low_engagement:
        silent = _silent(account, policy.low_engagement)
        people = silent or _idle(account)
        text = f"Mean engagement is {mean_engagement:.1f}, under {policy.low_engagement:g}"
        text += _who("; try another message or channel for" if silent else "; win over", people)
        found.append({"missing": "engagement", "text": text + ".", "contacts": people})
    return found


def _senior(account: _Account) -> list[Person]:
    senior = [person for person in account.active if person.seniority_level in _SENIOR]
    return _first(senior, lambda person: _SENIOR.index(person.seniority_level))


def _idle(account: _Account) -> list[Person]:
    """Who could be written to, and is in no conversation."""
    talking = set(account.talking)
    return _first((person for person in _within_reach(account) if person.id not in talking), _promise)


def _unconnected(account: _Account) -> list[Person]:
    connected = {*account.edges[0], *account.edges[1]}
    return _first((person for person in account.active if person.id not in connected), _promise)


def _silent(account: _Account, low: float) -> list[Person]:
    """Who is in a conversation and says little."""
    talking = set(account.talking)
    silent = [person for person in _within_reach(account) if person.id in talking and person.score < low]
    return _first(silent, lambda person: (person.score, not person.is_decision_maker))


def _within_reach(account: _Account) -> list[_Member]:
    return [person for person in account.active if not person.is_excluded and not person.is_off_limits]


def _promise(person: _Member) -> tuple[bool, bool, int]:
    """Who decides comes first, then who speaks for us, then who does most."""
    return (not person.is_decision_maker, not person.is_champion, -person.score)


def _first(people: Iterable[_Member], by: Callable[[_Member], Any]) -> list[Person]:
    """The first three; the id decides between equals."""
    chosen = sorted(people, key=lambda person: (by(person), person.id))[:3]
    return [{"id": person.id, "name": person.name, "title": person.title} for person in chosen]


def _who(lead: str, people: list[Person]) -> str:
    names = [f"{person['name']} ({person['title']})" if person["title"] else person["name"] for person in people]
    return f"{lead} {', '.join(names)}" if names else ""
