"""What a person of ours wrote by hand: it is in the conversation, counts against the caps, and pauses those it went to."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.inbound.ours import INTENT_HEADER
from accountgraph.inbound.reply import reply_text
from accountgraph.intake.accounts import lock_accounts
from accountgraph.intake.matching import key_of, wire_id_of
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Session
    from accountgraph.inbound.mail import Mail

LONGEST = 100_000  # characters of its words that the touchpoint keeps; the mail keeps all


class _Recipient(Struct, frozen=True):
    contact_id: UUID
    company_id: UUID | None
    conversation_id: UUID | None


async def take_by_hand(session: Session, mail: Mail, *, key: str, source: str, at: datetime) -> list[str]:
    """Record a mail that a person of ours sent; nothing where the engine sent it, or where nobody we know got it. `key`: the mail's."""
    message_id = wire_id_of(mail)
    if await _is_ours(session, mail, message_id):
        return []
    keys = sorted({found for one in (*mail.to, *mail.cc) if (found := key_of(one.email))})
    effects: list[str] = []
    recipients = await session.rows(_Recipient, "intake.mails.recipients", {"keys": keys})
    await lock_accounts(session, people=[whom.contact_id for whom in recipients])
    for whom in recipients:
        signal = Signal(
            kind=SignalKind.MANUAL_MESSAGE,
            dedupe_key=f"by hand {sha256(key.encode()).hexdigest()} to {whom.contact_id}",
            source=source,
            at=at,
            contact_id=whom.contact_id,
        )
        recorded = await record_signal(session, signal, session.now())
        await _touch(session, mail, whom, message_id, at)
        effects += ["written to by hand", *recorded.effects]
    return effects


async def _is_ours(session: Session, mail: Mail, message_id: str | None) -> bool:
    intents = [value.strip() for value in mail.all_of(INTENT_HEADER.lower())]
    asked = {"intents": [one for one in intents if _is_uuid(one)], "message_id": message_id}
    return bool(await session.value("intake.mails.ours", asked))


async def _touch(session: Session, mail: Mail, whom: _Recipient, message_id: str | None, at: datetime) -> None:
    conversation = whom.conversation_id
    if conversation is None:
        conversation = (await ConversationRepository(session).create_conversation(whom.contact_id, whom.company_id)).id
    metadata: dict[str, Any] = {"by_hand": True, **({"sender": mail.sender.email} if mail.sender else {})}
    await TouchpointRepository(session).create_touchpoint(
        {
            "conversation_id": conversation,
            "channel": "email",
            "subject": mail.subject.replace("\0", "") or None,
            "content": reply_text(mail).text.replace("\0", "")[:LONGEST] or None,
            "sent_at": at,
            "email_message_id": message_id,
            "metadata": metadata,
        }
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
