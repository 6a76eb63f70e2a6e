"""Holds: what stops, what goes on when they are lifted or end."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.holds import HoldScope, Lifted, SetHold, lift_holds, list_holds, set_hold
from accountgraph.errors import InvalidValueError, MissingReferenceError, NotFoundError

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock

SCOPES = list(HoldScope)


def _target(world: World, scope: HoldScope, person: Contact) -> UUID | None:
    return {
        HoldScope.WORKSPACE: None,
        HoldScope.SENDER: world.senders[0].id,
        HoldScope.ACCOUNT: person.company_id,
        HoldScope.CONTACT: person.id,
    }[scope]


async def _set(world: World, scope: HoldScope, target: UUID | None, until: datetime | None = None) -> SetHold:
    return await world.db.run(lambda session: set_hold(session, scope, target, until=until, now=world.db.now()))


async def _lift(world: World, scope: HoldScope, target: UUID | None, reason: str | None = None) -> Lifted:
    return await world.db.run(lambda session: lift_holds(session, scope, target, reason=reason, now=world.db.now()))


async def _anna(world: World) -> tuple[Contact, UUID]:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    return anna, enrolment


@pytest.mark.parametrize("scope", SCOPES)
async def test_nothing_leaves_under_a_hold_and_lifting_it_lets_it_go(world: World, scope: HoldScope) -> None:
    anna, _ = await _anna(world)
    await _set(world, scope, _target(world, scope, anna))
    await world.runner().run_due()
    assert world.post.sent == []
    await _lift(world, scope, _target(world, scope, anna))
    await world.runner().run_due()
    assert world.post.recipients == ["anna@acme.com"]


@pytest.mark.parametrize("scope", SCOPES)
async def test_hold_with_an_end_lets_go_by_itself(world: World, clock: Clock, scope: HoldScope) -> None:
    anna, _ = await _anna(world)
    await _set(world, scope, _target(world, scope, anna), until=clock() + timedelta(hours=2))
    await world.runner().run_due()
    clock.forward(hours=1)
    await world.runner().run_due()
    assert world.post.sent == []
    clock.forward(hours=1)
    await world.runner().run_due()
    assert world.post.recipients == ["anna@acme.com"]


async def test_same_hold_stands_once_with_the_newer_end(world: World, clock: Clock) -> None:
    first = await _set(world, HoldScope.WORKSPACE, None)
    second = await _set(world, HoldScope.WORKSPACE, None, until=clock() + timedelta(days=1))
    assert (first.is_new, second.is_new, second.hold.id) == (True, False, first.hold.id)
    assert [hold.until for hold in await list_holds(world.db, clock())] == [clock() + timedelta(days=1)]


async def test_hold_that_ended_can_be_set_anew(world: World, clock: Clock) -> None:
    await _set(world, HoldScope.WORKSPACE, None, until=clock() + timedelta(hours=1))
    clock.forward(hours=2)
    assert (await _set(world, HoldScope.WORKSPACE, None)).is_new


async def test_who_is_under_another_hold_stays_when_one_is_lifted(world: World) -> None:
    anna, enrolment = await _anna(world)
    await _set(world, HoldScope.ACCOUNT, anna.company_id)
    await _set(world, HoldScope.CONTACT, anna.id)
    await world.runner().run_due()
    assert (await _lift(world, HoldScope.CONTACT, anna.id)).resumed == 0
    assert (await world.standing(enrolment)).reason == "hold"
    assert (await _lift(world, HoldScope.ACCOUNT, anna.company_id)).resumed == 1


async def test_whom_a_refused_mailbox_paused_goes_on_when_its_hold_is_lifted(world: World) -> None:
    anna, enrolment = await _anna(world)
    await world.runner().run_due()
    [intent] = await world.select(UUID, "SELECT id FROM intents")
    signal = Signal(kind=SignalKind.POLICY_BOUNCE, dedupe_key="b", source="test", contact_id=anna.id, intent_id=intent)
    await world.db.run(lambda session: record_signal(session, signal, world.db.now()))
    assert (await world.standing(enrolment)).reason == "mailbox"
    assert (await _lift(world, HoldScope.SENDER, world.senders[0].id, "mailbox")).resumed == 1
    assert (await world.standing(enrolment)).state == "waiting"


async def test_question_that_a_hold_asked_is_answered_by_lifting_it(world: World) -> None:
    people = await world.account("acme.com", "Anna", "Ben", "Cleo")
    for person in people:
        bounce = Signal(kind=SignalKind.HARD_BOUNCE, dedupe_key=f"bounce {person.id}", source="test", contact_id=person.id)
        await world.db.run(partial(record_signal, signal=bounce, now=world.db.now()))
    assert await world.select(str, "SELECT state FROM tasks WHERE hold_id IS NOT NULL") == ["open"]
    await _lift(world, HoldScope.ACCOUNT, people[0].company_id)
    assert await world.select(str, "SELECT state || ': ' || outcome FROM tasks WHERE hold_id IS NOT NULL") == ["done: the hold was lifted"]


async def test_lifted_holds_are_kept_as_history(world: World, clock: Clock) -> None:
    await _set(world, HoldScope.WORKSPACE, None)
    await _lift(world, HoldScope.WORKSPACE, None)
    assert await list_holds(world.db, clock()) == []
    assert [hold.lifted_at for hold in await list_holds(world.db, clock(), everything=True)] == [clock()]


async def test_lifting_what_does_not_stand_is_refused(world: World) -> None:
    with pytest.raises(NotFoundError, match="No hold of this workspace stands"):
        await _lift(world, HoldScope.WORKSPACE, None)


async def test_hold_of_somebody_unknown_is_refused(world: World) -> None:
    with pytest.raises(MissingReferenceError):
        await _set(world, HoldScope.CONTACT, uuid4())


async def test_hold_without_its_target_is_refused(world: World) -> None:
    with pytest.raises(InvalidValueError, match="say which sender"):
        await _set(world, HoldScope.SENDER, None)


async def test_hold_that_ended_before_it_began_is_refused(world: World, clock: Clock) -> None:
    with pytest.raises(InvalidValueError, match="until"):
        await _set(world, HoldScope.WORKSPACE, None, until=clock() - timedelta(hours=1))


async def test_lifting_wakes_the_worker(world: World) -> None:
    """What is held is not waited for, so that a worker sleeps; lifting calls it."""
    await _anna(world)
    await _set(world, HoldScope.WORKSPACE, None)
    assert await world.db.value("campaigns.enrolments.next_due") is None
    await _lift(world, HoldScope.WORKSPACE, None)
    assert await world.db.value("campaigns.enrolments.next_due") is not None


async def test_pause_that_is_over_ends_by_itself(world: World, clock: Clock) -> None:
    anna, enrolment = await _anna(world)
    signal = Signal(kind=SignalKind.OUT_OF_OFFICE, dedupe_key="o", source="test", contact_id=anna.id, until=clock() + timedelta(days=7))
    await world.db.run(lambda session: record_signal(session, signal, world.db.now()))
    clock.forward(days=7)
    await world.runner().run_due()
    assert ((await world.standing(enrolment)).touch_count, world.post.recipients) == (1, ["anna@acme.com"])
