"""What each provider can do, side by side, by what its transport and its webhook declare of themselves."""

from __future__ import annotations

from msgspec import Struct

from accountgraph.channels.calendars import CALENDARS
from accountgraph.channels.providers.abilities import WireId
from accountgraph.channels.providers.known import webhook_for
from accountgraph.channels.providers.transports import TRANSPORTS
from accountgraph.enums import Channel

HOOKS = "/hooks/{workspace}/{provider}"
"""Where the public server takes a provider's webhooks."""


class Features(Struct, frozen=True, kw_only=True):
    """A provider and what it can do.

    `threads`: follow-ups carry the headers of their thread. `search`: we can ask what became of a message that nobody knows of.
    `idempotency`: how long the same message sent twice goes out once, None: no promise. `message_id`: whose Message-ID mails
    carry. `tracking`: its own tracking is switched message by message. `signature`: how its webhook proves who sent it;
    `is_signed`: that covers the body; `has_timestamp`: old requests are refused. `event_ids`: it numbers its events.
    `inbound`: mails or texts come in by the webhook too. `machines`: it says which opens or clicks machines made.
    """

    name: str
    title: str
    channel: Channel
    threads: bool
    search: bool
    idempotency: str | None
    message_id: WireId | None
    tracking: bool
    webhook: str
    signature: str
    is_signed: bool
    has_timestamp: bool
    event_ids: bool
    inbound: bool
    machines: bool


def features() -> list[Features]:
    """Every provider, mail first, in the order of the docs."""
    return [_features(name) for name in TRANSPORTS]


def _features(name: str) -> Features:
    transport, tells = TRANSPORTS[name], webhook_for(name, _no_certificates).abilities
    return Features(
        name=name,
        title=transport.provider.title,
        channel=transport.provider.channel,
        threads=transport.abilities.threads,
        search=transport.abilities.search,
        idempotency=transport.provider.idempotency,
        message_id=transport.provider.message_id,
        tracking=transport.provider.tracking,
        webhook=HOOKS.replace("{provider}", name),
        signature=tells.signature,
        is_signed=tells.is_signed,
        has_timestamp=tells.has_timestamp,
        event_ids=tells.has_event_ids,
        inbound=tells.inbound,
        machines=tells.tells_machines,
    )


class CalendarFeatures(Struct, frozen=True, kw_only=True):
    """A calendar service: how its webhook proves who sent it, as of `Features`."""

    name: str
    title: str
    webhook: str
    signature: str
    is_signed: bool
    has_timestamp: bool


def calendar_features() -> list[CalendarFeatures]:
    """Every calendar service, in the order of the docs."""
    found = []
    for name, title in CALENDARS.items():
        tells = webhook_for(name, _no_certificates).abilities
        found.append(
            CalendarFeatures(
                name=name,
                title=title,
                webhook=HOOKS.replace("{provider}", name),
                signature=tells.signature,
                is_signed=tells.is_signed,
                has_timestamp=tells.has_timestamp,
            )
        )
    return found


async def _no_certificates(url: str) -> bytes:
    raise OSError(f"{url} is not asked for")
