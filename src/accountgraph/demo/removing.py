"""Taking everything made up away again, and nothing else: by its mark, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.demo.outreach.beginning import IDENTITY
from accountgraph.demo.outreach.campaigns import MARK, NAMES

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

_STEPS = (  # what refers to others goes before them
    "manual_messages",
    "mails",
    "tasks",
    "signals",
    "intents",
    "sends",
    "enrolments",
    "campaigns",
    "templates",
    "senders",
    "identities",
    "events",
    "suppressions",
    "contacts",
    "companies",
)


class MadeUp(Struct, frozen=True, kw_only=True):
    """How much there is that is made up. `kept_accounts`: of the accounts, those that stay, for something real stands in them."""

    accounts: int
    people: int
    conversations: int
    touchpoints: int
    campaigns: int
    senders: int
    kept_accounts: list[str]

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to take away."""
        return not (self.accounts - len(self.kept_accounts) or self.people or self.campaigns or self.senders)


async def made_up(db: Connectable) -> MadeUp:
    """What `remove_demo` would take away."""
    found = await db.row(MadeUp, "demo.made_up", _asked())
    assert found is not None  # noqa: S101 - an aggregate gives its row
    return found


async def remove_demo(db: Connectable) -> MadeUp:
    """Take away every account and person that is marked as made up, all that hangs on them, and the demo's campaigns and senders.

    What is real stays: an account of the demo that people or conversations of one's own were put into stays too, without the demo's.
    Gives what there was.
    """

    async def work(session: Session) -> MadeUp:
        await session.value("demo.lock")
        before = await made_up(session)
        hashes = await session.rows(str, "demo.address_hashes")
        for step in _STEPS:
            await session.affect(f"demo.remove_{step}", _asked())
        await session.affect("demo.forget_addresses", {"address_hashes": hashes})
        return before

    return await db.run(work)


def _asked() -> dict[str, object]:
    return {"names": list(NAMES), "mark": MARK, "identity": IDENTITY}
