"""What proves that a message left of which nobody knew: an answer, a report, a delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.engine.outcome import settle
from accountgraph.campaigns.engine.transport import Result, Sent

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Session


async def left_after_all(session: Session, intent_id: UUID | None, state: str | None, source: str) -> list[str]:
    """Settle an intent that was `unknown`; the account is locked already. Gives what it did, in words."""
    if intent_id is None or state != "unknown":
        return []
    now = session.now()
    settled = await settle(session, {intent_id: Result(outcome=Sent.SENT, detail=f"It left: {source} knows of it.")}, now)
    if not settled:
        return []
    await session.affect("campaigns.calls.answered", {"ids": [intent_id], "now": now})
    return ["the message of which nobody knew had left"]
