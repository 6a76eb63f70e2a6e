"""Policies that contradict themselves: limits that can never bind, and steps that they would always put off."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from accountgraph.campaigns.definition.policy import Window
from accountgraph.campaigns.definition.problems import Problem, nearest
from accountgraph.campaigns.definition.reactions import AccountAction, PersonAction, Reaction
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.policy import Channels, Policy
    from accountgraph.campaigns.definition.steps import Track


def of(definition: CampaignDefinition) -> Iterator[Problem]:
    """What in the policy cannot hold together, or with the steps."""
    yield from _windows(definition.policy)
    yield from _limits(definition.policy)
    yield from _gaps(definition)
    yield from _channels(definition)
    yield from _reactions(definition)


def _windows(policy: Policy) -> Iterator[Problem]:
    for name in policy.schedule.__struct_fields__:
        window = getattr(policy.schedule, name)
        if not isinstance(window, Window):
            continue
        key = f"policy.schedule.{name}"
        if not window.days:
            yield Problem(f"{key}.days", "no day is open, so nothing would ever be sent.", "Give weekdays, 1 (Monday) to 7.")
        if len(set(window.days)) < len(window.days):
            yield Problem(f"{key}.days", "names a day twice.", "Name each day once.")
        if window.start >= window.end:
            message = f"the window ends at {window.end}, not after its start at {window.start}."
            yield Problem(f"{key}.end", message, "Give an end after the start, 24:00 at most.")


def _limits(policy: Policy) -> Iterator[Problem]:
    sender, escalation = policy.sender, policy.escalation
    least, most = sender.jitter_seconds
    if least > most:
        yield Problem("policy.sender.jitter_seconds", f"the least, {least}, is more than the most, {most}.", "Swap them.")
    if sender.per_hour > sender.per_day:
        message = f"{sender.per_hour} an hour are more than the {sender.per_day} a day that per_day allows."
        yield Problem("policy.sender.per_hour", message, "Lower it, or raise per_day.")
    if sender.warmup_first_day > sender.per_day:
        message = f"a new sender's first day, {sender.warmup_first_day}, is more than per_day, {sender.per_day}."
        yield Problem("policy.sender.warmup_first_day", message, "Lower it.")
    if sender.recipient_domain_per_day > sender.per_day:
        message = f"{sender.recipient_domain_per_day} a day to one domain are more than per_day, {sender.per_day}, so it never binds."
        yield Problem("policy.sender.recipient_domain_per_day", message, is_note=True)
    if escalation.escalate_business_days < escalation.task_due_business_days:
        message = f"tasks escalate after {escalation.escalate_business_days} business days, before they are due."
        yield Problem("policy.escalation.escalate_business_days", message, "Give at least task_due_business_days.")


def _gaps(definition: CampaignDefinition) -> Iterator[Problem]:
    """Waits that are shorter than what a person bears: the step would be put off each time."""
    policy = definition.policy
    begun: set[Track] = set()
    least = policy.contact.business_days_between
    takes_gap = False
    for number, step in enumerate(definition.steps):
        if step.track not in begun:
            begun.add(step.track)
            continue
        takes_gap |= step.wait_business_days is None
        if step.wait_business_days is not None and step.wait_business_days < least:
            message = f"is {step.wait_business_days}, but policy.contact.business_days_between asks for {least}."
            yield Problem(f"steps[{number}].wait_business_days", message, "Wait longer, or lower that.")
    gaps = policy.pace.gaps_business_days
    if takes_gap and (not gaps or min(gaps) < least):
        message = f"has {min(gaps)}" if gaps else "is empty"
        cure = "Give longer gaps, or lower that."
        yield Problem("policy.pace.gaps_business_days", f"{message}, but policy.contact.business_days_between asks for {least}.", cure)


def _channels(definition: CampaignDefinition) -> Iterator[Problem]:
    channels = definition.policy.channels
    for number, rule in enumerate(channels.order):
        if rule.last is not None and rule.first > rule.last:
            key = f"policy.channels.order[{number}]"
            yield Problem(key, f"the first attempt, {rule.first}, comes after the last, {rule.last}.", "Swap them.")
    for (_, one), (number, other) in combinations(enumerate(channels.order), 2):
        both = max(one.first, other.first)
        if both <= min(one.last or both, other.last or both):
            message = f"attempt {both} has two rules, {one.channel} and {other.channel}."
            yield Problem(f"policy.channels.order[{number}]", message, "Let each attempt have one.")
    if any(step.channel is None for step in definition.steps):
        yield from _attempts_without_rule(channels, definition.policy.pace.most_touchpoints)


def _attempts_without_rule(channels: Channels, most: int) -> Iterator[Problem]:
    for attempt in range(1, most + 1 if channels.order else 0):
        if not any(rule.first <= attempt and (rule.last is None or attempt <= rule.last) for rule in channels.order):
            message = f"attempt {attempt} has no channel, and there are steps that leave theirs to the policy."
            yield Problem("policy.channels.order", message, "Add a rule for it.")
            return


def _reactions(definition: CampaignDefinition) -> Iterator[Problem]:
    reactions = definition.policy.reactions
    tracks = {step.track for step in definition.steps}
    for name in reactions.__struct_fields__:
        reaction = getattr(reactions, name)
        if not isinstance(reaction, Reaction):
            continue
        key = f"policy.reactions.{name}"
        if (reaction.rest == AccountAction.SWITCH_TRACK) != (reaction.rest_track is not None):
            yield Problem(f"{key}.rest_track", 'belongs to rest = "switch_track", and that needs one.', "Give both or neither.")
        elif reaction.rest_track is not None and reaction.rest_track not in tracks:
            yield Problem(f"{key}.rest_track", f"no step is on the {reaction.rest_track} track.", "Add steps to it.")
        if reaction.pause_days is not None and reaction.person != PersonAction.PAUSE:
            yield Problem(f"{key}.pause_days", 'belongs to person = "pause".', "Leave it out.")
        if reaction.suppress is not None and reaction.suppress not in {"all", *Channel}:
            yield Problem(f"{key}.suppress", f"{reaction.suppress!r} is no channel.", nearest(reaction.suppress, ["all", *Channel]))
