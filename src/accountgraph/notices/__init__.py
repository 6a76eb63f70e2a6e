"""Notices: the people who run a workspace are told what waits for them, as they choose."""

from accountgraph.notices.channels import (
    CreatedChannel,
    NewChannel,
    NoticeChannel,
    create_channel,
    delete_channel,
    get_channel,
    list_channels,
    update_channel,
)
from accountgraph.notices.needs import Need, NoticeKind, gather
from accountgraph.notices.sending import preview, send_due, send_trial

__all__ = [
    "CreatedChannel",
    "Need",
    "NewChannel",
    "NoticeChannel",
    "NoticeKind",
    "create_channel",
    "delete_channel",
    "gather",
    "get_channel",
    "list_channels",
    "preview",
    "send_due",
    "send_trial",
    "update_channel",
]
