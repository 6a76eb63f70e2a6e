"""The runner on a real database: what goes out, when, and never twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec import Struct

from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.db import Session
    from tests.db.campaigns.world import World
    from tests.factories import Clock

MONDAY_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class _Kind(Struct):
    kind: str


async def _run_days(world: World, clock: Clock, days: int) -> None:
    """Let the runner look four times an hour."""
    runner = world.runner()
    for _ in range(days * 96):
        await runner.run_due()
        clock.forward(minutes=15)


async def test_first_message_goes_out_when_it_is_due(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    done = await world.runner().run_due()
    assert (done.sent, world.post.recipients) == (1, ["anna@acme.com"])


async def test_message_says_what_the_template_says(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    [message] = world.post.sent
    assert (message.subject, message.content) == ("Hello Anna", "Hello Anna, a word about acme.com.")


async def test_nothing_is_sent_at_night(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    clock.forward(hours=9)
    await world.runner().run_due()
    assert world.post.sent == []


async def test_sequence_waits_its_business_days_and_ends(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await _run_days(world, clock, 10)
    touched = await world.select(datetime, "SELECT sent_at FROM touchpoints ORDER BY sent_at")
    assert [at.date().isoformat() for at in touched] == ["2026-03-02", "2026-03-04", "2026-03-09"]
    standing = await world.standing(enrolment)
    assert (standing.state, standing.reason, standing.touch_count) == ("finished", "completed", 3)


async def test_sent_message_becomes_a_touchpoint_of_one_conversation(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await _run_days(world, clock, 4)
    rows = await world.select(str, "SELECT subject || ' ' || (created_by_automation)::text FROM touchpoints ORDER BY sent_at")
    assert rows == ["Hello Anna true", "Re: Hello Anna true"]
    assert await world.select(int, "SELECT count(DISTINCT conversation_id) FROM touchpoints") == [1]


async def test_follow_up_answers_the_message_before(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await _run_days(world, clock, 4)
    first, second = world.post.sent
    assert second.in_reply_to == first.message_id


async def test_dry_run_leaves_no_touchpoint(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna, is_live=False)
    await world.runner().run_due()
    assert (world.console.recipients, world.post.recipients) == (["anna@acme.com"], [])
    assert await world.select(int, "SELECT count(*) FROM touchpoints") == [0]


async def test_mailbox_stops_at_its_hourly_cap(world: World) -> None:
    people = [person for n in range(12) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(), *people)
    await world.runner().run_due()
    assert len(world.post.sent) == 8


async def test_overflow_goes_out_the_next_hour(world: World, clock: Clock) -> None:
    people = [person for n in range(12) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(), *people)
    runner = world.runner()
    await runner.run_due()
    clock.forward(minutes=61)
    await runner.run_due()
    assert sorted(world.post.recipients) == sorted(person.email or "" for person in people)


async def test_jitter_lets_one_go_at_a_time(world: World, clock: Clock) -> None:
    people = [person for n in range(3) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(policy={"sender": {"jitter_seconds": [90, 240]}}), *people)
    runner = world.runner()
    await runner.run_due()
    assert len(world.post.sent) == 1
    clock.forward(seconds=89)
    await runner.run_due()
    assert len(world.post.sent) == 1
    clock.forward(seconds=152)
    await runner.run_due()
    assert len(world.post.sent) == 2


async def test_account_has_at_most_three_contacts_at_once(world: World) -> None:
    people = await world.account("acme.com", "Anna", "Ben", "Cleo", "Dan")
    version = await world.campaign(policy={"colleagues": {"silence_hours": 0, "wait_business_days": 0}})
    for person in people:  # each the first of its own order
        await world.enrol(version, person)
    await world.runner().run_due()
    assert len(world.post.sent) == 3


async def test_refused_recipient_fails_alone(world: World) -> None:
    async def answer(message: Message) -> Result:
        return Result(outcome=Sent.REFUSED if message.recipient.startswith("anna") else Sent.SENT, detail="550 no such user")

    world.post.answer = answer
    people = [*await world.account("acme.com", "Anna"), *await world.account("other.com", "Ben")]
    [anna, ben] = await world.enrol(await world.campaign(), *people)
    await world.runner().run_due()
    assert ((await world.standing(anna)).state, (await world.standing(ben)).state) == ("failed", "waiting")


async def test_a_mailbox_that_is_not_there_counts_as_a_hard_bounce(world: World) -> None:
    async def answer(message: Message) -> Result:
        is_anna = message.recipient.startswith("anna")
        return Result(outcome=Sent.REFUSED if is_anna else Sent.SENT, detail="550 5.1.1 no such user", is_dead_address=is_anna)

    world.post.answer = answer
    [anna, ben] = people = [*await world.account("acme.com", "Anna"), *await world.account("other.com", "Ben")]
    [first, other] = await world.enrol(await world.campaign(), *people)
    await world.runner().run_due()
    assert [((one := await world.standing(key)).state, one.reason) for key in (first, other)] == [
        ("failed", "bounced"),
        ("waiting", None),
    ]
    assert await SuppressionRepository(world.db).is_suppressed(anna.id, "email")
    assert not await SuppressionRepository(world.db).is_suppressed(ben.id, "email")
    assert [row.kind for row in await world.select(_Kind, "SELECT kind FROM signals")] == ["hard_bounce"]


@pytest.mark.parametrize("with_account", [False, True])
async def test_a_mailbox_that_is_not_there_of_somebody_removed_meanwhile_is_written_down(world: World, with_account: bool) -> None:
    async def answer(message: Message) -> Result:
        del message

        async def remove(session: Session) -> None:
            await session.execute("DELETE FROM contacts")
            if with_account:
                await session.execute("DELETE FROM companies")

        await world.db.run(remove)
        return Result(outcome=Sent.REFUSED, detail="550 5.1.1 no such user", is_dead_address=True)

    world.post.answer = answer
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    assert [row.kind for row in await world.select(_Kind, "SELECT state AS kind FROM intents")] == ["refused"]


async def test_mailboxes_that_are_not_there_hold_the_mailbox_that_writes_to_them(world: World) -> None:
    async def answer(message: Message) -> Result:
        del message
        return Result(outcome=Sent.REFUSED, detail="550 5.1.1 no such user", is_dead_address=True)

    world.post.answer = answer
    people = [person for number in range(4) for person in await world.account(f"acme-{number}.com", "Anna")]
    version = await world.campaign()
    await world.enrol(version, *people)
    await world.runner().run_due()
    await world.enrol(version, *await world.account("later.com", "Zoe"))
    await world.runner().run_due()
    assert [row.kind for row in await world.select(_Kind, "SELECT reason AS kind FROM holds")] == ["mailbox"]
    assert len(await world.select(_Kind, "SELECT kind FROM signals")) == len(people)  # Zoe was not called


async def test_transient_failure_is_tried_three_times_at_most(world: World, clock: Clock) -> None:
    calls: list[datetime] = []

    async def answer(message: Message) -> Result:
        del message
        calls.append(clock())
        return Result(outcome=Sent.RETRY, detail="451 later")

    world.post.answer = answer
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await _run_days(world, clock, 1)
    assert [at - calls[0] for at in calls] == [timedelta(0), timedelta(minutes=15), timedelta(minutes=45)]
    assert (await world.standing(enrolment)).reason == "error"


async def test_a_service_that_asks_to_be_left_alone_longer_is(world: World, clock: Clock) -> None:
    calls: list[datetime] = []

    async def answer(message: Message) -> Result:
        del message
        calls.append(clock())
        return Result(outcome=Sent.RETRY, detail="429", retry_after_seconds=3600 if len(calls) == 1 else 60)

    world.post.answer = answer
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await _run_days(world, clock, 1)
    assert [at - calls[0] for at in calls] == [timedelta(0), timedelta(minutes=60), timedelta(minutes=90)]


async def test_retry_keeps_the_message_id(world: World, clock: Clock) -> None:
    ids: list[str] = []

    async def answer(message: Message) -> Result:
        ids.append(message.message_id)
        return Result(outcome=Sent.RETRY if len(ids) == 1 else Sent.SENT)

    world.post.answer = answer
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await _run_days(world, clock, 1)
    assert len(ids) == 2
    assert len(set(ids)) == 1


async def test_call_without_an_answer_is_unknown_and_waits_for_somebody(world: World, clock: Clock) -> None:
    async def answer(message: Message) -> Result:
        del message
        return Result(outcome=Sent.UNKNOWN, detail="closed after DATA")

    world.post.answer = answer
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await _run_days(world, clock, 2)
    standing = await world.standing(enrolment)
    assert (standing.state, standing.reason, await world.select(int, "SELECT count(*) FROM attempts")) == ("paused", "unknown", [1])


async def test_trouble_of_the_mailbox_holds_it_and_fails_nobody(world: World) -> None:
    async def answer(message: Message) -> Result:
        del message
        return Result(outcome=Sent.RETRY, detail="535 bad password", is_sender_trouble=True)

    world.post.answer = answer
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    assert (await world.standing(enrolment)).state == "waiting"
    assert await world.select(str, "SELECT scope || ' ' || reason FROM holds WHERE lifted_at IS NULL") == ["sender mailbox"]


async def test_two_runners_at_once_act_as_one(world: World) -> None:
    people = [person for n in range(8) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(), *people)
    await asyncio.gather(*(world.runner().run_due() for _ in range(4)))
    assert (len(world.post.sent), world.post.most_to_one) == (8, 1)


async def test_after_downtime_there_is_no_burst(world: World, clock: Clock) -> None:
    people = [person for n in range(40) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(), *people)
    clock.forward(days=3)
    runner = world.runner()
    for _ in range(32):
        await runner.run_due()
        clock.forward(minutes=15)
    assert len(world.post.sent) == 30


async def test_work_of_a_capped_day_does_not_touch_the_rest(world: World) -> None:
    people = [person for n in range(50) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(), *people)
    await world.runner().run_due()
    assert await world.select(int, "SELECT count(*) FROM decisions") == [8]


@pytest.mark.parametrize("scope", ["workspace", "sender", "account", "contact"])
async def test_kill_switch_stops_what_is_not_yet_called(world: World, scope: str) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    targets = {"sender": "sender_id", "account": "company_id", "contact": "contact_id"}
    values = {"sender": world.senders[0].id, "account": anna.company_id, "contact": anna.id}
    column = targets.get(scope, "note")
    insert = f"INSERT INTO holds (scope, reason, {column}) VALUES (%(scope)s, 'stop', %(target)s) RETURNING 1"
    await world.select(int, insert, scope=scope, target=values.get(scope))
    await world.runner().run_due()
    assert world.post.sent == []


async def test_what_becomes_due_in_a_paused_campaign_waits_for_it(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    version = await world.campaign()
    [enrolment] = await world.enrol(version, anna)
    await world.select(int, "UPDATE campaigns SET status = 'paused' WHERE id = %(id)s RETURNING 1", id=version.campaign_id)
    await world.runner().run_due()
    standing = await world.standing(enrolment)
    assert (standing.state, standing.reason, world.post.sent) == ("paused", "campaign", [])


async def test_condition_on_a_colleague_holds_where_one_may_be_named(world: World) -> None:
    steps = [
        {"key": "named", "channel": "email", "template": "hello", "only_if": {"has_colleague": True}},
        {"key": "plain", "channel": "email", "template": "again", "wait_business_days": 2},
    ]
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    [lonely] = await world.account("other.com", "Cleo")
    talk = await ConversationRepository(world.db).create_conversation(ben.id)
    said = {"conversation_id": talk.id, "direction": "inbound", "content": "Tell me more", "sent_at": world.db.now()}
    await TouchpointRepository(world.db).create_touchpoint(said)
    await world.enrol(await world.campaign(steps=steps), anna, lonely)
    await world.runner().run_due()
    passed_over = await world.select(
        str, "SELECT e.contact_id::text FROM decisions AS d JOIN enrolments AS e ON e.id = d.enrolment_id WHERE rule = 'condition'"
    )
    assert passed_over == [str(lonely.id)]
