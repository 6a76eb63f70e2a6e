"""The log of what was told: looking, and telling again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.listing.page import Page, page_of
from accountgraph.outgoing.endpoints import EndpointState, get_endpoint
from accountgraph.store.given import moment, page_size

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

LARGEST_PAGE = 1000


class DeliveryState(StrEnum):
    """`failed`: given up."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Deliveries(Struct, frozen=True, kw_only=True):
    """Which deliveries: all conditions hold. `after`: a delivery's id; those before it in time, for the next page."""

    endpoint_id: UUID | None = None
    state: DeliveryState | None = None
    kind: str | None = None
    after: int | None = None
    limit: int = 100


class Delivery(Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint.

    `message_id` goes out as `webhook-id`. `tries`: since it was last asked for. `status`, `error`: what the last try was answered, and why
    it did not get through. `is_under_way`: somebody is at it.
    """

    id: int
    endpoint_id: UUID
    url: str
    kind: str
    message_id: str
    at: datetime
    state: DeliveryState
    tries: int
    next_try_at: datetime | None
    is_under_way: bool
    status: int | None
    error: str | None
    created_at: datetime
    settled_at: datetime | None


class Attempt(Struct, frozen=True, kw_only=True):
    """One try. `status` None: no answer came. `response`: the beginning of the answer's body."""

    at: datetime
    duration_ms: int
    status: int | None
    response: str | None
    error: str | None


class Payload(Struct, frozen=True, kw_only=True):
    """What an endpoint is told, as JSON."""

    type: str
    timestamp: datetime
    data: dict[str, Any]


class DeliveryDetail(Struct, frozen=True, kw_only=True):
    """A delivery, what it says, and every try."""

    delivery: Delivery
    payload: Payload
    attempts: list[Attempt]


class Event(Struct, frozen=True, kw_only=True):
    """What happened."""

    kind: str
    at: datetime
    data: dict[str, Any]

    @property
    def payload(self) -> Payload:
        """As it is told."""
        return Payload(type=self.kind, timestamp=self.at, data=self.data)


async def list_deliveries(db: Connectable, wanted: Deliveries = Deliveries()) -> Page[Delivery]:  # noqa: B008 - it is frozen
    """A page of the deliveries that are wanted, the latest first.

    Raises:
        InvalidValueError: the limit is none, or above 1,000.
    """
    if page_size(wanted.limit) > LARGEST_PAGE:
        raise InvalidValueError("limit", f"{wanted.limit:,} are too many for a page; ask for {LARGEST_PAGE:,} at most.")
    params = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    found = await db.rows(Delivery, "outgoing.deliveries.listing", {"id": None, **params, "limit": wanted.limit + 1})
    return page_of(found, wanted.limit, attrgetter("id"))


async def get_delivery(db: Connectable, delivery_id: int) -> DeliveryDetail:
    """One delivery with its payload and every try.

    Raises:
        NotFoundError: there is none with this id.
    """

    async def work(session: Session) -> DeliveryDetail:
        delivery = await _delivery(session, delivery_id)
        event = await session.row(Event, "outgoing.deliveries.payload", {"id": delivery_id})
        assert event is not None  # noqa: S101 - its delivery is there
        attempts = await session.rows(Attempt, "outgoing.deliveries.attempts", {"id": delivery_id})
        return DeliveryDetail(delivery=delivery, payload=event.payload, attempts=attempts)

    return await db.run(work)


async def resend(db: Connectable, delivery_id: int, now: datetime) -> Delivery:
    """Tell it again, whatever came of it before, with the same `webhook-id`.

    Raises:
        NotFoundError: there is none with this id.
        InvalidValueError: somebody is at it, or its endpoint is not active.
    """

    async def work(session: Session) -> Delivery:
        delivery = await _delivery(session, delivery_id)
        if await session.value("outgoing.deliveries.resend", {"id": delivery_id, "now": now}) is None:
            await _refuse_stopped(session, delivery.endpoint_id)
            raise InvalidValueError("delivery_id", f"delivery {delivery_id} is under way at this moment; look again in a minute.")
        await session.value("outgoing.deliveries.wake")
        return await _delivery(session, delivery_id)

    return await db.run(work)


async def replay(db: Connectable, endpoint_id: UUID, since: datetime, until: datetime, now: datetime) -> int:
    """Tell an endpoint everything of a period again, or for the first time; gives how many. Events are kept for 30 days.

    Only what somebody subscribed to at the time was written down.

    Raises:
        NotFoundError: there is no such endpoint.
        InvalidValueError: the period is none, or the endpoint is not active.
    """
    moment("since", since)
    moment("until", until)
    if until <= since:
        raise InvalidValueError("until", "ends before it begins.")

    async def work(session: Session) -> int:
        await _refuse_stopped(session, endpoint_id)
        asked = {"endpoint_id": endpoint_id, "since": since, "until": until, "now": now}
        count: int = await session.value("outgoing.deliveries.replay", asked)
        await session.value("outgoing.deliveries.wake")
        return count

    return await db.run(work)


async def _delivery(session: Session, delivery_id: int) -> Delivery:
    asked = dict.fromkeys(Deliveries.__struct_fields__) | {"id": delivery_id, "limit": 1}
    found = await session.row(Delivery, "outgoing.deliveries.listing", asked)
    if found is None:
        raise NotFoundError(f"There is no delivery {delivery_id}; look with `webhook deliveries`.")
    return found


async def _refuse_stopped(session: Session, endpoint_id: UUID) -> None:
    endpoint = await get_endpoint(session, endpoint_id)
    if endpoint.state is not EndpointState.ACTIVE:
        raise InvalidValueError("endpoint_id", f"endpoint {endpoint_id} is {endpoint.state} ({endpoint.reason}); resume it first.")
