"""Which channel a step takes: the step's own, or the policy's for this attempt, of those that may be used for the person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.campaigns.rules.law import Law, law_of
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.campaigns.definition.policy import ChannelRule, Channels
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.campaigns.facts import Facts

BY_PEOPLE = frozenset({Channel.CALL, Channel.LINKEDIN, Channel.MAIL, Channel.MEETING})
ONLY_BY_CONSENT = frozenset({Channel.SMS, Channel.WHATSAPP})  # in every country, and no policy changes it


class Refusal(NamedTuple):
    """Why a channel cannot be used: `no_address`, `suppressed`, `no_consent` or `jurisdiction`."""

    channel: Channel
    rule: str


class Choice(NamedTuple):
    """The channel, or None where none can be used; and those that gave way, in the order they were tried."""

    channel: Channel | None
    refused: Sequence[Refusal] = ()


def choose_channel(channels: Channels, step: Step, facts: Facts) -> Choice:
    """The first that can be used: of a step with a channel that one alone, else of the policy's order from this attempt on."""
    refused: list[Refusal] = []
    for channel in candidates(channels, step, facts):
        rule = refusal(channel, facts)
        if rule is None:
            return Choice(channel, refused)
        refused.append(Refusal(channel, rule))
    return Choice(None, refused)


def candidates(channels: Channels, step: Step, facts: Facts) -> Sequence[Channel]:
    """The channels to try for a step, the first one first.

    What the person prefers comes first, where the policy has it. Else a LinkedIn task comes in front at the first attempt of
    each channel after the first one, where a profile is known.
    """
    if step.channel is not None:
        return (step.channel,)
    place = _place(channels.order, facts.attempt)
    following = [rule.channel for rule in channels.order[place:]]
    preferred = facts.person.preferred_channel
    if preferred is not None and any(rule.channel == preferred for rule in channels.order):
        return (preferred, *following)
    if channels.linkedin_between and place and facts.person.linkedin_url and _begins(channels.order, place, facts.attempt):
        return (Channel.LINKEDIN, *following)
    return following


def planned_channel(channels: Channels, attempt: int) -> Channel:
    """The channel that the policy gives an attempt, before anybody looks at whether it can be used."""
    place = _place(channels.order, attempt)
    return channels.order[place].channel if place < len(channels.order) else Channel.EMAIL


def refusal(channel: Channel, facts: Facts) -> str | None:
    """Why a channel cannot be used for a person, or None where it can."""
    person = facts.person
    if not _has_address(channel, facts):
        return "no_address"
    if any(suppressed in (channel, "all") for suppressed, _ in person.suppressed):
        return "suppressed"
    if channel in ONLY_BY_CONSENT and channel not in person.consents:
        return "no_consent"
    law = law_for(channel, facts)
    if law == Law.DENY:
        return "jurisdiction"
    return "no_consent" if law == Law.NO_CONSENT else None


def law_for(channel: Channel, facts: Facts) -> Law:
    """What the law says about a channel for this person. An e-mail to who gave their address themselves is not a cold one."""
    is_cold = not (channel == Channel.EMAIL and facts.person.gave_address)
    return law_of(facts.jurisdiction, channel, has_consent=channel in facts.person.consents, is_cold=is_cold)


def _place(order: Sequence[ChannelRule], attempt: int) -> int:
    """Where in the order an attempt is; behind the last rule its length."""
    for place, rule in enumerate(order):
        if attempt >= rule.first and (rule.last is None or attempt <= rule.last):
            return place
    return len(order)


def _begins(order: Sequence[ChannelRule], place: int, attempt: int) -> bool:
    return place < len(order) and order[place].first == attempt


def _has_address(channel: Channel, facts: Facts) -> bool:
    match channel:
        case Channel.EMAIL:
            return bool(facts.person.email)
        case Channel.SMS | Channel.CALL | Channel.WHATSAPP:
            return bool(facts.person.phone)
        case Channel.LINKEDIN:
            return bool(facts.person.linkedin_url)
        case _:
            return True
