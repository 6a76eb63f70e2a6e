"""Touchpoints, and the events that happened to them."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import msgspec

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.guarding import belonging, guard, there
from accountgraph.api.operation import Include, Routes
from accountgraph.api.routes.graph.bulk import LARGEST, BulkAnswer, Rows, rows_of, told
from accountgraph.api.shapes import changes, new
from accountgraph.enums import Channel, Direction, EventKind, Outcome
from accountgraph.listing import Page, page_events, page_touchpoints
from accountgraph.models import Conversation, Event, NewEvent, Touchpoint
from accountgraph.store.events import events_of
from accountgraph.store.touchpoints import TouchpointRepository

touchpoints = Routes("touchpoints")
INCLUDES = {"conversation": Include(Conversation, "conversation_id", "requests.conversations")}
MOST_EVENTS = 10_000


class NewEvents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Up to 10,000 events; one bad event, and none is recorded."""

    items: Annotated[list[NewEvent], msgspec.Meta(min_length=1, max_length=MOST_EVENTS)]


class Recorded(msgspec.Struct, frozen=True):
    """How many of the events were new."""

    recorded: int


@touchpoints.post("/touchpoints", needs=Permission.GRAPH_WRITE, status=201, body=new(Touchpoint), location="/api/v1/touchpoints/{id}")
async def create_touchpoint(call: Call, body: dict[str, Any]) -> Touchpoint:
    """Add a touchpoint.

    Times that it brings become its events.
    """
    return await TouchpointRepository(call.db).create_touchpoint(body)


@touchpoints.post("/touchpoints/bulk", needs=Permission.GRAPH_WRITE, body=rows_of(Touchpoint), largest=LARGEST)
async def create_touchpoints(call: Call, body: Rows) -> BulkAnswer:
    """Add many touchpoints.

    A bad row comes back as an error and spoils no other.
    """
    return told(await TouchpointRepository(call.db).create_many(body.items))


@touchpoints.get("/touchpoints", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def list_touchpoints(
    call: Call,
    *,
    conversation_id: UUID | None = None,
    contact_id: UUID | None = None,
    company_id: UUID | None = None,
    channel: Channel | None = None,
    direction: Direction | None = None,
    outcome: Outcome | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Touchpoint]:
    """Touchpoints, as they were added.

    `channel`, `direction` and `outcome` go with a conversation, a contact or a company.
    """
    return await page_touchpoints(
        call.db,
        conversation_id=conversation_id,
        contact_id=contact_id,
        company_id=company_id,
        channel=channel,
        direction=direction,
        outcome=outcome,
        limit=limit,
        after=after,
    )


@touchpoints.get("/touchpoints/{touchpoint_id}", needs=Permission.GRAPH_READ, includes=INCLUDES, is_sparse=True)
async def get_touchpoint(call: Call, touchpoint_id: UUID) -> Touchpoint:
    """One touchpoint."""
    return there(await TouchpointRepository(call.db).get_touchpoint_by_id(touchpoint_id), "touchpoint", touchpoint_id)


@touchpoints.patch("/touchpoints/{touchpoint_id}", needs=Permission.GRAPH_WRITE, body=changes(Touchpoint))
async def update_touchpoint(call: Call, touchpoint_id: UUID, body: dict[str, Any]) -> Touchpoint:
    """Change fields of a touchpoint; a time among them is recorded as an event."""
    repository = TouchpointRepository(call.db)
    await guard(call, "touchpoint", touchpoint_id, repository.get_touchpoint_by_id)
    return await repository.update_touchpoint(touchpoint_id, body)


@touchpoints.get("/touchpoints/{touchpoint_id}/events", needs=Permission.GRAPH_READ, is_sparse=True)
async def get_touchpoint_events(call: Call, touchpoint_id: UUID) -> Page[Event]:
    """What happened to a touchpoint, in the order it happened."""
    found = await events_of(call.db, [touchpoint_id])
    return await belonging(found[touchpoint_id], "touchpoint", touchpoint_id, TouchpointRepository(call.db).get_touchpoint_by_id)


@touchpoints.get("/events", needs=Permission.GRAPH_READ, is_sparse=True)
async def list_events(
    call: Call,
    *,
    touchpoint_id: UUID | None = None,
    contact_id: UUID | None = None,
    kind: EventKind | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Event]:
    """What happened, as it was recorded.

    `kind` goes with a touchpoint or a contact.
    """
    return await page_events(call.db, touchpoint_id=touchpoint_id, contact_id=contact_id, kind=kind, limit=limit, after=after)


@touchpoints.post("/events", needs=Permission.GRAPH_WRITE, largest=LARGEST)
async def record_events(call: Call, body: NewEvents) -> Recorded:
    """Record what happened to touchpoints.

    The same event (by provider, account and event id, else by message, kind, time and URL) changes nothing the second
    time. Who acted is found out from the times and the tools, unless `actor` says so.
    """
    return Recorded(await TouchpointRepository(call.db).record_events(body.items))
