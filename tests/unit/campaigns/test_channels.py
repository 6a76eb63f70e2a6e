from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.definition import Step
from accountgraph.campaigns.definition.policy import ChannelRule, Channels
from accountgraph.campaigns.rules.channels import Choice, Refusal, choose_channel, planned_channel
from accountgraph.enums import Channel
from tests.unit.campaigns.given import facts

FREE = Step(key="first", template="hello")
REACHABLE: dict[str, Any] = {"phone": "+1 555 0100", "consents": (Channel.SMS,)}
PROFILE = "https://linkedin.com/in/ann"

channels = st.sampled_from(Channel)
orders = st.lists(
    st.builds(
        lambda channel, first, more: ChannelRule(channel=channel, first=first, last=first + more),
        channels,
        st.integers(1, 8),
        st.integers(0, 5),
    ),
    max_size=5,
).map(tuple)
people = st.fixed_dictionaries(
    {
        "email": st.sampled_from([None, "ann@acme.com"]),
        "phone": st.sampled_from([None, "+1 555 0100"]),
        "linkedin_url": st.sampled_from([None, PROFILE]),
        "consents": st.lists(channels, max_size=3).map(tuple),
        "suppressed": st.lists(st.tuples(st.sampled_from(["all", *Channel]), st.just("objection")), max_size=2).map(tuple),
        "preferred_channel": st.one_of(st.none(), channels),
        "gave_address": st.booleans(),
    }
)
laws = st.dictionaries(st.sampled_from([str(channel) for channel in Channel]), st.sampled_from(["allow", "consent", "deny"]))
steps = st.one_of(st.none(), channels).map(lambda channel: Step(key="first", channel=channel, template="hello"))


def choice(
    attempt: int = 1, *, step: Step = FREE, policy: Channels | None = None, law: dict[str, str] | None = None, **person: Any
) -> Choice:
    known = facts(attempt=attempt, person=person)
    if law is not None:
        known = facts(attempt=attempt, person=person, jurisdiction=law)
    return choose_channel(policy or Channels(), step, known)


@pytest.mark.parametrize(
    ("attempt", "expected"),
    [(1, Channel.EMAIL), (2, Channel.EMAIL), (3, Channel.SMS), (4, Channel.SMS), (5, Channel.CALL), (6, Channel.CALL), (40, Channel.CALL)],
)
def test_email_then_sms_then_a_call_by_attempts(attempt: int, expected: Channel) -> None:
    assert choice(attempt, **REACHABLE).channel == expected


@pytest.mark.parametrize(
    ("attempt", "expected"), [(1, Channel.EMAIL), (3, Channel.LINKEDIN), (4, Channel.SMS), (5, Channel.LINKEDIN), (6, Channel.CALL)]
)
def test_linkedin_comes_between_the_channels_where_a_profile_is_known(attempt: int, expected: Channel) -> None:
    assert choice(attempt, linkedin_url=PROFILE, **REACHABLE).channel == expected


def test_linkedin_does_not_come_between_where_the_policy_does_not_want_it() -> None:
    assert choice(3, policy=Channels(linkedin_between=False), linkedin_url=PROFILE, **REACHABLE).channel == Channel.SMS


def test_sms_without_consent_gives_way_to_the_next_channel() -> None:
    assert choice(3, phone="+1 555") == Choice(Channel.CALL, [Refusal(Channel.SMS, "no_consent")])


@given(steps, orders, people, laws, st.integers(1, 12))
def test_sms_never_goes_out_without_a_consent_to_it(
    step: Step, order: tuple[ChannelRule, ...], person: dict[str, Any], law: dict[str, str], attempt: int
) -> None:
    found = choose_channel(Channels(order=order), step, facts(attempt=attempt, person=person, jurisdiction=law))
    assert found.channel not in {Channel.SMS, Channel.WHATSAPP} or found.channel in person["consents"]


@given(steps, orders, people, laws, st.integers(1, 12))
def test_a_channel_that_is_suppressed_denied_or_without_address_is_never_chosen(
    step: Step, order: tuple[ChannelRule, ...], person: dict[str, Any], law: dict[str, str], attempt: int
) -> None:
    found = choose_channel(Channels(order=order), step, facts(attempt=attempt, person=person, jurisdiction=law)).channel
    if found is not None:
        assert not {"all", str(found)} & {str(channel) for channel, _ in person["suppressed"]}
        assert law.get(found) != "deny"
        assert found != Channel.EMAIL or person["email"]
        assert found not in {Channel.SMS, Channel.CALL, Channel.WHATSAPP} or person["phone"]
        assert found != Channel.LINKEDIN or person["linkedin_url"]


@given(steps.filter(lambda step: step.channel is not None), orders, people, laws, st.integers(1, 12))
def test_a_steps_own_channel_is_never_replaced(
    step: Step, order: tuple[ChannelRule, ...], person: dict[str, Any], law: dict[str, str], attempt: int
) -> None:
    found = choose_channel(Channels(order=order), step, facts(attempt=attempt, person=person, jurisdiction=law)).channel
    assert found in {None, step.channel}


def test_cold_mail_to_a_country_that_asks_for_consent_goes_only_with_it() -> None:
    law = {"email": "consent"}
    step = Step(key="first", channel=Channel.EMAIL, template="hello")
    assert choice(step=step, law=law) == Choice(None, [Refusal(Channel.EMAIL, "no_consent")])
    assert choice(step=step, law=law, consents=(Channel.EMAIL,)).channel == Channel.EMAIL


def test_who_wrote_to_us_gets_an_answer_without_a_consent() -> None:
    assert choice(law={"email": "consent"}, gave_address=True).channel == Channel.EMAIL


def test_a_country_that_denies_a_channel_denies_it_with_consent_too() -> None:
    step = Step(key="first", channel=Channel.EMAIL, template="hello")
    found = choice(step=step, law={"email": "deny"}, consents=(Channel.EMAIL,), gave_address=True)
    assert found == Choice(None, [Refusal(Channel.EMAIL, "jurisdiction")])


def test_what_the_person_prefers_comes_first_where_the_policy_has_it() -> None:
    assert choice(preferred_channel=Channel.CALL, **REACHABLE).channel == Channel.CALL
    assert choice(preferred_channel=Channel.MEETING, **REACHABLE).channel == Channel.EMAIL
    assert choice(preferred_channel=Channel.SMS, phone="+1 555").channel == Channel.EMAIL


def test_the_channel_that_an_attempt_is_planned_for_is_the_policys() -> None:
    assert [planned_channel(Channels(), attempt) for attempt in (1, 3, 5)] == [Channel.EMAIL, Channel.SMS, Channel.CALL]
    assert planned_channel(Channels(order=()), 1) == Channel.EMAIL
