"""A workspace with a campaign in it, for pages to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accountgraph.campaigns import lifecycle
from accountgraph.campaigns.apply import apply
from tests.dashboard.conftest import W
from tests.db.campaigns.world import World, definition

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from accountgraph.models import Contact

ALWAYS = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
POLICY: dict[str, Any] = {
    "sender": {"jitter_seconds": [0, 0]},
    "contact": {"business_days_between": 0},
    "schedule": {"email": ALWAYS, "call": ALWAYS, "other": ALWAYS, "skip_holidays": False},
}


async def office(db: Database, **sender: Any) -> tuple[World, list[Contact]]:
    """A mailbox on the console, and an account with two people."""
    world = await World.begin(db, transport="console", **sender)
    return world, await world.account("acme.com", "Ada", "Bob")


async def kept(db: Database, **changes: Any) -> UUID:
    """A campaign for that account, kept and not started; gives its id."""
    chosen = {"audience": {"companies": ["acme.com"]}, **changes}
    applied = await db.run(lambda session: apply(session, definition(policy={**POLICY, **chosen.pop("policy", {})}, **chosen)))
    return applied.campaign_id


async def started(db: Database, **changes: Any) -> UUID:
    """The same, as a dry run under way."""
    campaign_id = await kept(db, **changes)
    await db.run(lambda session: lifecycle.start(session, campaign_id))
    return campaign_id


def at(campaign_id: UUID, page: str = "") -> str:
    """The address of a campaign's page."""
    return f"{W}/campaigns/{campaign_id}{'/' + page if page else ''}"
