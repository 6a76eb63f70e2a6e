"""A world on the test's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.campaigns.world import World, begin_world

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.db import Database
    from tests.beginnings import Beginnings, Make
    from tests.factories import Clock


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Make | None:
    return begin_world if "world" in request.fixturenames else None


@pytest.fixture
def world(timed: Database, clock: Clock, beginnings: Beginnings, beginning: Callable[..., Awaitable[World]]) -> World:
    """The world that the test begins with."""
    return beginnings.again(beginning, timed, clock)
