"""An office on the test's clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from accountgraph.db import Database
from tests.agents.office import Office
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.beginnings import Beginnings, Make
    from tests.factories import Clock


@pytest.fixture
async def desk(url: str, clock: Clock) -> AsyncIterator[Database]:
    """The workspace with an agent's rights, on the test's clock."""
    async with Database(url, workspace="abm", clock=clock, as_agent=True) as database:
        yield database


async def begin_office(db: Database, _: Clock) -> Office:
    """At nine on a Monday; the agent may send twice a day."""
    return await Office.begin(await World.begin(db), db, may_send=True, touches_a_day=2)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Make | None:
    return begin_office if "office" in request.fixturenames else None


@pytest.fixture
def office(timed: Database, desk: Database, clock: Clock, beginnings: Beginnings, beginning: Callable[..., Awaitable[Office]]) -> Office:
    """The office that the test begins with."""
    return replace(beginnings.again(beginning, timed, clock), desk=desk)
