"""Where a step waits: in which queue, of which sender, until when."""

from __future__ import annotations

from collections import defaultdict
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.engine.queues import FreeDays, Hours, Place, free_days
from accountgraph.campaigns.rules import sequence
from accountgraph.campaigns.rules.channels import BY_PEOPLE, planned_channel
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accountgraph.campaigns.definition.campaign import CampaignDefinition
    from accountgraph.campaigns.definition.steps import Step
    from accountgraph.db import Session


class ActiveSender(Struct, frozen=True):
    """A mailbox or number that may be used."""

    id: UUID
    channel: Channel
    address: str
    timezone: str | None


class Course(Struct, frozen=True, kw_only=True):
    """What of an enrolment says where its next step waits. `sender_id`: the mailbox it began with."""

    company_id: UUID | None
    contact_id: UUID | None
    sender_id: UUID | None
    is_live: bool
    touch_count: int
    zone: str
    region: str | None


class Due(NamedTuple):
    """A step, its queue, and when it is due there."""

    step_key: str
    place: Place
    at: datetime


class Timetable:
    """What steps are scheduled by: the senders there are and the workspace's free days, as of one transaction."""

    def __init__(self, senders: Iterable[ActiveSender], free: FreeDays) -> None:
        self.free = free
        self._senders: dict[Channel, list[ActiveSender]] = defaultdict(list)
        for sender in senders:
            self._senders[sender.channel].append(sender)

    @classmethod
    async def read(cls, session: Session, now: datetime) -> Timetable:
        """As the database has it."""
        return cls(await session.rows(ActiveSender, "campaigns.queues.senders"), await free_days(session, now))

    def due(self, definition: CampaignDefinition, step: Step, course: Course, anchor: datetime) -> Due:
        """When and where a step is due that follows what happened at `anchor`."""
        channel = step.channel or planned_channel(definition.policy.channels, course.touch_count + 1)
        hours = sequence.Hours(course.zone, course.region, self.free.of(course.region))
        at = sequence.next_due(definition, step, course.touch_count, anchor, hours)
        return Due(step.key, self.place(definition, channel, course), at)

    def place(self, definition: CampaignDefinition, channel: Channel, course: Course) -> Place:
        """The queue of a channel for this enrolment. Without a sender for it, it is work for people."""
        sender = None if channel in BY_PEOPLE else self.sender(definition, channel, course)
        return Place(
            sender.id if sender else None,
            course.is_live,
            channel,
            course.zone,
            course.region,
            Hours.of(definition.policy.schedule, channel),
        )

    def sender(self, definition: CampaignDefinition, channel: Channel, course: Course) -> ActiveSender | None:
        """The sender of a channel: the one it keeps while that is active, else one by the account, so that colleagues share it."""
        able = self._senders[channel]
        kept = next((sender for sender in able if sender.id == course.sender_id), None)
        if kept is not None:
            return kept
        chosen = [sender for sender in able if not definition.senders or sender.address in definition.senders]
        if not chosen:
            return None
        owner = course.company_id or course.contact_id
        number = int.from_bytes(blake2b(owner.bytes if owner else b"", digest_size=8).digest())
        return chosen[number % len(chosen)]
