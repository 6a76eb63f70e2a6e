"""What happened to a message, in words; what no person did is shown, greyed, and says "not counted"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from accountgraph.cli.render.page import ATTENTION, BAD, GOOD, QUIET
from accountgraph.cli.render.words import span
from accountgraph.enums import Actor, EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.models import Event

_TROUBLE = {EventKind.BOUNCED, EventKind.FAILED, EventKind.COMPLAINED, EventKind.UNSUBSCRIBED}
_UNSAID = {EventKind.SENT, EventKind.RECEIVED, EventKind.DELIVERED}


def marks(events: Sequence[Event], sent_at: datetime | None) -> Text:
    """One phrase for each kind of event: what a person did first, else what a machine did."""
    phrases = []
    for kind in dict.fromkeys(event.kind for event in events if event.kind not in _UNSAID):
        alike = [event for event in events if event.kind == kind]
        by_people = [event for event in alike if event.actor in {Actor.HUMAN, None}]
        phrases.append(_phrase((by_people or alike)[0], len(by_people or alike), sent_at))
    return Text(", ").join(phrases) if phrases else Text("no reaction yet", style=QUIET)


def _phrase(event: Event, times: int, sent_at: datetime | None) -> Text:
    words = str(event.kind).replace("_", " ")
    if event.detail:
        words += f" ({str(event.detail).replace('_', ' ')})"
    if times > 1:
        words += f" {times} times"
    if event.actor not in {Actor.HUMAN, None}:
        reason = (event.actor_reason or str(event.actor)).removeprefix(f"{event.kind} ")
        return Text(f"{words} (not counted: {reason})", style=QUIET)
    if sent_at is not None and (later := (event.at - sent_at).total_seconds()) >= 1:
        words += f" {span(later)} later"
    if event.kind in _TROUBLE:
        return Text(words, style=BAD if event.kind != EventKind.UNSUBSCRIBED else ATTENTION)
    return Text(words, style=GOOD)
