"""What dies, pauses and is stopped on the way: nothing follows what nobody knows of, and nothing stays reserved for what never left."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest

from accountgraph.campaigns.engine.call import make_calls
from accountgraph.campaigns.engine.claim import claim
from accountgraph.campaigns.engine.recover import reconcile
from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from accountgraph.campaigns.engine.claim import Claimed
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock


class Killed(BaseException):
    """The worker is gone."""


async def _claim(world: World) -> Claimed:
    found = await world.db.run(lambda session: claim(session, world.db.now()))
    assert found is not None
    return found


async def _signal(world: World, kind: SignalKind, who: Contact, **fields: Any) -> None:
    signal = Signal(kind=kind, source="test", dedupe_key=f"{kind} {who.id}", contact_id=who.id, **fields)
    await world.db.run(partial(record_signal, signal=signal, now=world.db.now()))


async def _hold(world: World, scope: str, until: datetime | None) -> None:
    sender = world.senders[0].id if scope == "sender" else None
    insert = "INSERT INTO holds (scope, sender_id, reason, until) VALUES (%(scope)s, %(sender)s, 'stop', %(until)s) RETURNING 1"
    await world.select(int, insert, scope=scope, sender=sender, until=until)


def _dies(world: World, before: Callable[[], Awaitable[None]] | None = None) -> Callable[[Message], Awaitable[Result]]:
    """An answer that never comes: something happens meanwhile, and the worker is killed."""

    async def answer(message: Message) -> Result:
        del message
        world.post.answer = None
        if before is not None:
            await before()
        raise Killed

    return answer


async def test_pause_with_an_end_ends_by_itself(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await _signal(world, SignalKind.OUT_OF_OFFICE, anna, until=clock() + timedelta(days=7))
    clock.forward(days=6)
    await world.runner().run_due()
    assert ((await world.standing(enrolment)).state, world.post.sent) == ("paused", [])
    clock.forward(days=1)
    await world.runner().run_due()
    assert (await world.standing(enrolment)).touch_count == 1


async def test_nothing_follows_a_message_of_which_nobody_knows_whether_it_left(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)

    async def is_away() -> None:
        await _signal(world, SignalKind.OUT_OF_OFFICE, anna, until=clock() + timedelta(days=1))

    world.post.answer = _dies(world, is_away)
    with pytest.raises(Killed):
        await world.runner().run_due()
    clock.forward(days=3)
    await world.runner().run_due()
    standing = await world.standing(enrolment)
    assert (standing.state, standing.reason, standing.step_key, world.post.sent) == ("paused", "unknown", "first", [])


async def test_reservations_of_a_worker_that_died_before_the_call_are_given_back(world: World, clock: Clock) -> None:
    people = [person for n in range(12) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(), *people)
    await _claim(world)  # plans a whole hour's messages, and is never heard of again
    await world.runner().run_due()
    assert world.post.sent == []
    clock.forward(seconds=121)
    await world.runner().run_due()
    assert len(world.post.sent) == 8


async def test_slot_of_a_message_that_was_stopped_goes_to_the_next(world: World, clock: Clock) -> None:
    people = [person for n in range(9) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(), *people)

    async def refuses(message: Message) -> Result:
        world.post.answer = None
        return Result(outcome=Sent.RETRY, detail=f"451 {message.recipient}")

    world.post.answer = refuses
    await world.runner().run_due()
    clock.forward(minutes=3)
    await world.runner().run_due()
    assert len(world.post.sent) == 8


async def test_next_message_waits_for_the_one_that_is_being_called(world: World, clock: Clock) -> None:
    people = [person for n in range(2) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(policy={"sender": {"jitter_seconds": [10, 10]}}), *people)
    planned = await _claim(world)
    clock.forward(seconds=60)  # the service takes its time, and another worker looks
    await world.runner().run_due()
    assert world.post.sent == []
    await make_calls(world.db, world.transport, planned.lease, planned.calls)
    clock.forward(seconds=9)
    await world.runner().run_due()
    assert len(world.post.sent) == 1
    clock.forward(seconds=1)
    await world.runner().run_due()
    assert len(world.post.sent) == 2


async def test_worker_that_was_taken_for_dead_and_answers_late_leaves_no_question_open(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)

    async def answer(message: Message) -> Result:
        del message
        clock.forward(minutes=10)
        await world.runner().run_due()  # another takes over
        assert (await world.standing(enrolment)).reason == "unknown"
        return Result(outcome=Sent.SENT)

    world.post.answer = answer
    await world.runner().run_due()
    assert (await world.standing(enrolment)).touch_count == 1
    assert await world.select(int, "SELECT count(*) FROM tasks WHERE state = 'open'") == [0]


@pytest.mark.parametrize("scope", ["workspace", "sender"])
async def test_what_is_held_wakes_nobody_until_the_hold_ends(world: World, clock: Clock, scope: str) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    end = clock() + timedelta(hours=2)
    await _hold(world, scope, end)
    assert await world.db.value("campaigns.enrolments.next_due") == end
    await world.select(int, "UPDATE holds SET until = NULL RETURNING 1")
    assert await world.db.value("campaigns.enrolments.next_due") is None


async def test_step_of_a_track_that_was_left_is_not_tried_again_and_hurries_nobody(world: World, clock: Clock) -> None:
    steps = [
        {"key": "first", "channel": "email", "template": "hello"},
        {"key": "later", "channel": "email", "template": "again", "track": "positive", "wait_business_days": 3},
    ]
    row = {"reply_positive": {"person": "finish", "rest": "switch_track", "rest_track": "positive"}}
    [anna] = await world.account("acme.com", "Anna")
    [ben] = await world.account("sub.com", "Ben", parent_company_id=anna.company_id)
    version = await world.campaign(steps=steps, policy={"reactions": row})
    [of_ben] = await world.enrol(version, ben)

    async def anna_answers() -> None:
        await world.enrol(version, anna)
        await _signal(world, SignalKind.REPLY_POSITIVE, anna)

    world.post.answer = _dies(world, anna_answers)
    with pytest.raises(Killed):
        await world.runner().run_due()
    planned = (await world.standing(of_ben)).next_due_at
    clock.forward(minutes=15)
    await world.runner().run_due()
    assert await reconcile(world.db, world.transport) == 1  # it never left
    standing = await world.standing(of_ben)
    assert (standing.state, standing.track, standing.step_key, standing.next_due_at) == ("waiting", "positive", "later", planned)
    assert await world.select(UUID, "SELECT id FROM sends") == []


async def test_a_message_that_left_under_their_message_id_is_found_by_it_and_keeps_it(world: World, clock: Clock) -> None:
    async def goes_and_is_not_answered(message: Message) -> Result:
        world.post.sent.append(msgspec.structs.replace(message, message_id="<theirs@service>"))
        return Result(outcome=Sent.UNKNOWN, wire_message_id="<theirs@service>")

    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    world.post.answer = goes_and_is_not_answered
    await world.runner().run_due()
    clock.forward(minutes=15)
    assert await reconcile(world.db, world.transport) == 1
    assert await world.select(str, "SELECT state || ' ' || wire_message_id FROM intents") == ["sent <theirs@service>"]
