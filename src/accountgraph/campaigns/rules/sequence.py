"""Which step comes next, whether a step's condition holds, and when a step is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.campaigns.rules.calendar import add_business_days
from accountgraph.campaigns.rules.channels import planned_channel

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.policy import Pace
    from accountgraph.campaigns.definition.steps import Condition, Step, Track
    from accountgraph.campaigns.facts import Facts


class Hours(NamedTuple):
    """Where somebody's days are counted: their zone, the region of their public holidays, and the free days of our own there."""

    zone: str
    region: str | None = None
    free_days: Collection[str] = ()


class Switch(NamedTuple):
    """The step that a switch of track leads to, and when it is due (UTC)."""

    step: Step
    due_at: datetime


def next_step(definition: CampaignDefinition, done: str, track: Track, facts: Facts) -> Step | None:
    """The step that follows `done`, as of `facts`; None at the end.

    Off the track of `done` it is the first of `track`. Else it is where the first branch that holds leads, or the step below.
    """
    step = definition.step(done)
    if step.track != track:
        return definition.first(track)
    for branch in step.branches:
        if holds(branch.condition, facts):
            return definition.step(branch.to)
    return definition.after(done)


def holds(condition: Condition, facts: Facts) -> bool:
    """Whether all that the condition names is so; one that names nothing holds."""
    person, messages = facts.person, facts.messages
    wanted = (
        (condition.opened, messages.opened),
        (condition.clicked, messages.clicked),
        (condition.has_phone, bool(person.phone)),
        (condition.has_linkedin, bool(person.linkedin_url)),
        (condition.has_colleague, messages.has_colleague),
    )
    return (
        all(want is None or want == given for want, given in wanted)
        and (condition.engagement_at_least is None or person.engagement_score >= condition.engagement_at_least)
        and (not condition.qualification_tier or person.qualification_tier in condition.qualification_tier)
    )


def said(condition: Condition) -> str:
    """A condition in words, as they follow on "whoever"."""
    choices = (
        (condition.opened, "opened a message", "opened no message"),
        (condition.clicked, "clicked a link", "clicked no link"),
        (condition.has_phone, "has a phone number", "has no phone number"),
        (condition.has_linkedin, "has a LinkedIn profile", "has no LinkedIn profile"),
        (condition.has_colleague, "has a colleague who may be named", "has no colleague who may be named"),
    )
    parts = [yes if wanted else no for wanted, yes, no in choices if wanted is not None]
    if condition.engagement_at_least is not None:
        parts.append(f"has an engagement of {condition.engagement_at_least} or more")
    if condition.qualification_tier:
        parts.append(f"is {' or '.join(condition.qualification_tier)}")
    return " and ".join(parts)


def asks_for_colleague(definition: CampaignDefinition) -> bool:
    """Whether a condition of the campaign looks at `has_colleague`."""
    conditions = [step.only_if for step in definition.steps if step.only_if]
    conditions += [branch.condition for step in definition.steps for branch in step.branches]
    return any(condition.has_colleague is not None for condition in conditions)


def wait_of(step: Step, pace: Pace, touch_count: int) -> int:
    """Business days before a step, after `touch_count` touches: its own, or the policy's gap, of which the last repeats."""
    if step.wait_business_days is not None:
        return step.wait_business_days
    gaps = pace.gaps_business_days
    if touch_count == 0 or not gaps:
        return 0
    return gaps[min(touch_count, len(gaps)) - 1]


def next_due(definition: CampaignDefinition, step: Step, touch_count: int, anchor: datetime, hours: Hours) -> datetime:
    """When a step is due that follows what happened at `anchor` (UTC): at the same time of day, its wait in business days later.

    The window is not looked at: who is due outside of it waits for the next opening.
    """
    schedule = definition.policy.schedule
    channel = step.channel or planned_channel(definition.policy.channels, touch_count + 1)
    return add_business_days(
        anchor,
        wait_of(step, definition.policy.pace, touch_count),
        hours.zone,
        hours.region,
        days=schedule.window(channel).days,
        skip_holidays=schedule.skip_holidays,
        free_days=hours.free_days,
    )


def switched(
    definition: CampaignDefinition, to: Track, touch_count: int, now: datetime, hours: Hours, *, planned_due: datetime | None
) -> Switch | None:
    """Where a switch of track at `now` leads; None where that track has no step.

    The new step's wait counts from now, and nothing comes closer than what was planned before.
    """
    step = definition.first(to)
    if step is None:
        return None
    due_at = next_due(definition, step, touch_count, now, hours)
    return Switch(step, max(due_at, planned_due) if planned_due else due_at)
