"""Until when somebody of ours is asked for something. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.campaigns.rules.calendar import add_business_days

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.campaigns.definition.policy import Policy


class Deadlines(NamedTuple):
    """When a task is due, and when it escalates where nobody did it; UTC."""

    due_at: datetime
    escalate_at: datetime


def deadlines(begin: datetime, policy: Policy) -> Deadlines:
    """The policy's business days from `begin` on, whatever country it is about: in UTC, and no holiday is left out."""
    escalation, days = policy.escalation, policy.schedule.other.days

    def after(count: int) -> datetime:
        return add_business_days(begin, count, "UTC", None, days=days, skip_holidays=False)

    return Deadlines(after(escalation.task_due_business_days), after(escalation.escalate_business_days))
