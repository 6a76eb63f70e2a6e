"""Steps that a model writes: what a campaign file may say of them, and what the arbiter makes of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.campaigns.arbiter import decide
from accountgraph.campaigns.decision import Effect
from accountgraph.campaigns.definition.check import check
from accountgraph.campaigns.facts import DraftFacts
from accountgraph.campaigns.messages import check_template
from accountgraph.campaigns.telling import tell
from tests.db.campaigns.world import PLAIN, definition
from tests.unit.campaigns.given import NOW, facts

if TYPE_CHECKING:
    from accountgraph.campaigns.definition import CampaignDefinition


def campaign(policy: dict[str, Any] | None = None, **step: Any) -> CampaignDefinition:
    steps = [{**PLAIN["steps"][0], "drafted": True, **step}, *PLAIN["steps"][1:]]
    return definition(steps=steps, policy=policy or {})


def problems(**step: Any) -> list[str]:
    return [str(problem) for problem in check(campaign(**step), check_template) if not problem.is_note]


def test_campaign_that_says_nothing_of_drafts_keeps_its_hash() -> None:
    assert "draft" not in msgspec.json.encode(definition()).decode()
    assert "max_words" not in msgspec.json.encode(definition()).decode()


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"template": None}, "steps[0].template: has to stand in where the model writes nothing."),
        ({"channel": "call"}, "steps[0].drafted: nobody writes on call but people."),
        ({"trusts_drafts": True, "needs_approval": True}, "steps[0].trusts_drafts: a person approves it all the same"),
        ({"drafted": False, "max_words": 50}, "steps[0].max_words: is for messages that a model writes."),
        ({"drafted": False, "trusts_drafts": True}, "steps[0].trusts_drafts: is for messages that a model writes."),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_cure(step: dict[str, Any], said: str) -> None:
    assert any(problem.startswith(said) for problem in problems(**step))


def test_drafted_step_has_no_problem() -> None:
    assert problems(max_words=60, trusts_drafts=True, instructions="Ask.") == []


@pytest.mark.parametrize("state", ["missing", "wanted", "stale"])
def test_unwritten_draft_is_waited_for_a_quarter_of_an_hour(state: str) -> None:
    decision = decide(facts(draft=DraftFacts(state=state, model="small")), campaign(), NOW)
    assert (decision.effect, decision.rule, decision.until) == (Effect.PAUSE, "draft", NOW + timedelta(minutes=15))


@pytest.mark.parametrize("draft", [None, DraftFacts(state="failed", model="small"), DraftFacts(state="refused", model="small")])
def test_without_a_draft_the_template_is_asked_as_ever(draft: DraftFacts | None) -> None:
    assert decide(facts(draft=draft), campaign(), NOW).effect is Effect.SEND
    assert decide(facts(draft=draft), campaign({"requires_approval": True}), NOW).rule == "approval"


@pytest.mark.parametrize(
    ("policy", "step", "rule"),
    [
        ({}, {}, "approval"),
        ({}, {"needs_approval": False}, "approval"),
        ({}, {"trusts_drafts": True}, "allow"),
        ({"trusts_drafts": True}, {}, "allow"),
        ({"trusts_drafts": True}, {"trusts_drafts": False}, "approval"),
        ({"trusts_drafts": True}, {"needs_approval": True}, "approval"),
        ({"requires_approval": True}, {"trusts_drafts": True}, "allow"),
    ],
)
def test_what_a_model_wrote_waits_unless_it_is_trusted(policy: dict[str, Any], step: dict[str, Any], rule: str) -> None:
    written = DraftFacts(state="written", model="small")
    assert decide(facts(draft=written), campaign(policy, **step), NOW).rule == rule


def test_sequence_in_words_says_who_writes() -> None:
    assert any("a model writes it" in note for note in tell(campaign())[0].notes)
