"""Closing tasks: what somebody did, skipped or found out, and what follows for the enrolment that waits for it.

A task is closed once. One whose enrolment has ended meanwhile closes, and nothing moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.desk.queue import not_anothers
from accountgraph.campaigns.engine.onward import go_on, skip_step
from accountgraph.campaigns.engine.outcome import settle, settle_by_hand
from accountgraph.campaigns.engine.planning import ASKED
from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.answers import settle_answer
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.persons import said_by
from accountgraph.campaigns.work.tasks import Task, TaskKind, get_task, lock_task
from accountgraph.errors import InvalidValueError
from accountgraph.store.consents import without_nul

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Session

_MEETINGS = {"held": SignalKind.MEETING_HELD, "missed": SignalKind.MEETING_MISSED}
_LONGEST = 500  # characters of an outcome
_STILL = "nothing moves: what waited for it has ended or gone on"


class Account(Struct, frozen=True, kw_only=True):
    """What a person says of a task.

    `outcome`: what came of it, in a word or a line; of a meeting `held` or `missed`. `left`: whether a message left of which nobody
    knows. `seconds`: how long a call took.
    """

    by: str
    outcome: str | None = None
    note: str | None = None
    left: bool | None = None
    seconds: int | None = None


class Closed(Struct, frozen=True, kw_only=True):
    """What closing a task did, in words. `is_new` False: it was closed before, and nothing changed."""

    task: Task
    is_new: bool
    effects: list[str]


async def complete(session: Session, task_id: UUID, account: Account, now: datetime) -> Closed:
    """A person did a task, or found out what it asks for.

    A step becomes a touchpoint and its enrolment goes on. A question about what is not known is decided again. A message of which
    nobody knew is settled (`left`). A meeting's outcome is recorded as its signal.

    Raises:
        NotFoundError: no such task.
        InvalidValueError: something that this kind of task needs is missing, or does not belong to it.
        WorkStateError: its answer is being sent at this moment, or somebody else is at it.
    """
    account = _checked(account)
    task = await lock_task(session, task_id, now)
    if task.state != "open":
        return Closed(task=task, is_new=False, effects=[])
    not_anothers(task, account.by)
    _check_fits(task, account)
    if task.answer is not None:
        return await _after_answer(session, task, account, now)
    closing = {"id": task.id, "state": "done", "outcome": _outcome(task, account), "note": account.note, "by": account.by, "now": now}
    if task.kind is TaskKind.MEETING_OUTCOME:  # its signal locks the account, and that before the task is touched
        effects = await _meeting(session, task, account, now)
        await session.affect("campaigns.tasks.close", closing)
    else:
        await session.affect("campaigns.tasks.close", closing)
        effects = await _done(session, task, account, now)
    return Closed(task=await get_task(session, task.id, now), is_new=True, effects=effects)


async def skip(session: Session, task_id: UUID, *, by: str, note: str | None = None, now: datetime) -> Closed:
    """Leave a task undone. A step is passed over, and the next one is due after its own gap; nothing was touched.

    Raises:
        NotFoundError: no such task.
        WorkStateError: it asks what became of a message: somebody has to say; or somebody else is at it.
    """
    by = said_by(by)
    without_nul(("note", note))
    task = await lock_task(session, task_id, now)
    if task.state != "open":
        return Closed(task=task, is_new=False, effects=[])
    not_anothers(task, by)
    if task.kind is TaskKind.RESOLVE_UNKNOWN or task.answer in {"calling", "unknown"}:
        raise WorkStateError(
            f"Task {task.id} cannot be skipped: say whether the message left."
            " Where nobody can find out, say that it did: nobody gets it twice."
        )
    closing = {"id": task.id, "state": "skipped", "outcome": None, "note": note, "by": by, "now": now}
    await session.affect("campaigns.tasks.close", closing)
    effects = []
    if _is_waited_for(task):
        assert task.enrolment_id is not None  # noqa: S101 - it waits
        following = await skip_step(session, task.enrolment_id, f"skipped by {by}", now)
        effects = [f"the step is passed over; {task.person} " + (f"goes on to step {following}" if following else "has finished")]
    elif task.enrolment_id is not None:
        effects = [_STILL]
    return Closed(task=await get_task(session, task.id, now), is_new=True, effects=effects)


async def _done(session: Session, task: Task, account: Account, now: datetime) -> list[str]:
    if task.kind is TaskKind.RESOLVE_UNKNOWN:
        return await _settled(session, task, account, now)
    if task.is_step:
        return await _step(session, task, account, now)
    if task.enrolment_id is None:
        return []
    if not _is_waited_for(task):
        return [_STILL]
    if task.enrolment_reason == "reference":
        await session.affect(
            "campaigns.approvals.withdraw_accepted", {"enrolment_id": task.enrolment_id, "why": "may not be said any more"}
        )
    await go_on(session, [task.enrolment_id], now)
    return [f"{task.person} is due again: it is decided anew, within hours and caps"]


async def _step(session: Session, task: Task, account: Account, now: datetime) -> list[str]:
    assert task.intent_id is not None  # noqa: S101 - it is a step
    if not await settle_by_hand(session, task.intent_id, Result(outcome=Sent.SENT, detail=_outcome(task, account)), now):
        return [_STILL]
    outcome = _outcome(task, account) if account.outcome or account.note else None
    touch = {"intent_id": task.intent_id, "outcome": outcome, "seconds": account.seconds, "by": account.by, "note": account.note}
    await session.affect("campaigns.tasks.done_by_hand", touch)
    return [await _where(session, task, now)]


async def _settled(session: Session, task: Task, account: Account, now: datetime) -> list[str]:
    assert task.intent_id is not None  # noqa: S101 - it asks about one
    result = Result(outcome=Sent.SENT if account.left else Sent.RETRY, detail=f"said by {account.by}")
    if not await settle(session, {task.intent_id: result}, now):
        return ["nothing moves: it was found out meanwhile"]
    said = "it left" if account.left else "it did not leave, and is due again, within hours and caps"
    return [said, await _where(session, task, now)]


async def _where(session: Session, task: Task, now: datetime) -> str:
    after = await get_task(session, task.id, now)
    reason = f" ({after.enrolment_reason})" if after.enrolment_reason else ""
    return f"{task.person} is {after.enrolment_state}{reason} in {task.campaign}"


async def _meeting(session: Session, task: Task, account: Account, now: datetime) -> list[str]:
    """The outcome of a meeting is a signal; what that asks for in turn is answered by the same words."""
    if task.signal != SignalKind.MEETING_BOOKED:
        return []
    kind = _MEETINGS[account.outcome or ""]
    signal = Signal(
        kind=kind,
        dedupe_key=f"task {task.id}",
        source=account.by,
        text=account.note,
        contact_id=task.contact_id,
        company_id=task.company_id,
    )
    recorded = await record_signal(session, signal, now)
    if kind is SignalKind.MEETING_HELD:
        for asked in await session.rows(UUID, "campaigns.tasks.of_signal", {"signal_id": recorded.id}):
            closing = {"state": "done", "outcome": account.outcome, "note": account.note, "by": account.by, "now": now}
            await session.affect("campaigns.tasks.close", {"id": asked, **closing})
    return recorded.effects


async def _after_answer(session: Session, task: Task, account: Account, now: datetime) -> Closed:
    """A task that was answered from here, and nobody knows whether that left."""
    assert account.left is not None  # noqa: S101 - it was checked
    effects = await settle_answer(session, task, left=account.left, by=account.by, now=now)
    return Closed(task=await get_task(session, task.id, now), is_new=True, effects=effects)


def _is_waited_for(task: Task) -> bool:
    """Whether its enrolment stands still because of it."""
    if task.enrolment_state != "paused":
        return False
    return task.enrolment_reason == "task" if task.is_step else task.enrolment_reason in ASKED


def _outcome(task: Task, account: Account) -> str:
    if account.left is not None:
        return "it left" if account.left else "it did not leave"
    return account.outcome or ("called" if task.kind is TaskKind.CALL else "done")


def _checked(account: Account) -> Account:
    without_nul(("outcome", account.outcome), ("note", account.note))
    if account.outcome is not None and not 1 <= len(account.outcome.strip()) <= _LONGEST:
        raise InvalidValueError("outcome", f"has 1 to {_LONGEST} characters; put the rest into the note.")
    if account.seconds is not None and account.seconds < 0:
        raise InvalidValueError("seconds", "a call takes 0 seconds or more.")
    return msgspec.structs.replace(account, by=said_by(account.by), outcome=account.outcome.strip() if account.outcome else None)


def _check_fits(task: Task, account: Account) -> None:
    """What a kind of task needs, and what belongs to no other."""
    if task.answer == "calling":
        raise WorkStateError(f"The answer to task {task.id} is being sent at this moment; look again in two minutes.")
    asks = task.kind is TaskKind.RESOLVE_UNKNOWN or task.answer == "unknown"
    if asks and account.left is None:
        raise InvalidValueError("left", "say whether the message left (--left) or not (--not-left); look into the Sent folder.")
    if not asks and account.left is not None:
        raise InvalidValueError("left", "belongs to tasks that ask whether a message left; leave it out.")
    if account.seconds is not None and task.kind is not TaskKind.CALL:
        raise InvalidValueError("seconds", "belongs to calls; leave it out.")
    if task.kind is TaskKind.MEETING_OUTCOME and task.signal == SignalKind.MEETING_BOOKED and account.outcome not in _MEETINGS:
        raise InvalidValueError("outcome", "say whether the meeting was held or missed (--outcome held).")
