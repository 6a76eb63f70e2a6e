"""The choices of one person: channels, topics, a pause. Read for the page, and written as they were made there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.campaigns.work.holds import HoldScope, lift_holds, set_hold
from accountgraph.enums import Channel, SuppressionReason
from accountgraph.errors import InvalidValueError
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

PAUSES = (30, 60, 90)  # days
HELD = "preference"  # the reason of the hold that a person sets for themselves
SOURCE = "preference page"


class ChannelChoice(Struct, frozen=True, array_like=True):
    """A way to reach the person. `is_theirs`: they closed it themselves, and may open it again."""

    channel: Channel
    is_on: bool
    is_theirs: bool = True


class TopicChoice(Struct, frozen=True, array_like=True):
    """What the person may hear about."""

    key: str
    name: str
    is_on: bool


class Choices(Struct, frozen=True, kw_only=True):
    """What holds for whoever got a message. `sender`: who wrote, as the law names them. `contact_id` None: the person was removed.

    `is_off`: they hear nothing at all. `paused_until`: UTC.
    """

    contact_id: UUID | None = None
    address: str | None = None
    sender: str | None = None
    privacy_url: str | None = None
    channels: tuple[ChannelChoice, ...] = ()
    topics: tuple[TopicChoice, ...] = ()
    paused_until: datetime | None = None
    is_off: bool = False


class Chosen(Struct, frozen=True, kw_only=True):
    """What a person chose: the channels and topics that stay on, and `pause_days` (one of `PAUSES`; 0 ends it, None leaves it)."""

    channels: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    pause_days: int | None = None


_decoder = msgspec.json.Decoder(Choices)


async def choices_of(db: Connectable, intent_id: UUID, now: datetime) -> Choices | None:
    """The choices of whoever got this message; None: there is no such message."""
    found: str | None = await db.value("preferences.choices", {"intent_id": intent_id, "now": now, "held": HELD})
    return _decoder.decode(found) if found is not None else None


async def choose(session: Session, intent_id: UUID, chosen: Chosen, now: datetime) -> Choices | None:
    """Write down what a person chose; gives what holds then. None: there is no such message.

    What somebody else closed (an objection, a bounce) no choice opens, and a person who is off altogether stays off.

    Raises:
        InvalidValueError: a pause that is none of those offered.
    """
    if chosen.pause_days not in {None, 0, *PAUSES}:
        raise InvalidValueError("pause_days", f"is one of {', '.join(map(str, PAUSES))}.")
    await session.rows(UUID, "preferences.lock", {"intent_id": intent_id})  # who saves twice at once saves one after the other
    before = await choices_of(session, intent_id, now)
    if before is None or before.contact_id is None or before.is_off:
        return before
    await _choose_channels(session, before.contact_id, before.channels, chosen)
    refused = [topic.key for topic in before.topics if topic.key not in chosen.topics]
    await session.affect("preferences.refuse_topics", {"contact_id": before.contact_id, "refused": refused, "now": now})
    await _choose_pause(session, before, chosen.pause_days, now)
    return await choices_of(session, intent_id, now)


async def _choose_channels(session: Session, contact_id: UUID, before: tuple[ChannelChoice, ...], chosen: Chosen) -> None:
    repository = SuppressionRepository(session)
    for one in before:
        if one.is_on and one.channel not in chosen.channels:
            reason = SuppressionReason.UNSUBSCRIBED
            await repository.suppress(contact_id=contact_id, channel=one.channel, reason=reason, note=SOURCE)
        elif not one.is_on and one.is_theirs and one.channel in chosen.channels:
            for closed in await repository.find_suppressions(contact_id=contact_id, channel=one.channel):
                await repository.remove_suppression(closed.id)


async def _choose_pause(session: Session, before: Choices, days: int | None, now: datetime) -> None:
    if days:
        until = now + timedelta(days=days)
        await set_hold(session, HoldScope.CONTACT, before.contact_id, reason=HELD, note=SOURCE, until=until, now=now)
    elif days == 0 and before.paused_until is not None:
        await lift_holds(session, HoldScope.CONTACT, before.contact_id, reason=HELD, now=now)
