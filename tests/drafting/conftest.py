"""A model to ask, on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.drafting.model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def model() -> Iterator[ModelServer]:
    server = ModelServer()
    yield server
    server.close()
