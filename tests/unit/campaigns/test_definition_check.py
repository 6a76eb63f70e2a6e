"""What is found wrong with a campaign before it runs."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from accountgraph.campaigns.definition import Audience, Branch, CampaignDefinition, Condition, Policy, Step, Template, Variant
from accountgraph.campaigns.definition.check import check, refuse
from accountgraph.campaigns.definition.policy import (
    ChannelRule,
    Channels,
    ContactLimits,
    Escalation,
    Pace,
    Schedule,
    SenderLimits,
    Window,
)
from accountgraph.campaigns.definition.problems import DefinitionError, Problem
from accountgraph.campaigns.definition.reactions import AccountAction, Reaction, Reactions
from accountgraph.campaigns.definition.steps import Track
from accountgraph.enums import Channel

MAIL = Template(subject="Hello", body="Dear you")
OPENED = Condition(opened=True)


def step(key: str, **fields: Any) -> Step:
    return Step(key=key, **{"channel": Channel.EMAIL, "template": "mail", **fields})


def campaign(*steps: Step, **fields: Any) -> CampaignDefinition:
    return CampaignDefinition(name="spring", **{"steps": steps, "templates": {"mail": MAIL}, **fields})


def problems(definition: CampaignDefinition) -> list[Problem]:
    return [problem for problem in check(definition, lambda _: []) if not problem.is_note]


def said(definition: CampaignDefinition) -> str:
    return "\n".join(map(str, problems(definition)))


def test_a_sound_campaign_has_no_problem() -> None:
    assert (
        problems(
            campaign(
                step("hello"), step("again", same_thread=False), step("call", channel=Channel.CALL, template=None, instructions="Ring")
            )
        )
        == []
    )


def test_the_policys_defaults_do_not_contradict_themselves() -> None:
    steps = [step(f"touch-{number}", channel=None) for number in range(7)]
    assert problems(campaign(*steps)) == []


def test_all_problems_come_at_once_and_notes_last() -> None:
    broken = campaign(step("hello"), step("hello", template="male", channel=None), templates={"mail": MAIL, "spare": MAIL})
    found = check(broken, lambda _: [])
    assert [problem.key for problem in found] == ["steps[1].key", "steps[1].template", "templates.spare", "audience", "steps"]
    assert [problem.is_note for problem in found] == [False, False, False, True, True]
    assert "Did you mean 'mail'?" in str(found[1])


def test_problems_refuse_and_notes_do_not() -> None:
    refuse("spring.toml", [Problem("audience", "is nobody", is_note=True)])
    with pytest.raises(DefinitionError, match=r"^spring\.toml: steps: the campaign has no step\. Add one\.$"):
        refuse("spring.toml", problems(campaign(templates={})))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"contacts": ("ann@acme.com", "ann")}, "audience.contacts[1]: email: 'ann' is not an e-mail address"),
        ({"companies": ("acme",)}, "audience.companies[0]: domain: 'acme' is not a company's domain"),
        ({"country": ("US", "Germany")}, "audience.country[1]: 'Germany' is no country. Give its two letters"),
    ],
)
def test_an_audience_names_what_can_be_found(fields: dict[str, Any], expected: str) -> None:
    assert expected in said(campaign(step("hello"), audience=Audience(**fields)))


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        (Branch(condition=OPENED, to="hello"), "steps[1].branches[0].to: 'hello' stands before 'middle': a loop."),
        (Branch(condition=OPENED, to="middle"), "'middle' stands before 'middle': a loop."),
        (Branch(condition=OPENED, to="ende"), "steps[1].branches[0].to: there is no step 'ende'. Did you mean 'end'?"),
        (Branch(condition=OPENED, to="other"), "steps[1].branches[0].to: 'other' is on another track."),
        (Branch(condition=Condition(), to="end"), "steps[1].branches[0].condition: holds always"),
    ],
)
def test_a_branch_leads_forward_on_its_own_track(branch: Branch, expected: str) -> None:
    reactions = Reactions(reply=Reaction(rest=AccountAction.SWITCH_TRACK, rest_track=Track.POSITIVE))
    other = step("other", track=Track.POSITIVE)
    assert expected in said(
        campaign(step("hello"), step("middle", branches=(branch,)), step("end"), other, policy=Policy(reactions=reactions))
    )


def test_a_track_that_no_reaction_leads_to_is_unreachable() -> None:
    assert "steps[1].track: nothing leads to the negative track." in said(campaign(step("hello"), step("bye", track=Track.NEGATIVE)))


def test_a_campaign_begins_on_the_main_track() -> None:
    assert "no step is on the main track" in said(campaign(step("hello", track=Track.NEGATIVE)))


def test_steps_after_the_last_touchpoint_are_unreachable() -> None:
    found = said(campaign(step("a"), step("b"), step("c"), policy=Policy(pace=Pace(most_touchpoints=2))))
    assert found == "steps[2]: 'c' is never reached: policy.pace.most_touchpoints is 2, and 2 come before it. Raise it, or remove the step."


@pytest.mark.parametrize("passed_over", [{"only_if": OPENED}, {"branches": (Branch(condition=OPENED, to="c"),)}])
def test_a_step_that_a_way_round_others_leads_to_is_reached(passed_over: dict[str, Any]) -> None:
    first, second = (step("a", **passed_over), step("b")) if "branches" in passed_over else (step("a"), step("b", **passed_over))
    assert problems(campaign(first, second, step("c"), policy=Policy(pace=Pace(most_touchpoints=2)))) == []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"template": None}, "steps[0].template: a message needs its words."),
        ({"channel": None, "template": None, "instructions": "Write"}, "steps[0].template: a message needs its words."),
        ({"channel": Channel.CALL, "template": None}, "steps[0]: nothing says what to do on call."),
        ({"only_if": Condition()}, "steps[0].only_if: holds always."),
    ],
)
def test_a_step_says_what_it_does(fields: dict[str, Any], expected: str) -> None:
    assert expected in said(campaign(step("hello", **fields)))


def test_a_step_without_a_channel_needs_a_policy_that_chooses() -> None:
    found = said(campaign(step("hello", channel=None), policy=Policy(channels=Channels(order=()))))
    assert "steps[0].channel: is missing, and the policy has no channels to choose from." in found


@pytest.mark.parametrize(
    "template",
    [Template(body="Dear you"), Template(body="", variants=(Variant(key="a", subject="x", body="y"), Variant(key="b", body="y")))],
)
def test_an_email_that_begins_a_thread_needs_a_subject(template: Template) -> None:
    assert "steps[0].template: 'mail' has no subject" in said(campaign(step("hello"), templates={"mail": template}))


def test_an_email_that_goes_on_in_its_thread_needs_no_subject() -> None:
    templates = {"mail": MAIL, "more": Template(body="One more thing")}
    assert problems(campaign(step("hello"), step("more", template="more"), templates=templates)) == []
    assert "steps[1].template" in said(campaign(step("hello"), step("more", template="more", same_thread=False), templates=templates))


def test_what_is_wrong_with_a_template_is_said_where_it_stands() -> None:
    template = Template(subject="bad", variants=(Variant(key="a", subject="fine", body="bad"), Variant(key="a", body="  ")))
    found = check(campaign(step("hello"), templates={"mail": template}), lambda text: ["is bad."] if text == "bad" else [])
    assert [str(problem) for problem in found if problem.key.startswith("templates")] == [
        "templates.mail.variants: 'a' is there 2 times. Give each variant a key of its own.",
        "templates.mail.variants[0].body: is bad.",
        "templates.mail.variants[1].body: is empty; write it.",
        "templates.mail.subject: is bad.",
    ]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (Template(subject="Hello"), "templates.mail.body: is empty; write it."),
        (Template(subject="Hello", body="x", variants=(Variant(key="a", body="y"),)), "templates.mail.body: nobody gets it"),
    ],
)
def test_a_template_has_a_body_or_variants(template: Template, expected: str) -> None:
    assert expected in said(campaign(step("hello"), templates={"mail": template}))


def policy_problems(**fields: Any) -> str:
    return said(campaign(step("hello"), policy=Policy(**fields)))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"schedule": Schedule(email=Window(start="17:00", end="09:00"))},
            "policy.schedule.email.end: the window ends at 09:00, not after",
        ),
        ({"schedule": Schedule(sms=Window(start="09:00", end="09:00"))}, "policy.schedule.sms.end"),
        ({"schedule": Schedule(call=Window(days=()))}, "policy.schedule.call.days: no day is open"),
        ({"schedule": Schedule(other=Window(days=(1, 1)))}, "policy.schedule.other.days: names a day twice."),
        ({"sender": SenderLimits(jitter_seconds=(9, 1))}, "policy.sender.jitter_seconds: the least, 9, is more than the most, 1."),
        ({"sender": SenderLimits(per_hour=40)}, "policy.sender.per_hour: 40 an hour are more than the 30 a day"),
        ({"sender": SenderLimits(warmup_first_day=31)}, "policy.sender.warmup_first_day: a new sender's first day, 31"),
        ({"escalation": Escalation(task_due_business_days=4)}, "policy.escalation.escalate_business_days: tasks escalate after 3"),
        (
            {"channels": Channels(order=(ChannelRule(channel=Channel.EMAIL, first=3, last=2),))},
            "the first attempt, 3, comes after the last, 2.",
        ),
        ({"reactions": Reactions(reply=Reaction(rest=AccountAction.SWITCH_TRACK))}, "policy.reactions.reply.rest_track: belongs to"),
        ({"reactions": Reactions(reply=Reaction(rest_track=Track.POSITIVE))}, "policy.reactions.reply.rest_track: belongs to"),
        (
            {"reactions": Reactions(reply=Reaction(rest=AccountAction.SWITCH_TRACK, rest_track=Track.POSITIVE))},
            "policy.reactions.reply.rest_track: no step is on the positive track.",
        ),
        ({"reactions": Reactions(complaint=Reaction(suppress="mial"))}, "policy.reactions.complaint.suppress: 'mial' is no channel."),
        ({"reactions": Reactions(reply=Reaction(pause_days=3))}, "policy.reactions.reply.pause_days: belongs to"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(fields: dict[str, Any], expected: str) -> None:
    assert expected in policy_problems(**fields)


def test_two_channels_for_one_attempt_are_refused() -> None:
    order = (ChannelRule(channel=Channel.EMAIL, last=2), ChannelRule(channel=Channel.CALL, first=2))
    assert "policy.channels.order[1]: attempt 2 has two rules, email and call." in policy_problems(channels=Channels(order=order))


def test_an_attempt_without_a_channel_is_refused_where_a_step_leaves_it_to_the_policy() -> None:
    order = (ChannelRule(channel=Channel.EMAIL, last=2), ChannelRule(channel=Channel.CALL, first=4))
    policy = Policy(channels=Channels(order=order))
    assert "policy.channels.order: attempt 3 has no channel" in said(campaign(step("hello", channel=None), policy=policy))
    assert problems(campaign(step("hello"), policy=policy)) == []


def test_a_wait_that_a_person_does_not_bear_is_refused() -> None:
    hasty = campaign(step("a", wait_business_days=0), step("b", wait_business_days=1))
    assert said(hasty).startswith("steps[1].wait_business_days: is 1, but policy.contact.business_days_between asks for 2.")
    assert problems(msgspec.structs.replace(hasty, policy=Policy(contact=ContactLimits(business_days_between=1)))) == []


@pytest.mark.parametrize("gaps", [(), (3, 1)])
def test_gaps_that_a_person_does_not_bear_are_refused_where_a_step_takes_them(gaps: tuple[int, ...]) -> None:
    policy = Policy(pace=Pace(gaps_business_days=gaps))
    assert "policy.pace.gaps_business_days" in said(campaign(step("a"), step("b"), policy=policy))
    assert problems(campaign(step("a"), step("b", wait_business_days=4), policy=policy)) == []
