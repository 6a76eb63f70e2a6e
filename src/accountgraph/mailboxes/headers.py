"""What a mailbox has to know of a mail before anybody understands it: who wrote to whom, and whether a machine did."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.addresses import email_key
from accountgraph.errors import InvalidValueError
from accountgraph.inbound.ours import INTENT_HEADER

if TYPE_CHECKING:
    from email.message import Message

FIELDS = (
    "FROM TO CC BCC SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES AUTO-SUBMITTED PRECEDENCE LIST-ID LIST-UNSUBSCRIBE RETURN-PATH"
    f" CONTENT-TYPE {INTENT_HEADER.upper()}"
)
_MOST_IDS, _MOST_ADDRESSES = 100, 100
_ID = re.compile(r"<([^<>\s]{1,998})>")
_BULK = frozenset({"bulk", "list", "junk"})
_MACHINES = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+\-.@])", re.IGNORECASE)


class Head(Struct, frozen=True, kw_only=True):
    """The head of a mail. Addresses are normalized, Message-IDs without brackets; what cannot be read is left out.

    `is_ours`: it carries the mark of our own messages. `is_automatic`: a machine or a list sent it. `is_report`: a bounce or an
    automatic answer.
    """

    message_id: str | None
    refers_to: tuple[str, ...]
    sender: str | None
    recipients: tuple[str, ...]
    subject: str
    at: datetime | None
    is_ours: bool
    is_automatic: bool
    is_report: bool


def head_of(raw: bytes) -> Head:
    """The head of a mail, from the mail or its header alone; never raises, whatever it holds."""
    end = re.search(rb"\r?\n\r?\n", raw)
    mail = BytesHeaderParser().parsebytes(raw[: end.end()] if end else raw)
    sender = next(iter(_addresses(mail, "from")), None)
    ids = _ID.findall(_text(mail, "message-id"))
    is_report = _is_report(mail, sender)
    return Head(
        message_id=ids[0] if ids else None,
        refers_to=tuple(dict.fromkeys(_ID.findall(f"{_text(mail, 'references')} {_text(mail, 'in-reply-to')}")[-_MOST_IDS:])),
        sender=sender,
        recipients=_addresses(mail, "to", "cc", "bcc"),
        subject=_words(mail, "subject"),
        at=_moment(_text(mail, "date")),
        is_ours=mail[INTENT_HEADER] is not None,
        is_automatic=is_report or _is_bulk(mail),
        is_report=is_report,
    )


def _is_report(mail: Message, sender: str | None) -> bool:
    answered = _text(mail, "auto-submitted").split(";")[0].strip().lower()
    is_empty_path = _text(mail, "return-path").strip() == "<>"
    kind = _text(mail, "content-type").lower()
    return answered not in {"", "no"} or is_empty_path or kind.startswith("multipart/report") or bool(_MACHINES.match(sender or ""))


def _is_bulk(mail: Message) -> bool:
    return any(mail[name] is not None for name in ("list-id", "list-unsubscribe")) or _text(mail, "precedence").strip().lower() in _BULK


def _text(mail: Message, name: str) -> str:
    return str(mail.get(name) or "")


def _words(mail: Message, name: str) -> str:
    text = _text(mail, name)
    with suppress(LookupError, ValueError):
        text = str(make_header(decode_header(text)))
    return " ".join(text.encode("utf-8", "replace").decode().replace("\0", "").split())


def _addresses(mail: Message, *names: str) -> tuple[str, ...]:
    try:
        pairs = getaddresses([str(value)[:100_000] for name in names for value in mail.get_all(name, [])])
    except (ValueError, TypeError, IndexError):
        return ()
    keys = (_key(address) for _, address in pairs[:_MOST_ADDRESSES])
    return tuple(dict.fromkeys(key for key in keys if key))


def _key(address: str) -> str | None:
    try:
        return email_key(address)
    except (InvalidValueError, UnicodeError):
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.astimezone() if found.tzinfo else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
