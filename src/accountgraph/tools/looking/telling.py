"""Answers that take some telling: tasks, a simulation, a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.campaigns.work.tasks import Wanted, list_tasks
from accountgraph.errors import InvalidValueError
from accountgraph.tools.agents import get_agent
from accountgraph.tools.answers import Budget, Simulated, TaskLine, Tasks
from accountgraph.tools.channels import list_channels
from accountgraph.tools.untrusted import NOTICE, harmless, name_line, untrusted

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from accountgraph.db import Session
    from accountgraph.simulation import SimulationReport

_MOST_REASONS = 10
_MOST_TASKS = 100


async def tasks_told(session: Session, company_id: UUID | None, limit: int) -> Tasks:
    """Open tasks of one account or of all, with what people wrote between marks.

    Raises:
        InvalidValueError: `limit` is not 1 to 100.
    """
    if not 1 <= limit <= _MOST_TASKS:
        raise InvalidValueError("limit", f"must be 1 to {_MOST_TASKS}.")
    found = await list_tasks(session, Wanted(company_id=company_id, limit=limit), session.now())
    lines = [
        TaskLine(
            id=str(task.id),
            kind=task.kind.value,
            title=name_line(task.title),
            person=name_line(task.person) or None,
            account=name_line(task.company) or None,
            owner=task.owner,
            due_at=task.due_at,
            untrusted_words=harmless("\n".join(part for part in (task.body, task.said) if part)) or None,
        )
        for task in found
    ]
    said = [f"{task.kind}, due {task.due_at:%Y-%m-%d}: {task.title} ({task.id})" + _words(task) for task in lines]
    text = f"{NOTICE}\n{untrusted(chr(10).join(said), 'tasks')}" if said else "Nothing waits for a person."
    return Tasks(text=text, tasks=lines)


def _words(task: TaskLine) -> str:
    return f": {name_line(task.untrusted_words)}" if task.untrusted_words else ""


def simulation_told(report: SimulationReport) -> Simulated:
    """A simulation in figures."""
    channels: dict[str, int] = {}
    for touch in report.touches:
        channels[touch.channel.value] = channels.get(touch.channel.value, 0) + 1
    put_off = [f"{one.verdict} by {one.rule}: {one.people} people, {one.times} times" for one in report.put_off[:_MOST_REASONS]]
    endings = ", ".join(f"{count} {state}" for state, count in report.states.items())
    lines = [
        f"{report.campaign}, {report.start:%Y-%m-%d} to {report.until:%Y-%m-%d}:",
        f"{len(report.touches)} touches to {len(report.endings)} people. Nothing was sent.",
        f"People end: {endings or 'nobody takes part'}.",
        *put_off,
    ]
    return Simulated(
        text="\n".join(lines),
        campaign=report.campaign,
        start=report.start,
        until=report.until,
        touches=len(report.touches),
        touches_by_channel=channels,
        people=len(report.endings),
        put_off=put_off,
        endings=report.states,
        left_out=report.reasons,
    )


async def budget_told(session: Session, agent: str, permissions: Collection[Permission]) -> Budget:
    """What an agent may still do today.

    Raises:
        NotFoundError: nobody added it.
    """
    found = await get_agent(session, agent)
    channels = {one.channel.value: "live" if one.is_live else "rehearsal" for one in await list_channels(session)}
    may_send = found.may_send and Permission.MESSAGES_SEND in permissions
    left = found.touches_left if may_send else 0
    proposals = 0 if found.is_paused else max(found.proposals_a_day - found.proposals_today, 0)
    said = f"Today ({found.day}) you may send {left} messages by yourself and propose {proposals}."
    return Budget(
        text=said + (" You are paused." if found.is_paused else ""),
        agent=found.name,
        day=found.day,
        timezone=found.timezone,
        may_send=may_send,
        is_paused=found.is_paused,
        touches_a_day=found.touches_a_day,
        touches_left=left,
        proposals_a_day=found.proposals_a_day,
        proposals_left=proposals,
        channels=channels,
    )
