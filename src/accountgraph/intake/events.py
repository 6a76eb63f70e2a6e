"""What providers say of our messages: events of the graph, signals of campaigns; the same again changes nothing."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.addresses import ip_address_in
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.channels.providers.event import ProviderEventKind as Kind
from accountgraph.inbound.findings import BounceKind
from accountgraph.intake.accounts import lock_accounts
from accountgraph.intake.left import left_after_all
from accountgraph.intake.matching import key_of
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.channels.providers.event import ProviderEvent
    from accountgraph.db import Session

_ACTS = {Kind.DELIVERED: "delivered", Kind.OPENED: "opened", Kind.CLICKED: "clicked"}
_SIGNALS = {Kind.COMPLAINED: SignalKind.COMPLAINT, Kind.UNSUBSCRIBED: SignalKind.UNSUBSCRIBE}
_BOUNCES = {BounceKind.HARD: SignalKind.HARD_BOUNCE, BounceKind.SOFT: SignalKind.SOFT_BOUNCE, BounceKind.POLICY: SignalKind.POLICY_BOUNCE}
_PROOFS = {Kind.SENT, Kind.DELIVERED, Kind.OPENED, Kind.CLICKED, Kind.BOUNCED, Kind.COMPLAINED}  # that a message had left


class _Ours(Struct, frozen=True):
    number: int
    intent_id: UUID | None
    intent_state: str | None
    touchpoint_id: UUID | None
    contact_id: UUID | None
    company_id: UUID | None


async def take_events(session: Session, events: Sequence[ProviderEvent], received_at: datetime) -> list[str]:
    """Take events in the caller's transaction; gives what they did, in words, those that did nothing with the reason."""
    ours = {found.number: found for found in await session.rows(_Ours, "intake.events.messages", {"events": _asked(events)})}
    await lock_accounts(session, {found.company_id for found in ours.values()})
    effects, acts, settled = list[str](), list[dict[str, Any]](), set[UUID]()
    for number, event in enumerate(events):
        found = ours[number]
        if event.kind in _PROOFS and found.intent_id not in settled:
            left = await left_after_all(session, found.intent_id, found.intent_state, event.provider)
            if left and found.intent_id:
                settled.add(found.intent_id)
                found = await _again(session, event, found)
            effects += left
        if event.kind in _ACTS and found.touchpoint_id:
            acts.append(_act(event, found.touchpoint_id, received_at))
        else:
            effects += await _signalled(session, event, found, received_at)
    if acts:
        count = await TouchpointRepository(session).record_events(acts)
        effects.append(f"{count} of {len(acts)} deliveries, opens and clicks were news")
    return effects


def _asked(events: Sequence[ProviderEvent]) -> str:
    rows = [
        {
            "number": number,
            "intent_id": event.intent_id,
            "provider_id": event.provider_id,
            "message_id": event.message_id,
            "email_key": key_of(event.recipient) if event.recipient else None,
        }
        for number, event in enumerate(events)
    ]
    return msgspec.json.encode(rows).decode()


async def _again(session: Session, event: ProviderEvent, found: _Ours) -> _Ours:
    """Its touchpoint is there now."""
    rows = await session.rows(_Ours, "intake.events.messages", {"events": _asked([event])})
    return rows[0] if rows else found


def _act(event: ProviderEvent, touchpoint_id: UUID, received_at: datetime) -> dict[str, Any]:
    act = {
        "touchpoint_id": touchpoint_id,
        "kind": _ACTS[event.kind],
        "at": _when(event, received_at),
        "provider": event.provider,
        "provider_event_id": event.event_id,
        "url": event.url,
        "user_agent": event.user_agent,
        "address": ip_address_in(event.address),
        "raw": event.raw,
        "actor": event.actor,
        "actor_reason": f"{event.provider} says so" if event.actor else None,
    }
    return {name: value for name, value in act.items() if value is not None}


def _when(event: ProviderEvent, received_at: datetime) -> datetime:
    """When it happened: not after we were told, whatever a service's clock says."""
    return min(event.at or received_at, received_at)


async def _signalled(session: Session, event: ProviderEvent, found: _Ours, received_at: datetime) -> list[str]:
    kind = _SIGNALS.get(event.kind)
    if event.bounce is not None and event.kind in {Kind.BOUNCED, Kind.FAILED}:
        kind = _BOUNCES[event.bounce]
    whose = f"{event.name} of {event.recipient or event.message_id or event.provider_id or 'a message'}"
    if found.contact_id is None and found.intent_id is None and found.touchpoint_id is None:
        return [f"{whose}: no message of ours, and nobody we know"]
    if kind is None:
        return [f"{whose}: kept, nothing to act on"]
    signal = Signal(
        kind=kind,
        dedupe_key=f"{event.provider} {sha256(event.event_id.encode(errors='replace')).hexdigest()}",
        source=event.provider,
        at=_when(event, received_at),
        contact_id=found.contact_id,
        company_id=found.company_id,
        intent_id=found.intent_id,
        touchpoint_id=found.touchpoint_id,
        text=" ".join(filter(None, (event.status, event.reason)))[:2000] or None,
        channel=event.channel.value if kind is SignalKind.UNSUBSCRIBE else None,
    )
    recorded = await record_signal(session, signal, session.now())
    return [f"{whose}: {kind.value.replace('_', ' ')}", *recorded.effects]
