"""The inbox: what came in and wants a person. Each thing is the task that its signal made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.persons import owner_of
from accountgraph.campaigns.work.resume import Standing, standings_of
from accountgraph.campaigns.work.tasks import Task, Wanted, get_task, list_tasks, lock_task
from accountgraph.enums import QualificationTier
from accountgraph.models import Touchpoint
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session


class Came(Struct, frozen=True, kw_only=True):
    """The signal: `data` is what it brought, `effects` what it did, in words."""

    id: UUID
    kind: str
    at: datetime
    source: str
    data: dict[str, Any]
    effects: list[str]
    touchpoint_id: UUID | None


class Opened(Struct, frozen=True, kw_only=True):
    """Something that came in, with what one has to know to answer it.

    `history`: the conversation in order; `context`: what was learned in it; `standings`: where the account's people stand.
    """

    task: Task
    came: Came
    history: list[Touchpoint]
    context: dict[str, Any]
    qualification_tier: QualificationTier | None
    standings: list[Standing]


class _Talk(Struct, frozen=True):
    id: UUID
    context: dict[str, Any]
    qualification_tier: QualificationTier | None


async def list_inbox(db: Connectable, wanted: Wanted, now: datetime) -> list[Task]:
    """What came in and is open, as `wanted` narrows it down."""
    return await list_tasks(db, msgspec.structs.replace(wanted, from_signals=True), now)


async def open_item(db: Connectable, task_id: UUID, now: datetime) -> Opened:
    """Something that came in.

    Raises:
        NotFoundError: no such task.
        WorkStateError: it did not come in.
    """
    task = await get_task(db, task_id, now)
    came = await db.row(Came, "campaigns.inbox.signal", {"id": task.signal_id}) if task.signal_id else None
    if came is None:
        raise WorkStateError(f"Task {task.id} ({task.kind}) did not come in; see it with `task list`.")
    asked = {"touchpoint_id": came.touchpoint_id, "contact_id": task.contact_id}
    talk = await db.row(_Talk, "campaigns.inbox.talk", asked)
    return Opened(
        task=task,
        came=came,
        history=await TouchpointRepository(db).get_touchpoint_history(talk.id) if talk else [],
        context=talk.context if talk else {},
        qualification_tier=talk.qualification_tier if talk else None,
        standings=await standings_of(db, company_id=task.company_id, contact_id=task.contact_id),
    )


async def assign(session: Session, task_id: UUID, owner: str, now: datetime) -> Task:
    """Give an open task to somebody: a name, or a user's id.

    Raises:
        NotFoundError: no such task.
        WorkStateError: it is closed.
        InvalidValueError: the name is blank or too long.
    """
    name, user = owner_of(owner)
    task = await lock_task(session, task_id, now)
    if task.state != "open":
        raise WorkStateError(f"Task {task.id} was {task.state} by {task.closed_by}; there is nothing left to do.")
    await session.value("campaigns.tasks.assign", {"id": task_id, "owner": name, "owner_user_id": user})
    return await get_task(session, task_id, now)
