"""The inbox: what came in is answered once, by the mailbox that wrote, and whoever stood still goes on when somebody says so."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import complete, skip
from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.answers import Answer, Answered, answer
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.holds import HoldScope, set_hold
from accountgraph.campaigns.work.inbox import assign, list_inbox, open_item
from accountgraph.campaigns.work.resume import Resumed, resume
from accountgraph.campaigns.work.tasks import Task, Wanted, get_task
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.campaigns.work.trial import send_trial
from accountgraph.errors import InvalidValueError
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def _tell(world: World, kind: str, who: Contact, **fields: Any) -> Any:
    told = Told(kind=SignalKind(kind), by="Ann", contact_id=who.id, **fields)
    return await world.db.run(lambda session: tell(session, told, world.db.now()))


async def _wrote(world: World, clock: Clock) -> tuple[list[Contact], list[UUID], Task]:
    """Anna was written to and answered; Ben of the same account stands still."""
    people = await world.account("acme.com", "Anna", "Ben")
    enrolments = await world.enrol(await world.campaign(), *people)
    await world.runner().run_due()
    world.post.sent.clear()
    clock.forward(hours=1)
    await _tell(world, "reply_question", people[0], text="What does it cost?", message_id="<theirs@acme.com>")
    [item] = await list_inbox(world.db, Wanted(), world.db.now())
    return people, enrolments, item


async def _answer(world: World, item: Task, content: str = "Ten a month.", **given: Any) -> Answered:
    return await answer(world.db, world.transport, item.id, Answer(content=content, by="Ann", **given))


async def _again(world: World, item: Task) -> Task:
    return await get_task(world.db, item.id, world.db.now())


async def _resume(world: World, **whom: Any) -> Resumed:
    return await world.db.run(lambda session: resume(session, now=world.db.now(), **whom))


def _answers_with(world: World, outcome: Sent) -> None:
    async def say(message: Message) -> Result:
        del message
        return Result(outcome=outcome, detail="as the service said")

    world.post.answer = say


async def test_item_shows_what_was_said_before_and_who_stands_still(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    opened = await open_item(world.db, item.id, clock())
    assert (opened.came.kind, opened.came.data["text"]) == ("reply_question", "What does it cost?")
    assert [(touch.subject, touch.response) for touch in opened.history] == [("Hello Anna", "What does it cost?")]
    assert [(one.person, one.reason) for one in opened.standings] == [("Anna", "replied"), ("Ben", "account")]


async def test_answer_goes_on_in_the_thread_from_the_mailbox_that_wrote(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    [ours] = await world.select(str, "SELECT wire_message_id FROM intents WHERE state = 'sent'")
    await _answer(world, item)
    [message] = world.post.sent
    assert (message.sender, message.recipient, message.subject) == ("me@ours.com", "anna@acme.com", "Re: Hello Anna")
    assert (message.in_reply_to, message.references) == ("<theirs@acme.com>", (ours, "<theirs@acme.com>"))
    assert (message.content, message.footer, message.unsubscribe) == ("Ten a month.", "", None)


async def test_answer_is_a_touchpoint_of_the_person_who_wrote_it_and_closes_the_task(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    await _answer(world, item)
    rows = await world.select(
        str,
        "SELECT subject || ' ' || created_by_automation || ' ' || (metadata ->> 'written_by') FROM touchpoints WHERE sent_at = %(at)s",
        at=clock(),
    )
    assert rows == ["Re: Hello Anna false Ann"]
    after = await _again(world, item)
    assert (after.state, after.outcome, after.closed_by) == ("done", "answered", "Ann")


async def test_answer_counts_against_the_mailbox(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    await _answer(world, item)
    counted = "SELECT count(*) FROM sends WHERE sender_id = %(id)s AND touchpoint_id IS NOT NULL AND is_live"
    assert await world.select(int, counted, id=world.senders[0].id) == [1]


async def test_same_answer_again_sends_nothing_and_says_so(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    first, second = await _answer(world, item), await _answer(world, item)
    assert (first.is_new, second.is_new, second.id, len(world.post.sent)) == (True, False, first.id, 1)


async def test_second_answer_in_other_words_is_refused(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    await _answer(world, item)
    with pytest.raises(WorkStateError, match="answered by Ann in other words"):
        await _answer(world, item, "Twenty a month.")
    assert len(world.post.sent) == 1


async def test_two_who_answer_at_once_send_one(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    done = await asyncio.gather(*(_answer(world, item, f"Answer {number}.") for number in range(4)), return_exceptions=True)
    assert (len(world.post.sent), sum(isinstance(one, WorkStateError) for one in done)) == (1, 3)


async def test_refused_answer_leaves_the_task_open_and_may_be_tried_again(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    _answers_with(world, Sent.REFUSED)
    assert (await _answer(world, item)).outcome is Sent.REFUSED
    assert ((await _again(world, item)).state, await world.select(int, "SELECT count(*) FROM sends WHERE intent_id IS NULL")) == (
        "open",
        [0],
    )
    world.post.answer = None
    assert (await _answer(world, item)).outcome is Sent.SENT


async def test_answer_of_which_nobody_knows_is_not_repeated(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    _answers_with(world, Sent.UNKNOWN)
    await _answer(world, item)
    world.post.answer = None
    with pytest.raises(WorkStateError, match="Nobody knows whether the answer of Ann"):
        await _answer(world, item)
    with pytest.raises(WorkStateError, match="cannot be skipped"):
        await world.db.run(lambda session: skip(session, item.id, by="Ann", now=clock()))
    assert world.post.sent == []


@pytest.mark.parametrize(("left", "state", "sends"), [(True, "done", 1), (False, "open", 0)])
async def test_somebody_says_whether_an_unknown_answer_left(world: World, clock: Clock, left: bool, state: str, sends: int) -> None:
    _, _, item = await _wrote(world, clock)
    _answers_with(world, Sent.UNKNOWN)
    await _answer(world, item)
    await world.db.run(lambda session: complete(session, item.id, Account(by="Ben", left=left), clock()))
    counted = await world.select(int, "SELECT count(*) FROM sends WHERE intent_id IS NULL")
    assert ((await _again(world, item)).state, counted) == (state, [sends])


async def test_answer_whose_caller_died_is_unknown_after_its_lease(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)

    async def die(message: Message) -> Result:
        del message
        raise asyncio.CancelledError

    world.post.answer = die
    with pytest.raises(asyncio.CancelledError):
        await _answer(world, item)
    with pytest.raises(WorkStateError, match="is answering"):
        await _answer(world, item)
    clock.forward(minutes=5)
    assert (await _again(world, item)).answer == "unknown"


async def test_suppressed_person_is_not_answered(world: World, clock: Clock) -> None:
    [anna, _], _, item = await _wrote(world, clock)
    await SuppressionRepository(world.db).suppress(contact_id=anna.id)
    with pytest.raises(WorkStateError, match="is suppressed"):
        await _answer(world, item)
    assert world.post.sent == []


async def test_person_of_the_demo_is_not_answered_by_a_real_mailbox(world: World, clock: Clock) -> None:
    [anna, _], _, item = await _wrote(world, clock)
    await ContactRepository(world.db).update_contact(anna.id, {"email": "anna@acme.example", "attributes": {"demo": True}})
    with pytest.raises(WorkStateError, match="made up for the demo"):
        await _answer(world, item)
    assert world.post.sent == []


async def test_person_of_the_demo_is_answered_on_the_console(world: World, clock: Clock) -> None:
    [anna, _], _, item = await _wrote(world, clock)
    await ContactRepository(world.db).update_contact(anna.id, {"email": "anna@acme.example", "attributes": {"demo": True}})
    await SenderRepository(world.db).update_sender(world.senders[0].id, {"transport": "console"})
    assert (await _answer(world, item)).outcome is Sent.SENT
    assert [message.recipient for message in world.console.sent] == ["anna@acme.example"]
    assert (await _again(world, item)).state == "done"


async def test_answer_to_what_was_written_elsewhere_goes_on_with_its_subject(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    talk = await ConversationRepository(world.db).create_conversation(anna.id)
    await TouchpointRepository(world.db).create_touchpoint({"conversation_id": talk.id, "channel": "email", "subject": "The plan"})
    await world.db.run(lambda session: tell(session, Told(kind=SignalKind.REPLY, by="Ann", contact_id=anna.id, text="Hm."), clock()))
    [item] = await list_inbox(world.db, Wanted(), clock())
    await _answer(world, item)
    assert [message.subject for message in world.post.sent] == ["Re: The plan"]


async def test_person_with_a_field_demo_of_ones_own_is_answered(world: World, clock: Clock) -> None:
    [anna, _], _, item = await _wrote(world, clock)
    await ContactRepository(world.db).update_contact(anna.id, {"attributes": {"demo": True}})
    assert (await _answer(world, item)).outcome is Sent.SENT


@pytest.mark.parametrize("scope", [HoldScope.WORKSPACE, HoldScope.SENDER])
async def test_hold_keeps_an_answer_from_leaving(world: World, clock: Clock, scope: HoldScope) -> None:
    _, _, item = await _wrote(world, clock)
    target = world.senders[0].id if scope is HoldScope.SENDER else None
    await world.db.run(lambda session: set_hold(session, scope, target, now=clock()))
    with pytest.raises(WorkStateError, match=f"On hold .{scope}"):
        await _answer(world, item)


async def test_console_answers_nobody(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    await SenderRepository(world.db).update_sender(world.senders[0].id, {"transport": "console"})
    with pytest.raises(WorkStateError, match="sends nothing"):
        await _answer(world, item)


async def test_item_is_given_to_somebody_by_name(world: World, clock: Clock) -> None:
    _, _, item = await _wrote(world, clock)
    await world.db.run(lambda session: assign(session, item.id, "Bob", clock()))
    assert [one.id for one in await list_inbox(world.db, Wanted(owner="BOB"), clock())] == [item.id]


async def test_same_thing_told_twice_on_a_day_is_one_signal(world: World, clock: Clock) -> None:
    [anna, _], _, _ = await _wrote(world, clock)
    again = await _tell(world, "reply_question", anna, text="What does it cost?", message_id="<theirs@acme.com>")
    assert (again.is_new, await world.select(int, "SELECT count(*) FROM signals")) == (False, [1])


async def test_account_goes_on_after_a_reply_when_somebody_says_so(world: World, clock: Clock) -> None:
    [anna, _], [_, of_ben], _ = await _wrote(world, clock)
    clock.forward(days=21)
    await world.runner().run_due()
    assert world.post.sent == []
    done = await _resume(world, company_id=anna.company_id)
    assert ([one.person for one in done.going_on], [one.standing.person for one in done.left]) == (["Ben"], ["Anna"])
    await world.runner().run_due()
    assert world.post.recipients == ["ben@acme.com"]
    assert (await world.standing(of_ben)).touch_count == 1


async def test_one_person_goes_on_and_the_rest_stays(world: World, clock: Clock) -> None:
    people = await world.account("acme.com", "Anna", "Ben", "Cleo")
    enrolments = await world.enrol(await world.campaign(), *people)
    await _tell(world, "reply", people[0])
    await _resume(world, contact_id=people[1].id)
    assert [(await world.standing(one)).state for one in enrolments] == ["finished", "waiting", "paused"]


async def test_resuming_does_not_answer_for_an_approval(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(policy={"requires_approval": True}), anna)
    await world.runner().run_due()
    done = await _resume(world, contact_id=anna.id)
    assert (done.going_on, [one.why for one in done.left]) == ([], ["waits (approval): accept or reject its message"])
    assert (await world.standing(enrolment)).reason == "approval"


async def test_resuming_does_not_pass_over_a_message_that_nobody_knows_of(world: World) -> None:
    _answers_with(world, Sent.UNKNOWN)
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    await _tell(world, "manual_message", anna)
    assert (await world.standing(enrolment)).reason == "manual"
    assert (await _resume(world, contact_id=anna.id)).going_on == []
    assert (await world.standing(enrolment)).reason == "unknown"


async def test_resume_says_of_whom(world: World) -> None:
    with pytest.raises(InvalidValueError, match="say who goes on"):
        await _resume(world)


async def test_test_message_counts_and_goes_to_nobody_suppressed(world: World, clock: Clock) -> None:
    trial = await send_trial(world.db, world.transport, "Me@Home.org")
    assert (trial.outcome, world.post.recipients) == (Sent.SENT, ["me@home.org"])
    assert await world.select(int, "SELECT count(*) FROM sends WHERE at > %(since)s", since=clock() - timedelta(minutes=1)) == [1]
    await SuppressionRepository(world.db).suppress(domain="home.org")
    with pytest.raises(WorkStateError, match="is suppressed"):
        await send_trial(world.db, world.transport, "me@home.org")
