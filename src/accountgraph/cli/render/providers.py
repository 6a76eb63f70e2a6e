"""Providers as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.text import Text

from accountgraph.cli.render.page import GOOD, QUIET, listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from accountgraph.channels.providers.features import Features


def providers_table(found: Sequence[Features]) -> RenderableType:
    """A provider a row: its name as a transport, what it can do, and how its webhook is proved."""
    table = listing(
        "Transport", "Channel", "Search", "Once only", "Message-ID", "Tracking off", "Inbound", "Tells machines", "Webhook proved by"
    )
    for one in found:
        table.add_row(
            Text(one.name, style="bold"),
            one.channel.value,
            _mark(one.search),
            one.idempotency or "-",
            one.message_id.value if one.message_id else "-",
            _mark(one.tracking),
            _mark(one.inbound),
            _mark(one.machines),
            one.signature,
        )
    hooks = Text(f"Webhooks go to {found[0].webhook.replace(found[0].name, '{provider}')} of the public server.", style=QUIET)
    return Group(table, Text(), hooks)


def _mark(can: bool) -> Text:
    return Text("yes", style=GOOD) if can else Text("-", style=QUIET)
