"""What a policy can make of an event, how far it reaches, and what outlives it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from accountgraph.campaigns.desk.closing import skip
from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.resume import resume
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def _record(world: World, kind: str, who: Contact, **fields: Any) -> None:
    signal = Signal(**{"kind": SignalKind(kind), "source": "test", "dedupe_key": f"{kind} {who.id}", "contact_id": who.id, **fields})
    await world.db.run(partial(record_signal, signal=signal, now=world.db.now()))


async def _places(world: World, enrolments: list[UUID]) -> list[str]:
    found = [await world.standing(one) for one in enrolments]
    return [f"{one.state} {one.reason}" if one.reason else one.state for one in found]


async def _two(world: World, **policy: Any) -> tuple[list[Contact], list[UUID]]:
    people = await world.account("acme.com", "Anna", "Ben")
    return people, await world.enrol(await world.campaign(policy=policy), *people)


@pytest.mark.parametrize(
    ("kind", "rest", "becomes"),
    [
        ("reply_positive", "nothing", "pending"),
        ("reply_refusal", "stop", "finished account"),
        ("reply_not_now", "pause", "paused account"),
        ("unsubscribe", "stop", "finished unsubscribed"),
    ],
)
async def test_policy_says_what_becomes_of_the_rest_by_what_was_meant(world: World, kind: str, rest: str, becomes: str) -> None:
    [anna, _], enrolments = await _two(world, reactions={kind: {"person": "finish", "rest": rest}})
    await _record(world, kind, anna)
    assert (await _places(world, enrolments))[1] == becomes


async def test_campaign_scope_leaves_other_campaigns_of_the_account_alone(world: World) -> None:
    anna, ben, cleo = await world.account("acme.com", "Anna", "Ben", "Cleo")
    scope = {"reactions": {"scope": "campaign"}}
    enrolments = await world.enrol(await world.campaign(policy=scope), anna, ben)
    enrolments += await world.enrol(await world.campaign(name="other", policy=scope), cleo)
    await _record(world, "reply", anna)
    assert await _places(world, enrolments) == ["finished replied", "paused account", "pending"]


async def test_account_that_a_reply_paused_never_resumes_by_itself(world: World, clock: Clock) -> None:
    [anna, _], enrolments = await _two(world)
    await _record(world, "reply", anna)
    for _ in range(30):
        clock.forward(days=1)
        await world.runner().run_due()
    assert (await _places(world, enrolments), world.post.sent) == (["finished replied", "paused account"], [])


async def _days_pass(world: World, clock: Clock, days: int = 4) -> None:
    for _ in range(days):
        clock.forward(days=1)
        await world.runner().run_due()


async def test_who_joins_an_account_after_a_reply_paused_it_waits_until_the_answer_is_given_and_the_rest_goes_on(
    world: World, clock: Clock
) -> None:
    anna, ben, cleo = await world.account("acme.com", "Anna", "Ben", "Cleo")
    version = await world.campaign()
    await world.enrol(version, anna, ben)
    await _record(world, "reply", anna)
    clock.forward(minutes=1)
    await world.enrol(version, cleo)
    await _days_pass(world, clock)
    assert world.post.sent == []
    [task] = await world.select(UUID, "SELECT id FROM tasks WHERE state = 'open'")
    await world.db.run(lambda session: skip(session, task, by="Sam", now=world.db.now()))
    await _days_pass(world, clock)
    assert world.post.sent == []
    await world.db.run(lambda session: resume(session, company_id=anna.company_id, now=world.db.now()))
    await _days_pass(world, clock, 14)
    assert set(world.post.recipients) >= {"ben@acme.com", "cleo@acme.com"}


async def test_who_was_under_way_before_the_reply_and_was_let_go_on_does_not_wait_for_its_answer(world: World, clock: Clock) -> None:
    [anna, ben], _ = await _two(world)
    await _record(world, "reply", anna)
    await world.db.run(lambda session: resume(session, contact_id=ben.id, now=world.db.now()))
    await _days_pass(world, clock)
    assert world.post.recipients[:1] == ["ben@acme.com"]


async def test_newcomer_of_another_company_does_not_wait(world: World, clock: Clock) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, "reply", anna)
    clock.forward(minutes=1)
    [dora] = await world.account("other.com", "Dora")
    await world.enrol(await world.campaign(name="other"), dora)
    await _days_pass(world, clock)
    assert world.post.recipients[:1] == ["dora@other.com"]


@pytest.mark.parametrize(("kind", "channel"), [("hard_bounce", "email"), ("complaint", "all"), ("unsubscribe", "all")])
async def test_who_bounced_or_complained_is_suppressed(world: World, kind: str, channel: str) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, kind, anna)
    assert await world.select(str, "SELECT channel FROM suppressions WHERE contact_id = %(id)s", id=anna.id) == [channel]


async def test_who_unsubscribed_is_not_written_to_after_erasure_and_a_new_import(world: World) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, "unsubscribe", anna)
    await world.select(int, "DELETE FROM contacts WHERE id = %(id)s RETURNING 1", id=anna.id)
    [again] = await world.account("new.com", "Anna")
    await world.select(
        int, "UPDATE contacts SET email = 'anna@acme.com', email_key = 'anna@acme.com' WHERE id = %(id)s RETURNING 1", id=again.id
    )
    [enrolment] = await world.enrol(await world.campaign(name="later"), again)
    await world.runner().run_due()
    assert await _places(world, [enrolment]) == ["finished suppressed"]
    assert "anna@acme.com" not in world.post.recipients


@pytest.mark.parametrize("kind", ["unsubscribe", "complaint", "meeting_missed", "reply", "referral"])
async def test_owner_is_asked(world: World, kind: str) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, kind, anna)
    assert await world.select(int, "SELECT count(*) FROM tasks WHERE state = 'open' AND contact_id = %(id)s", id=anna.id) == [1]


async def test_out_of_office_proposes_the_stand_in_it_names(world: World) -> None:
    [anna, _], _ = await _two(world)
    await _record(world, "out_of_office", anna, person={"name": "Sam", "email": "sam@acme.com"})
    assert await world.select(str, "SELECT title FROM tasks WHERE kind = 'proposal'") == ["Write to Sam, whom Anna named"]


async def test_meeting_pauses_the_rest_until_its_outcome_is_recorded(world: World, clock: Clock) -> None:
    [anna, _], enrolments = await _two(world)
    await _record(world, "meeting_booked", anna)
    clock.forward(days=20)
    await world.runner().run_due()
    assert await _places(world, enrolments) == ["finished meeting", "paused meeting"]
    await _record(world, "meeting_held", anna)
    assert await _places(world, enrolments) == ["finished meeting", "waiting"]


async def test_deal_acts_once_however_often_it_is_told(world: World) -> None:
    [anna, ben], _ = await _two(world)
    for _ in range(2):
        await _record(world, "deal_won", anna, dedupe_key="deal 7", contact_id=None, company_id=anna.company_id)
    [later] = await world.enrol(await world.campaign(name="later", policy={"exclusions": {"customers": False}}), ben)
    await _record(world, "deal_won", anna, dedupe_key="deal 7", contact_id=None, company_id=anna.company_id)
    assert await _places(world, [later]) == ["pending"]


async def test_edges_of_who_left_the_company_are_over(world: World) -> None:
    [anna, ben], _ = await _two(world)
    given = {"contact_id_1": anna.id, "contact_id_2": ben.id, "relationship_type": "colleagues", "strength": "strong"}
    await RelationshipRepository(world.db).create_relationship(given)
    await _record(world, "left_company", anna)
    assert await world.select(str, "SELECT strength || ' ' || (metadata ? 'ended_at')::text FROM relationships") == ["weak true"]


@pytest.mark.parametrize(("actor", "step"), [("human", "clicked"), ("scanner", "plain")])
async def test_click_leads_on_only_where_a_person_made_it(world: World, clock: Clock, actor: str, step: str) -> None:
    steps = [
        {"key": "first", "channel": "email", "template": "hello"},
        {"key": "clicked", "channel": "email", "template": "again", "only_if": {"clicked": True}, "wait_business_days": 2},
        {"key": "plain", "channel": "email", "template": "again", "wait_business_days": 2},
    ]
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(steps=steps), anna)
    await world.runner().run_due()
    [touchpoint] = await world.select(UUID, "SELECT id FROM touchpoints")
    await TouchpointRepository(world.db).record_event(touchpoint, "clicked", actor=actor)
    for _ in range(2):
        clock.forward(days=2, hours=1)
        await world.runner().run_due()
    sent = await world.select(str, "SELECT step_key FROM intents WHERE state = 'sent' ORDER BY settled_at")
    assert sent[1] == step


async def _seven(world: World) -> list[Contact]:
    people = [person for n in range(7) for person in await world.account(f"acme{n}.com", "Anna")]
    await world.enrol(await world.campaign(), *people)
    return people


def _meanwhile(world: World, happens: Callable[[], Awaitable[object]]) -> None:
    """Something happens once, while the first messages are being called."""

    async def answer(message: Message) -> Result:
        del message
        world.post.answer = None
        await happens()
        return Result(outcome=Sent.SENT)

    world.post.answer = answer


async def test_kill_switch_stops_every_message_that_is_not_yet_called_and_no_other(world: World) -> None:
    await _seven(world)
    insert = "INSERT INTO holds (scope, reason) VALUES ('workspace', 'stop') RETURNING 1"
    _meanwhile(world, lambda: world.select(int, insert))
    await world.runner(calls_at_once=5).run_due()
    assert len(world.post.sent) == 5
    assert await world.select(str, "SELECT state FROM intents WHERE state <> 'sent'") == ["withdrawn", "withdrawn"]


async def test_who_is_suppressed_after_the_message_was_planned_does_not_get_it(world: World) -> None:
    people = await _seven(world)

    async def everybody_objects() -> None:
        for person in people:
            await SuppressionRepository(world.db).suppress(contact_id=person.id, channel="all", reason="unsubscribed")

    _meanwhile(world, everybody_objects)
    await world.runner(calls_at_once=1).run_due()
    assert len(world.post.sent) == 1
