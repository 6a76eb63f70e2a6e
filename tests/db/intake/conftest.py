"""A world in which somebody has been written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.campaigns.world import World
from tests.db.intake.letters import Correspondence

if TYPE_CHECKING:
    from accountgraph.db import Database


@pytest.fixture
async def letters(timed: Database) -> Correspondence:
    """Anna and Ben of acme.com are in a campaign, and Anna has got its first mail."""
    return await Correspondence.begin(await World.begin(timed))
