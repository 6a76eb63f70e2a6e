"""The case that a rule is asked about, and the answers it may give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from accountgraph.campaigns.decision import Decision, Effect, Verdict
from accountgraph.campaigns.rules.calendar import Opening, add_business_days, opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.policy import Policy
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.campaigns.facts import Facts
    from accountgraph.enums import Channel


class Case(NamedTuple):
    """One due step of one person."""

    facts: Facts
    definition: CampaignDefinition
    step: Step
    now: datetime

    @property
    def policy(self) -> Policy:
        """What is decided by."""
        return self.definition.policy

    @property
    def channel(self) -> Channel:
        """The channel whose queue the step is due in; once the rules have asked for the right one, the one it goes by."""
        return self.facts.queue_channel

    def opening(self, at: datetime) -> Opening:
        """The hours of the channel around or after a time."""
        facts, schedule = self.facts, self.policy.schedule
        window = schedule.window(self.channel)
        return opening(window, facts.zone, facts.region, at, skip_holidays=schedule.skip_holidays, free_days=facts.free_days)

    def open_at(self, at: datetime) -> datetime:
        """The first time from `at` on at which the channel is open."""
        return max(at, self.opening(at).opens_at)

    def business_days_after(self, at: datetime, count: int) -> datetime:
        """So many business days later, at the same time of day where the person is."""
        facts, schedule = self.facts, self.policy.schedule
        return add_business_days(
            at,
            count,
            facts.zone,
            facts.region,
            days=schedule.window(self.channel).days,
            skip_holidays=schedule.skip_holidays,
            free_days=facts.free_days,
        )

    def next_business_day(self) -> datetime:
        """When something is looked at again whose end nobody knows."""
        return self.open_at(self.business_days_after(self.now, 1))


if TYPE_CHECKING:
    Rule = Callable[[Case], Decision | None]


def wait(rule: str, reason: str, until: datetime, **inputs: Any) -> Decision:  # noqa: ANN401 - what a rule looked at is of any type
    """Not before `until`."""
    return Decision(verdict=Verdict.DEFER, effect=Effect.WAIT, rule=rule, reason=reason, until=until, inputs=inputs)


def pause(rule: str, reason: str, until: datetime | None = None, **inputs: Any) -> Decision:  # noqa: ANN401
    """Until somebody or something resumes it, at `until` at the latest where that is given."""
    return Decision(verdict=Verdict.DEFER, effect=Effect.PAUSE, rule=rule, reason=reason, until=until, inputs=inputs)


def deny(effect: Effect, rule: str, reason: str, **inputs: Any) -> Decision:  # noqa: ANN401
    """Never."""
    return Decision(verdict=Verdict.DENY, effect=effect, rule=rule, reason=reason, inputs=inputs)
