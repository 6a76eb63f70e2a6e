"""A world on the test's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.beginnings import Beginnings, Make
    from tests.factories import Clock


async def _world(db: Database, _: Clock) -> World:
    return await World.begin(db)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Make | None:
    return _world if "world" in request.fixturenames else None


@pytest.fixture
def world(timed: Database, clock: Clock, beginnings: Beginnings) -> World:
    """A workspace with a mailbox, at nine on a Monday morning (UTC)."""
    return beginnings.again(_world, timed, clock)
