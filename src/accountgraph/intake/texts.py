"""Texts that came in: STOP and START act at once, anything else is an answer that a person reads."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

from accountgraph.addresses import phone_key
from accountgraph.campaigns.signals.meanings import meant
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Recorded, Signal, record_signal
from accountgraph.channels.sms import OptOut
from accountgraph.errors import InvalidValueError
from accountgraph.inbound.findings import ReplyText
from accountgraph.inbound.meaning import meaning
from accountgraph.intake.accounts import lock_accounts
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.channels.providers.event import ReceivedText
    from accountgraph.db import Session

_FEWEST = 7  # digits of a number that says whose it is


class _Whose(Struct, frozen=True):
    contact_id: UUID
    company_id: UUID | None
    touchpoint_id: UUID | None


async def take_text(session: Session, text: ReceivedText, received_at: datetime) -> list[str]:
    """Take a text in the caller's transaction; gives what it did, in words."""
    digits = "".join(sign for sign in text.sender if sign.isdecimal()).lstrip("0")
    asked = {"digits": digits, "channel": text.channel}
    found = await session.rows(_Whose, "intake.events.by_number", asked) if len(digits) >= _FEWEST else []
    await lock_accounts(session, people=[one.contact_id for one in found])
    if text.opt_out is OptOut.STOP:  # whoever shares the number does not want it either, nor whoever comes by it later
        said = [line for one in found for line in (await _signal(session, text, one, SignalKind.UNSUBSCRIBE, received_at)).effects]
        return said + await _number_off(session, text)
    if text.opt_out is OptOut.START:
        return await _opened_again(session, found, text, received_at)
    if not found:
        return [f"a text from {text.sender}, whom nobody here knows"]
    if text.opt_out is OptOut.HELP:
        return ["HELP: the provider, or a person, answers with who writes and how to stop it"]
    whose = found[0] if len(found) == 1 or found[0].touchpoint_id else None
    if whose is None:
        return [f"a text from {text.sender}: {len(found)} people have this number; a person has to say whose it is"]
    means = meaning(ReplyText(text=text.text), "", received_at.date())
    return (await _signal(session, text, whose, meant(means), received_at)).effects


async def _signal(session: Session, text: ReceivedText, whose: _Whose, kind: SignalKind, received_at: datetime) -> Recorded:
    event = sha256(text.event_id.encode(errors="replace")).hexdigest()
    signal = Signal(
        kind=kind,
        dedupe_key=f"{text.provider} text {event} {whose.contact_id}",
        source=text.provider,
        at=text.at or received_at,
        contact_id=whose.contact_id,
        touchpoint_id=whose.touchpoint_id,
        text=text.text.replace("\0", "")[:5000] or None,
        channel=text.channel.value if kind is SignalKind.UNSUBSCRIBE else None,
    )
    return await record_signal(session, signal, session.now())


async def _number_off(session: Session, text: ReceivedText) -> list[str]:
    """The number itself takes no texts any more, whoever has it."""
    try:
        phone_key(text.sender)
    except InvalidValueError:  # a short code, or a name
        return []
    await SuppressionRepository(session).suppress(phone=text.sender, channel=text.channel, reason="unsubscribed", note=text.provider)
    return [f"{text.sender} is suppressed on {text.channel}: unsubscribed"]


async def _opened_again(session: Session, found: list[_Whose], text: ReceivedText, received_at: datetime) -> list[str]:
    """START takes back what STOP asked for before it, and nothing else: it may be taken late, when there was another STOP."""
    whose = {"contacts": [one.contact_id for one in found], "number": text.sender}
    asked = {**whose, "channel": text.channel, "at": text.at or received_at}
    suppressions = await session.rows(UUID, "intake.events.own_texts_off", asked)
    for suppression in suppressions:
        await SuppressionRepository(session).remove_suppression(suppression)
    return [f"START: {text.channel} is open to them again"] if suppressions else ["START: nothing was closed, or it was again since"]
