"""Going on after a pause, or past a step that is not done."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from accountgraph.campaigns.apply import load_version, load_versions
from accountgraph.campaigns.engine.queues import ensure
from accountgraph.campaigns.engine.schedule import Course, Timetable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.db import Session


class Paused(Course, frozen=True, kw_only=True):
    """A paused enrolment, locked. `is_called`: a message of it is being sent, or nobody knows whether it was."""

    id: UUID
    version_id: UUID
    step_key: str
    reason: str
    is_called: bool


async def end_pauses(session: Session, now: datetime) -> int:
    """Let those go on whose pause is over; gives how many."""
    return len(await go_on(session, await session.rows(UUID, "campaigns.enrolments.pauses_over", {"now": now}), now))


async def go_on(session: Session, enrolment_ids: Sequence[UUID], now: datetime) -> list[Paused]:
    """Let paused enrolments go on with their step; gives those that were paused.

    What was due meanwhile is due now, within hours, gaps and caps. The step waits in the queue of the sender that is there by now.
    """
    if not enrolment_ids:
        return []
    paused = await session.rows(Paused, "campaigns.enrolments.lock_paused", {"ids": list(enrolment_ids)})
    definitions = await load_versions(session, {one.version_id for one in paused})
    timetable = await Timetable.read(session, now)
    places = {}
    for one in paused:
        definition = definitions[one.version_id]
        places[one.id] = timetable.due(definition, definition.step(one.step_key), one, now).place
    queues = await ensure(session, set(places.values()), timetable.free, now)
    rows = [{"id": one.id, "queue_id": queues[places[one.id]], "is_called": one.is_called} for one in paused]
    await session.affect("campaigns.enrolments.go_on", {"rows": msgspec.json.encode(rows).decode(), "now": now})
    return paused


async def skip_step(session: Session, enrolment_id: UUID, why: str, now: datetime) -> str | None:
    """Pass over the step that a paused enrolment is at: the next one is due after its own gap, counted from now.

    Gives the key of that step; None where it was the last one and the enrolment is finished, or was not paused.
    """
    paused = await session.row(Paused, "campaigns.enrolments.lock_paused", {"ids": [enrolment_id]})
    if paused is None:
        return None
    await session.affect("campaigns.enrolments.withdraw_step", {"id": enrolment_id, "why": why, "now": now})
    definition = await load_version(session, paused.version_id)
    following = definition.after(paused.step_key)
    move: dict[str, object] = {"id": enrolment_id, "state": "finished", "reason": "completed", "step_key": paused.step_key}
    if following is not None:
        timetable = await Timetable.read(session, now)
        due = timetable.due(definition, following, paused, now)
        queues = await ensure(session, {due.place}, timetable.free, now)
        place = {"queue_id": queues[due.place], "next_due_at": due.at}
        move = {"id": enrolment_id, "state": "waiting", "step_key": due.step_key, "after_key": paused.step_key, **place}
    await session.affect("campaigns.plans.move", {"moves": msgspec.json.encode([move]).decode(), "now": now})
    return following.key if following else None
