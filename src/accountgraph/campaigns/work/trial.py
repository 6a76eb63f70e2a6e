"""A test message: proves that a mailbox can send, before anybody else is written to."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.campaigns.engine.call import call_transport
from accountgraph.campaigns.engine.transport import Message, Result, Sent
from accountgraph.campaigns.messages.envelope import message_id_of
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.mailbox import mailbox_of
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accountgraph.campaigns.engine.transport import Transport
    from accountgraph.db import Database, Session
    from accountgraph.store.outreach.senders import Sender

_WORDS = "This is a test message of AccountGraph, sent from {address} through {transport}.\n\nIf you can read this, the mailbox can send."


class Trial(Struct, frozen=True, kw_only=True):
    """What came of a test message."""

    sender: str
    recipient: str
    transport: str
    message_id: str
    outcome: Sent
    detail: str | None


async def send_trial(db: Database, transports: Callable[[str], Transport], recipient: str, *, sender: str | None = None) -> Trial:
    """Send one made-up message through a mailbox's transport. `sender`: its address; None: the only one there is.

    It counts against the mailbox's caps, unless the transport sends nothing. Holds are not asked: this is how one finds out whether a
    mailbox that held itself can send again.

    Raises:
        InvalidValueError: the address is none, or no mailbox is known.
        WorkStateError: the address is suppressed.
    """
    to = email_key(recipient)
    chosen = await db.run(lambda session: _begin(session, to, sender))
    message = _message(chosen, to)
    result = await call_transport(transports, chosen.transport, message)
    if result.outcome in {Sent.SENT, Sent.UNKNOWN} and not transports(chosen.transport).is_dry_run:
        await db.run(lambda session: _count(session, chosen.id, to, db.now()))
    return _trial(chosen, message, result)


async def _begin(session: Session, to: str, sender: str | None) -> Sender:
    if await session.value("suppressions.of_address", {"address_key": to, "channel": Channel.EMAIL}):
        raise WorkStateError(f"{to} is suppressed; test with an address of your own.")
    return await mailbox_of(session, sender, None)


async def _count(session: Session, sender_id: UUID, to: str, now: datetime) -> None:
    await session.affect("campaigns.answers.count_trial", {"sender_id": sender_id, "domain": to.rpartition("@")[2], "now": now})


def _message(sender: Sender, to: str) -> Message:
    number = uuid4()
    return Message(
        intent_id=number,
        channel=Channel.EMAIL,
        sender=sender.address,
        sender_name=sender.display_name,
        reply_to=sender.reply_to,
        recipient=to,
        subject=f"Test message from {sender.address}",
        content=_WORDS.format(address=sender.address, transport=sender.transport),
        message_id=message_id_of(number, sender.address),
        settings=sender.settings,
    )


def _trial(sender: Sender, message: Message, result: Result) -> Trial:
    return Trial(
        sender=sender.address,
        recipient=message.recipient,
        transport=sender.transport,
        message_id=message.message_id,
        outcome=result.outcome,
        detail=result.detail,
    )
