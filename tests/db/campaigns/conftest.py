"""A world on the test's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.db import Database


@pytest.fixture
async def world(timed: Database) -> World:
    """A workspace with a mailbox, at nine on a Monday morning (UTC)."""
    return await World.begin(timed)
