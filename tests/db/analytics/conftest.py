"""The hand-made history, in a workspace of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.analytics.history import History

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.beginnings import Beginnings, Make
    from tests.factories import Clock


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Make | None:
    return History.told if "history" in request.fixturenames else None


@pytest.fixture
def history(timed: Database, clock: Clock, beginnings: Beginnings) -> History:
    """Six touches that can be counted by hand; it is 10 April."""
    return beginnings.again(History.told, timed, clock)
