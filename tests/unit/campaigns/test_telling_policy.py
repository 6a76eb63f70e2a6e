"""A campaign's audience and policy in plain sentences."""

from __future__ import annotations

from typing import Any

import pytest

from accountgraph.campaigns.definition.file import from_data
from accountgraph.campaigns.telling_policy import tell_policy


def told(**changes: Any) -> str:
    """All sentences about a campaign of one step."""
    given = {"name": "one", "steps": [{"key": "call", "channel": "call", "instructions": "Ask"}], **changes}
    return "\n".join(line for part in tell_policy(from_data(given)) for line in part.says)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Nobody by itself: people are brought in one by one, as leads or by hand."),
        ({"audience": {"country": ["DE", "FI"], "is_decision_maker": True}}, "People in DE or FI and who decide."),
        ({"audience": {"companies": ["a.com", "b.com"], "most_per_account": 2}}, "People of listed accounts (2 entries)."),
        ({"audience": {"has_attributes": {"segment": "gold"}}}, "People whose segment is gold."),
        ({"audience": {"account_tier": ["strategic", "tier1"]}}, "People of accounts of tier strategic or 1."),
        ({"policy": {"contact": {"business_days_between": 1}}}, "1 business day between two touches of a person"),
        ({"audience": {"silent_for_days": 90}}, "People who were silent for 90 days."),
        ({"approach_colleagues": True}, "A lead brings in colleagues, each 3 business days after 48 h of silence."),
        ({"policy": {"schedule": {"email": {"days": [2, 4], "start": "08:30"}}}}, "E-mail: Tuesday and Thursday, 08:30 to 17:00"),
        ({"policy": {"schedule": {"email": {"days": []}}}}, "E-mail: never"),
        ({"policy": {"schedule": {"skip_holidays": False}}}, "Calls: Monday to Friday, 09:00 to 20:00"),
        ({"policy": {"pace": {"most_touchpoints": 3}}}, "3 touches of one person at most"),
        ({"policy": {"requires_approval": False}}, "Messages leave without a person, unless their step says otherwise."),
        ({"policy": {"reentry": "any"}}, "Somebody may go through it again at any time."),
        ({"policy": {"exclusions": {"live_thread_days": 0, "customers": False}}}, "Accounts with an open deal, competitors and accounts"),
        ({"policy": {"reactions": {"scope": "campaign"}}}, "What one person does reaches this campaign within the account."),
        ({"policy": {"reactions": {"reply": {"rest": "hold"}}}}, "Reply: everybody else is held."),
    ],
)
def test_each_setting_is_said(changes: dict[str, Any], said: str) -> None:
    assert said in told(**changes)


def test_reactions_that_do_the_same_are_said_together() -> None:
    assert "Deal won or deal lost: the person is through, everybody else is through too." in told()


def test_a_reaction_that_does_nothing_is_not_said() -> None:
    assert "manual stop" not in told(policy={"reactions": {"manual_stop": {}}}).lower()


def test_holidays_that_are_not_free_are_not_said_to_be() -> None:
    assert "holidays" in told()
    assert "holidays" not in told(policy={"schedule": {"skip_holidays": False}})
