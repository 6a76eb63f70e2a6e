"""What applying a campaign would change, as a person reads it."""

from __future__ import annotations

from typing import Any

import msgspec

from accountgraph.campaigns.definition import CampaignDefinition, Policy, Step, Template
from accountgraph.campaigns.definition.diff import diff
from accountgraph.campaigns.definition.policy import SenderLimits

HELLO, AGAIN = (Step(key=key, template="mail") for key in ("hello", "again"))
SPRING = CampaignDefinition(
    name="spring", steps=(HELLO, AGAIN), templates={"mail": Template(subject="Hello", body="Dear you,\nhow are you?\nBye")}
)


def changed(**fields: Any) -> list[str]:
    return [str(change) for change in diff(SPRING, msgspec.structs.replace(SPRING, **fields))]


def test_the_same_campaign_has_no_changes() -> None:
    assert diff(SPRING, SPRING) == []


def test_a_new_campaign_is_its_steps_and_templates() -> None:
    said = [str(change) for change in diff(None, SPRING)]
    assert said[0] == "+ steps.hello: {key: hello, track: main, template: mail, same_thread: true}"
    assert said[-1] == "+ templates.mail: Hello"


def test_a_value_is_named_by_its_path_with_before_and_after() -> None:
    assert changed(policy=Policy(sender=SenderLimits(per_day=50))) == ["~ policy.sender.per_day: 30 -> 50"]


def test_a_step_goes_by_its_key_and_not_by_its_place() -> None:
    first = Step(key="first", template="mail")
    assert changed(steps=(first, HELLO, AGAIN)) == ["+ steps.first: {key: first, track: main, template: mail, same_thread: true}"]
    assert changed(steps=(AGAIN,))[0].startswith("- steps.hello: ")


def test_another_order_of_the_same_steps_is_a_change() -> None:
    assert changed(steps=(AGAIN, HELLO)) == ["~ steps (order): hello, again -> again, hello"]


def test_words_are_compared_line_by_line() -> None:
    template = Template(subject="Hello", body="Dear you,\nhow is work?\nBye")
    assert changed(templates={"mail": template})[0].splitlines() == [
        "~ templates.mail.body:",
        "     Dear you,",
        "    -how are you?",
        "    +how is work?",
        "     Bye",
    ]
