"""What the table says of an account: what somebody did last, what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

from accountgraph.dashboard.account.health import direction, moved, trend_line
from accountgraph.dashboard.accounts.asked import Shown
from accountgraph.dashboard.words import plain, relative
from accountgraph.listing.accounts.next_step import StepKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accountgraph.listing.accounts.next_step import NextStep
    from accountgraph.listing.accounts.table import LastEngagement
    from accountgraph.listing.accounts.views import AccountView
    from accountgraph.listing.accounts.wanted import AccountsWanted

_DONE = {"replied": "reply", "opened": "open", "clicked": "click", "received": "message", "answered": "call", "meeting_held": "meeting"}
_SUGGESTED = {
    StepKind.FIND_PEOPLE: "find people",
    StepKind.FIND_DECISION_MAKER: "find who decides",
    StepKind.START_CONVERSATION: "start a conversation",
    StepKind.NOTHING_DUE: "nothing due",
}


def did(engagement: LastEngagement) -> str:
    """What somebody did, in a word."""
    kind = str(engagement.kind) if engagement.kind else "something"
    return _DONE.get(kind, plain(kind))


def last_engagement(engagement: LastEngagement | None, now: datetime) -> str:
    """What somebody did last and when; empty: nobody yet."""
    return f"{did(engagement)}, {relative(engagement.at, now)}" if engagement else ""


def next_step(step: NextStep, now: datetime) -> str:
    """What is next, in a few words."""
    if step.kind in _SUGGESTED:
        return _SUGGESTED[step.kind]
    at = relative(step.at, now) if step.at else None
    if step.kind in {StepKind.HOLD, StepKind.PAUSED, StepKind.PLANNED}:
        return _under_way(step, at)
    if step.kind is StepKind.REPLY:
        return f"answer {step.contact}" if step.contact else f"answer: {step.detail}"
    if step.kind is StepKind.APPROVAL:
        return f"approve “{step.detail}”" if step.detail else "approve a message"
    return step.detail or "a task"


def _under_way(step: NextStep, at: str | None) -> str:
    """What goes on by itself, or stands still until a time."""
    if step.kind is StepKind.PLANNED:
        return ", ".join(part for part in (step.campaign or step.detail, at) if part)
    if step.kind is StepKind.HOLD:
        return f"held, ends {at}" if at else "held"
    return f"paused: {plain(step.detail)}{f', goes on {at}' if at else ''}"


def view_address(view: AccountView, base: str) -> str:
    """Where a saved view leads."""
    table = Shown(f"{base}/accounts", view.wanted)
    return f"{table.path}?{urlencode([*table.fields(), ('view', str(view.id))])}"


def as_json(wanted: AccountsWanted) -> str:
    """A table as a form carries it."""
    return msgspec.json.encode(wanted).decode()


FILTERS: dict[str, Callable[..., Any]] = {
    "did": did,
    "next_step": next_step,
    "view_address": view_address,
    "as_json": as_json,
    "direction": direction,
    "moved": moved,
    "trend_line": trend_line,
}
