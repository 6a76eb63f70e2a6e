"""The registry of a database of the test's own, on the test's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.access import Registry, at_command_line

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.factories import Clock

ROOT = at_command_line("root")


@pytest.fixture
async def registry(url: str, clock: Clock) -> AsyncIterator[Registry]:
    async with Registry(url, clock=clock) as opened:
        yield opened
