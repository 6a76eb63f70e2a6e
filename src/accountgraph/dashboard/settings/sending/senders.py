"""Senders: the mailboxes and numbers, how each stands, what it may do in a day, and a test message through it."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph.access import Permission
from accountgraph.api.guarding import there
from accountgraph.api.routes.sending_by import transports_over
from accountgraph.campaigns.work.holds import list_holds
from accountgraph.campaigns.work.trial import send_trial
from accountgraph.channels.outside import check_from_outside, shown_settings
from accountgraph.channels.registry import KNOWN
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to
from accountgraph.dashboard.settings.sending.standing import by_sender, standing
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError
from accountgraph.store.outreach.mailboxes import MailboxRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit
    from accountgraph.mailboxes.setup.domain import Check

_TEXTS = ("display_name", "reply_to", "timezone", "legal_identity_id", "signature", "tracking_host")
_BOXES = ("tracks_opens", "tracks_clicks", "alias_replies")
_SETTING = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*")


async def senders_page(visit: Visit, typed: Typed) -> Response:
    """All of them."""
    senders, mailboxes, holds, settings = await asyncio.gather(
        SenderRepository(visit.db).list_senders(),
        MailboxRepository(visit.db).list_mailboxes(),
        list_holds(visit.db, visit.now),
        SettingsRepository(visit.db).get_settings(),
    )
    read = by_sender(mailboxes)
    known = [(one, read.get(one.id), standing(one, read.get(one.id), holds, settings.legal_identity_id)) for one in senders]
    return drawn(
        visit,
        "sending/senders",
        "Mailboxes and senders",
        "senders",
        typed,
        senders=known,
        channels=[(one, str(one)) for one in Channel],
        transports=[(one, one) for one in sorted(KNOWN)],
    )


async def sender_page(visit: Visit, typed: Typed) -> Response:
    """One of them."""
    return await draw_sender(visit, typed)


async def draw_sender(visit: Visit, typed: Typed, checks: Sequence[Check] | None = None, trial: object = None) -> Response:
    """The page of a sender. `checks`, `trial`: what was just tried."""
    key, repository = visit.id_in_path("sender_id", "sender"), SettingsRepository(visit.db)
    found, mailboxes, holds, settings, identities = await asyncio.gather(
        SenderRepository(visit.db).get_sender(key),
        MailboxRepository(visit.db).list_mailboxes(),
        list_holds(visit.db, visit.now),
        repository.get_settings(),
        repository.list_legal_identities(),
    )
    sender, read = there(found, "sender", key), by_sender(mailboxes).get(key)
    return drawn(
        visit,
        "sending/sender",
        sender.address,
        "senders",
        typed,
        sender=sender,
        mailbox=read,
        stands=standing(sender, read, holds, settings.legal_identity_id),
        settings=shown_settings(sender.settings),
        reading=shown_settings(read.settings) if read else {},
        identities=[("", "the workspace's"), *((one.id, one.name) for one in identities)],
        checks=checks,
        trial=trial,
    )


async def add(visit: Visit, form: Form) -> Done:
    """Add a number, or a mailbox that a provider sends for."""
    fields: dict[str, Any] = {
        "address": form.required("address", "an e-mail address, or a number like +4915112345678."),
        "channel": form.get("channel"),
        "transport": form.get("transport") or "console",
        "settings": _settings(form.text("settings") or ""),
    }
    if name := form.get("display_name"):
        fields["display_name"] = name
    check_from_outside(fields["transport"], fields["settings"])
    made = await SenderRepository(visit.db).add_sender(fields)
    return Done(f"{made.address} is added.", to=to(visit, f"senders/{made.id}"))


async def change(visit: Visit, form: Form) -> Done:
    """Its name, identity, limits, and what is told of its mails."""
    key, repository = visit.id_in_path("sender_id", "sender"), SenderRepository(visit.db)
    before = there(await repository.get_sender(key), "sender", key)
    fields: dict[str, Any] = {name: form.get(name) or None for name in _TEXTS if name != "signature"}
    fields |= {"signature": form.text("signature"), "per_day": form.number("per_day"), "per_hour": form.number("per_hour")}
    fields |= {name: form.is_on(name) for name in _BOXES}
    if form.is_on("warmup") is not (before.warmup_started_at is not None):
        fields["warmup_started_at"] = visit.now if form.is_on("warmup") else None
    await repository.update_sender(key, fields)
    return Done(f"{before.address} is changed; what is not written yet leaves so.", to=to(visit, f"senders/{key}"))


async def pause(visit: Visit, form: Form) -> Done:
    """Out of use; what waits for it stays with it."""
    return await _switch(visit, form, is_active=False)


async def resume(visit: Visit, form: Form) -> Done:
    """In use again."""
    return await _switch(visit, form, is_active=True)


async def _switch(visit: Visit, form: Form, *, is_active: bool) -> Done:
    del form
    key = visit.id_in_path("sender_id", "sender")
    sender = await SenderRepository(visit.db).update_sender(key, {"is_active": is_active})
    words, back = ("is used again", "pause") if is_active else ("is paused; what waits for it stays with it", "resume")
    return Done(f"{sender.address} {words}.", undo=Undo(to(visit, f"senders/{key}/{back}")))


async def send_test(visit: Visit, form: Form) -> Response:
    """One made-up message through it, and what its service answered."""
    key = visit.id_in_path("sender_id", "sender")
    sender = there(await SenderRepository(visit.db).get_sender(key), "sender", key)
    recipient = form.required("recipient", "an address of your own.")
    async with transports_over(visit.db) as transports:
        trial = await send_trial(visit.db, transports.transport_for, recipient, sender=sender.address)
    return await draw_sender(visit, Typed(), trial=trial)


def _settings(text: str) -> dict[str, Any]:
    """Lines `name = value`; a value that is JSON is taken as such."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        match = _SETTING.fullmatch(line)
        if match is None:
            raise InvalidValueError("settings", "write one setting a line, as name = value.")
        try:
            found[match[1]] = msgspec.json.decode(match[2])
        except msgspec.DecodeError:
            found[match[1]] = match[2]
    return found


WAYS = (
    shows("senders", Permission.MAILBOXES_READ, senders_page),
    does("senders", Permission.MAILBOXES_WRITE, add, senders_page),
    shows("senders/{sender_id}", Permission.MAILBOXES_READ, sender_page),
    does("senders/{sender_id}", Permission.MAILBOXES_WRITE, change, sender_page),
    does("senders/{sender_id}/pause", Permission.MAILBOXES_WRITE, pause),
    does("senders/{sender_id}/resume", Permission.MAILBOXES_WRITE, resume),
    does("senders/{sender_id}/message", Permission.MAILBOXES_WRITE, send_test, sender_page),
)
