"""The queue: who asks gets what is due first, two people never do one task, and a task comes with all that is needed for it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import Closed, complete, skip
from accountgraph.campaigns.desk.queue import Asked, release, snooze, take_next
from accountgraph.campaigns.desk.sheet import Sheet, open_sheet
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.why import why
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.inbox import assign
from accountgraph.campaigns.work.tasks import Task, TaskKind
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock

CALL: list[dict[str, Any]] = [
    {"key": "ring", "channel": "call", "template": "script"},
    {"key": "after", "channel": "email", "template": "again", "wait_business_days": 2},
]
AGAIN = {
    "again": {"subject": "Again", "body": "Once more, {{ contact.first_name }}."},
    "script": {"body": "Ask {{ contact.first_name }} about the audit."},
}


async def _calls(world: World, *names: str) -> list[Contact]:
    """Each of them, of an account of their own, is to be called; the tasks are due in that order."""
    version = await world.campaign(steps=CALL, templates=AGAIN)
    people = []
    for number, name in enumerate(names):
        [person] = await world.account(f"acme{number}.com", name)
        await ContactRepository(world.db).update_contact(person.id, {"phone": f"+1555012{number:04}"})
        await world.enrol(version, person)
        people.append(person)
    await world.runner().run_due()
    for number, person in enumerate(people):
        await world.select(
            int,
            "UPDATE tasks SET due_at = due_at + %(later)s WHERE contact_id = %(id)s RETURNING 1",
            later=timedelta(minutes=number),
            id=person.id,
        )
    return people


async def _next(world: World, by: str = "Ann", **asked: Any) -> Task | None:
    return await world.db.run(lambda session: take_next(session, Asked(by=by, **asked), world.db.now()))


async def _taken(world: World, by: str = "Ann", **asked: Any) -> Task:
    task = await _next(world, by, **asked)
    assert task is not None
    return task


async def _done(world: World, task: Task, by: str = "Ann") -> Closed:
    return await world.db.run(lambda session: complete(session, task.id, Account(by=by), world.db.now()))


async def _sheet(world: World, task: Task) -> Sheet:
    return await open_sheet(world.db, task.id, world.db.now())


async def test_who_asks_gets_what_is_due_first(world: World) -> None:
    await _calls(world, "Anna", "Ben")
    task = await _taken(world)
    assert (task.person, task.held_by, task.held_until) == ("Anna", "Ann", world.db.now() + timedelta(minutes=30))


async def test_two_who_ask_at_once_get_two_tasks(world: World) -> None:
    await _calls(world, "Anna", "Ben", "Cleo")
    taken = await asyncio.gather(*(_next(world, by) for by in ("Ann", "Bob", "Cid", "Dee")))
    assert sorted(task.person or "" for task in taken if task) == ["Anna", "Ben", "Cleo"]


async def test_who_is_at_a_task_gets_it_again(world: World) -> None:
    await _calls(world, "Anna", "Ben")
    first, again = await _taken(world), await _taken(world, "ANN")
    assert (first.id, again.id) == (again.id, first.id)


async def test_a_hold_ends_by_itself(world: World, clock: Clock) -> None:
    await _calls(world, "Anna")
    held = await _taken(world, hold=timedelta(minutes=10))
    clock.forward(minutes=9)
    assert await _next(world, "Bob") is None
    clock.forward(minutes=1)
    assert (await _taken(world, "Bob")).id == held.id


async def test_what_is_done_is_handed_out_no_more(world: World) -> None:
    await _calls(world, "Anna")
    closed = await _done(world, await _taken(world))
    assert (closed.task.held_by, await _next(world)) == (None, None)


@pytest.mark.parametrize("what", ["done", "skip", "snooze"])
async def test_a_task_that_somebody_is_at_is_nobody_elses(world: World, what: str) -> None:
    await _calls(world, "Anna")
    task = await _taken(world)
    tomorrow = world.db.now() + timedelta(days=1)
    doing = {
        "done": lambda session: complete(session, task.id, Account(by="Bob"), world.db.now()),
        "skip": lambda session: skip(session, task.id, by="Bob", now=world.db.now()),
        "snooze": lambda session: snooze(session, task.id, tomorrow, by="Bob", now=world.db.now()),
    }
    with pytest.raises(WorkStateError, match=r"Ann is at task .* until 09:30 UTC"):
        await world.db.run(doing[what])


async def test_a_released_task_is_anybodys(world: World) -> None:
    await _calls(world, "Anna")
    task = await _taken(world)
    given = [await world.db.run(lambda session: release(session, task.id, world.db.now())) for _ in range(2)]
    assert [was_held for _, was_held in given] == [True, False]
    assert (await _taken(world, "Bob")).id == task.id


async def test_a_snoozed_task_is_handed_out_when_its_time_has_come(world: World, clock: Clock) -> None:
    await _calls(world, "Anna", "Ben")
    task, until = await _taken(world), world.db.now() + timedelta(days=3)
    later = await world.db.run(lambda session: snooze(session, task.id, until, by="Ann", now=world.db.now()))
    assert (later.held_by, later.waits_until, later.due_at) == (None, until, until)
    assert later.escalate_at is not None
    assert later.escalate_at > until
    assert (await _taken(world)).person == "Ben"
    clock.forward(days=3)
    assert {(await _taken(world, by)).person for by in ("Bob", "Cid")} == {"Anna", "Ben"}


@pytest.mark.parametrize("days", [0, -1, 400])
async def test_a_task_is_snoozed_to_a_time_within_a_year(world: World, days: int) -> None:
    await _calls(world, "Anna")
    task = await _taken(world)
    with pytest.raises(InvalidValueError, match="within a year"):
        await world.db.run(lambda session: snooze(session, task.id, world.db.now() + timedelta(days=days), by="Ann", now=world.db.now()))


async def test_a_channel_narrows_the_queue(world: World) -> None:
    [anna] = await _calls(world, "Anna")
    [ben] = await world.account("else.com", "Ben")
    signal = Signal(kind=SignalKind.REPLY, dedupe_key="x", source="test", contact_id=ben.id, text="Yes")
    await world.db.run(lambda session: record_signal(session, signal, world.db.now()))
    assert await _next(world, channel=Channel.LINKEDIN) is None
    assert (await _taken(world, channel=Channel.CALL)).contact_id == anna.id
    assert (await _taken(world, "Bob", channel=Channel.EMAIL)).kind is TaskKind.REPLY


async def test_what_was_assigned_to_somebody_is_handed_out_to_them(world: World) -> None:
    await _calls(world, "Anna", "Ben")
    anna = await _taken(world)
    await world.db.run(lambda session: release(session, anna.id, world.db.now()))
    await world.db.run(lambda session: assign(session, anna.id, "Bob", world.db.now()))
    assert (await _taken(world, "Cid")).person == "Ben"
    assert await _next(world, "Dee") is None
    assert (await _taken(world, "Dee", owner="bob")).id == anna.id


async def test_a_sheet_has_the_words_the_number_and_why_now(world: World) -> None:
    await _calls(world, "Anna")
    sheet = await _sheet(world, await _taken(world))
    assert sheet.words is not None
    assert sheet.whom is not None
    assert (sheet.words.content, sheet.words.address, sheet.whom.phone) == ("Ask Anna about the audit.", "+15550120000", "+15550120000")
    assert "step ring" in sheet.why
    assert "Nothing speaks against touch 1 by phone" in sheet.why
    assert "We were not in touch before" in sheet.why


async def test_a_sheet_has_the_last_words_what_was_promised_and_the_colleagues(world: World) -> None:
    talks, touches = ConversationRepository(world.db), TouchpointRepository(world.db)
    [anna, ben, _] = await world.account("acme.com", "Anna", "Ben", "Cleo")
    await ContactRepository(world.db).update_contact(anna.id, {"phone": "+15550120000"})
    hers, his = await talks.create_conversation(anna.id), await talks.create_conversation(ben.id)
    earlier = {"channel": "email", "sent_at": world.db.now() - timedelta(days=9)}
    await touches.create_touchpoint({"conversation_id": hers.id, "content": "We audit fast.", "response": "Call me.", **earlier})
    await touches.create_touchpoint({"conversation_id": his.id, "direction": "inbound", "content": "Hello", **earlier})
    await talks.update_conversation_context(hers.id, {"next_steps": ["send the price list"], "topics_discussed": ["audits"]})
    await world.enrol(await world.campaign(steps=CALL, templates=AGAIN), anna)
    await world.runner().run_due()
    sheet = await _sheet(world, await _taken(world))
    assert [(one.content, one.response) for one in sheet.history] == [("We audit fast.", "Call me.")]
    assert (sheet.promised, sheet.learned["topics_discussed"]) == (["send the price list"], ["audits"])
    assert [(one.name, one.last_engaged_at) for one in sheet.colleagues] == [("Ben", earlier["sent_at"])]


async def test_a_sheet_offers_each_outcome_with_its_command(world: World) -> None:
    await _calls(world, "Anna")
    task = await _taken(world)
    choices = {choice.word: choice.command for choice in (await _sheet(world, task)).choices}
    short = str(task.id)[:8]
    assert choices["voicemail"] == f"accountgraph task done {short} --outcome voicemail"
    assert choices["callback"] == f"accountgraph task done {short} --outcome callback --at TIME"
    assert choices["skip"] == f"accountgraph task skip {short}"


async def test_a_sheet_says_what_keeps_us_off(world: World) -> None:
    [anna] = await _calls(world, "Anna")
    task = await _taken(world)
    await SuppressionRepository(world.db).suppress(contact_id=anna.id, channel="sms", reason="objection")
    sheet = await _sheet(world, task)
    assert sheet.whom is not None
    assert sheet.whom.barred == ["sms: objection"]


async def test_a_step_to_a_suppressed_number_is_passed_over_and_why_says_so(world: World) -> None:
    await SuppressionRepository(world.db).suppress_number("+1 555 012-0000", reason="do_not_contact")
    [anna] = await _calls(world, "Anna")
    assert await _next(world) is None
    story = (await world.db.run(lambda session: why(session, anna.id, world.db.now()))).story
    assert [(line.kind, line.rule) for line in story] == [("deny", "suppressed")]
    assert "phone: the person is suppressed on it, do not contact" in story[0].reason
