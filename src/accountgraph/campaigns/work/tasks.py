"""Work for people: steps that a person does, answers to give, questions that the engine cannot answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Session


async def escalate(session: Session, now: datetime) -> int:
    """Mark the open tasks that nobody did in time; gives how many are new among them."""
    return await session.affect("campaigns.tasks.escalate", {"now": now})
