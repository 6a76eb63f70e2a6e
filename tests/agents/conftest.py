"""An office on the test's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.db import Database
from tests.agents.office import Office
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.factories import Clock


@pytest.fixture
async def desk(url: str, clock: Clock) -> AsyncIterator[Database]:
    """The workspace with an agent's rights, on the test's clock."""
    async with Database(url, workspace="abm", clock=clock, as_agent=True) as database:
        yield database


@pytest.fixture
async def office(timed: Database, desk: Database) -> Office:
    """At nine on a Monday; the agent may send twice a day."""
    return await Office.begin(await World.begin(timed), desk, may_send=True, touches_a_day=2)
