"""Work for people: steps that a person does, answers to give, questions that the engine cannot answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.work.errors import HeldError
from accountgraph.errors import NotFoundError
from accountgraph.store.given import page_size

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session


class TaskKind(StrEnum):
    """The first six are steps of campaigns; the last is what people of ours give themselves and each other."""

    CALL = "call"
    LINKEDIN = "linkedin"
    MAIL = "mail"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    MEETING = "meeting"
    REPLY = "reply"
    PROPOSAL = "proposal"
    MEETING_OUTCOME = "meeting_outcome"
    RESOLVE_UNKNOWN = "resolve_unknown"
    QUESTION = "question"
    TO_DO = "to_do"


class Task(Struct, frozen=True, kw_only=True):
    """Work for a person.

    `enrolment_id`: which waits for it, with its `campaign`. `signal`, `signal_at`, `said`: what made it. `owner`: who does it.
    `answer`: of a reply to somebody that was sent from here: `calling`, `sent` or `unknown`. `held_by`: who is at it now, which keeps
    others away until `held_until`. `waits_until`: it is not handed out before; `snoozed_by`: who put it off until then.
    """

    id: UUID
    kind: TaskKind
    title: str
    body: str | None
    company_id: UUID | None
    company: str | None
    contact_id: UUID | None
    person: str | None
    intent_id: UUID | None
    step_key: str | None
    is_live: bool | None
    enrolment_id: UUID | None
    campaign: str | None
    enrolment_state: str | None
    enrolment_reason: str | None
    signal_id: UUID | None
    signal: str | None
    signal_at: datetime | None
    said: str | None
    owner: str | None
    state: str
    due_at: datetime
    escalate_at: datetime | None
    escalated_at: datetime | None
    outcome: str | None
    note: str | None
    closed_by: str | None
    closed_at: datetime | None
    created_at: datetime
    answer: str | None
    held_by: str | None
    held_until: datetime | None
    waits_until: datetime | None
    snoozed_by: str | None

    @property
    def is_step(self) -> bool:
        """Whether it is a step of a campaign, done by a person."""
        return self.intent_id is not None and self.kind is not TaskKind.RESOLVE_UNKNOWN


class Wanted(Struct, frozen=True, kw_only=True):
    """Which tasks: all conditions hold. `owner` in any case; `overdue`: open, and due by now. `from_signals`: what came in.

    `include_snoozed`: also what somebody put off, before its time.
    """

    state: str | None = "open"
    kind: TaskKind | None = None
    owner: str | None = None
    company_id: UUID | None = None
    overdue: bool = False
    escalated: bool = False
    from_signals: bool = False
    include_snoozed: bool = False
    limit: int = 100


async def list_tasks(db: Connectable, wanted: Wanted, now: datetime) -> list[Task]:
    """The tasks that are wanted, what is due first before the rest."""
    page_size(wanted.limit)
    return await db.rows(Task, "campaigns.tasks.listing", _params(wanted, now))


async def get_task(db: Connectable, task_id: UUID, now: datetime) -> Task:
    """One task.

    Raises:
        NotFoundError: there is none with this id.
    """
    params = {**_params(Wanted(state=None, limit=1, include_snoozed=True), now), "id": task_id}
    found = await db.row(Task, "campaigns.tasks.listing", params)
    if found is None:
        raise NotFoundError(f"There is no task {task_id}.")
    return found


async def lock_task(session: Session, task_id: UUID, now: datetime) -> Task:
    """One task, nobody else's until the transaction ends. Raises as `get_task`."""
    await session.value("campaigns.tasks.lock", {"id": task_id})
    return await get_task(session, task_id, now)


async def escalate(session: Session, now: datetime) -> int:
    """Mark the open tasks that nobody did in time; gives how many are new among them."""
    return await session.affect("campaigns.tasks.escalate", {"now": now})


def everything(now: datetime, *, include_snoozed: bool) -> dict[str, Any]:
    """What the query of the list wants where nothing else is left out."""
    return _params(Wanted(state=None, include_snoozed=include_snoozed), now)


def _params(wanted: Wanted, now: datetime) -> dict[str, Any]:
    return {
        "id": None,
        "now": now,
        "state": wanted.state,
        "kind": wanted.kind,
        "owner": wanted.owner,
        "company_id": wanted.company_id,
        "overdue": wanted.overdue,
        "escalated": wanted.escalated,
        "from_signals": wanted.from_signals,
        "include_snoozed": wanted.include_snoozed,
        "limit": wanted.limit,
    }


def not_anothers(task: Task, by: str) -> None:
    """Two people do not do one task.

    Raises:
        HeldError: somebody else is at it.
    """
    if task.held_by is not None and task.held_until is not None and task.held_by.lower() != by.lower():
        raise HeldError("task", task.id, task.held_by, task.held_until)
