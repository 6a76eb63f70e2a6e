"""Saying what became of a message of which nobody knows whether it left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import Closed, complete
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.ledger import get_entry

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accountgraph.db import Session


async def resolve(session: Session, intent_id: UUID, *, left: bool, by: str, note: str | None = None, now: datetime) -> Closed:
    """A person found out whether a message left: the task that asks is done by it. Said before: nothing changes.

    Where it did not leave, the step is due again, within hours and caps.

    Raises:
        NotFoundError: no such intent.
        WorkStateError: nobody has to say: it is known what became of it.
    """
    entry = await get_entry(session, intent_id)
    task_id: UUID | None = await session.value("campaigns.ledger.asking", {"id": intent_id})
    if task_id is None:
        raise WorkStateError(f"Intent {entry.id} is {entry.state}: only of one that is unknown somebody has to say whether it left.")
    return await complete(session, task_id, Account(by=by, left=left, note=note), now)
