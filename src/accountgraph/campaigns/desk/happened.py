"""What came of a task, carried out as the table of outcomes says: a touchpoint, signals, suppressions, a call to come.

The account and its enrolments are locked already, and the task is closed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import msgspec

from accountgraph.campaigns.desk.calls import call_back, forbid_calls, take_out
from accountgraph.campaigns.desk.outcomes import Time
from accountgraph.campaigns.engine.onward import skip_step
from accountgraph.campaigns.engine.outcome import settle_by_hand
from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.signals.meanings import meant, told
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.tasks import Task, TaskKind, get_task
from accountgraph.enums import Channel
from accountgraph.inbound.findings import ReplyText
from accountgraph.inbound.meaning import meaning
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.campaigns.desk.account import Account
    from accountgraph.campaigns.desk.outcomes import Outcome
    from accountgraph.db import Session

STILL = "nothing moves: what waited for it has ended or gone on"
_CHANNELS = {TaskKind.MEETING_OUTCOME: Channel.MEETING}


class Happened(NamedTuple):
    """A task, the outcome it had, and what else a person says of it."""

    task: Task
    outcome: Outcome
    account: Account


async def carry_out(session: Session, happened: Happened, now: datetime) -> list[str]:
    """Everything that follows from an outcome; gives it in words. What a dry run would have done is not done to anybody."""
    touchpoint, said = await _touch(session, happened, now)
    if happened.task.is_live is False:
        return said
    return said + await _follows(session, happened, touchpoint, now)


async def carry_on(session: Session, happened: Happened, now: datetime) -> list[str]:
    """What follows from an outcome that came after the task was done: its touchpoint is there already."""
    if happened.task.is_live is False:
        return []
    touchpoint: UUID | None = await session.value("campaigns.desk.touchpoint", {"id": happened.task.id})
    await _describe(session, happened, touchpoint)
    return await _follows(session, happened, touchpoint, now)


async def pass_over(session: Session, task: Task, enrolment_id: UUID, why: str, now: datetime) -> list[str]:
    """Go on to the step after the one that the task was; at the end, finished. In words."""
    following = await skip_step(session, enrolment_id, why, now)
    return [f"the step is passed over; {task.person} " + (f"goes on to step {following}" if following else "has finished")]


async def where(session: Session, task: Task, now: datetime) -> str:
    """Where the enrolment stands that waited for a task."""
    after = await get_task(session, task.id, now)
    reason = f" ({after.enrolment_reason})" if after.enrolment_reason else ""
    return f"{task.person} is {after.enrolment_state}{reason} in {task.campaign}"


async def _touch(session: Session, happened: Happened, now: datetime) -> tuple[UUID | None, list[str]]:
    """The touchpoint it is; None where it could not be done, or was a dry run. A step leads to the next one."""
    task, outcome, account = happened
    if not outcome.is_touch:
        return None, await _passed_over(session, task, account, now)
    said = []
    touchpoint: UUID | None = None
    if task.is_step:
        assert task.intent_id is not None  # noqa: S101 - it is a step
        detail = account.outcome or outcome.word
        if await settle_by_hand(session, task.intent_id, Result(outcome=Sent.SENT, detail=detail), now):
            touchpoint = await session.value("campaigns.desk.touchpoint", {"id": task.id})
            said = [await where(session, task, now)]
        else:
            said = [STILL]
    if touchpoint is None and task.is_live is not False and task.contact_id is not None:
        touchpoint = await _by_hand(session, task, now)
    await _describe(session, happened, touchpoint)
    return touchpoint, said


async def _passed_over(session: Session, task: Task, account: Account, now: datetime) -> list[str]:
    if not task.is_step:
        return []
    if task.enrolment_id is None or (task.enrolment_state, task.enrolment_reason) != ("paused", "task"):
        return [STILL]
    return await pass_over(session, task, task.enrolment_id, f"{account.outcome}, said by {account.by}", now)


async def _by_hand(session: Session, task: Task, now: datetime) -> UUID:
    """A talk that no step of a campaign stands for: a call back, a meeting. It happened when it was to, or just now."""
    assert task.contact_id is not None  # noqa: S101 - it was asked
    talk: UUID | None = await session.value("campaigns.signals.talk", {"touchpoint_id": None, "contact_id": task.contact_id})
    if talk is None:
        talk = (await ConversationRepository(session).create_conversation(task.contact_id, task.company_id)).id
    is_meeting = task.kind is TaskKind.MEETING_OUTCOME
    row: dict[str, Any] = {
        "conversation_id": talk,
        "channel": _CHANNELS.get(task.kind) or Channel(task.kind.value),
        "sent_at": min(task.waits_until, now) if is_meeting and task.waits_until else now,
        "metadata": {"task_id": str(task.id)},
    }
    return (await TouchpointRepository(session).create_touchpoint(row)).id


async def _describe(session: Session, happened: Happened, touchpoint: UUID | None) -> None:
    """What a person did is their touch, not the engine's; with all they say of it."""
    if touchpoint is None:
        return
    account = happened.account
    described = {
        "id": touchpoint,
        "outcome": happened.outcome.word if account.outcome or account.note else None,
        "seconds": account.seconds,
        "recording": account.recording,
        "transcript": account.transcript,
        "sentiment": account.sentiment,
        "by": account.by,
        "note": account.note,
    }
    await session.affect("campaigns.desk.describe", described)


async def _follows(session: Session, happened: Happened, touchpoint: UUID | None, now: datetime) -> list[str]:
    task, outcome, account = happened
    said = []
    if outcome.wrong is not None and task.contact_id is not None:
        said += await take_out(session, task, outcome.wrong, account.by)
    if outcome.forbids_calls and task.contact_id is not None:
        said += await forbid_calls(session, task, account.by)
    said += await _told(session, happened, touchpoint, now)
    if outcome.time is Time.CALLBACK:
        said += await call_back(session, task, account, now)
    return said


async def _told(session: Session, happened: Happened, touchpoint: UUID | None, now: datetime) -> list[str]:
    """What the campaigns of the account hear of it; where they hear nothing, the event of the touchpoint alone."""
    task, outcome, account = happened
    signal = _signal(happened, now)
    if signal is None:
        if outcome.event is not None and touchpoint is not None:
            await TouchpointRepository(session).record_event(touchpoint, outcome.event, at=now)
        return []
    if not outcome.forbids_calls:  # who wants no calls is not off every channel, as that event would have it
        signal = msgspec.structs.replace(signal, touchpoint_id=touchpoint)
    recorded = await record_signal(session, signal, now)
    if task.kind is TaskKind.MEETING_OUTCOME and signal.kind is SignalKind.MEETING_HELD:  # what it asks for is answered by the same words
        for asked in await session.rows(UUID, "campaigns.tasks.of_signal", {"signal_id": recorded.id}):
            closing = {"state": "done", "outcome": outcome.word, "note": account.note, "by": account.by, "now": now}
            await session.affect("campaigns.tasks.close", {"id": asked, **closing})
    return recorded.effects


def _signal(happened: Happened, now: datetime) -> Signal | None:
    task, outcome, account = happened
    if task.contact_id is None and task.company_id is None:
        return None
    signal = Signal(
        kind=SignalKind.REPLY,
        dedupe_key=f"task {task.id} {outcome.word}",
        source=account.by,
        at=now,
        contact_id=task.contact_id,
        company_id=task.company_id,
    )
    if outcome.reads and account.text is not None:
        return _answer(account.text, signal, now)
    kind = outcome.signal_for(account.sentiment)
    if kind is None:
        return None
    until = account.at if outcome.time is Time.MEETING else None
    channel = Channel.CALL.value if outcome.forbids_calls else None
    return msgspec.structs.replace(signal, kind=kind, text=account.note, until=until, channel=channel)


def _answer(text: str, signal: Signal, now: datetime) -> Signal:
    """What they wrote, understood as a mail would be."""
    means = meaning(ReplyText(text=text), "", now.date())
    kind = meant(means)
    return msgspec.structs.replace(signal, kind=kind, text=text, **told(kind, means, text, "UTC"))
