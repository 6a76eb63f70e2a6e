"""Tasks: what somebody did, skipped or found out moves the enrolment that waits for it, once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import Struct

from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import Closed, complete, skip
from accountgraph.campaigns.desk.sheet import open_sheet
from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.inbox import assign
from accountgraph.campaigns.work.tasks import Task, TaskKind, Wanted, escalate, get_task, list_tasks
from accountgraph.errors import InvalidValueError
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock

STEPS: list[dict[str, Any]] = [
    {"key": "ring", "channel": "call", "instructions": "Ask about the audit."},
    {"key": "after", "channel": "email", "template": "again", "wait_business_days": 2},
]
TEMPLATES = {"again": {"subject": "Again", "body": "Once more, {{ contact.first_name }}."}}


class Touch(Struct, frozen=True):
    channel: str
    created_by_automation: bool
    outcome_details: str | None
    call_duration_seconds: int | None


async def _call(world: World, **campaign: Any) -> tuple[Contact, UUID, Task]:
    """Anna is to be called."""
    [anna] = await world.account("acme.com", "Anna", attributes={})
    await ContactRepository(world.db).update_contact(anna.id, {"phone": "+15550123"})
    version = await world.campaign(**{"steps": STEPS, "templates": TEMPLATES, **campaign})
    [enrolment] = await world.enrol(version, anna)
    await world.runner().run_due()
    [task] = await _open(world)
    return anna, enrolment, task


async def _open(world: World, **wanted: Any) -> list[Task]:
    return await list_tasks(world.db, Wanted(**wanted), world.db.now())


async def _done(world: World, task: Task, **said: Any) -> Closed:
    account = Account(**{"by": "Ann", **said})
    return await world.db.run(lambda session: complete(session, task.id, account, world.db.now()))


async def _skip(world: World, task: Task) -> Closed:
    return await world.db.run(lambda session: skip(session, task.id, by="Ann", now=world.db.now()))


async def _signal(world: World, kind: str, who: Contact, **fields: Any) -> None:
    signal = Signal(kind=SignalKind(kind), dedupe_key=f"{kind} {who.id}", source="test", contact_id=who.id, **fields)
    await world.db.run(lambda session: record_signal(session, signal, world.db.now()))


async def _unknown(world: World) -> tuple[UUID, Task]:
    """Nobody knows whether Anna's first message left."""

    async def answer(message: Message) -> Result:
        del message
        return Result(outcome=Sent.UNKNOWN, detail="Closed after DATA.")

    world.post.answer = answer
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    world.post.answer = None
    [task] = await _open(world)
    return enrolment, task


async def test_call_that_was_made_is_a_touch_of_the_person_who_made_it(world: World) -> None:
    _, _, task = await _call(world)
    await _done(world, task, outcome="reached", seconds=240, note="Wants a quote")
    [touch] = await world.select(Touch, "SELECT * FROM touchpoints")
    assert touch == Touch("call", False, "reached", 240)


async def test_step_that_was_done_leads_to_the_next(world: World) -> None:
    _, enrolment, task = await _call(world)
    closed = await _done(world, task)
    standing = await world.standing(enrolment)
    assert (standing.state, standing.step_key, standing.touch_count) == ("waiting", "after", 1)
    assert (closed.task.state, closed.task.closed_by, closed.effects) == ("done", "Ann", ["Anna is waiting in plain"])


async def test_done_twice_changes_nothing_and_says_so(world: World) -> None:
    _, enrolment, task = await _call(world)
    first, second = await _done(world, task, outcome="reached"), await _done(world, task, outcome="voicemail")
    assert (first.is_new, second.is_new, second.task.outcome) == (True, False, "reached")
    assert (await world.standing(enrolment)).touch_count == 1


async def test_skipped_step_is_passed_over_and_touched_nobody(world: World) -> None:
    _, enrolment, task = await _call(world)
    await _skip(world, task)
    standing = await world.standing(enrolment)
    assert (standing.state, standing.step_key, standing.touch_count) == ("waiting", "after", 0)
    assert await world.select(int, "SELECT count(*) FROM sends") == [0]


async def test_skipping_the_last_step_finishes(world: World) -> None:
    _, enrolment, task = await _call(world, steps=STEPS[:1], templates={})
    await _skip(world, task)
    assert (await world.standing(enrolment)).reason == "completed"


async def test_task_of_somebody_who_ended_closes_and_moves_nothing(world: World) -> None:
    anna, enrolment, task = await _call(world)
    await _signal(world, "reply", anna)
    # The reply closed it; somebody had it open all the same.
    await world.select(int, "UPDATE tasks SET state = 'open', closed_at = NULL WHERE id = %(id)s RETURNING 1", id=task.id)
    closed = await _done(world, task)
    standing = await world.standing(enrolment)
    assert (closed.task.state, standing.state, standing.reason, standing.touch_count) == ("done", "finished", "replied", 0)


async def test_unknown_message_asks_a_person(world: World) -> None:
    _, task = await _unknown(world)
    assert (task.kind, task.title) == (TaskKind.RESOLVE_UNKNOWN, "Did this message leave?")
    assert "Closed after DATA." in (task.body or "")


async def test_unknown_message_is_told_by_all_that_finds_it(world: World) -> None:
    _, task = await _unknown(world)
    sheet = await open_sheet(world.db, task.id, world.db.now())
    assert sheet.called is not None
    assert (sheet.called.sender, sheet.called.address, sheet.called.subject) == ("me@ours.com", "anna@acme.com", "Hello Anna")
    assert (sheet.called.message_id or "").endswith("@ours.com>")
    assert sheet.called.called_at == world.db.now()


async def test_unknown_that_left_goes_on_to_the_next_step(world: World) -> None:
    enrolment, task = await _unknown(world)
    await _done(world, task, left=True)
    standing = await world.standing(enrolment)
    assert (standing.state, standing.step_key, standing.touch_count, world.post.sent) == ("waiting", "second", 1, [])


async def test_unknown_that_did_not_leave_is_sent_once_more(world: World) -> None:
    enrolment, task = await _unknown(world)
    await _done(world, task, left=False)
    await world.runner().run_due()
    assert ((await world.standing(enrolment)).touch_count, world.post.recipients) == (1, ["anna@acme.com"])


async def test_unknown_has_to_be_told(world: World) -> None:
    _, task = await _unknown(world)
    with pytest.raises(InvalidValueError, match="left"):
        await _done(world, task)
    with pytest.raises(WorkStateError, match="cannot be skipped"):
        await _skip(world, task)


async def test_question_about_what_is_missing_is_decided_again_once_it_is_answered(world: World) -> None:
    templates = {"hello": {"subject": "Hello", "body": "Hello {{ contact.first_name }}, {{ contact.title }}."}}
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(
        await world.campaign(steps=[{"key": "first", "channel": "email", "template": "hello"}], templates=templates), anna
    )
    await world.runner().run_due()
    [task] = await _open(world)
    assert (task.kind, (await world.standing(enrolment)).reason) == (TaskKind.QUESTION, "missing")
    await ContactRepository(world.db).update_contact(anna.id, {"title": "CTO"})
    await _done(world, task)
    await world.runner().run_due()
    assert [message.content for message in world.post.sent] == ["Hello Anna, CTO."]


async def test_meeting_that_was_held_lets_the_account_go_on(world: World) -> None:
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    [_, of_ben] = await world.enrol(await world.campaign(), anna, ben)
    await _signal(world, "meeting_booked", anna)
    [task] = await _open(world, kind=TaskKind.MEETING_OUTCOME)
    await _done(world, task, outcome="held", note="They want a pilot")
    assert (await world.standing(of_ben)).state == "waiting"
    assert await _open(world) == []


async def test_meeting_that_was_missed_asks_how_to_go_on(world: World) -> None:
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    [_, of_ben] = await world.enrol(await world.campaign(), anna, ben)
    await _signal(world, "meeting_booked", anna)
    [task] = await _open(world)
    await _done(world, task, outcome="missed")
    assert (await world.standing(of_ben)).reason == "meeting"
    assert [one.signal for one in await _open(world)] == ["meeting_missed"]


async def test_meeting_has_to_say_whether_it_was_held(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await _signal(world, "meeting_booked", anna)
    [task] = await _open(world)
    with pytest.raises(InvalidValueError, match="one of held, missed, rescheduled, cancelled"):
        await _done(world, task, outcome="nice")


@pytest.mark.parametrize(("kind", "made"), [("reply", "reply"), ("referral", "proposal"), ("unsubscribe", "question")])
async def test_what_came_in_is_closed_by_saying_what_came_of_it(world: World, kind: str, made: str) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await _signal(world, kind, anna, person={"name": "Sam"} if kind == "referral" else None)
    task = next(one for one in await _open(world) if one.kind == made)
    closed = await _done(world, task, outcome="rang them", note="all is well")
    assert (closed.task.state, closed.task.outcome, closed.task.note) == ("done", "rang them", "all is well")


async def test_lists_find_what_is_overdue_escalated_or_somebodys(world: World, clock: Clock) -> None:
    _, _, task = await _call(world)
    assert (await _open(world, overdue=True), await _open(world, owner="bob")) == ([], [])
    await world.db.run(lambda session: assign(session, task.id, "Bob", world.db.now()))
    clock.forward(days=10)
    await world.db.run(lambda session: escalate(session, clock()))
    for wanted in ({"overdue": True}, {"escalated": True}, {"owner": "bob"}, {"kind": TaskKind.CALL}):
        assert [one.id for one in await _open(world, **wanted)] == [task.id]
    assert (await get_task(world.db, task.id, clock())).owner == "Bob"


async def test_duration_belongs_to_calls(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await _signal(world, "reply", anna)
    [task] = await _open(world)
    with pytest.raises(InvalidValueError, match="belongs to calls"):
        await _done(world, task, seconds=int(timedelta(minutes=3).total_seconds()))
