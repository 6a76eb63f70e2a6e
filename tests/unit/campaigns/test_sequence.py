from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.definition import Branch, CampaignDefinition, Condition, Step, Track
from accountgraph.campaigns.definition.policy import Pace
from accountgraph.campaigns.facts import Facts, StepFacts
from accountgraph.campaigns.rules.sequence import Hours, holds, next_due, next_step, switched, wait_of
from accountgraph.enums import Channel, QualificationTier
from tests.unit.campaigns.given import NOW, ZONE, definition, facts, moments

OPENED = Condition(opened=True)
CLICKED = Condition(clicked=True)
BRANCHING = definition(
    Step(key="first", template="hello", branches=(Branch(condition=CLICKED, to="call"), Branch(condition=OPENED, to="third"))),
    Step(key="second", template="hello"),
    Step(key="good", template="hello", track=Track.POSITIVE, wait_business_days=1),
    Step(key="third", template="hello"),
    Step(key="call", channel=Channel.CALL, instructions="Call."),
)


def key_after(done: str, track: Track = Track.MAIN, **messages: bool) -> str | None:
    step = next_step(BRANCHING, done, track, facts(messages=StepFacts(**messages)))
    return step.key if step else None


def test_without_a_branch_that_holds_the_step_below_is_next() -> None:
    assert key_after("first") == "second"


def test_a_step_of_another_track_is_never_the_one_below() -> None:
    assert key_after("second") == "third"


def test_the_first_branch_that_holds_leads() -> None:
    assert key_after("first", opened=True) == "third"
    assert key_after("first", opened=True, clicked=True) == "call"


def test_after_the_last_step_of_a_track_there_is_none() -> None:
    assert key_after("call") is None


def test_off_the_track_the_next_is_the_first_of_the_other() -> None:
    assert key_after("first", Track.POSITIVE, opened=True) == "good"


def test_on_a_track_without_steps_there_is_no_next() -> None:
    assert key_after("first", Track.NEGATIVE) is None


@pytest.mark.parametrize(
    ("condition", "met", "unmet"),
    [
        (OPENED, facts(messages=StepFacts(opened=True)), facts()),
        (Condition(clicked=False), facts(), facts(messages=StepFacts(clicked=True))),
        (Condition(engagement_at_least=40), facts(person={"engagement_score": 40}), facts(person={"engagement_score": 39})),
        (
            Condition(qualification_tier=(QualificationTier.HOT, QualificationTier.WARM)),
            facts(person={"qualification_tier": QualificationTier.WARM}),
            facts(),
        ),
        (Condition(has_phone=True), facts(person={"phone": "+1 555"}), facts()),
        (Condition(has_linkedin=False), facts(), facts(person={"linkedin_url": "https://linkedin.com/in/ann"})),
        (Condition(has_colleague=True), facts(messages=StepFacts(has_colleague=True)), facts()),
        (
            Condition(opened=True, clicked=True),
            facts(messages=StepFacts(opened=True, clicked=True)),
            facts(messages=StepFacts(opened=True)),
        ),
    ],
)
def test_a_condition_holds_where_all_it_names_is_so(condition: Condition, met: Facts, unmet: Facts) -> None:
    assert holds(condition, met)
    assert not holds(condition, unmet)


def test_a_condition_that_names_nothing_holds() -> None:
    assert holds(Condition(), facts())


def test_gaps_follow_the_touches_and_the_last_repeats() -> None:
    step = Step(key="first")
    assert [wait_of(step, Pace(), touches) for touches in range(9)] == [0, 2, 3, 5, 7, 10, 14, 14, 14]


def test_a_steps_own_wait_comes_before_the_policys_gap() -> None:
    assert wait_of(Step(key="first", wait_business_days=0), Pace(), 3) == 0
    assert wait_of(Step(key="first", wait_business_days=9), Pace(), 0) == 9


def test_a_step_is_due_its_gap_later_at_the_same_time_of_day() -> None:
    campaign = definition()
    due = next_due(campaign, campaign.steps[1], 1, NOW, Hours(ZONE))
    assert due == datetime(2026, 3, 6, 15, tzinfo=UTC)
    assert next_due(campaign, campaign.steps[2], 2, due, Hours(ZONE)) == datetime(2026, 3, 11, 14, tzinfo=UTC)  # clocks changed on the 8th


@given(
    moments,
    st.lists(st.timedeltas(timedelta(0), timedelta(days=20)), min_size=3, max_size=6),
    st.sampled_from(["UTC", ZONE, "Europe/Berlin"]),
)
def test_later_steps_always_keep_their_gaps_however_late_the_step_before_was(at: datetime, delays: list[timedelta], zone: str) -> None:
    campaign, anchor = definition(), at
    for touches, delay in enumerate(delays, 1):
        due = next_due(campaign, campaign.steps[1], touches, anchor, Hours(zone, "US"))
        gap = wait_of(campaign.steps[1], campaign.policy.pace, touches)
        begun, ended = anchor.astimezone(ZoneInfo(zone)).date(), due.astimezone(ZoneInfo(zone)).date()
        weekdays = [begun + timedelta(days=n) for n in range(1, (ended - begun).days + 1)]
        assert sum(day.isoweekday() <= 5 for day in weekdays) >= gap
        anchor = due + delay


def _switched(campaign: CampaignDefinition, planned: datetime | None, now: datetime, touches: int = 1) -> datetime:
    switch = switched(campaign, Track.POSITIVE, touches, now, Hours(ZONE), planned_due=planned)
    assert switch is not None
    return switch.due_at


@given(
    moments,
    st.timedeltas(timedelta(days=-30), timedelta(days=60)),
    st.integers(0, 7),
)
def test_a_switch_of_track_never_brings_a_step_closer_than_planned(now: datetime, ahead: timedelta, touches: int) -> None:
    planned = now + ahead
    due = _switched(BRANCHING, planned, now, touches)
    assert due >= planned
    assert due > now


def test_a_switch_waits_as_its_own_step_says_where_that_is_later() -> None:
    assert _switched(BRANCHING, NOW, NOW) == NOW + timedelta(days=1)
    assert _switched(BRANCHING, None, NOW) == NOW + timedelta(days=1)


def test_a_switch_to_a_track_without_steps_leads_nowhere() -> None:
    assert switched(BRANCHING, Track.NEGATIVE, 1, NOW, Hours(ZONE), planned_due=NOW) is None
