"""Notices: people are told what waits for them, as they choose."""

from __future__ import annotations

from datetime import time
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from accountgraph import notices as telling
from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.routes.sending_by import transports_of
from accountgraph.listing import Page
from accountgraph.notices import CreatedChannel, Need, NewChannel, NoticeChannel
from accountgraph.notices.timing import Rhythm
from accountgraph.outgoing import Poster

notices = Routes("notices")


class ChannelChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is not sent stays; null: none, or what the workspace has."""

    name: Annotated[str, Meta(min_length=1, max_length=100)] | UnsetType = UNSET
    address: str | UnsetType = UNSET
    sender: str | UnsetType | None = UNSET
    kinds: tuple[str, ...] | UnsetType = UNSET
    rhythm: Rhythm | UnsetType = UNSET
    daily_at: time | UnsetType = UNSET
    timezone: str | UnsetType | None = UNSET
    gap_minutes: Annotated[int, Meta(ge=0, le=10_080)] | UnsetType = UNSET
    quiet_from: time | UnsetType | None = UNSET
    quiet_to: time | UnsetType | None = UNSET
    reply_hours: Annotated[int, Meta(ge=0, le=720)] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class NoticeTrial(Struct, frozen=True):
    """What came of it. `is_unknown`: it may have arrived."""

    was_taken: bool
    error: str | None
    is_unknown: bool


@notices.get("/notices/needs", needs=Permission.SETTINGS_READ)
async def list_needs(call: Call) -> Page[Need]:
    """What needs a person now, the oldest first."""
    return Page(await telling.gather(call.db, call.now))


@notices.get("/notices/channels", needs=Permission.SETTINGS_READ)
async def list_notice_channels(call: Call) -> Page[NoticeChannel]:
    """Who is told, how and when."""
    return Page(await telling.list_channels(call.db))


@notices.post("/notices/channels", needs=Permission.SETTINGS_WRITE, status=201, is_shown_once=True)
async def create_notice_channel(call: Call, body: NewChannel) -> CreatedChannel:
    """Add a channel: mails, a webhook, or Slack; a webhook's signing secret is shown this once."""
    return await telling.create_channel(call.db, body, call.now)


@notices.get("/notices/channels/{channel_id}", needs=Permission.SETTINGS_READ)
async def get_notice_channel(call: Call, channel_id: UUID) -> NoticeChannel:
    """One channel, and how it fares."""
    return await telling.get_channel(call.db, channel_id)


@notices.patch("/notices/channels/{channel_id}", needs=Permission.SETTINGS_WRITE)
async def update_notice_channel(call: Call, channel_id: UUID, body: ChannelChanges) -> NoticeChannel:
    """Change a channel; its `way` stays."""
    given = {name: value for name, value in asdict(body).items() if value is not UNSET}
    return await telling.update_channel(call.db, channel_id, given, call.now)


@notices.delete("/notices/channels/{channel_id}", needs=Permission.SETTINGS_WRITE)
async def delete_notice_channel(call: Call, channel_id: UUID) -> None:
    """Tell nobody by this channel any more."""
    await telling.delete_channel(call.db, channel_id)


@notices.get("/notices/channels/{channel_id}/preview", needs=Permission.SETTINGS_READ)
async def preview_notice(call: Call, channel_id: UUID) -> Page[Need]:
    """What this channel would be told of at its next time."""
    return Page(await telling.preview(call.database, channel_id))


@notices.post("/notices/channels/{channel_id}/test", needs=Permission.SETTINGS_WRITE, writes=False)
async def test_notice_channel(call: Call, channel_id: UUID) -> NoticeTrial:
    """Tell it a made-up thing now, and say whether it was taken."""
    http = Poster(call.database.settings.webhook_networks)
    async with transports_of(call) as transports:
        outcome = await telling.send_trial(call.database, http, transports.transport_for, channel_id)
    return NoticeTrial(outcome.error is None, outcome.error, outcome.is_unknown)
