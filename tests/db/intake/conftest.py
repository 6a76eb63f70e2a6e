"""A world in which somebody has been written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.campaigns.world import World
from tests.db.intake.letters import Correspondence

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.beginnings import Beginnings, Make
    from tests.factories import Clock


async def _first_mail(db: Database, _: Clock) -> Correspondence:
    return await Correspondence.begin(await World.begin(db))


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Make | None:
    return _first_mail if "letters" in request.fixturenames else None


@pytest.fixture
def letters(timed: Database, clock: Clock, beginnings: Beginnings) -> Correspondence:
    """Anna and Ben of acme.com are in a campaign, and Anna has got its first mail."""
    return beginnings.again(_first_mail, timed, clock)
