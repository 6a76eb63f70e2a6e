"""Recovery: what workers that died left behind, and what became of messages that nobody knows about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.engine.onward import end_pauses
from accountgraph.campaigns.engine.outcome import settle
from accountgraph.campaigns.engine.transport import Result, Sent

if TYPE_CHECKING:
    from accountgraph.campaigns.engine.transport import Transport
    from accountgraph.db import Database, Session

SETTLED_AFTER = timedelta(minutes=10)  # a provider that does not know a message by then never got it
LOOK_BACK = timedelta(hours=1)
MOST_AT_ONCE = 200

Look = Callable[[UUID, str], Awaitable[Result | None]]  # into a sender's mailbox for one of our Message-IDs; None: it cannot tell


class Recovered(Struct, frozen=True):
    """How many planned steps were taken back, and how many calls nobody knows the end of."""

    abandoned: int
    unknown: int


async def recover(session: Session, now: datetime) -> Recovered:
    """Take over from workers that died: planned steps are due again, calls become `unknown` and are never blindly repeated.

    Pauses that are over end.
    """
    await end_pauses(session, now)
    abandoned = await session.rows(UUID, "campaigns.calls.abandoned", {"now": now})
    lost = await session.rows(UUID, "campaigns.calls.lost", {"now": now})
    return Recovered(len(abandoned), len(lost))


class _Unknown(Struct, frozen=True):
    id: UUID
    message_id: str
    called_at: datetime
    sender_id: UUID
    transport: str
    settings: dict[str, Any]


async def reconcile(db: Database, transports: Callable[[str], Transport], look: Look | None = None) -> int:
    """Ask the services that can search what became of `unknown` messages; gives how many were found out.

    One that the service has never seen did not leave, and is due again. Where a service cannot search, the sender's mailbox is asked
    (`look`), and where that cannot tell, a person says.
    """
    found: dict[UUID, Result] = {}
    for intent in await db.rows(_Unknown, "campaigns.calls.unknown", {"limit": MOST_AT_ONCE}):
        transport = transports(intent.transport)
        if db.now() - intent.called_at < SETTLED_AFTER:
            continue
        since = intent.called_at - LOOK_BACK
        if transport.abilities.search:
            result = await transport.find(intent.message_id, settings=intent.settings, since=since)
            found[intent.id] = result or Result(outcome=Sent.RETRY, detail="The service has never seen it.")
        elif look is not None and (seen := await look(intent.sender_id, intent.message_id)) is not None:
            found[intent.id] = seen
    known = {intent_id: result for intent_id, result in found.items() if result.outcome is not Sent.UNKNOWN}
    if known:
        await db.run(lambda session: _write(session, known, db.now()))
    return len(known)


async def _write(session: Session, known: dict[UUID, Result], now: datetime) -> None:
    await settle(session, known, now)
    await session.affect("campaigns.calls.answered", {"ids": list(known), "now": now})
