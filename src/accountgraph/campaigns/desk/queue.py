"""The queue: whoever is free takes what is due first, and while they are at it nobody else does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.persons import said_by
from accountgraph.campaigns.work.tasks import Task, TaskKind, get_task, not_anothers
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Session

HOLD = timedelta(minutes=30)  # so long a task stays with who took it
LONGEST_HOLD = timedelta(hours=12)
LONGEST_SNOOZE = timedelta(days=366)
_KINDS = {  # what is done by a channel, besides the step of the same name
    Channel.EMAIL: (TaskKind.REPLY,),
    Channel.MEETING: (TaskKind.MEETING, TaskKind.MEETING_OUTCOME),
}


class Asked(Struct, frozen=True, kw_only=True):
    """Who asks for work, and which. `owner`: only what is theirs; None: all but what was assigned by name to somebody else."""

    by: str
    channel: Channel | None = None
    owner: str | None = None
    hold: timedelta = HOLD


async def take_next(session: Session, asked: Asked, now: datetime) -> Task | None:
    """Hand out the task that is due first, held for who asks; None: there is none. Who is at one already gets that one again.

    Two who ask at once get two tasks. A hold ends by itself after `hold`.

    Raises:
        InvalidValueError: nobody asks, or the hold is not between a minute and 12 hours.
    """
    by = said_by(asked.by)
    if not timedelta(minutes=1) <= asked.hold <= LONGEST_HOLD:
        raise InvalidValueError("hold", "a task is held for 1 minute to 12 hours.")
    kinds = [kind.value for kind in kinds_of(asked.channel)] if asked.channel else None
    wanted = {"by": by, "kinds": kinds, "owner": asked.owner, "now": now}
    found: UUID | None = await session.value("campaigns.desk.held", wanted)
    if found is None:
        found = await session.value("campaigns.desk.free", wanted)
    if found is None:
        return None
    await session.affect("campaigns.desk.hold", {"id": found, "by": by, "until": now + asked.hold})
    return await get_task(session, found, now)


async def release(session: Session, task_id: UUID, now: datetime) -> tuple[Task, bool]:
    """Give a task back to the queue, whoever is at it; gives it, and whether anybody was.

    Raises:
        NotFoundError: no such task.
    """
    task = await _locked(session, task_id, now)
    await session.affect("campaigns.desk.release", {"id": task_id})
    return await get_task(session, task_id, now), task.held_by is not None


async def snooze(session: Session, task_id: UUID, until: datetime, *, by: str, now: datetime) -> Task:
    """Put a task off until a time (with its offset), and give it back: it is neither listed nor handed out, due, or escalates before.

    It comes back by itself, and at once when the person writes again.

    Raises:
        NotFoundError: no such task.
        InvalidValueError: the time is not ahead, or more than a year away.
        WorkStateError: it is closed, or somebody else is at it.
    """
    if until.tzinfo is None or not now < until <= now + LONGEST_SNOOZE:
        raise InvalidValueError("until", "is a time within a year, with its offset, for example 2031-05-02T09:00:00Z.")
    task = await _locked(session, task_id, now)
    if task.state != "open":
        raise WorkStateError(f"Task {task.id} was {task.state} by {task.closed_by}; there is nothing left to do.")
    name = said_by(by)
    not_anothers(task, name)
    await session.affect("campaigns.desk.snooze", {"id": task_id, "until": until, "by": name})
    return await get_task(session, task_id, now)


async def wake(session: Session, task_id: UUID, now: datetime) -> Task:
    """Bring back a task that was put off; what was not stays as it is.

    Raises:
        NotFoundError: no such task.
    """
    await _locked(session, task_id, now)
    await session.affect("campaigns.desk.wake", {"id": task_id, "contact_id": None, "now": now})
    return await get_task(session, task_id, now)


def kinds_of(channel: Channel) -> tuple[TaskKind, ...]:
    """The kinds of task that are done by a channel."""
    return _KINDS.get(channel) or (TaskKind(channel.value),)


async def _locked(session: Session, task_id: UUID, now: datetime) -> Task:
    await session.value("campaigns.desk.lock", {"id": task_id})
    return await get_task(session, task_id, now)
