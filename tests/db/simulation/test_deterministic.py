"""Deterministic simulation: a seed makes a world, its faults and its events; after every tick what must always hold is looked at.

A failing seed says so, with the command that runs it again exactly. `ACCOUNTGRAPH_SEEDS=2000` runs so many, `ACCOUNTGRAPH_SEED=17` that one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.db.simulation.chaos import Chaos

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock

FEW = 8


def _seeds() -> list[int]:
    one = os.environ.get("ACCOUNTGRAPH_SEED")
    return [int(one)] if one else list(range(int(os.environ.get("ACCOUNTGRAPH_SEEDS", str(FEW)))))


@pytest.mark.parametrize("seed", _seeds())
async def test_whatever_happens_the_invariants_hold(timed: Database, clock: Clock, seed: int) -> None:
    chaos = Chaos(timed, clock, seed)
    try:
        await chaos.begin()
        await chaos.run()
    except BaseException:
        print("\n".join(chaos.history))
        print(f"Again: ACCOUNTGRAPH_SEED={seed} pytest tests/db/simulation/test_deterministic.py")
        raise
