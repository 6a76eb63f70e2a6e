"""Deterministic simulation: a seed makes a world, its faults and its events; after every tick what must always hold is looked at.

A failing seed is printed with the command that runs it again exactly. `ACCOUNTGRAPH_SEEDS=2000` runs so many.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from accountgraph.db import Database
from tests.databases import scratch_database
from tests.db.simulation.chaos import Chaos
from tests.factories import Clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.db.simulation.faults import Left

FEW = 8


def _seeds() -> list[int]:
    one = os.environ.get("ACCOUNTGRAPH_SEED")
    return [int(one)] if one else list(range(int(os.environ.get("ACCOUNTGRAPH_SEEDS", str(FEW)))))


@pytest.mark.parametrize("seed", _seeds())
async def test_whatever_happens_the_invariants_hold(server_url: str, template: str, seed: int) -> None:
    await _lived(server_url, template, seed)


async def test_same_seed_gives_the_same_history(server_url: str, template: str) -> None:
    assert await _lived(server_url, template, 2) == await _lived(server_url, template, 2)


def test_failing_seed_is_printed_with_the_command_that_runs_it_again(
    timed: Database, clock: Clock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError, match="a cap"), _told_where_it_fails(Chaos(timed, clock, 4711)):
        raise AssertionError("a cap was exceeded")
    printed = capsys.readouterr().out
    assert "Again: ACCOUNTGRAPH_SEED=4711 python -m pytest tests/db/simulation/test_deterministic.py" in printed
    monkeypatch.setenv("ACCOUNTGRAPH_SEED", "4711")
    assert _seeds() == [4711]


async def _lived(server_url: str, template: str, seed: int) -> tuple[list[str], list[tuple[object, ...]]]:
    """The history of a seed's world, and what left in it."""
    clock = Clock()
    with scratch_database(server_url, template) as url:
        async with Database(url, workspace="abm", clock=clock) as db:
            chaos = Chaos(db, clock, seed)
            with _told_where_it_fails(chaos):
                await chaos.begin()
                await chaos.run()
            return chaos.history, [_told(left) for left in chaos.post.left]


@contextmanager
def _told_where_it_fails(chaos: Chaos) -> Iterator[None]:
    """What happened, and the command that makes it happen again."""
    try:
        yield
    except BaseException:
        print("\n".join(chaos.history))
        print(f"Again: ACCOUNTGRAPH_SEED={chaos.seed} python -m pytest tests/db/simulation/test_deterministic.py")
        raise


def _told(left: Left) -> tuple[object, ...]:
    return left.at, left.sender, left.recipient
