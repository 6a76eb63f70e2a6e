"""Simulations that a server runs beside its requests, where they go wrong."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from accountgraph.api.simulations import USUAL, SimulationCrew, Wanted

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import pytest

    from accountgraph.db import Database

CAMPAIGN = UUID(int=7)
START = datetime(2031, 3, 7, 9, tzinfo=UTC)
WANTED = Wanted(
    workspace="main",
    campaign_id=CAMPAIGN,
    version=1,
    by="Ada",
    start=START,
    until=START + USUAL,
    seed=1,
    behaviour=None,
    behaviour_name="silent",
)


@asynccontextmanager
async def broken(workspace: str) -> AsyncGenerator[Database]:
    """What has a fault."""
    there: dict[str, Database] = {}
    yield there[workspace]


async def test_log_says_what_a_failed_simulation_promises_of_it(caplog: pytest.LogCaptureFixture) -> None:
    crew = SimulationCrew()
    run = crew.begin(WANTED, broken)
    assert run.task is not None
    await run.task
    assert run.problems == ("Something went wrong here; the server's log says more.",)
    [record] = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage() == f"Simulation {run.key} of campaign {CAMPAIGN} in workspace main failed"
    assert record.exc_info
    assert record.exc_info[0] is KeyError
