"""The expansion and health scores, as pure functions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.enums import Seniority, Strength
from accountgraph.errors import InvalidValueError
from accountgraph.graph import ExpansionPolicy, HealthPolicy, PathPolicy, StrengthPoints
from accountgraph.graph.scores import HealthFacts, TargetFacts, health_score, health_status, priority_score

EXPANSION, HEALTH = ExpansionPolicy(), HealthPolicy()
CHEN = TargetFacts(
    strength=Strength.STRONG,
    is_decision_maker=False,
    is_champion=False,
    seniority=Seniority.DIRECTOR,
    engagement_score=0,
    has_active_conversation=True,
    total_touchpoints=1,
)
ACME = HealthFacts(active_contacts=3, top_scores=[0, 0, 0], active_conversations=2, relationships=2, decision_makers=1)

targets = st.builds(
    TargetFacts,
    strength=st.sampled_from(Strength),
    is_decision_maker=st.booleans(),
    is_champion=st.booleans(),
    seniority=st.none() | st.sampled_from(Seniority),
    engagement_score=st.integers(0, 100),
    has_active_conversation=st.booleans(),
    total_touchpoints=st.integers(0, 9),
    is_implied=st.booleans(),
)
accounts = st.builds(
    HealthFacts,
    active_contacts=st.integers(0, 1000),
    top_scores=st.lists(st.integers(0, 100), min_size=5, max_size=5),
    active_conversations=st.integers(0, 50),
    relationships=st.integers(0, 50),
    decision_makers=st.integers(0, 5),
)


def test_reference_target_has_21_points() -> None:
    assert priority_score(EXPANSION, CHEN).total == 21.00


def test_untouched_decision_maker_who_is_strongly_related_and_fully_engaged_has_100_points() -> None:
    best = CHEN._replace(
        is_decision_maker=True, seniority=Seniority.C_LEVEL, engagement_score=100, has_active_conversation=False, total_touchpoints=0
    )
    assert priority_score(EXPANSION, best).total == 30 + 25 + 20 + 15 + 10


def test_decision_maker_is_not_counted_as_a_champion_as_well() -> None:
    both = CHEN._replace(is_decision_maker=True, is_champion=True)
    assert [part["name"] for part in priority_score(EXPANSION, both).why].count("decision_maker") == 1
    assert "champion" not in [part["name"] for part in priority_score(EXPANSION, both).why]


@pytest.mark.parametrize(
    ("seniority", "points"),
    [
        (Seniority.C_LEVEL, 20),
        (Seniority.VP, 15),
        (Seniority.DIRECTOR, 12),
        (Seniority.MANAGER, 8),
        (Seniority.INDIVIDUAL_CONTRIBUTOR, 5),
        (None, 5),
    ],
)
def test_seniority_has_its_points(seniority: Seniority | None, points: float) -> None:
    assert EXPANSION.seniority.of(seniority) == points


def test_never_touched_counts_after_the_halving() -> None:
    assert priority_score(EXPANSION, CHEN._replace(total_touchpoints=0)).total == 21 + 10


def test_implied_relationship_is_said_so() -> None:
    [relationship, *_] = priority_score(EXPANSION, CHEN._replace(strength=Strength.WEAK, is_implied=True)).why
    assert relationship["points"] == 10
    assert relationship["because"].startswith("implied")


@given(targets)
def test_priority_is_always_within_its_bounds(facts: TargetFacts) -> None:
    assert 7.5 <= priority_score(EXPANSION, facts).total <= 100


@given(targets)
def test_parts_of_a_priority_always_add_up(facts: TargetFacts) -> None:
    score = priority_score(EXPANSION, facts)
    assert sum(part["points"] for part in score.why) == pytest.approx(score.total, abs=0.001)


@given(targets, st.integers(0, 100))
def test_more_engagement_never_lowers_a_priority(facts: TargetFacts, engagement: int) -> None:
    more = facts._replace(engagement_score=max(engagement, facts.engagement_score))
    assert priority_score(EXPANSION, more).total >= priority_score(EXPANSION, facts).total


@given(targets)
def test_stronger_relationship_always_raises_a_priority(facts: TargetFacts) -> None:
    weak, medium, strong = (priority_score(EXPANSION, facts._replace(strength=strength)).total for strength in Strength)
    assert weak < medium < strong


def test_reference_account_has_43_33_points_and_is_fair() -> None:
    total, why = health_score(HEALTH, ACME)
    assert total == 43.33
    assert [part["points"] for part in why] == [0, 20, 13.33, 10]
    assert health_status(HEALTH, total) == "fair"


def test_account_without_contacts_is_critical() -> None:
    total, _ = health_score(HEALTH, HealthFacts(0, [], 0, 0, 0))
    assert (total, health_status(HEALTH, total)) == (0.0, "critical")


@pytest.mark.parametrize(
    ("total", "word"),
    [(80, "excellent"), (79.99, "good"), (60, "good"), (59.99, "fair"), (40, "fair"), (39.99, "poor"), (20, "poor"), (19.99, "critical")],
)
def test_status_begins_at_its_threshold(total: float, word: str) -> None:
    assert health_status(HEALTH, total) == word


@given(accounts)
def test_health_is_always_within_0_and_100(facts: HealthFacts) -> None:
    assert 0 <= health_score(HEALTH, facts).total <= 100


@given(accounts, st.integers(0, 50))
def test_more_conversations_never_lower_health(facts: HealthFacts, more: int) -> None:
    busier = facts._replace(active_conversations=facts.active_conversations + more)
    assert health_score(HEALTH, busier).total >= health_score(HEALTH, facts).total


@given(accounts, st.integers(5, 1000))
def test_more_than_five_contacts_never_change_health(facts: HealthFacts, contacts: int) -> None:
    five = facts._replace(active_contacts=5)
    assert health_score(HEALTH, five._replace(active_contacts=contacts)).total == health_score(HEALTH, five).total


@given(accounts)
def test_parts_of_health_always_add_up_to_rounding(facts: HealthFacts) -> None:
    score = health_score(HEALTH, facts)
    assert sum(part["points"] for part in score.why) == pytest.approx(score.total, abs=0.02)


def test_another_policy_gives_another_score() -> None:
    assert priority_score(replace(EXPANSION, in_conversation_factor=1.0), CHEN).total == 42


def test_policy_refuses_numbers_that_cannot_be_weights() -> None:
    with pytest.raises(InvalidValueError, match=r"ExpansionPolicy\.champion"):
        ExpansionPolicy(champion=-1)
    with pytest.raises(InvalidValueError, match="add up"):
        HealthPolicy(engagement=90)
    with pytest.raises(InvalidValueError, match="thresholds"):
        HealthPolicy(good=90)
    with pytest.raises(InvalidValueError, match="share"):
        PathPolicy(strength=StrengthPoints(weak=1, medium=2, strong=3))
