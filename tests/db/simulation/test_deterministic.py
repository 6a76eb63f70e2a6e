"""Deterministic simulation: a seed makes a world, its faults and its events; after every tick what must always hold is looked at.

A failing seed is printed with the command that runs it again exactly. `ACCOUNTGRAPH_SEEDS=2000` runs so many.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from accountgraph.db import Database
from tests.conftest import scratch_database
from tests.db.simulation.chaos import Chaos
from tests.factories import Clock

if TYPE_CHECKING:
    from tests.db.simulation.faults import Left

FEW = 8


def _seeds() -> list[int]:
    one = os.environ.get("ACCOUNTGRAPH_SEED")
    return [int(one)] if one else list(range(int(os.environ.get("ACCOUNTGRAPH_SEEDS", str(FEW)))))


@pytest.mark.parametrize("seed", _seeds())
async def test_whatever_happens_the_invariants_hold(server_url: str, template: str, seed: int) -> None:
    await _lived(server_url, template, seed)


async def test_same_seed_gives_the_same_history(server_url: str, template: str) -> None:
    assert await _lived(server_url, template, 1) == await _lived(server_url, template, 1)


async def _lived(server_url: str, template: str, seed: int) -> tuple[list[str], list[tuple[object, ...]]]:
    """The history of a seed's world, and what left in it."""
    clock = Clock()
    with scratch_database(server_url, template) as url:
        async with Database(url, workspace="abm", clock=clock) as db:
            chaos = Chaos(db, clock, seed)
            try:
                await chaos.begin()
                await chaos.run()
            except BaseException:
                print("\n".join(chaos.history))
                print(f"Again: ACCOUNTGRAPH_SEED={seed} python -m pytest tests/db/simulation/test_deterministic.py")
                raise
            return chaos.history, [_told(left) for left in chaos.post.left]


def _told(left: Left) -> tuple[object, ...]:
    return left.at, left.sender, left.recipient
