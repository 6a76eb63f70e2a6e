"""Unsubscribing: whoever asks by a message of ours is off at once, however often they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.enums import Channel, SuppressionReason
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Session

EVERYTHING = "all"


class Unsubscribed(Struct, frozen=True, kw_only=True):
    """What it did, in words. `is_known` False: there is no such message; nothing was done."""

    is_known: bool
    effects: tuple[str, ...] = ()


class _Written(Struct, frozen=True):
    """Whom a message went to. The contact may have been removed since, and the address with it."""

    contact_id: UUID | None
    address: str | None
    channel: Channel


async def unsubscribe(session: Session, intent_id: UUID, *, source: str, now: datetime, channel: str | None = None) -> Unsubscribed:
    """Take whoever got this message off, as the policy of its campaign says, and at least off the channel it came by.

    `channel`: what they asked to be taken off (`all`: everything). The same again changes nothing; where somebody lifted the
    suppression since, it stands again.
    """
    written = await session.row(_Written, "preferences.written_to", {"intent_id": intent_id})
    if written is None:
        return Unsubscribed(is_known=False)
    if written.contact_id is None:
        return await _address_off(session, written, source, channel)
    asked = channel or "policy"
    signal = Signal(
        kind=SignalKind.UNSUBSCRIBE,
        dedupe_key=f"unsubscribe:{intent_id}:{asked}",
        source=source,
        intent_id=intent_id,
        channel=channel,
    )
    recorded = await record_signal(session, signal, now)
    effects = [*recorded.effects] if recorded.is_new else []
    effects += await _off(session, written.contact_id, channel or written.channel, source)
    return Unsubscribed(is_known=True, effects=tuple(effects))


async def _off(session: Session, contact_id: UUID, channel: str, source: str) -> list[str]:
    """Whatever the policy says, and whatever happened since: who asked is off."""
    repository = SuppressionRepository(session)
    standing = await repository.find_suppressions(contact_id=contact_id)
    if any(one.channel in {EVERYTHING, channel} for one in standing):
        return []
    await repository.suppress(contact_id=contact_id, channel=channel, reason=SuppressionReason.UNSUBSCRIBED, note=source)
    return [f"suppressed on {channel}: unsubscribed"]


async def _address_off(session: Session, written: _Written, source: str, channel: str | None) -> Unsubscribed:
    if written.address is None or written.channel is not Channel.EMAIL:
        return Unsubscribed(is_known=True)
    repository, wanted = SuppressionRepository(session), channel or EVERYTHING
    await repository.suppress(address=written.address, channel=wanted, reason=SuppressionReason.UNSUBSCRIBED, note=source)
    return Unsubscribed(is_known=True, effects=(f"the address is suppressed on {wanted}: unsubscribed",))
