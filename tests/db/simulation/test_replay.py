"""Replay on a real history: the same rules decide the same again, other rules say what would have been different."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from accountgraph.campaigns.replay import replay
from tests.db.campaigns.world import World, definition
from tests.db.simulation.chaos import Chaos

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock


async def _history(timed: Database, clock: Clock) -> World:
    """A week in which the people of one account come one after the other."""
    world = await World.begin(timed)
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Anna", "Ben"))
    for _ in range(7 * 24):
        await world.runner().run_due()
        clock.forward(hours=1)
    return world


async def test_same_definition_decides_the_same_again(timed: Database, clock: Clock) -> None:
    await _history(timed, clock)
    replayed = await replay(timed, "plain")
    assert replayed.decisions > 3
    assert (replayed.differences, replayed.before) == ([], replayed.after)


@pytest.mark.parametrize("seed", [0, 2])
async def test_whatever_happened_the_same_is_decided_again(timed: Database, clock: Clock, seed: int) -> None:
    chaos = Chaos(timed, clock, seed)
    await chaos.begin()
    await chaos.run()
    for version in chaos.versions:
        assert [str(one) for one in (await replay(timed, version.campaign_id)).differences] == []


async def test_other_policy_says_who_would_have_been_written_to(timed: Database, clock: Clock) -> None:
    await _history(timed, clock)
    hasty = definition(policy={"colleagues": {"silence_hours": 0, "wait_business_days": 0}}).policy
    replayed = await replay(timed, "plain", hasty)
    assert "colleague_silence" in replayed.before
    assert "colleague_silence" not in replayed.after
    [line] = [str(one) for one in replayed.differences if one.before == "colleague_silence"]
    assert line.startswith("2026-03-03 09:00 Ben, first: put off (colleague_silence) -> allowed.")


async def test_step_that_the_other_definition_lacks_is_counted(timed: Database, clock: Clock) -> None:
    await _history(timed, clock)
    shorter = msgspec.structs.replace(definition(), steps=definition().steps[:1])
    replayed = await replay(timed, "plain", shorter)
    assert replayed.missing_steps > 0
    assert replayed.decisions + replayed.missing_steps == (await replay(timed, "plain")).decisions
