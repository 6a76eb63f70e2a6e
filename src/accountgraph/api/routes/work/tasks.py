"""Tasks: work for people, one after the other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import asdict

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.campaigns.desk import closing, queue
from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import Closed
from accountgraph.campaigns.desk.outcomes import Sentiment
from accountgraph.campaigns.desk.sheet import Sheet, open_sheet
from accountgraph.campaigns.work.giving import LONGEST_BODY, LONGEST_TITLE, ToDo, give_task
from accountgraph.campaigns.work.tasks import Task
from accountgraph.enums import Channel

tasks = Routes("tasks")
Text = Annotated[str, Meta(max_length=100_000)]
Time = Annotated[datetime, Meta(tz=True)]


class NewTask(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done.

    `contact_id`, `company_id`: whom it is about; a person brings their company along. `owner`: a name, or a user's id.
    """

    title: Annotated[str, Meta(min_length=1, max_length=LONGEST_TITLE)]
    due_at: Time
    body: Annotated[str, Meta(max_length=LONGEST_BODY)] | None = None
    company_id: UUID | None = None
    contact_id: UUID | None = None
    owner: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


class WorkWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which work. `owner`: only what is theirs; None: all but what is by name somebody else's. `hold_minutes`: so long it is yours."""

    channel: Channel | None = None
    owner: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    hold_minutes: Annotated[int, Meta(ge=1, le=720)] = 30


class NextTask(Struct, frozen=True):
    """The task that is due first, with all that it needs; None: there is nothing to do."""

    sheet: Sheet | None


class TaskSnooze(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Not before this time."""

    until: Time


class TaskOutcome(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of a task.

    `outcome`: a word of the task's choices, where its kind has such; else what came of it in a line. `left`: whether a message left of
    which nobody knows. `text`: what they answered. `at`: when to call back, or when the meeting is. Of a talk: `seconds` it took, the https
    address of its `recording`, which is not fetched, its `transcript`, and the `sentiment`.
    """

    outcome: Annotated[str, Meta(max_length=1000)] | None = None
    note: Text | None = None
    left: bool | None = None
    text: Text | None = None
    at: Time | None = None
    seconds: Annotated[int, Meta(ge=0, le=86_400)] | None = None
    recording: Annotated[str, Meta(max_length=2000)] | None = None
    transcript: Annotated[str, Meta(max_length=1_000_000)] | None = None
    sentiment: Sentiment | None = None


class TaskNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is left undone."""

    note: Text | None = None


@tasks.post("/tasks", needs=Permission.TASKS_WORK, status=201, location="/api/v1/tasks/{id}")
async def create_task(call: Call, body: NewTask) -> Task:
    """Give somebody a task, about a person, an account, or neither."""
    return await give_task(call.session, ToDo(**asdict(body)), call.now)


@tasks.post("/tasks/next", needs=Permission.TASKS_WORK)
async def take_next_task(call: Call, body: WorkWanted) -> NextTask:
    """Take what is due first, with everything needed for it; nobody else gets it meanwhile.

    Who is at one already gets that one again.
    """
    hold = timedelta(minutes=body.hold_minutes)
    asked = queue.Asked(by=call.principal.name, channel=body.channel, owner=body.owner, hold=hold)
    task = await queue.take_next(call.session, asked, call.now)
    return NextTask(await open_sheet(call.db, task.id, call.now) if task else None)


@tasks.get("/tasks/{task_id}", needs=Permission.TASKS_READ)
async def get_task(call: Call, task_id: UUID) -> Sheet:
    """A task with everything needed for it: why now, what to say, what was said, what can come of it."""
    return await open_sheet(call.db, task_id, call.now)


@tasks.post("/tasks/{task_id}/release", needs=Permission.TASKS_WORK)
async def release_task(call: Call, task_id: UUID) -> Task:
    """Give a task back to the queue, whoever is at it."""
    return (await queue.release(call.session, task_id, call.now))[0]


@tasks.post("/tasks/{task_id}/snooze", needs=Permission.TASKS_WORK)
async def snooze_task(call: Call, task_id: UUID, body: TaskSnooze) -> Task:
    """Put a task off, or something in the inbox, and give it back.

    It is neither listed nor handed out before its time, and comes back by itself; at once where the person writes again.
    """
    return await queue.snooze(call.session, task_id, body.until, by=call.principal.name, now=call.now)


@tasks.delete("/tasks/{task_id}/snooze", needs=Permission.TASKS_WORK)
async def wake_task(call: Call, task_id: UUID) -> Task:
    """Bring back a task that was put off."""
    return await queue.wake(call.session, task_id, call.now)


@tasks.post("/tasks/{task_id}/done", needs=Permission.TASKS_WORK, largest=3_000_000)
async def complete_task(call: Call, task_id: UUID, body: TaskOutcome) -> Closed:
    """Say that a task is done, and what came of it; whoever waits for it goes on."""
    account = Account(
        by=call.principal.name,
        outcome=body.outcome,
        note=body.note,
        left=body.left,
        text=body.text,
        at=body.at,
        seconds=body.seconds,
        recording=body.recording,
        transcript=body.transcript,
        sentiment=body.sentiment,
    )
    return await closing.complete(call.session, task_id, account, call.now)


@tasks.post("/tasks/{task_id}/skip", needs=Permission.TASKS_WORK)
async def skip_task(call: Call, task_id: UUID, body: TaskNote) -> Closed:
    """Leave a task undone. A step is passed over, and the next one comes after its own gap."""
    return await closing.skip(call.session, task_id, by=call.principal.name, note=body.note, now=call.now)
