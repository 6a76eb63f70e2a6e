"""Enrolling people: each begins at the first step, in the queue of its sender and its opening hours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.definition.steps import Track
from accountgraph.campaigns.engine.queues import ensure
from accountgraph.campaigns.engine.schedule import Course, Timetable
from accountgraph.campaigns.rules.calendar import zone_of
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from accountgraph.campaigns.engine.schedule import Due
    from accountgraph.db import Session


class Version(Struct, frozen=True):
    """A campaign as of a version: what an enrolment is pinned to."""

    campaign_id: UUID
    version_id: UUID
    definition: CampaignDefinition


class Newcomer(Struct, frozen=True):
    """Somebody to enrol. `rank`: their place in the order in which people of the account are approached.

    `id`: of the enrolment, where it is to follow from something; None: one that is nobody's.
    """

    contact_id: UUID
    rank: int = 1
    referred_by_id: UUID | None = None
    id: UUID | None = None


class Enrolled(Struct, frozen=True):
    """A new enrolment."""

    id: UUID
    contact_id: UUID
    next_due_at: datetime


class _Person(Struct, frozen=True):
    contact_id: UUID
    company_id: UUID | None
    region: str | None
    contact_zone: str | None
    account_zone: str | None
    workspace_zone: str
    sender_id: UUID | None
    conversation_id: UUID | None


async def enrol(session: Session, version: Version, newcomers: Iterable[Newcomer], now: datetime, *, is_live: bool) -> list[Enrolled]:
    """Enrol people in a campaign; whom its re-entry rule keeps out is left out. Gives the new enrolments.

    Raises:
        InvalidValueError: no active sender for the first step's channel.
    """
    by_contact = {newcomer.contact_id: newcomer for newcomer in newcomers}
    await session.value("campaigns.enrolments.lock_campaign", {"campaign_id": version.campaign_id})
    params = {"campaign_id": version.campaign_id, "ids": list(by_contact)}
    people = await session.rows(_Person, "campaigns.enrolments.people", params)
    timetable = await Timetable.read(session, now)
    begun = [(person, *_beginning(version.definition, person, timetable, now, is_live=is_live)) for person in people]
    queues = await ensure(session, {due.place for _, due, _ in begun}, timetable.free, now)
    rows = [
        {
            "id": by_contact[person.contact_id].id,
            "contact_id": person.contact_id,
            "company_id": person.company_id,
            "conversation_id": person.conversation_id,
            "step_key": due.step_key,
            "account_rank": by_contact[person.contact_id].rank,
            "sender_id": due.place.sender_id or person.sender_id,
            "queue_id": queues[due.place],
            "next_due_at": due.at,
            "zone": zone,
            "zone_source": source,
            "region": person.region,
            "referred_by_id": by_contact[person.contact_id].referred_by_id,
        }
        for person, due, (zone, source) in begun
    ]
    return await session.rows(Enrolled, "campaigns.enrolments.enrol", _params(version, rows, now, is_live=is_live))


def _params(version: Version, rows: Sequence[Mapping[str, object]], now: datetime, *, is_live: bool) -> dict[str, object]:
    return {
        "campaign_id": version.campaign_id,
        "version_id": version.version_id,
        "is_live": is_live,
        "reentry": version.definition.policy.reentry.value,
        "people": msgspec.json.encode(rows).decode(),
        "now": now,
    }


def _beginning(
    definition: CampaignDefinition, person: _Person, timetable: Timetable, now: datetime, *, is_live: bool
) -> tuple[Due, tuple[str, str]]:
    first = definition.first(Track.MAIN)
    if first is None:
        raise InvalidValueError("steps", f"campaign {definition.name} has no step on the main track; add one.")
    course = Course(
        company_id=person.company_id,
        contact_id=person.contact_id,
        sender_id=person.sender_id,
        is_live=is_live,
        touch_count=0,
        zone="UTC",
        region=person.region,
    )
    channel = first.channel or definition.policy.channels.order[0].channel
    sender = timetable.sender(definition, channel, course)
    zone, source = zone_of(person.contact_zone, person.account_zone, sender.timezone if sender else None, person.workspace_zone)
    return timetable.due(definition, first, msgspec.structs.replace(course, zone=zone), now), (zone, source)
