"""What is known here: transports, providers of mail and text messages, calendar services."""

from __future__ import annotations

from msgspec import Struct

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.channels.providers.features import CalendarFeatures, Features, calendar_features, features
from accountgraph.channels.registry import KNOWN
from accountgraph.listing import Page

providers = Routes("providers")


class TransportNames(Struct, frozen=True):
    """What a sender's `transport` may be: `console` shows, all others send."""

    names: list[str]


@providers.get("/transports", needs=Permission.MAILBOXES_READ)
async def list_transports(call: Call) -> TransportNames:
    """The transports that senders can use."""
    del call
    return TransportNames(sorted(KNOWN))


@providers.get("/providers", needs=Permission.MAILBOXES_READ)
async def list_providers(call: Call) -> Page[Features]:
    """The providers of mail and text messages, what each can do, and how its webhook proves who sent it."""
    del call
    return Page(items=features())


@providers.get("/calendars", needs=Permission.MAILBOXES_READ)
async def list_calendars(call: Call) -> Page[CalendarFeatures]:
    """The calendar services whose meetings are taken, and how each one's webhook proves who sent it."""
    del call
    return Page(items=calendar_features())
