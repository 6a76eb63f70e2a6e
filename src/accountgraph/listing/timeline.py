"""All that happened with an account, in one order, a page at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import Actor, Channel
from accountgraph.errors import InvalidValueError
from accountgraph.listing.page import MOST, Page, Type, read, written
from accountgraph.store.given import optional_member

if TYPE_CHECKING:
    from accountgraph.db import Connectable

_ORDER = "timeline by -at"
_END = datetime(9999, 12, 31, tzinfo=UTC)
_LAST = "￿"  # behind every key


class Kind(StrEnum):
    """What happened. `event`: to a message, by a person or a machine, but for replies."""

    MESSAGE = "message"
    REPLY = "reply"
    EVENT = "event"
    TASK = "task"
    SIGNAL = "signal"
    DECISION = "decision"


class Happening(Struct, frozen=True, kw_only=True):
    """A line of the timeline. `kind`: as of `Kind`, a reply is an `event` whose `what` is `replied`.

    `what`: a message's direction, an event's, task's or signal's kind, a decision's verdict. `detail`: a message's outcome, what an event
    says more exactly, a task's state, a decision's step. `text`: a subject, a title, a reason. `by`: who of ours, or who told us.
    `item_id`: of the conversation, task, signal or enrolment.
    """

    kind: Kind
    key: str
    at: datetime
    contact_id: UUID | None
    what: str
    detail: str | None
    text: str | None
    channel: Channel | None
    actor: Actor | None
    actor_reason: str | None
    by: str | None
    campaign: str | None
    item_id: UUID | None

    @property
    def is_counted(self) -> bool:
        """Whether it is the act of a person, or of nobody in particular: what machines did is shown and not counted."""
        return self.actor in {None, Actor.HUMAN}


async def page_timeline(
    db: Connectable, company_id: UUID, *, kind: str | None = None, limit: int = 30, after: str | None = None
) -> Page[Happening]:
    """A page of all that happened with an account, the latest first; or of one kind alone. One round trip.

    Raises:
        InvalidValueError: no such kind; `after` is no cursor of it; `limit` is not 1 to 1,000.
    """
    if not 1 <= limit <= MOST:
        raise InvalidValueError("limit", f"{limit} rows are no page; ask for 1 to {MOST}.")
    chosen = optional_member(Kind, "kind", kind)
    before, key = read(after, _ORDER, Type.MOMENT, Type.TEXT) if after is not None else (_END, _LAST)
    params = {
        "company_id": company_id,
        "kinds": [chosen] if chosen else [str(one) for one in Kind],
        "before": before,
        "before_key": key,
        "limit": limit + 1,
    }
    found = await db.rows(Happening, "listing.timeline.of_company", params)
    items = found[:limit]
    return Page(items, written(_ORDER, items[-1].at, items[-1].key) if len(found) > limit else None)
