"""What of our own comes back: the message that a report is about, the intent it was sent for, and our unsubscribe address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.inbound.wire.addresses import ids_of
from accountgraph.inbound.wire.limits import Problems

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail

INTENT_HEADER = "X-AccountGraph-Intent"  # what each message of ours carries: its intent
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_INTENT = re.compile(rf"\s*({_UUID})\s*", re.IGNORECASE).fullmatch
_INTENT_IN_WORDS = re.compile(rf"^[ \t>]*{INTENT_HEADER}:\s*({_UUID})", re.IGNORECASE | re.MULTILINE)
_ID_IN_WORDS = re.compile(r"^[ \t>*]*(?:original )?message[- ]id:?\s*<([^<>\s]{3,500})>", re.IGNORECASE | re.MULTILINE)
_UNSUBSCRIBE = re.compile(rf"\s*(?:re:\s*)?unsubscribe\s+({_UUID})\s*", re.IGNORECASE).fullmatch
_LOOKED_AT = 65_536  # characters of the words


def message_of(mail: Mail) -> str | None:
    """The Message-ID of the message that a report is about: of its headers, else of the thread or the words of the report."""
    original = ids_of([value for name, value in mail.original if name == "message-id"], Problems())
    if original:
        return original[0]
    if found := _ID_IN_WORDS.search(mail.text, 0, _LOOKED_AT):
        return found[1]
    thread = mail.in_reply_to or mail.references[-1:]
    return thread[0] if thread else None


def intent_of(mail: Mail) -> str | None:
    """The intent that a reported message was sent for, by the header that we give to each; None where it did not come back."""
    for name, value in mail.original:
        if name == INTENT_HEADER.lower() and (found := _INTENT(value)):
            return found[1].lower()
    in_words = _INTENT_IN_WORDS.search(mail.text, 0, _LOOKED_AT)
    return in_words[1].lower() if in_words else None


def unsubscribe_of(mail: Mail) -> str | None:
    """The intent whose List-Unsubscribe address a mail was sent to: its subject is the one that we put there. None: it is no such mail."""
    found = _UNSUBSCRIBE(mail.subject)
    return found[1].lower() if found else None
