"""What a provider's webhook is: who signs it and how, and what its payload says.

    webhook = webhook_for("sendgrid", certificates)
    await webhook.verify(request, secret)              # raises WebhookRefusedError: nothing of it may be believed
    told = webhook.events(request.body, request.headers)

An edge keeps the raw request before it acts on it, and answers 2xx only then; a refusal is answered by `status`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec import Struct

from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from accountgraph.channels.providers.event import Told

TOLERANCE = timedelta(minutes=5)
"""How far a signed time may be from now, either way, where the provider names no other figure."""

Certificates: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Gives the PEM certificate at an address whose host has been checked; it caches. May raise OSError or ValueError."""


class Refusal(StrEnum):
    """Why a webhook was refused. `setup`: on our side the secret is missing or cannot be used. `test`: it only tries the address."""

    MISSING = "missing"
    SIGNATURE = "signature"
    OLD = "old"
    BODY = "body"
    SETUP = "setup"
    UNAVAILABLE = "unavailable"
    TEST = "test"


class WebhookRefusedError(AccountGraphError):
    """The webhook cannot be believed, or cannot be read.

    `reason` says which; `status` is the HTTP status to answer with: 401 to strangers, 400 to what cannot be read, 503 where it
    is up to us or to the network, so that the provider comes again; 200 to a test, which anybody can send and which says nothing.
    """

    def __init__(self, reason: Refusal, message: str) -> None:
        self.reason = reason
        super().__init__(message)

    @property
    def status(self) -> int:
        """The HTTP status to answer with."""
        return {Refusal.TEST: 200, Refusal.BODY: 400, Refusal.SETUP: 503, Refusal.UNAVAILABLE: 503}.get(self.reason, 401)


class WebhookRequest(Struct, frozen=True, kw_only=True):
    """A request as it came. Header names in lower case; `url` is the public address with its query; `now` is UTC."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    now: datetime
    query: Mapping[str, str] = {}


class WebhookAbilities(Struct, frozen=True, kw_only=True):
    """What a webhook can do; the table of providers is made of it.

    `signature`: how it proves who sent it, in words. `is_signed`: the proof covers the body (otherwise it is a shared secret
    that travels along). `has_timestamp`: an old request is refused. `has_event_ids`: the provider numbers its events
    (otherwise ids are made from what they say). `tells_machines`: opens or clicks say where a machine made them.
    """

    signature: str
    is_signed: bool
    has_timestamp: bool
    has_event_ids: bool
    events: bool = True
    inbound: bool = False
    tells_machines: bool = False


class Webhook(Protocol):
    """Translates one provider's requests. It keeps nothing and asks nobody, but for certificates."""

    name: str
    abilities: WebhookAbilities

    async def verify(self, request: WebhookRequest, secret: str) -> None:
        """Check that the provider sent this, now, and unchanged. `secret`: what the provider's page calls it (docs/providers.md).

        Raises:
            WebhookRefusedError: it cannot be believed.
        """
        ...

    def events(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> list[Told]:
        """What it says, in its order. The same body gives the same event ids. `query`: of the address, where it is known.

        Raises:
            WebhookRefusedError: the body is not what the provider documents.
        """
        ...
