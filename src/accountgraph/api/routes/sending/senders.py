"""Senders: the mailboxes and numbers that messages leave from."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.guarding import guard, there
from accountgraph.api.operation import Routes
from accountgraph.api.routes.sending_by import transports_of
from accountgraph.api.shapes import changes, new
from accountgraph.campaigns.work.trial import Trial, send_trial
from accountgraph.channels.outside import check_from_outside, shown_settings
from accountgraph.enums import Channel
from accountgraph.listing import Page, page_senders
from accountgraph.store.outreach.senders import Sender, SenderRepository

senders = Routes("senders")
FIXED = frozenset({"address", "channel"})
SHOWN = Annotated[Channel, Meta(description="Only of this channel.")]


class TestMessage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the made-up message goes: an address of your own."""

    recipient: Annotated[str, Meta(min_length=3, max_length=320)]


@senders.get("/senders", needs=Permission.MAILBOXES_READ)
async def list_senders(
    call: Call,
    channel: SHOWN | None = None,
    *,
    active_only: bool = False,
    sort: Literal["created_at", "-created_at"] | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Sender]:
    """The mailboxes and numbers, in the order they were added; their secrets are named, never said."""
    found = await page_senders(call.db, channel=channel, active_only=active_only, sort=sort, limit=limit, after=after)
    return Page([_shown(one) for one in found.items], found.next)


@senders.post("/senders", needs=Permission.MAILBOXES_WRITE, status=201, body=new(Sender), location="/api/v1/senders/{id}")
async def add_sender(call: Call, body: dict[str, Any]) -> Sender:
    """Add a mailbox or a number.

    Settings name a stored secret as `secret:NAME`; PUT /secrets stores one. Without a `transport` it shows what it would send.
    """
    given = msgspec.convert(body.get("settings", {}), dict[str, Any])
    check_from_outside(str(body.get("transport") or "console"), given)
    return _shown(await SenderRepository(call.db).add_sender(body))


@senders.get("/senders/{sender_id}", needs=Permission.MAILBOXES_READ)
async def get_sender(call: Call, sender_id: UUID) -> Sender:
    """A mailbox or a number."""
    return there(await _read(call, sender_id), "sender", sender_id)


@senders.patch("/senders/{sender_id}", needs=Permission.MAILBOXES_WRITE, body=changes(Sender, but=FIXED))
async def update_sender(call: Call, sender_id: UUID, body: dict[str, Any]) -> Sender:
    """Change fields of a sender. `settings` are sent whole."""
    await guard(call, "sender", sender_id, lambda key: _read(call, key))
    if "settings" in body or "transport" in body:
        found = there(await SenderRepository(call.db).get_sender(sender_id), "sender", sender_id)
        settings = body.get("settings", found.settings)
        check_from_outside(str(body.get("transport") or found.transport), msgspec.convert(settings, dict[str, Any]))
    return _shown(await SenderRepository(call.db).update_sender(sender_id, body))


@senders.post("/senders/{sender_id}/pause", needs=Permission.MAILBOXES_WRITE)
async def pause_sender(call: Call, sender_id: UUID) -> Sender:
    """Take a sender out of use; what waits for it stays with it."""
    return _shown(await SenderRepository(call.db).update_sender(sender_id, {"is_active": False}))


@senders.post("/senders/{sender_id}/resume", needs=Permission.MAILBOXES_WRITE)
async def resume_sender(call: Call, sender_id: UUID) -> Sender:
    """Use a sender again after a pause."""
    return _shown(await SenderRepository(call.db).update_sender(sender_id, {"is_active": True}))


@senders.post("/senders/{sender_id}/test", needs=Permission.MAILBOXES_WRITE, writes=False)
async def send_test_message(call: Call, sender_id: UUID, body: TestMessage) -> Trial:
    """Send one made-up mail through a sender, and say what its service answered.

    It counts against the sender's caps.
    """
    found = there(await SenderRepository(call.db).get_sender(sender_id), "sender", sender_id)
    async with transports_of(call) as transports:
        return await send_trial(call.database, transports.transport_for, body.recipient, sender=found.address)


async def _read(call: Call, sender_id: UUID) -> Sender | None:
    found = await SenderRepository(call.db).get_sender(sender_id)
    return _shown(found) if found else None


def _shown(sender: Sender) -> Sender:
    return msgspec.structs.replace(sender, settings=shown_settings(sender.settings))
