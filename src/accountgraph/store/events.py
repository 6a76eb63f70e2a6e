"""The event log, read by touchpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.models import Event

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from accountgraph.db import Connectable


async def events_of(db: Connectable, touchpoint_ids: Collection[UUID]) -> dict[UUID, list[Event]]:
    """What happened to each of these touchpoints, in the order it happened."""
    found: dict[UUID, list[Event]] = {key: [] for key in touchpoint_ids}
    for event in await db.rows(Event, "events.of_touchpoints", {"ids": list(touchpoint_ids)}) if found else []:
        if event.touchpoint_id is not None:
            found[event.touchpoint_id].append(event)
    return found
