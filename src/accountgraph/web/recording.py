"""Opens and clicks, written down beside the answer: nobody waits long for it, and no failure reaches a recipient."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.addresses import ip_address_in
from accountgraph.enums import Actor
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from fastapi import Request

    from accountgraph.tracking import Signed
    from accountgraph.web.doors import Doors

ANSWER_AFTER = 2.0  # seconds: then the recipient goes on, and the event is written down meanwhile
AGAIN_AFTER = (1.0, 5.0, 30.0)  # seconds: a scanner is quicker than the outcome of the call that sent the message
MOST_PENDING = 1_000
MOST_A_MINUTE = 20  # events of one message and address; who asks more often tells nothing new
_MOST_COUNTED = 10_000
_LONGEST_AGENT = 1_000  # signs

logger = logging.getLogger(__name__)


class Seen(Struct, frozen=True, kw_only=True):
    """Who asked, as far as a request tells. `address`: an IP address."""

    at: datetime
    user_agent: str | None = None
    address: str | None = None
    is_prefetch: bool = False


class _Message(Struct, frozen=True):
    touchpoint_id: UUID | None
    state: str


def seen_in(request: Request, at: datetime) -> Seen:
    """Who asked. Behind a trusted proxy it is the proxy's client."""
    purposes = " ".join(request.headers.get(name, "") for name in ("purpose", "sec-purpose", "x-moz", "x-purpose")).lower()
    return Seen(
        at=at,
        user_agent=request.headers.get("user-agent", "").replace("\0", "")[:_LONGEST_AGENT] or None,
        address=ip_address_in(request.client.host if request.client else None),
        is_prefetch="prefetch" in purposes or "preview" in purposes,
    )


class Recorder:
    """Writes events down, so many at once."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._pending: set[asyncio.Task[None]] = set()
        self._often = _Often()

    async def record(self, kind: str, said: Signed, seen: Seen) -> None:
        """Have an event written down; returns when it is, or after a little while."""
        if len(self._pending) >= MOST_PENDING or self._often.is_too_often((said.intent_id, kind, said.url)):
            return
        task = asyncio.create_task(self._written(kind, said, seen))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)
        await asyncio.wait({task}, timeout=ANSWER_AFTER)

    async def stop(self) -> None:
        """Give what is being written a moment to end."""
        if self._pending:
            _, late = await asyncio.wait(self._pending, timeout=ANSWER_AFTER)
            for task in late:
                task.cancel()

    async def _written(self, kind: str, said: Signed, seen: Seen) -> None:
        try:
            for pause in (*AGAIN_AFTER, None):
                if await self._is_written(kind, said, seen) or pause is None:
                    return
                await asyncio.sleep(pause)
        except Exception:
            logger.exception("An event of workspace %s was not written down.", said.workspace)

    async def _is_written(self, kind: str, said: Signed, seen: Seen) -> bool:
        """Whether there is nothing left to do; not so while the message's own outcome is not written down."""
        async with self._doors.use(said.workspace) as door:
            message = await door.db.row(_Message, "tracking.touchpoint_of", {"intent_id": said.intent_id})
            if message is None:
                return True
            if message.touchpoint_id is None:
                return message.state == "sent"  # it was removed since
            await TouchpointRepository(door.db).record_event(message.touchpoint_id, kind, at=seen.at, **_event(said, seen))
        return True


def _event(said: Signed, seen: Seen) -> dict[str, Any]:
    """What of a request is kept; who acted is found out by the database, but for what the client itself says."""
    fields: dict[str, Any] = {"url": said.url, "user_agent": seen.user_agent, "address": seen.address}
    if seen.is_prefetch:
        fields |= {"actor": Actor.PREFETCH, "actor_reason": "the client says that it fetches ahead"}
    return {name: value for name, value in fields.items() if value is not None}


class _Often:
    """How often the same was asked within a minute; the longest untouched are forgotten."""

    def __init__(self) -> None:
        self._counted: OrderedDict[object, tuple[float, int]] = OrderedDict()

    def is_too_often(self, key: object) -> bool:
        begun, count = self._counted.pop(key, (monotonic(), 0))
        if monotonic() - begun > 60:
            begun, count = monotonic(), 0
        self._counted[key] = (begun, count + 1)
        if len(self._counted) > _MOST_COUNTED:
            self._counted.popitem(last=False)
        return count >= MOST_A_MINUTE
