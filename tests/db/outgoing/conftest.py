"""A receiver that listens, and a workspace that may tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.store.sealing import new_key
from tests.db.outgoing.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key for secrets, and leave to tell this machine."""
    monkeypatch.setenv("ACCOUNTGRAPH_SECRET_KEY", new_key())
    monkeypatch.setenv("ACCOUNTGRAPH_WEBHOOK_NETWORKS", "127.0.0.0/8")


@pytest.fixture
async def receiver(surroundings: None) -> AsyncIterator[Receiver]:
    async with Receiver.listening() as listening:
        yield listening
