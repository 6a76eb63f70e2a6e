"""Answering somebody who wrote: a person's own words, sent through the mailbox that wrote before, in the thread, once.

Three steps, as for the engine's own messages: the answer is claimed and counted, the service is called outside of any transaction,
and what came of it is written down. Whoever dies in between leaves an answer that nobody knows the end of, and that is not repeated.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from accountgraph.campaigns.engine.call import CALL_LEASE, call_transport
from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.campaigns.messages import content_hash
from accountgraph.campaigns.messages.envelope import message_id_of, references_of
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.mailbox import mailbox_of, may_write
from accountgraph.campaigns.work.persons import said_by
from accountgraph.campaigns.work.tasks import Task, get_task, not_anothers
from accountgraph.enums import Channel, ContactStatus
from accountgraph.errors import InvalidValueError
from accountgraph.store.consents import without_nul
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from collections.abc import Callable

    from accountgraph.campaigns.engine.transport import Transport
    from accountgraph.db import Connectable, Database, Session
    from accountgraph.store.outreach.senders import Sender


class Answer(Struct, frozen=True, kw_only=True):
    """What a person wrote. `subject` None: that of the thread. `sender`: a mailbox's address; None: the one that wrote before."""

    content: str
    by: str
    subject: str | None = None
    sender: str | None = None


class Answered(Struct, frozen=True, kw_only=True):
    """What came of an answer. `outcome`: as of any call; `is_new` False: the same words left before, and nothing was sent again."""

    id: UUID
    outcome: Sent
    is_new: bool
    detail: str | None
    effects: list[str]


class _Standing(Struct, frozen=True):
    id: UUID
    state: str
    content_hash: str
    written_by: str
    called_at: datetime
    settled_at: datetime | None
    contact_id: UUID | None
    company_id: UUID | None
    sender_id: UUID | None
    address: str
    subject: str
    content: str
    message_id: str
    wire_message_id: str | None
    message_references: str | None
    provider_id: str | None
    detail: str | None
    touchpoint_id: UUID | None
    is_unknown: bool


class Thread(Struct, frozen=True):
    """Whom an answer goes to, and the last message of the thread it goes on in. `sender_id` None: no mailbox of ours wrote before."""

    contact_id: UUID
    company_id: UUID | None
    email: str | None
    status: ContactStatus
    name: str | None
    do_not_contact: bool
    is_made_up: bool
    their_message_id: str | None
    sender_id: UUID | None
    wire_message_id: str | None
    message_references: str | None
    subject: str | None


class _Claimed(Struct, frozen=True):
    message: Message
    transport: str


async def answer(db: Database, transports: Callable[[str], Transport], task_id: UUID, given: Answer) -> Answered:
    """Send a person's answer to what came in; its task is done then. The same words to the same task again send nothing.

    It counts against the mailbox's caps, and waits for none. Suppressions and holds keep it from leaving. A refusal leaves the task
    open, and it may be tried again; where nobody knows whether it left, somebody says so by closing the task.

    Raises:
        NotFoundError: no such task.
        InvalidValueError: nothing is said, or no mailbox or address is known.
        WorkStateError: the task is closed or answered in other words, the person may not be written to, or the mailbox sends nothing.
    """
    given = _checked(given)
    claimed = await db.run(lambda session: _claim(session, transports, task_id, given, db.now()))
    if isinstance(claimed, Answered):
        return claimed
    result = await call_transport(transports, claimed.transport, claimed.message)
    return await db.run(lambda session: _settle(session, task_id, claimed.message.intent_id, result, db.now()))


async def thread_of(db: Connectable, task_id: UUID) -> Thread | None:
    """Whom an answer to a task would go to, and in which thread; None: it is about nobody."""
    return await db.row(Thread, "campaigns.answers.thread", {"task_id": task_id})


async def settle_answer(session: Session, task: Task, *, left: bool, by: str, now: datetime) -> list[str]:
    """A person says whether an answer left of which nobody knew; gives what follows, in words. Where it did not, the task stays open."""
    standing = await session.row(_Standing, "campaigns.answers.standing", {"task_id": task.id, "now": now})
    assert standing is not None  # noqa: S101 - the task is locked, and has one
    result = Result(outcome=Sent.SENT if left else Sent.REFUSED, detail=f"said by {by}")
    done = await _settle(session, task.id, standing.id, result, now)
    return done.effects if left else ["it did not leave; the task is open, and can be answered again"]


async def _claim(
    session: Session, transports: Callable[[str], Transport], task_id: UUID, given: Answer, now: datetime
) -> _Claimed | Answered:
    await session.value("campaigns.answers.lock", {"task_id": task_id})
    task = await get_task(session, task_id, now)
    before = await session.row(_Standing, "campaigns.answers.standing", {"task_id": task_id, "now": now})
    if before is not None:
        return _answered_before(task, before, given)
    if task.state != "open":
        raise WorkStateError(f"Task {task.id} was {task.state} by {task.closed_by}; there is nothing left to answer.")
    not_anothers(task, given.by)
    thread = await thread_of(session, task_id)
    if thread is None or task.signal_id is None:
        raise WorkStateError(f"Task {task.id} ({task.kind}) is nobody's message; do it and say so with `task done`.")
    sender = await mailbox_of(session, given.sender, thread.sender_id)
    if transports(sender.transport).is_dry_run and not thread.is_made_up:  # who does not exist is answered on the console
        raise WorkStateError(f"{sender.address} sends through the {sender.transport}, which sends nothing; give it a real transport first.")
    await may_write(session, thread, sender, now)
    message = _message(given, thread, sender)
    await session.value("campaigns.answers.claim", {**_row(message, thread, sender.id, given.by, now), "task_id": task_id})
    return _Claimed(message, sender.transport)


def _answered_before(task: Task, before: _Standing, given: Answer) -> Answered:
    if before.is_unknown:
        raise WorkStateError(
            f"Nobody knows whether the answer of {before.written_by} to task {task.id} left; look into the Sent folder,"
            f" then close it with `task done {task.id} --left` or `--not-left`."
        )
    if before.state == "calling":
        raise WorkStateError(f"{before.written_by} is answering task {task.id} at this moment.")
    if before.content_hash != content_hash(None, given.content):
        raise WorkStateError(f"Task {task.id} was answered by {before.written_by} in other words; nothing was sent.")
    return Answered(id=before.id, outcome=Sent.SENT, is_new=False, detail=before.detail, effects=[])


def _message(given: Answer, thread: Thread, sender: Sender) -> Message:
    """The message, with nothing added to the person's words."""
    assert thread.email is not None  # noqa: S101 - it was looked at
    message_id = uuid4()
    subject = given.subject or thread.subject
    if not subject:
        raise InvalidValueError("subject", "there is no thread to go on in; give the answer a subject.")
    if not given.subject and subject[:3].lower() != "re:":
        subject = f"Re: {subject}"
    ours = [*(thread.message_references or "").split(), *([thread.wire_message_id] if thread.wire_message_id else [])]
    theirs = [thread.their_message_id] if thread.their_message_id else []
    before = [*ours, *theirs]
    return Message(
        intent_id=message_id,
        channel=Channel.EMAIL,
        sender=sender.address,
        sender_name=sender.display_name,
        reply_to=sender.reply_to,
        recipient=thread.email,
        recipient_name=thread.name,
        subject=" ".join(subject.split()),
        content=given.content,
        message_id=message_id_of(message_id, sender.address),
        in_reply_to=before[-1] if before else None,
        references=references_of(before),
        settings=sender.settings,
    )


def _row(message: Message, thread: Thread, sender_id: UUID, claimed_by: str, now: datetime) -> dict[str, object]:
    return {
        "id": message.intent_id,
        "contact_id": thread.contact_id,
        "company_id": thread.company_id,
        "sender_id": sender_id,
        "address": message.recipient,
        "subject": message.subject,
        "content": message.content,
        "content_hash": content_hash(None, message.content),
        "message_id": message.message_id,
        "in_reply_to": message.in_reply_to,
        "message_references": " ".join(message.references) or None,
        "by": claimed_by,
        "now": now,
        "until": now + CALL_LEASE,
    }


async def _settle(session: Session, task_id: UUID, answer_id: UUID, result: Result, now: datetime) -> Answered:
    """Write down what came of the call: the signal first, for it locks the account."""
    if await session.value("campaigns.answers.lock_message", {"id": answer_id}) is None:
        return Answered(id=answer_id, outcome=result.outcome, is_new=False, detail="Somebody said meanwhile what came of it.", effects=[])
    standing = await session.row(_Standing, "campaigns.answers.standing", {"task_id": task_id, "now": now})
    assert standing is not None  # noqa: S101 - it is locked
    state = {Sent.SENT: "sent", Sent.UNKNOWN: "unknown"}.get(result.outcome, "refused")
    effects = await _sent(session, standing, now) if state == "sent" else []
    touchpoint = await _touchpoint(session, standing, result, now) if state == "sent" and standing.contact_id else None
    params = {"id": answer_id, "state": state, "touchpoint_id": touchpoint, "now": now}
    said = {"detail": result.detail, "provider_id": result.provider_id, "wire_message_id": result.wire_message_id}
    await session.affect("campaigns.answers.settle", {**params, **said})
    if state == "sent":
        closing = {"id": task_id, "state": "done", "outcome": "answered", "note": None, "by": standing.written_by, "now": now}
        await session.affect("campaigns.tasks.close", closing)
    if result.is_sender_trouble and standing.sender_id:
        holds = msgspec.json.encode([{"id": standing.sender_id, "note": result.detail}]).decode()
        await session.affect("campaigns.outcomes.hold_sender", {"holds": holds})
        effects.append("the mailbox is held, for its service refuses it")
    return Answered(id=answer_id, outcome=result.outcome, is_new=True, detail=result.detail, effects=effects)


async def _sent(session: Session, standing: _Standing, now: datetime) -> list[str]:
    """A person of ours wrote to them: what that does, the policies say."""
    if standing.contact_id is None:
        return []
    signal = Signal(
        kind=SignalKind.MANUAL_MESSAGE,
        dedupe_key=f"answer {standing.id}",
        source=standing.written_by,
        contact_id=standing.contact_id,
        company_id=standing.company_id,
    )
    return (await record_signal(session, signal, now)).effects


async def _touchpoint(session: Session, standing: _Standing, result: Result, now: datetime) -> UUID:
    assert standing.contact_id is not None  # noqa: S101 - it was asked
    asked = {"touchpoint_id": None, "contact_id": standing.contact_id}
    talk: UUID | None = await session.value("campaigns.signals.talk", asked)
    if talk is None:
        talk = (await ConversationRepository(session).create_conversation(standing.contact_id)).id
    wire = result.wire_message_id or standing.message_id
    made = await TouchpointRepository(session).create_touchpoint(
        {
            "conversation_id": talk,
            "channel": Channel.EMAIL,
            "subject": standing.subject,
            "content": standing.content,
            "sent_at": now,
            "email_message_id": wire,
            "email_thread_id": (standing.message_references or wire).split()[0],
            "provider_id": result.provider_id,
            "metadata": {"written_by": standing.written_by, "answer_id": str(standing.id)},
        }
    )
    return made.id


def _checked(given: Answer) -> Answer:
    without_nul(("content", given.content), ("subject", given.subject))
    content = given.content.strip()
    if not content:
        raise InvalidValueError("content", "is blank; say something.")
    return msgspec.structs.replace(given, content=content, by=said_by(given.by))
