"""Pauses and holds that end by themselves, and what a worker that waits knows of them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal

if TYPE_CHECKING:
    from datetime import datetime

    from tests.db.campaigns.world import World
    from tests.factories import Clock

DAY = timedelta(days=1)


async def _next_due(world: World) -> datetime | None:
    found: datetime | None = await world.db.value("campaigns.enrolments.next_due", {"now": world.db.now()})
    return found


async def _away(world: World, clock: Clock, days: int) -> None:
    until = clock() + days * DAY
    signal = Signal(kind=SignalKind.OUT_OF_OFFICE, dedupe_key="away", source="test", email="anna@acme.com", until=until)
    await world.db.run(partial(record_signal, signal=signal, now=clock()))


async def _hold(world: World, scope: str, until: datetime | None = None) -> None:
    sender = world.senders[0].id if scope == "sender" else None
    params = {"scope": scope, "sender": sender, "until": until}
    statement = "INSERT INTO holds (scope, sender_id, reason, until) VALUES (%(scope)s, %(sender)s, 'stop', %(until)s)"
    await world.db.run(lambda session: session.execute(statement, params))


async def test_who_was_out_of_office_is_written_to_when_they_are_back(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await _away(world, clock, 7)
    clock.forward(days=6)
    await world.runner().run_due()
    assert (await world.standing(enrolment)).state == "paused"
    clock.forward(days=1)
    await world.runner().run_due()
    assert world.post.recipients == ["anna@acme.com"]
    standing = await world.standing(enrolment)
    assert (standing.state, standing.reason, standing.paused_until) == ("waiting", None, None)


async def test_worker_sleeps_until_somebody_is_back(world: World, clock: Clock) -> None:
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Anna"))
    await _away(world, clock, 7)
    assert await _next_due(world) == clock() + 7 * DAY


async def test_pause_without_an_end_lasts(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    signal = Signal(kind=SignalKind.MANUAL_MESSAGE, dedupe_key="hand", source="test", email="anna@acme.com")
    await world.db.run(partial(record_signal, signal=signal, now=clock()))
    clock.forward(days=100)
    await world.runner().run_due()
    assert (await world.standing(enrolment)).state == "paused"


@pytest.mark.parametrize("scope", ["workspace", "sender"])
async def test_held_work_is_due_when_the_hold_ends(world: World, clock: Clock, scope: str) -> None:
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Anna"))
    await _hold(world, scope, clock() + 2 * DAY)
    assert await _next_due(world) == clock() + 2 * DAY


@pytest.mark.parametrize("scope", ["workspace", "sender"])
async def test_work_that_somebody_has_to_let_go_is_not_due(world: World, scope: str) -> None:
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Anna"))
    await _hold(world, scope)
    assert await _next_due(world) is None


async def test_many_who_have_to_wait_are_looked_at_in_a_few_claims_before_the_one_who_may(world: World, clock: Clock) -> None:
    version = await world.campaign(policy={"sender": {"jitter_seconds": [90, 240]}, "requires_approval": True})
    for number in range(40):
        await world.enrol(version, *await world.account(f"acme{number}.com", "Anna"))
    clock.forward(minutes=1)
    relaxed = await world.campaign(name="relaxed")
    await world.enrol(relaxed, *await world.account("late.com", "Ben"))
    claims = 0
    runner, claim = world.runner(), world.runner()._claim

    async def counted(session: object, *, look_ahead: int) -> object:
        nonlocal claims
        claims += 1
        return await claim(session, look_ahead=look_ahead)  # type: ignore[arg-type]

    runner._claim = counted  # type: ignore[method-assign, assignment]
    done = await runner.run_due()
    assert (done.decided, done.sent, world.post.recipients) == (41, 1, ["ben@late.com"])
    assert claims < 10
