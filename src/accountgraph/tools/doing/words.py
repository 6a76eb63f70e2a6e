"""The words of a message that an agent asks for."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError
from accountgraph.store.consents import without_nul

LONGEST_WORDS = 20_000
LONGEST_SUBJECT = 500
LONGEST_WHY = 2000


class Message(Struct, frozen=True, kw_only=True):
    """What an agent wants to say. `mentions`: the colleague that it names, where it names one. `in_thread`: an e-mail goes on in the
    thread of the last one to the person, and has its subject.
    """

    channel: Channel
    content: str
    subject: str | None = None
    mentions: UUID | None = None
    why: str | None = None
    in_thread: bool = False


class Words(NamedTuple):
    """A message as a model gives it; `mentions`: as people are named to tools."""

    channel: str
    body: str
    subject: str | None
    why: str | None
    mentions: str | None = None
    in_thread: bool = False


def checked(message: Message) -> Message:
    """The message as it is kept.

    Raises:
        InvalidValueError: naming the argument.
    """
    without_nul(("subject", message.subject), ("body", message.content), ("why", message.why))
    content = message.content.strip()
    subject = " ".join((message.subject or "").split()) or None
    if not content or len(content) > LONGEST_WORDS:
        raise InvalidValueError("body", f"has to have 1 to {LONGEST_WORDS:,} characters.")
    if message.channel is Channel.EMAIL and subject is None:
        raise InvalidValueError("subject", "is missing; an e-mail has one.")
    if message.channel is not Channel.EMAIL and subject is not None:
        raise InvalidValueError("subject", f"a message by {message.channel} has none; leave it out.")
    if subject is not None and len(subject) > LONGEST_SUBJECT:
        raise InvalidValueError("subject", f"is longer than {LONGEST_SUBJECT} characters.")
    why = (message.why or "").strip()[:LONGEST_WHY] or None
    return msgspec.structs.replace(message, content=content, subject=subject, why=why)
