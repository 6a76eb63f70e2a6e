"""The two scores, as pure functions of a policy and of facts. Each gives its parts, so that it can be asked why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict

if TYPE_CHECKING:
    from accountgraph.enums import Seniority, Strength
    from accountgraph.graph.policy import ExpansionPolicy, HealthPolicy

HealthStatus = Literal["excellent", "good", "fair", "poor", "critical"]


class Part(TypedDict):
    """One part of a score: its points, the reason in words, and the facts it was made from."""

    name: str
    points: float
    because: str
    inputs: dict[str, Any]


class Score(NamedTuple):
    """A score, and the parts that add up to it."""

    total: float
    why: list[Part]


class TargetFacts(NamedTuple):
    """What the expansion score looks at. `engagement_score` is 0-100."""

    strength: Strength
    is_decision_maker: bool
    is_champion: bool
    seniority: Seniority | None
    engagement_score: int
    has_active_conversation: bool
    total_touchpoints: int
    is_implied: bool = False


class HealthFacts(NamedTuple):
    """What the health score looks at. `top_scores` are the engagement scores (0-100) of the most engaged contacts."""

    active_contacts: int
    top_scores: list[int]
    active_conversations: int
    relationships: int
    decision_makers: int


def priority_score(policy: ExpansionPolicy, facts: TargetFacts) -> Score:
    """Who should be talked to next: the higher the sooner; two decimals."""
    why = [_strength(policy, facts), *_standing(policy, facts), _seniority(policy, facts)]
    if facts.engagement_score:
        points = policy.engagement * facts.engagement_score / 100
        why.append(_part("engagement", points, f"engagement score {facts.engagement_score}", engagement_score=facts.engagement_score))
    if facts.has_active_conversation:
        factor = policy.in_conversation_factor
        so_far = sum(part["points"] for part in why)
        change = round(so_far * factor, 2) - so_far
        why.append(_part("active_conversation", change, f"is in an active conversation already: times {factor:g}", factor=factor))
    if not facts.total_touchpoints:
        why.append(_part("never_touched", policy.never_touched, "was never touched", total_touchpoints=0))
    return Score(round(sum(part["points"] for part in why), 2), why)


def _strength(policy: ExpansionPolicy, facts: TargetFacts) -> Part:
    points = policy.strength.of(facts.strength)
    because = "implied: works at the same company, no known relationship" if facts.is_implied else f"{facts.strength} relationship"
    return _part("relationship", points, because, strength=facts.strength.value, implied=facts.is_implied)


def _standing(policy: ExpansionPolicy, facts: TargetFacts) -> list[Part]:
    if facts.is_decision_maker:
        return [_part("decision_maker", policy.decision_maker, "is a decision maker", is_decision_maker=True)]
    if facts.is_champion:
        return [_part("champion", policy.champion, "is a champion", is_champion=True)]
    return []


def _seniority(policy: ExpansionPolicy, facts: TargetFacts) -> Part:
    level = facts.seniority.value if facts.seniority else None
    because = level.replace("_", " ") if level else "seniority unknown"
    return _part("seniority", policy.seniority.of(facts.seniority), because, seniority_level=level)


def health_score(policy: HealthPolicy, facts: HealthFacts) -> Score:
    """How an account is doing, 0-100; every part and the total with two decimals (rounded by themselves).

    An account without active contacts has no size to be measured by: only a decision maker would count.
    """
    size, mean = _measured(policy, facts)
    points = _health_points(policy, facts, size, mean)
    return Score(round(sum(points.values()), 2), _health_parts(points, facts, size, mean))


def health_total(policy: HealthPolicy, facts: HealthFacts) -> float:
    """The total of `health_score`, without its parts."""
    return round(sum(_health_points(policy, facts, *_measured(policy, facts)).values()), 2)


def _health_points(policy: HealthPolicy, facts: HealthFacts, size: int, mean: float) -> dict[str, float]:
    return {
        "engagement": policy.engagement * mean / 100,
        "conversations": policy.conversations * _share(facts.active_conversations, size),
        "relationships": policy.relationships * _share(facts.relationships, size),
        "decision_makers": policy.decision_makers if facts.decision_makers else 0.0,
    }


def _measured(policy: HealthPolicy, facts: HealthFacts) -> tuple[int, float]:
    """By how many contacts an account is measured, and the mean engagement of so many, the most engaged first."""
    size = min(facts.active_contacts, policy.most_contacts)
    return size, sum(sorted(facts.top_scores, reverse=True)[:size]) / size if size else 0.0


def _share(count: int, size: int) -> float:
    return min(1.0, count / size) if size else 0.0


def _health_parts(points: dict[str, float], facts: HealthFacts, size: int, mean: float) -> list[Part]:
    known = facts.decision_makers
    because: dict[str, tuple[str, dict[str, Any]]] = {
        "engagement": (f"mean engagement {mean:.1f} of the {size} most engaged contacts", {"mean_engagement_score": round(mean, 2)}),
        "conversations": (f"{facts.active_conversations} active for {size} contacts", {"active_conversations": facts.active_conversations}),
        "relationships": (f"{facts.relationships} known for {size} contacts", {"relationships": facts.relationships}),
        "decision_makers": (f"{known} known" if known else "none known", {"decision_makers": known}),
    }
    words = {name: said if size or name == "decision_makers" else "no active contact" for name, (said, _) in because.items()}
    return [_part(name, value, words[name], contacts=size, **because[name][1]) for name, value in points.items()]


def health_status(policy: HealthPolicy, total: float) -> HealthStatus:
    """The word for a health score."""
    if total >= policy.excellent:
        return "excellent"
    if total >= policy.good:
        return "good"
    if total >= policy.fair:
        return "fair"
    return "poor" if total >= policy.poor else "critical"


def _part(name: str, points: float, because: str, **inputs: Any) -> Part:  # noqa: ANN401 - whatever the part looked at
    return {"name": name, "points": round(points, 2), "because": because, "inputs": inputs}
