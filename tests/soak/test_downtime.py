"""The workers are down for three days; what was due meanwhile goes out as caps and gaps have it, not in a burst."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.campaigns.rules.calendar import add_business_days
from tests.db.campaigns.world import World
from tests.soak.size import size

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock

PEOPLE = size(50, 600)
DAYS_AFTER = size(4, 20)
AN_HOUR, A_DAY, LEAST_SECONDS = 8, 30, 90


class _Left(Struct, frozen=True):
    at: datetime
    contact_id: UUID


def _two_business_days_after(at: datetime) -> datetime:
    return add_business_days(at, 2, "UTC", "US", days=(1, 2, 3, 4, 5), skip_holidays=True)


async def _run_until(world: World, clock: Clock, end: datetime) -> None:
    runner = world.runner()
    while clock() < end:
        await runner.run_due()
        clock.time = max(await world.db.value("campaigns.enrolments.next_due") or end, clock() + timedelta(seconds=30))


async def test_after_three_days_of_downtime_caps_and_gaps_hold(timed: Database, clock: Clock) -> None:
    world = await World.begin(timed)
    left: list[datetime] = []

    async def answer(message: Message) -> Result:
        del message
        left.append(clock())
        return Result(outcome=Sent.SENT)

    world.post.answer = answer
    people = [person for n in range(PEOPLE) for person in await world.account(f"acme{n}.com", "Anna")]
    policy = {"sender": {"jitter_seconds": [LEAST_SECONDS, 240], "per_hour": AN_HOUR, "per_day": A_DAY}}
    await world.enrol(await world.campaign(policy=policy), *people)
    await _run_until(world, clock, clock() + timedelta(hours=30))  # the second touches of the first day's people come due, too
    before = len(left)
    clock.forward(days=3)
    await _run_until(world, clock, clock() + timedelta(days=DAYS_AFTER))
    assert len(left) - before > A_DAY
    for cap, span in ((1, timedelta(seconds=LEAST_SECONDS)), (AN_HOUR, timedelta(hours=1)), (A_DAY, timedelta(days=1))):
        assert all(later - first >= span for first, later in zip(left, left[cap:], strict=False)), f"{cap} in {span}"
    touches: dict[UUID, list[datetime]] = defaultdict(list)
    for one in await world.select(_Left, "SELECT settled_at AS at, contact_id FROM intents WHERE state = 'sent' ORDER BY settled_at"):
        touches[one.contact_id].append(one.at)
    assert any(len(times) > 1 for times in touches.values())
    for times in touches.values():
        for first, second in pairwise(times):
            assert second >= _two_business_days_after(first)
