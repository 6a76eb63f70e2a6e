"""A workspace where an agent works: a mailbox, the agents' campaign live, and a database opened with an agent's rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accountgraph.access import Permission
from accountgraph.campaigns.lifecycle import approve_preview, start
from accountgraph.campaigns.work.approvals import Approval, accept_approval, list_approvals
from accountgraph.tools import Toolbox, add_agent

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World

ALL = frozenset(Permission)
WORDS: dict[str, Any] = {"channel": "email", "subject": "A word", "body": "Hello, may I ask how you plan your quarter?"}


@dataclass
class Office:
    """`world` is the people's view, `desk` the agent's."""

    world: World
    desk: Database
    anna: Contact
    bob: Contact

    @classmethod
    async def begin(cls, world: World, desk: Database, *, live: bool = True, **agent: Any) -> Office:
        """Anna and Bob of acme.com, and the agent `scout`."""
        anna, bob = await world.account("acme.com", "Anna", "Bob")
        await world.db.run(lambda session: add_agent(session, "scout", **agent))
        office = cls(world, desk, anna, bob)
        if live:
            await office.go_live()
        return office

    async def go_live(self, campaign: str = "agents-email") -> None:
        await self.world.db.run(lambda session: approve_preview(session, campaign, by="Ann"))
        await self.world.db.run(lambda session: start(session, campaign, live=True))

    def tools(self, agent: str = "scout", scopes: frozenset[Permission] = ALL, desk: Database | None = None) -> Toolbox:
        return Toolbox(desk or self.desk, agent=agent, scopes=scopes)

    async def approvals(self, state: str | None = "pending") -> list[Approval]:
        return await list_approvals(self.world.db, state=state)

    async def accept(self, approval: Approval, seen: str | None = None, by: str = "Ann") -> None:
        db = self.world.db
        await db.run(lambda session: accept_approval(session, approval.id, seen or approval.content_hash, by=by, now=db.now()))

    async def run(self) -> list[str]:
        """Let the engine do what is due; gives who got something, of all time."""
        await self.world.runner().run_due()
        return self.world.post.recipients
