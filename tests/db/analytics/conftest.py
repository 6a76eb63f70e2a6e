"""The hand-made history, in a workspace of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.analytics.history import History

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock


@pytest.fixture
async def history(timed: Database, clock: Clock) -> History:
    """Six touches that can be counted by hand; it is 10 April."""
    return await History.told(timed, clock)
