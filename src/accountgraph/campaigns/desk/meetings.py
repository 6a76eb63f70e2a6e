"""Meetings that were moved: what is asked about them is asked after the new time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.definition.policy import Policy
from accountgraph.campaigns.desk.queue import WEEKDAYS
from accountgraph.campaigns.rules.calendar import add_business_days

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.campaigns.work.tasks import Task
    from accountgraph.db import Session


async def put_off(session: Session, task: Task, at: datetime) -> list[str]:
    """Ask what came of a meeting after the time it was moved to; nothing where that is when it is asked already."""
    if task.waits_until == at:
        return []
    escalation = Policy().escalation
    params = {
        "id": task.id,
        "at": at,
        "due_at": add_business_days(at, escalation.task_due_business_days, "UTC", None, days=WEEKDAYS, skip_holidays=False),
        "escalate_at": add_business_days(at, escalation.escalate_business_days, "UTC", None, days=WEEKDAYS, skip_holidays=False),
    }
    await session.affect("campaigns.desk.put_off", params)
    return [f"the meeting is on {at:%Y-%m-%d %H:%M %Z}; what came of it is asked afterwards"]
