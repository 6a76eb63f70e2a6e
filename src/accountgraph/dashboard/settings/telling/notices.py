"""Notices: who is told of what waits for a person, how, and when."""

from __future__ import annotations

import asyncio
from datetime import time
from typing import TYPE_CHECKING, Any

import msgspec

from accountgraph import notices as telling
from accountgraph.access import Permission
from accountgraph.api.routes.sending_by import transports_over
from accountgraph.dashboard import reading
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import NOTHING, Typed, does, drawn, shows, to
from accountgraph.errors import InvalidValueError
from accountgraph.notices import CreatedChannel, NewChannel, NoticeKind
from accountgraph.notices.channels import Way
from accountgraph.notices.needs import SAID
from accountgraph.notices.timing import Rhythm
from accountgraph.outgoing import Poster
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

WAYS_IN_WORDS = {Way.EMAIL: "a mail", Way.WEBHOOK: "a signed webhook", Way.SLACK: "Slack, or what takes the same"}
RHYTHMS = {Rhythm.AT_ONCE: "at once", Rhythm.HOURLY: "every hour", Rhythm.DAILY: "once a day"}
KINDS = [("*", "everything"), *((kind, SAID[kind].when) for kind in NoticeKind)]


async def notices_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    return await _page(visit, typed)


async def _page(visit: Visit, typed: Typed, made: CreatedChannel | None = None) -> Response:
    channels, needs, senders = await asyncio.gather(
        telling.list_channels(visit.db), telling.gather(visit.db, visit.now), SenderRepository(visit.db).list_senders(channel="email")
    )
    return drawn(
        visit,
        "telling/notices",
        "Notices",
        "notices",
        typed,
        channels=channels,
        needs=needs,
        made=made if made and made.secret else None,
        ways=WAYS_IN_WORDS,
        rhythms=RHYTHMS,
        kinds=KINDS,
        senders=[("", "the only mailbox there is"), *((one.address, one.address) for one in senders)],
        status=201 if made else typed.status,
    )


async def add(visit: Visit, form: Form) -> Done | Response:
    """Add a channel; a webhook's secret is shown this once."""
    whole = {"way": form.get("way"), **_fields(form)}
    try:
        given = msgspec.convert(whole, NewChannel, builtin_types=(time,))
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$.")
        raise InvalidValueError(where.rstrip("`").partition("[")[0] or "channel", f"{what}.") from None
    made = await telling.create_channel(visit.db, given, visit.now)
    if made.secret is not None:
        return await _page(visit, NOTHING, made)
    return Done(f"{made.channel.name} is told {RHYTHMS[made.channel.rhythm]}.", to=to(visit, "notices"))


async def change(visit: Visit, form: Form) -> Done:
    """Change a channel; its way stays, and so does its address where none is given."""
    key, fields = visit.id_in_path("channel_id", "channel"), _fields(form)
    if not fields["address"]:
        del fields["address"]
    changed = await telling.update_channel(visit.db, key, fields, visit.now)
    return Done(f"{changed.name} is told {RHYTHMS[changed.rhythm]}.", to=to(visit, "notices"))


async def pause(visit: Visit, form: Form) -> Done:
    """Tell it nothing for now."""
    return await _switch(visit, form, is_active=False)


async def resume(visit: Visit, form: Form) -> Done:
    """Tell it again."""
    return await _switch(visit, form, is_active=True)


async def _switch(visit: Visit, form: Form, *, is_active: bool) -> Done:
    del form
    key = visit.id_in_path("channel_id", "channel")
    channel = await telling.update_channel(visit.db, key, {"is_active": is_active}, visit.now)
    words, back = ("is told again", "pause") if is_active else ("is told nothing for now", "resume")
    return Done(f"{channel.name} {words}.", to=to(visit, "notices"), undo=Undo(to(visit, f"notices/{key}/{back}")))


async def test(visit: Visit, form: Form) -> Done:
    """Tell it a made-up thing now."""
    del form
    key = visit.id_in_path("channel_id", "channel")
    http = Poster(visit.db.settings.webhook_networks)
    async with transports_over(visit.db) as transports:
        outcome = await telling.send_trial(visit.db, http, transports.transport_for, key)
    if outcome.error is None:
        return Done("It was taken: a made-up notice is there.", to=to(visit, "notices"))
    unsure = " It may have arrived all the same." if outcome.is_unknown else ""
    return Done(f"It was not taken: {outcome.error}{unsure}", to=to(visit, "notices"))


async def remove(visit: Visit, form: Form) -> Done:
    """Tell nobody by it any more."""
    del form
    await telling.delete_channel(visit.db, visit.id_in_path("channel_id", "channel"))
    return Done("Nobody is told by it any more.", to=to(visit, "notices"))


def _fields(form: Form) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": form.required("name", "what you call it, like Ada's mail."),
        "address": form.get("address"),
        "sender": form.get("sender") or None,
        "kinds": form.all("kinds"),
        "rhythm": form.get("rhythm"),
        "timezone": form.get("timezone") or None,
        "quiet_from": reading.clock("quiet_from", form.get("quiet_from")),
        "quiet_to": reading.clock("quiet_to", form.get("quiet_to")),
    }
    fields |= {"daily_at": said} if (said := reading.clock("daily_at", form.get("daily_at"))) else {}
    return fields | {name: number for name in ("gap_minutes", "reply_hours") if (number := form.number(name)) is not None}


WAYS = (
    shows("notices", Permission.SETTINGS_READ, notices_page),
    does("notices", Permission.SETTINGS_WRITE, add, notices_page),
    does("notices/{channel_id}", Permission.SETTINGS_WRITE, change, notices_page),
    does("notices/{channel_id}/pause", Permission.SETTINGS_WRITE, pause),
    does("notices/{channel_id}/resume", Permission.SETTINGS_WRITE, resume),
    does("notices/{channel_id}/test", Permission.SETTINGS_WRITE, test),
    does("notices/{channel_id}/remove", Permission.SETTINGS_WRITE, remove),
)
