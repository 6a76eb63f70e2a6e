"""Closing tasks: what somebody did, skipped or found out, and what follows for the enrolment that waits for it.

A task is closed once; what may still come of one that was done (they answer what was sent) is recorded once too. One whose enrolment
has ended meanwhile closes, and nothing moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.campaigns.desk.account import Account, checked, fitting
from accountgraph.campaigns.desk.calls import CALLBACK
from accountgraph.campaigns.desk.happened import STILL, Happened, carry_on, carry_out, pass_over, where
from accountgraph.campaigns.desk.meetings import put_off
from accountgraph.campaigns.desk.outcomes import Time, outcomes_of
from accountgraph.campaigns.engine.onward import go_on
from accountgraph.campaigns.engine.outcome import settle
from accountgraph.campaigns.engine.planning import ASKED
from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.signals.record import lock_account
from accountgraph.campaigns.work.answers import settle_answer
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.persons import said_by
from accountgraph.campaigns.work.tasks import Task, TaskKind, get_task, lock_task, not_anothers
from accountgraph.errors import InvalidValueError
from accountgraph.store.consents import without_nul

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.campaigns.desk.outcomes import Outcome
    from accountgraph.db import Session


class Closed(Struct, frozen=True, kw_only=True):
    """What closing a task did, in words. `is_new` False: it was closed before, and nothing changed."""

    task: Task
    is_new: bool
    effects: list[str]


async def complete(session: Session, task_id: UUID, account: Account, now: datetime) -> Closed:
    """A person did a task, or found out what it asks for.

    A step becomes a touchpoint and its enrolment goes on; what its outcome asks for besides, the table of outcomes says. A question
    about what is not known is decided again. A message of which nobody knew is settled (`left`).

    Raises:
        NotFoundError: no such task.
        InvalidValueError: something that this kind of task needs is missing, or does not belong to it.
        WorkStateError: its answer is being sent at this moment, or somebody else is at it.
    """
    account = checked(account)
    task = await _locked(session, task_id, now)
    if task.state != "open":
        return await _afterwards(session, task, account, now)
    not_anothers(task, account.by)
    outcome = fitting(task, account, now)
    if task.answer is not None:
        return await _after_answer(session, task, account, now)
    if outcome is not None and outcome.time is Time.MOVED:
        assert account.at is not None  # noqa: S101 - it was checked
        effects = await put_off(session, task.id, task.waits_until, account.at)
        return Closed(task=await get_task(session, task.id, now), is_new=bool(effects), effects=effects)
    await _close(session, task, _word(outcome, account), account, now)
    effects = await _done(session, task, outcome, account, now)
    return Closed(task=await get_task(session, task.id, now), is_new=True, effects=effects)


async def skip(session: Session, task_id: UUID, *, by: str, note: str | None = None, now: datetime) -> Closed:
    """Leave a task undone. A step is passed over, and the next one is due after its own gap; nothing was touched.

    Raises:
        NotFoundError: no such task.
        WorkStateError: it asks what became of a message: somebody has to say; or somebody else is at it.
    """
    account = Account(by=said_by(by), note=note)
    without_nul(("note", note))
    task = await _locked(session, task_id, now)
    if task.state != "open":
        return Closed(task=task, is_new=False, effects=[])
    not_anothers(task, account.by)
    if task.kind is TaskKind.RESOLVE_UNKNOWN or task.answer in {"calling", "unknown"}:
        raise WorkStateError(
            f"Task {task.id} cannot be skipped: say whether the message left."
            " Where nobody can find out, say that it did: nobody gets it twice."
        )
    await _close(session, task, None, account, now)
    effects = await _skipped(session, task, account.by, now)
    return Closed(task=await get_task(session, task.id, now), is_new=True, effects=effects)


async def _locked(session: Session, task_id: UUID, now: datetime) -> Task:
    """The account and all its enrolments are locked before the task's own, as signals lock them."""
    task = await get_task(session, task_id, now)
    await lock_account(session, task.company_id, task.contact_id)
    return await lock_task(session, task_id, now)


async def _close(session: Session, task: Task, word: str | None, account: Account, now: datetime) -> None:
    """Done with a word, or without one skipped."""
    state = "done" if word else "skipped"
    closing = {"id": task.id, "state": state, "outcome": word, "note": account.note, "by": account.by, "now": now}
    await session.affect("campaigns.tasks.close", closing)


async def _afterwards(session: Session, task: Task, account: Account, now: datetime) -> Closed:
    """What came of a task after it was done, where the table has such: the same again changes nothing."""
    can_follow = task.state == "done" and any(task.outcome in outcome.follows for outcome in outcomes_of(task))
    outcome = _following(task, account, now) if can_follow and account.outcome else None
    if outcome is None:
        return Closed(task=task, is_new=False, effects=[])
    came = {"id": task.id, "before": task.outcome, "outcome": outcome.word, "note": account.note}
    await session.affect("campaigns.desk.came_of_it", came)
    effects = await carry_on(session, Happened(task, outcome, account), now)
    return Closed(task=await get_task(session, task.id, now), is_new=True, effects=effects)


def _following(task: Task, account: Account, now: datetime) -> Outcome | None:
    try:
        outcome = fitting(task, account, now)
    except InvalidValueError as error:
        if error.field == "outcome":  # of a task that is closed, no other word changes anything
            return None
        raise
    return outcome if outcome is not None and task.outcome in outcome.follows else None


async def _done(session: Session, task: Task, outcome: Outcome | None, account: Account, now: datetime) -> list[str]:
    if task.kind is TaskKind.RESOLVE_UNKNOWN:
        return await _settled(session, task, account, now)
    effects = await carry_out(session, Happened(task, outcome, account), now) if outcome is not None else []
    if task.is_step or task.enrolment_id is None:
        return effects
    released = await _released(session, await get_task(session, task.id, now), now)
    return effects or released if released == [STILL] else effects + released


async def _released(session: Session, task: Task, now: datetime) -> list[str]:
    """What waited for a question, or for somebody to be called back, goes on; unless the talk itself ended it."""
    assert task.enrolment_id is not None  # noqa: S101 - it was asked
    if not _is_waited_for(task):
        return [STILL]
    if task.enrolment_reason == "reference":
        why = {"enrolment_id": task.enrolment_id, "why": "may not be said any more"}
        await session.affect("campaigns.approvals.withdraw_accepted", why)
    if await session.value("campaigns.desk.other_callback", {"id": task.id, "enrolment_id": task.enrolment_id}):
        return []
    await go_on(session, [task.enrolment_id], now)
    return [f"{task.person} is due again: it is decided anew, within hours and caps"]


async def _skipped(session: Session, task: Task, by: str, now: datetime) -> list[str]:
    if task.enrolment_id is None:
        return []
    if not _is_waited_for(task):
        return [STILL]
    if task.enrolment_reason == CALLBACK:
        return await _released(session, task, now)
    return await pass_over(session, task, task.enrolment_id, f"skipped by {by}", now)


async def _settled(session: Session, task: Task, account: Account, now: datetime) -> list[str]:
    assert task.intent_id is not None  # noqa: S101 - it asks about one
    result = Result(outcome=Sent.SENT if account.left else Sent.RETRY, detail=f"said by {account.by}")
    if not await settle(session, {task.intent_id: result}, now):
        return ["nothing moves: it was found out meanwhile"]
    said = "it left" if account.left else "it did not leave, and is due again, within hours and caps"
    return [said, await where(session, task, now)]


async def _after_answer(session: Session, task: Task, account: Account, now: datetime) -> Closed:
    """A task that was answered from here, and nobody knows whether that left."""
    assert account.left is not None  # noqa: S101 - it was checked
    effects = await settle_answer(session, task, left=account.left, by=account.by, now=now)
    return Closed(task=await get_task(session, task.id, now), is_new=True, effects=effects)


def _is_waited_for(task: Task) -> bool:
    """Whether its enrolment stands still because of it."""
    if task.enrolment_state != "paused":
        return False
    if task.is_step:
        return task.enrolment_reason == "task"
    return task.enrolment_reason == CALLBACK if task.kind is TaskKind.CALL else task.enrolment_reason in ASKED


def _word(outcome: Outcome | None, account: Account) -> str:
    """How the outcome is kept."""
    if account.left is not None:
        return "it left" if account.left else "it did not leave"
    return outcome.word if outcome is not None else account.outcome or "done"
