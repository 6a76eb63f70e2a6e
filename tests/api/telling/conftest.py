"""A key for secrets, and a receiver on this machine that may be told."""

from tests.db.outgoing.conftest import receiver, surroundings

__all__ = ["receiver", "surroundings"]
