"""Providers as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.channels.providers.features import HOOKS
from accountgraph.cli.render.page import GOOD, QUIET, listing, page, section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from accountgraph.channels.providers.features import Features


def providers_table(found: Sequence[Features]) -> RenderableType:
    """Two tables, a provider a row: how it sends, and how it tells."""
    sending = listing("Transport", "Channel", "Threads", "Search", "Once only for", "Message-ID", "Tracking off")
    telling = listing("Webhook", "Proved by", "Covers body", "Not old", "Inbound", "Machines")
    for one in found:
        wire = one.message_id.value if one.message_id else "-"
        sending.add_row(
            one.name, one.channel.value, _mark(one.threads), _mark(one.search), one.idempotency or "-", wire, _mark(one.tracking)
        )
        telling.add_row(one.name, one.signature, _mark(one.is_signed), _mark(one.has_timestamp), _mark(one.inbound), _mark(one.machines))
    hooks = Text(f"Webhooks go to {HOOKS} of the public server.", style=QUIET)
    return page(section("Sending", sending), section("Telling what became of it", telling), Text(), hooks)


def _mark(can: bool) -> Text:
    return Text("yes", style=GOOD) if can else Text("-", style=QUIET)
