"""Putting right what an answer was taken for: a person says what it means, and the campaigns hear that."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.signals.reactions import REPLIES, SignalKind
from accountgraph.campaigns.signals.record import Signal, lock_account, record_signal
from accountgraph.campaigns.signals.words import label_of
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.inbox import Came
from accountgraph.campaigns.work.persons import said_by
from accountgraph.campaigns.work.tasks import Task, get_task, lock_task, not_anothers
from accountgraph.errors import InvalidValueError
from accountgraph.store.consents import without_nul

if TYPE_CHECKING:
    from accountgraph.db import Session

MEANINGS = (
    SignalKind.REPLY_POSITIVE,
    SignalKind.REPLY_QUESTION,
    SignalKind.REPLY_OBJECTION,
    SignalKind.REPLY_NOT_NOW,
    SignalKind.REFERRAL,
    SignalKind.REPLY_REFUSAL,
    SignalKind.OUT_OF_OFFICE,
    SignalKind.UNSUBSCRIBE,
    SignalKind.LEFT_COMPANY,
    SignalKind.REPLY,
)
_NAMES = frozenset({SignalKind.REFERRAL, SignalKind.LEFT_COMPANY})
_DATED = frozenset({SignalKind.REPLY_NOT_NOW, SignalKind.OUT_OF_OFFICE})


class Meant(Struct, frozen=True, kw_only=True):
    """What an answer means. `person`: whom it names, `name` and `email`; `until`: when they are back, or want to be asked again."""

    kind: SignalKind
    by: str
    person: dict[str, str] | None = None
    until: datetime | None = None


class Corrected(Struct, frozen=True, kw_only=True):
    """What the other meaning did, in words, and the task that it made instead; None: it made none."""

    effects: list[str]
    task_id: UUID | None


async def correct(session: Session, task_id: UUID, meant: Meant, now: datetime) -> Corrected:
    """Say what an answer in the inbox means. Its task is done by that, and what the right meaning asks for is done instead.

    It is the same answer: no second one is counted. What the wrong meaning did already, an end of a campaign above all, stays done.

    Raises:
        NotFoundError: no such task.
        WorkStateError: it is closed, is no answer of theirs, or somebody else is at it.
        InvalidValueError: it means that already, or something does not belong to the meaning.
    """
    by = said_by(meant.by)
    task = await get_task(session, task_id, now)
    await lock_account(session, task.company_id, task.contact_id)
    task = await lock_task(session, task_id, now)
    came = await _answer_of(session, task, by)
    _check(came, meant)
    word = f"read as {label_of(meant.kind)}"
    closing = {"id": task_id, "state": "done", "outcome": word, "note": None, "by": by, "now": now}
    await session.affect("campaigns.tasks.close", closing)
    key: str = await session.value("campaigns.inbox.dedupe_key", {"id": came.id})
    signal = Signal(
        kind=meant.kind,
        dedupe_key=f"{key[:400]} read as {meant.kind}",
        source=by,
        at=came.at,
        contact_id=task.contact_id,
        company_id=task.company_id,
        touchpoint_id=came.touchpoint_id,
        until=meant.until,
        text=came.data.get("text"),
        message_id=came.data.get("message_id") or key,
        person=_person(meant),
    )
    recorded = await record_signal(session, signal, now)
    made = await session.rows(UUID, "campaigns.tasks.of_signal", {"signal_id": recorded.id})
    return Corrected(effects=recorded.effects, task_id=made[0] if made else None)


async def _answer_of(session: Session, task: Task, by: str) -> Came:
    if task.state != "open":
        raise WorkStateError(f"Task {task.id} was {task.state} by {task.closed_by}; there is nothing left to read.")
    not_anothers(task, by)
    came = await session.row(Came, "campaigns.inbox.signal", {"id": task.signal_id}) if task.signal_id else None
    if came is None or came.kind not in REPLIES | set(MEANINGS):
        raise WorkStateError(f"Task {task.id} ({task.kind}) is no answer of theirs; there is no meaning to correct.")
    return came


def _check(came: Came, meant: Meant) -> None:
    if meant.kind not in MEANINGS:
        raise InvalidValueError("kind", f"is one of {', '.join(MEANINGS)}.")
    if meant.kind == came.kind:
        raise InvalidValueError("kind", f"it is read as {label_of(meant.kind)} already.")
    if meant.person and meant.kind not in _NAMES:
        raise InvalidValueError("person", "belongs to a referral, or to somebody who left; leave it out.")
    if meant.kind is SignalKind.REFERRAL and not meant.person:
        raise InvalidValueError("person", "say whom they named, by name or e-mail address.")
    if meant.until and meant.kind not in _DATED:
        raise InvalidValueError("until", "belongs to an absence, or to an answer that asks to talk later; leave it out.")
    without_nul(*((name, value) for name, value in (meant.person or {}).items()))


def _person(meant: Meant) -> dict[str, Any] | None:
    return dict(meant.person) if meant.person else None
