"""The world of the campaigns' tests: lists are of what campaigns did."""

from tests.db.campaigns.conftest import beginning, world

__all__ = ["beginning", "world"]
