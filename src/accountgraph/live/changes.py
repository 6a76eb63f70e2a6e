"""Changes of a workspace in the order in which they were committed, each with a cursor to go on from."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.db import Connectable

KEPT = timedelta(days=7)  # of what is not in the event log
_CURSOR = re.compile(r"(\d{1,19})-([01])-(\d{1,18})", re.ASCII)
# The event log's words, in those of webhooks.
_KINDS = {
    "sent": "message.sent",
    "delivered": "message.delivered",
    "opened": "message.opened",
    "clicked": "message.clicked",
    "bounced": "message.bounced",
    "failed": "message.failed",
    "received": "message.received",
    "replied": "reply.received",
    "answered": "call.answered",
    "meeting_booked": "meeting.booked",
    "meeting_held": "meeting.held",
    "meeting_missed": "meeting.missed",
    "complained": "contact.complained",
    "unsubscribed": "contact.unsubscribed",
}
KINDS = (
    *_KINDS.values(),
    "task.created",
    "task.changed",
    "task.closed",
    "approval.needed",
    "approval.decided",
    "import.started",
    "import.finished",
)


class Change(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened. It names things by their ids, and has no word of anybody's.

    Args:
        at: when it happened, UTC.
        id: of the task, approval or import.
        state: of that, since then.
        detail: how it was answered or why it bounced; which kind of task; the channel of an approval; what is imported.
    """

    kind: str
    at: datetime
    cursor: str
    touchpoint_id: UUID | None = None
    id: UUID | None = None
    contact_id: UUID | None = None
    company_id: UUID | None = None
    state: str | None = None
    detail: str | None = None


class _Found(Struct):
    kind: str
    at: datetime
    touchpoint_id: UUID | None
    row_id: UUID | None
    contact_id: UUID | None
    company_id: UUID | None
    state: str | None
    detail: str | None
    cursor: str


async def newest(db: Connectable) -> str:
    """The cursor of now: whatever is committed from here on comes after it."""
    return str(await db.value("changes.newest"))


async def changes_after(db: Connectable, cursor: str, *, limit: int = 500) -> list[Change]:
    """What was committed after `cursor`, in that order, `limit` changes at most.

    What a transaction wrote is told once no older transaction runs any more: a long one holds all of it back, and nothing is lost.

    Raises:
        InvalidValueError: `cursor` is none.
    """
    transaction, source, number = order_of(cursor)
    params = {"transaction": str(transaction), "source": source, "number": number, "limit": limit}
    return [_change(found) for found in await db.rows(_Found, "changes.after", params)]


async def forget_changes(db: Connectable) -> int:
    """Forget what is older than a week; gives how many. The event log stays."""
    return int(await db.value("changes.forget", {"before": db.now() - KEPT}) or 0)


def order_of(cursor: str) -> tuple[int, int, int]:
    """Where a cursor stands among others.

    Raises:
        InvalidValueError: it is no cursor.
    """
    found = _CURSOR.fullmatch(cursor)
    if not found:
        raise InvalidValueError("Last-Event-ID", f"{cursor[:60]!r} is no cursor of this stream; leave it out to begin with what comes.")
    return int(found[1]), int(found[2]), int(found[3])


def _change(found: _Found) -> Change:
    return Change(
        kind=_KINDS.get(found.kind, found.kind),
        at=found.at,
        cursor=found.cursor,
        touchpoint_id=found.touchpoint_id,
        id=found.row_id,
        contact_id=found.contact_id,
        company_id=found.company_id,
        state=found.state,
        detail=found.detail,
    )
