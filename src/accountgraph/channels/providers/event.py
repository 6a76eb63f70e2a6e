"""What providers tell us, in one set of words. Nothing here knows a database or a clock.

A provider's webhook gives a list of `Told`: events of messages we sent, mails and texts that came in, and requests to be
answered. Everything carries an `event_id` that is the same whenever the provider says the same thing again.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

from msgspec import Struct

from accountgraph.channels.sms import OptOut
from accountgraph.enums import Actor, Channel
from accountgraph.inbound.findings import BounceKind


class ProviderEventKind(StrEnum):
    """What happened to a message.

    `sent`: the provider took it, and works on it. `deferred`: it will try again by itself. `bounced`: it could not be delivered
    (`ProviderEvent.bounce` says how lasting that is). `failed`: the provider gave it up before it tried (suppressed, invalid).
    `unknown`: kept under the provider's own name, nothing is concluded.
    """

    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    OPENED = "opened"
    CLICKED = "clicked"
    BOUNCED = "bounced"
    FAILED = "failed"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    UNKNOWN = "unknown"


class ProviderEvent(Struct, frozen=True, kw_only=True):
    """One thing that happened to one message for one recipient.

    `name` is the provider's own word for it. `at` is UTC, None where the provider gives no time: then it is the time of
    receipt. `intent_id`, `provider_id` and `message_id` (the wire Message-ID in its angle brackets) say which message it was;
    any may be missing. `bounce` is there for `bounced`, and for `failed` where the provider gives its reason as one. `actor`
    is who the provider says it was, None where it does not say; `address` the IP address it came from. `raw` is the event as
    it came.
    """

    provider: str
    kind: ProviderEventKind
    name: str
    event_id: str
    at: datetime | None = None
    channel: Channel = Channel.EMAIL
    intent_id: UUID | None = None
    provider_id: str | None = None
    message_id: str | None = None
    recipient: str | None = None
    bounce: BounceKind | None = None
    status: str | None = None
    reason: str | None = None
    url: str | None = None
    user_agent: str | None = None
    address: str | None = None
    actor: Actor | None = None
    raw: dict[str, Any] = {}


class ReceivedMail(Struct, frozen=True, kw_only=True):
    """A mail that came in at the provider.

    `content` is the whole MIME message: as it was on the wire, or built from the provider's fields (`is_built`), so that one
    parser reads them all. It is empty where the provider only tells that a mail is there; `provider_id` then is what to fetch
    it by. `sender`, `recipients`: of the envelope where the provider gives it.
    """

    provider: str
    event_id: str
    at: datetime | None = None
    content: bytes = b""
    is_built: bool = False
    provider_id: str | None = None
    sender: str | None = None
    recipients: tuple[str, ...] = ()
    raw: dict[str, Any] = {}


class ReceivedText(Struct, frozen=True, kw_only=True):
    """A text message that came in. Numbers as the provider writes them (E.164 with its plus, where it is a number).

    `opt_out`: what it asks, by the provider's own judgement or by its words. `is_answered`: the provider itself has acted on it
    and told the person so. `media`: addresses of what was attached.
    """

    provider: str
    event_id: str
    at: datetime | None = None
    provider_id: str | None = None
    channel: Channel = Channel.SMS
    sender: str
    recipient: str
    text: str = ""
    opt_out: OptOut | None = None
    is_answered: bool = False
    media: tuple[str, ...] = ()
    raw: dict[str, Any] = {}


class ConfirmSubscription(Struct, frozen=True, kw_only=True):
    """The provider asks whether it may send events: fetch `url` once by GET. Its host has been checked; follow no redirect."""

    provider: str
    event_id: str
    url: str
    topic: str
    raw: dict[str, Any] = {}


class Booking(StrEnum):
    """What happened to a meeting. `missed`: they did not come. `unknown`: kept under the service's own name, nothing is concluded."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MISSED = "missed"
    UNKNOWN = "unknown"


class BookedMeeting(Struct, frozen=True, kw_only=True):
    """A meeting that a calendar service tells of.

    `uid` is the service's name for it; of one that was moved, `previous_uid` is what it was before, where that was another. `at`: when
    it was said; `start`, `end`: of the meeting. All UTC. `invitees`: e-mail addresses of those who booked it or were invited along.
    """

    provider: str
    booking: Booking
    name: str
    event_id: str
    at: datetime | None = None
    uid: str | None = None
    previous_uid: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    summary: str | None = None
    invitees: tuple[str, ...] = ()
    organizer: str | None = None
    reason: str | None = None
    raw: dict[str, Any] = {}


Told: TypeAlias = ProviderEvent | ReceivedMail | ReceivedText | ConfirmSubscription | BookedMeeting
