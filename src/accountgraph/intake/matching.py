"""Which message of ours a mail belongs to: by its thread, by an alias, by who wrote it; where that is not clear, it says so."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from msgspec import Struct

from accountgraph.addresses import email_key, shared_domain_kind
from accountgraph.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.db import Session
    from accountgraph.inbound.mail import Mail

LIVE = timedelta(days=180)  # so long after our last message a mail without a thread is taken for an answer to it
MOST_IDS = 50  # of a thread that are looked at, the nearest first
LONGEST_ID = 998  # bytes of a Message-ID; a longer one fits in no line (RFC 5322)
_ALIAS = re.compile(r"(?<=[^@\s])\+([0-9a-f]{32})@", re.IGNORECASE)  # behind the local part: a plus, the intent's digits


class Message(Struct, frozen=True, kw_only=True):
    """A message of ours that a mail may belong to. `how`: intent, headers, address. `touchpoint_id` None: nobody knows that it left."""

    how: str
    number: int
    intent_id: UUID | None
    intent_state: str | None
    touchpoint_id: UUID | None
    conversation_id: UUID | None
    contact_id: UUID | None
    company_id: UUID | None
    email_key: str


class Writer(Struct, frozen=True, kw_only=True):
    """Who wrote. `domain_company_id`: the account whose domain their address has. `zone`: where they live, IANA."""

    is_ours: bool
    contact_id: UUID | None
    company_id: UUID | None
    domain_company_id: UUID | None
    zone: str


class Match(Struct, frozen=True, kw_only=True):
    """What a mail belongs to. `by`: alias, headers, address; None: nothing was found. `others`: as likely as `message`."""

    writer: Writer
    message: Message | None = None
    by: str | None = None
    others: tuple[Message, ...] = ()

    @property
    def is_ambiguous(self) -> bool:
        """Whether several conversations are as likely."""
        return bool(self.others)


class Named(NamedTuple):
    """What a mail names besides its thread: intents, and Message-IDs without brackets (a report's original, our unsubscribe address)."""

    intents: Sequence[str]
    ids: Sequence[str]


async def match_of(session: Session, mail: Mail, named: Named, sender_id: UUID | None, at: datetime) -> Match:
    """What a mail belongs to."""
    key = key_of(mail.sender.email) if mail.sender else None
    writer = await writer_of(session, mail.sender.email if mail.sender else "")
    aliases = [alias for address in (*mail.delivered_to, *(to.email for to in (*mail.to, *mail.cc))) for alias in _ALIAS.findall(address)]
    asked = {
        "intents": [intent for text in (*named.intents, *aliases) if (intent := _uuid(text))],
        "ids": [*(f"<{one}>" for one in named.ids), *thread_of(mail)],
        "email_key": key or "",
        "sender_id": sender_id,
        "since": at - LIVE,
        "until": at,
    }
    return _best(await session.rows(Message, "intake.mails.candidates", asked), writer)


async def writer_of(session: Session, email: str) -> Writer:
    """Who has an address."""
    key = key_of(email)
    domain = key.rpartition("@")[2] if key else ""
    asked = {"email": email, "email_key": key or "", "domain": "" if not domain or shared_domain_kind(domain) else domain}
    found = await session.row(Writer, "intake.mails.writer", asked)
    assert found is not None  # noqa: S101 - it always has a row
    return found


def thread_of(mail: Mail) -> list[str]:
    """The Message-IDs that a mail answers, in angle brackets, the nearest first."""
    ids = dict.fromkeys([*mail.in_reply_to, *reversed(mail.references)])
    return [f"<{one}>" for one in list(ids)[:MOST_IDS]]


def wire_id_of(mail: Mail) -> str | None:
    """The Message-ID of a mail in its angle brackets; None where it has none, or one that nobody can name."""
    found = f"<{mail.message_id}>" if mail.message_id else None
    return found if found and len(found.encode()) <= LONGEST_ID else None


def key_of(email: str) -> str | None:
    """The address as it is compared; None where it is none."""
    try:
        return email_key(email)
    except InvalidInputError:
        return None


def _best(messages: list[Message], writer: Writer) -> Match:
    """The nearest; what was found by the address alone counts only where it is the one conversation."""
    if not messages:
        return Match(writer=writer)
    best = messages[0]
    if best.how != "address":
        return Match(writer=writer, message=best, by="alias" if best.how == "intent" else "headers")
    talks = {one.conversation_id for one in messages}
    return Match(writer=writer, message=best, by="address", others=tuple(messages[1:]) if len(talks) > 1 else ())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
