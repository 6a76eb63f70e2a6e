"""All that a person needs for one task, on one screen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.desk.outcomes import outcomes_of
from accountgraph.campaigns.signals.words import label_of
from accountgraph.campaigns.work.ledger import Entry, get_entry
from accountgraph.campaigns.work.tasks import Task, TaskKind, get_task
from accountgraph.enums import Channel, Direction

if TYPE_CHECKING:
    from accountgraph.campaigns.desk.outcomes import Outcome
    from accountgraph.db import Connectable

LAST_WORDS = 4  # touchpoints
MOST_COLLEAGUES = 8
IN_TOUCH = timedelta(days=180)
_PROMISED = "next_steps"


class Whom(Struct, frozen=True, kw_only=True):
    """The person. `zone`: where they live, IANA. `barred`: channel and reason of each suppression."""

    title: str | None
    role: str | None
    email: str | None
    phone: str | None
    linkedin_url: str | None
    country: str | None
    zone: str | None
    best_time: str | None
    barred: list[str]


class Words(Struct, frozen=True, kw_only=True):
    """What may be said: the step's words as they were made for this person. `address`: the number or the profile it goes to.

    `reason`: why it was decided to do the step. `touch`: which one it is, 1 the first; `last_touch_at`: when we last wrote or called.
    """

    channel: Channel
    address: str | None
    subject: str | None
    content: str | None
    reason: str | None
    touch: int
    last_touch_at: datetime | None


class Said(Struct, frozen=True, kw_only=True):
    """A touchpoint of the conversation: what was said, and what they answered."""

    direction: Direction
    channel: Channel
    sent_at: datetime
    subject: str | None
    content: str | None
    response: str | None
    outcome_details: str | None


class InTouch(Struct, frozen=True, kw_only=True):
    """Somebody else of the account. `last_engaged_at`: when they last did something. `is_withheld`: they do not want to be named."""

    id: UUID
    name: str
    title: str | None
    last_engaged_at: datetime | None
    last_touch_at: datetime | None
    is_withheld: bool


class Choice(Struct, frozen=True, kw_only=True):
    """What can come of it, what that means, and the command that records it."""

    word: str
    says: str
    command: str


class Sheet(Struct, frozen=True, kw_only=True):
    """A task with all that is needed for it.

    `why`: why now, in a sentence. `called`: the message that it asks about, where it asks whether one left. `history`: the last words of
    the conversation, the oldest first; `promised`: what was agreed on in it; `learned`: the rest of what is known from it.
    `colleagues`: with whom of the account we are in touch.
    """

    task: Task
    whom: Whom | None
    why: str
    words: Words | None
    called: Entry | None
    history: list[Said]
    promised: list[str]
    learned: dict[str, Any]
    colleagues: list[InTouch]
    choices: list[Choice]


class _Talk(Struct, frozen=True):
    id: UUID
    context: dict[str, Any]


async def open_sheet(db: Connectable, task_id: UUID, now: datetime) -> Sheet:
    """A task with all that is needed for it.

    Raises:
        NotFoundError: no such task.
    """
    task = await get_task(db, task_id, now)
    words = await db.row(Words, "campaigns.desk.step", {"intent_id": task.intent_id}) if task.intent_id else None
    talk = await db.row(_Talk, "campaigns.inbox.talk", {"touchpoint_id": None, "contact_id": task.contact_id}) if task.contact_id else None
    asked = {"company_id": task.company_id, "contact_id": task.contact_id, "since": now - IN_TOUCH, "limit": MOST_COLLEAGUES}
    last = {"conversation_id": talk.id if talk else None, "limit": LAST_WORDS}
    context = dict(talk.context) if talk else {}
    promised = context.pop(_PROMISED, None) or []
    return Sheet(
        task=task,
        whom=await db.row(Whom, "campaigns.desk.person", {"id": task.id}),
        why=_why(task, words),
        words=words if task.is_step else None,
        called=await get_entry(db, task.intent_id) if task.kind is TaskKind.RESOLVE_UNKNOWN and task.intent_id else None,
        history=await db.rows(Said, "campaigns.desk.last_words", last) if talk else [],
        promised=[str(one) for one in promised] if isinstance(promised, list) else [str(promised)],
        learned=context,
        colleagues=await db.rows(InTouch, "campaigns.desk.colleagues", asked) if task.company_id else [],
        choices=choices_of(task),
    )


def choices_of(task: Task) -> list[Choice]:
    """What can come of a task, with the command that records each."""
    begin = f"accountgraph task done {str(task.id)[:8]}"
    if task.state != "open":
        return [_choice(begin, outcome) for outcome in outcomes_of(task) if task.outcome in outcome.follows]
    if task.kind is TaskKind.RESOLVE_UNKNOWN or task.answer == "unknown":
        left = Choice(word="left", says="it left", command=f"{begin} --left")
        return [left, Choice(word="not_left", says="it did not leave", command=f"{begin} --not-left")]
    found = [_choice(begin, outcome) for outcome in outcomes_of(task)]
    if task.signal_id and task.kind is TaskKind.REPLY:
        found.append(Choice(word="answer", says="answer by e-mail", command=f"accountgraph inbox reply {str(task.id)[:8]} --content TEXT"))
    if not outcomes_of(task):
        found.append(Choice(word="done", says="it is done: say how", command=f"{begin} --outcome TEXT"))
    skip = f"accountgraph task skip {str(task.id)[:8]}"
    return [*found, Choice(word="skip", says="leave it undone" + ("; the next step follows" if task.is_step else ""), command=skip)]


def _choice(begin: str, outcome: Outcome) -> Choice:
    more = [
        " --at TIME" if outcome.time else "",
        " --text TEXT" if outcome.reads else "",
        " --sentiment positive" if outcome.by_sentiment else "",
    ]
    return Choice(word=outcome.word, says=outcome.says, command=f"{begin} --outcome {outcome.word}{''.join(more)}")


def _why(task: Task, words: Words | None) -> str:
    """Why now: what was decided, or what came in."""
    if words is not None and task.is_step:
        before = f" We were last in touch on {words.last_touch_at:%Y-%m-%d}." if words.last_touch_at else " We were not in touch before."
        return f"{task.campaign} has come to its step {task.step_key}. {words.reason or ''}{before}".replace("  ", " ")
    if task.signal is not None and task.signal_at is not None:
        return f"Something came in on {task.signal_at:%Y-%m-%d}: {label_of(task.signal)}."
    if task.kind is TaskKind.TO_DO:
        return f"Somebody of ours wrote it down on {task.created_at:%Y-%m-%d}."
    if task.kind is TaskKind.CALL:
        return "They asked to be called back."
    return task.title
