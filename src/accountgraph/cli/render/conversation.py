"""A conversation: whose turn it is, and all that was said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from accountgraph.cli.render.contact import shortened
from accountgraph.cli.render.marks import marks
from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET, listing, page
from accountgraph.cli.render.words import ago, count, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from rich.console import RenderableType

    from accountgraph.graph.answers import ConversationHealth
    from accountgraph.models import Contact, Conversation, Event, Touchpoint

_COLOURS = {"engaged": GOOD, "waiting_on_us": ATTENTION, "cooling": ATTENTION, "stalled": BAD}


def health_page(found: Sequence[ConversationHealth]) -> RenderableType:
    """Whose turn it is, for how long, and why: a line a conversation."""
    if not found:
        return Text("No active conversation.", style=QUIET)
    table = listing("With", "State", "Why")
    for health in found:
        state = Text(plain(health["state"]), style=_COLOURS.get(health["state"], ""))
        last = f"we wrote {_days(health['days_since_us'])}, they acted {_days(health['days_since_them'])}"
        table.add_row(Text(health["contact_name"]), state, Text("; ".join(health["why"])).append(f"\n{last}", style=QUIET))
    return table


def _days(days: float | None) -> str:
    if days is None:
        return "never"
    return "today" if days < 1 else f"{count(int(days), 'day')} ago"


def history_page(
    conversation: Conversation, contact: Contact, touchpoints: Sequence[Touchpoint], events: Mapping[UUID, list[Event]], now: datetime
) -> RenderableType:
    """All touchpoints in order, each with what became of it."""
    kinds = [plain(word) for word in (conversation.status, conversation.qualification_tier, conversation.campaign_name) if word]
    title = Text.assemble((f"Conversation with {contact.name}", "bold"), (f"   {', '.join(kinds)}", QUIET))
    if not touchpoints:
        return page(title, Text("Nothing was said yet.", style=QUIET))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style=QUIET)
    table.add_column(overflow="fold")
    for touchpoint in touchpoints:
        table.add_row(ago(touchpoint.sent_at, now, never="not sent"), _touchpoint(touchpoint, events.get(touchpoint.id, [])))
    return page(title, Text(), table)


def _touchpoint(touchpoint: Touchpoint, events: Sequence[Event]) -> Text:
    is_ours = touchpoint.direction == "outbound"
    words = Text(f"{touchpoint.channel}, {'we' if is_ours else 'they'}: {touchpoint.subject or '(no subject)'}")
    if touchpoint.content:
        words.append(f"\n{shortened(touchpoint.content)}", style=QUIET)
    if is_ours and touchpoint.sent_at:
        words.append("\n").append_text(marks(events, touchpoint.sent_at))
    if touchpoint.response:
        words.append(f"\nanswer: {shortened(touchpoint.response)}", style=GOOD)
    return words
