"""Touchpoints, and the events behind their times."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.db import Connectable, default_database
from accountgraph.enums import Channel, Direction
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.models import EngagementMetrics, Event, NewEvent, Touchpoint
from accountgraph.store.bulk import BulkResult, create_many
from accountgraph.store.given import as_json, changes, checked, checked_json, entity, happened, mapping, member, page_size
from accountgraph.store.obstacles import refuse
from accountgraph.store.paging import by_id

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from uuid import UUID

    from accountgraph.db import Session

_TIMES = {
    "sent_at": "sent",
    "delivered_at": "delivered",
    "opened_at": "opened",
    "clicked_at": "clicked",
    "replied_at": "replied",
    "bounced_at": "bounced",
    "failed_at": "failed",
}


class TouchpointRepository:
    """Touchpoints and events. Without an argument it uses the process's default database; each call is a transaction."""

    def __init__(self, db: Connectable | None = None) -> None:
        self._db = db or default_database()

    async def create_touchpoint(self, touchpoint: Mapping[str, Any] | Touchpoint) -> Touchpoint:
        """Add a touchpoint; times that it brings become its events. An inbound one was received now, unless it says when.

        Raises:
            UnknownFieldError, InvalidValueError: naming the field.
            MissingReferenceError: there is no such conversation, or message that it answers.
        """
        row = self._complete(touchpoint)
        created = await self._db.write(Touchpoint, "touchpoints.create", {"row": as_json(row)})
        if created is None:
            await refuse(self._db, "touchpoints", as_json(row))
            raise NotFoundError(f"Conversation {row.conversation_id} was removed meanwhile.")
        return created

    def _complete(self, touchpoint: Mapping[str, Any] | Touchpoint) -> Touchpoint:
        row = entity(Touchpoint, touchpoint)
        if row.direction == "inbound" and row.sent_at is None:
            return msgspec.structs.replace(row, sent_at=self._db.now())
        return row

    async def create_many(self, touchpoints: Iterable[Mapping[str, Any] | Touchpoint]) -> BulkResult:
        """Add many touchpoints, some thousands a statement. A bad row comes back as an error and spoils nothing.

        Each statement is a transaction of its own, unless the caller has one open.
        """
        return await create_many(self._db, Touchpoint, touchpoints, self._complete)

    async def get_touchpoint_by_id(self, touchpoint_id: UUID) -> Touchpoint | None:
        """The touchpoint, or None."""
        return await self._db.row(Touchpoint, "touchpoints.by_id", {"id": touchpoint_id})

    async def get_touchpoints(self, conversation_id: UUID, *, channel: str | None = None, limit: int = 100) -> list[Touchpoint]:
        """The touchpoints of a conversation, the latest first."""
        wanted = member(Channel, "channel", channel) if channel else None
        params = {"conversation_id": conversation_id, "channel": wanted, "limit": page_size(limit)}
        return await self._db.rows(Touchpoint, "touchpoints.listing", params)

    async def get_touchpoint_history(self, conversation_id: UUID) -> list[Touchpoint]:
        """The touchpoints of a conversation, in the order they happened."""
        return await self._db.rows(Touchpoint, "touchpoints.history", {"conversation_id": conversation_id})

    async def get_engagement_metrics(self, conversation_id: UUID) -> EngagementMetrics:
        """Totals and rates (percent) of a conversation's outbound e-mail: raw, and what people did."""
        found = await self._db.row(EngagementMetrics, "touchpoints.metrics", {"conversation_id": conversation_id})
        assert found is not None  # noqa: S101 - an aggregate always has a row
        return found

    async def update_touchpoint(self, touchpoint_id: UUID, fields: Mapping[str, Any]) -> Touchpoint:
        """Change the given fields; a time among them is recorded as an event. What came in came in once: its `sent_at` stays.

        Raises:
            NotFoundError: no such touchpoint. Otherwise as `create_touchpoint`.
        """
        changed = changes(Touchpoint, fields)
        given = {name: fields[name] for name in _TIMES if name in fields}
        if undone := next((name for name, at in given.items() if at is None), None):
            raise InvalidValueError(undone, "what happened cannot be undone; delete its event.")
        times = msgspec.convert(given, dict[str, datetime])

        async def work(session: Session) -> Touchpoint:
            if {"conversation_id", "in_reply_to_id", *_TIMES} & set(fields):
                known = msgspec.json.decode(changed)
                touched = [str(touchpoint_id), *filter(None, [known.get("in_reply_to_id")])]
                talks = [*filter(None, [known.get("conversation_id")])]
                await session.value("touchpoints.lock", {"touched": touched, "talks": talks})
                await refuse(session, "touchpoints", changed, of=touchpoint_id)
            found = await session.row(Touchpoint, "touchpoints.update", {"id": touchpoint_id, "changes": changed})
            return await _record_times(session, _there(found, touchpoint_id), times)

        return await self._db.run(work)

    async def record_email_sent(
        self, conversation_id: UUID, subject: str | None = None, content: str | None = None, metadata: Mapping[str, Any] | None = None
    ) -> Touchpoint:
        """An e-mail of ours that has just left, as a new touchpoint of a conversation."""
        return await self.create_touchpoint(
            {
                "conversation_id": conversation_id,
                "channel": "email",
                "subject": subject,
                "content": content,
                "metadata": mapping("metadata", metadata),
                "sent_at": self._db.now(),
            }
        )

    async def record_email_opened(self, touchpoint_id: UUID, **event: Any) -> Touchpoint:  # noqa: ANN401 - fields of NewEvent
        """Somebody or something opened a message: see `record_event`."""
        return await self.record_event(touchpoint_id, "opened", **event)

    async def record_email_clicked(self, touchpoint_id: UUID, **event: Any) -> Touchpoint:  # noqa: ANN401 - fields of NewEvent
        """Somebody or something followed a link: see `record_event`."""
        return await self.record_event(touchpoint_id, "clicked", **event)

    async def record_email_replied(
        self,
        touchpoint_id: UUID,
        response: str | None = None,
        *,
        message_id: str | None = None,
        **event: Any,  # noqa: ANN401 - fields of NewEvent
    ) -> Touchpoint:
        """The contact answered. The same reply (by `message_id`) changes nothing the second time; without one, only the first counts."""
        return await self.record_event(touchpoint_id, "replied", response=response, message_id=message_id, **event)

    async def record_event(self, touchpoint_id: UUID, kind: str, *, at: datetime | None = None, **event: Any) -> Touchpoint:  # noqa: ANN401
        """Record that something happened to a touchpoint, at `at` (UTC; now, where none is given).

        Idempotent: the same event (by provider, account and event id, else by message, kind, time and
        URL) changes nothing the second time. Who acted is found out from the times and the tools,
        unless `actor` says so.

        Raises:
            NotFoundError: no such touchpoint.
            UnknownFieldError, InvalidValueError: naming the field.
        """
        now = self._db.now()
        given = _event({"touchpoint_id": touchpoint_id, "kind": kind, "at": at or now, **event}, now)
        found = await self._db.write(Touchpoint, "touchpoints.record", {"event": checked_json("event", given)})
        return _there(found, touchpoint_id)

    async def record_events(self, events: Iterable[Mapping[str, Any] | NewEvent]) -> int:
        """Record many events in one statement; gives how many were new. One bad event: none is recorded.

        Raises:
            MissingReferenceError: there is no such touchpoint.
            UnknownFieldError, InvalidValueError: naming the field.
        """
        now = self._db.now()
        rows = [_event(event, now) for event in events]
        return await self._db.write(int, "touchpoints.record_many", {"events": checked_json("events", rows)}) or 0

    async def events(self, after: str = "0-0", *, limit: int = 1000) -> AsyncIterator[Event]:
        """What happened since the event with cursor `after`, in the order it was committed; ends when it has caught up.

        Raises:
            InvalidValueError: `after` is no cursor.
        """
        while True:
            transaction, _, number = after.partition("-")
            if not (transaction.isdecimal() and number.isdecimal()):
                raise InvalidValueError("after", f"{after!r} is no cursor; use the `cursor` of an event, or nothing to begin.")
            params = {"after_transaction": transaction, "after_id": int(number), "limit": page_size(limit)}
            page = await self._db.rows(Event, "touchpoints.events", params)
            for event in page:
                yield event
            if len(page) < limit:
                return
            after = page[-1].cursor

    def every_touchpoint(self) -> AsyncIterator[Touchpoint]:
        """All touchpoints, by id; memory stays flat."""
        return by_id(self._db, Touchpoint, "touchpoints.every")


def _event(given: Mapping[str, Any] | NewEvent, now: datetime) -> NewEvent:
    event = checked(NewEvent, given)
    if event.at is not None:
        happened("at", event.at, now)
    return event


async def _record_times(session: Session, touchpoint: Touchpoint, times: Mapping[str, datetime]) -> Touchpoint:
    for name, at in times.items():
        kind = _TIMES[name]
        if name == "sent_at" and touchpoint.direction == Direction.INBOUND:
            if at == touchpoint.sent_at:
                continue
            if touchpoint.sent_at is not None:
                raise InvalidValueError(
                    name, f"it was received at {touchpoint.sent_at.isoformat()} already; correct the time of that event."
                )
            kind = await session.value("touchpoints.sending_kind", {"id": touchpoint.id})
        touchpoint = await TouchpointRepository(session).record_event(touchpoint.id, kind, at=at)
    return touchpoint


def _there(found: Touchpoint | None, touchpoint_id: UUID) -> Touchpoint:
    if found is None:
        raise NotFoundError(f"There is no touchpoint {touchpoint_id}.")
    return found
