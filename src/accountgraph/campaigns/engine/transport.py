"""What the engine asks of whatever carries a message; `accountgraph.channels` has those that do."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from msgspec import Struct

from accountgraph.enums import Channel

if TYPE_CHECKING:
    from datetime import datetime


class Message(Struct, frozen=True, kw_only=True):
    """One message, ready to go.

    `message_id` is ours, made from the intent: the same at every try. `in_reply_to`, `references`: wire Message-IDs of the
    thread, oldest first. `signature` and the legal `footer` stand below the content, in plain text. `unsubscribe` is a mailto
    URL, `one_click` an https one that takes a POST (RFC 8058). `links` say through which address a web address of the content
    leads in the HTML, `pixel` which picture stands there; the plain text has neither. `headers` go out as they are.
    `settings` are the sender's, of this transport; secrets are named in them, not held.
    """

    intent_id: UUID
    channel: Channel
    sender: str
    sender_name: str | None = None
    reply_to: str | None = None
    recipient: str
    recipient_name: str | None = None
    subject: str | None = None
    content: str
    signature: str = ""
    footer: str = ""
    unsubscribe: str | None = None
    one_click: str | None = None
    links: dict[str, str] = {}
    pixel: str | None = None
    message_id: str
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    headers: dict[str, str] = {}
    settings: dict[str, Any] = {}


class Sent(StrEnum):
    """What came of a call. `unknown`: it may have gone out. `retry`: it surely did not, and may the next time."""

    SENT = "sent"
    REFUSED = "refused"
    RETRY = "retry"
    UNKNOWN = "unknown"


class Result(Struct, frozen=True, kw_only=True):
    """The outcome of one call, and what the provider said (`raw`). `wire_message_id`: where the service put its own on it.

    `is_sender_trouble`: the sender is at fault (authentication, reputation), not the recipient: the mailbox holds.
    `is_dead_address`: with `refused`, there is no such mailbox: it counts as a hard bounce.
    `retry_after_seconds`: how long the service asks to be left alone, with `retry`.
    """

    outcome: Sent
    provider_id: str | None = None
    wire_message_id: str | None = None
    detail: str | None = None
    is_sender_trouble: bool = False
    is_dead_address: bool = False
    retry_after_seconds: float | None = None
    raw: dict[str, Any] = {}


class Abilities(Struct, frozen=True, kw_only=True):
    """What a transport can do; the engine asks for nothing else."""

    threads: bool = False
    receipts: bool = False
    cancel: bool = False
    search: bool = False


class Transport(Protocol):
    """Carries messages. `send` never raises for what a provider or a network does: it says so in the result."""

    name: str
    abilities: Abilities
    is_dry_run: bool

    async def send(self, message: Message) -> Result:
        """Send one message, once."""
        ...

    async def find(self, message_id: str, *, settings: dict[str, Any], since: datetime) -> Result | None:
        """What became of a message by our id; None: the provider has never seen it. Only where `abilities.search`."""
        ...
