"""What a notice says: as a mail, for Slack, and as a webhook's payload. Pure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec import to_builtins

from accountgraph.notices.needs import SAID, NoticeKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from accountgraph.notices.needs import Need

LONGEST_LINE = 300
_LINES_IN_SLACK, _LONGEST_SECTION = 10, 2900  # Slack takes 3,000 characters in a section
_ORDER = {kind: place for place, kind in enumerate(NoticeKind)}
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def headline(needs: Sequence[Need]) -> str:
    """How many new things wait, by kind; of each the words of `SAID`."""
    return "Waiting for you: " + ", ".join(_counted(kind, of_kind[0].fresh) for kind, of_kind in _by_kind(needs))


def text(needs: Sequence[Need], name: str) -> str:
    """A mail's words. `name`: of the channel."""
    parts = []
    for kind, of_kind in _by_kind(needs):
        lines = [f"{_counted(kind, of_kind[0].fresh)}{_of_all(of_kind[0])}:", *(f"  * {one.line[:LONGEST_LINE]}" for one in of_kind)]
        parts.append("\n".join(lines + _rest(of_kind[0].fresh - len(of_kind), "  ")))
    return "\n\n".join([*parts, f"-- \nAccountGraph, to the channel {name!r}. Each of these is told once."])


def for_slack(needs: Sequence[Need]) -> dict[str, Any]:
    """The body of an incoming webhook of Slack's."""
    head = headline(needs)
    blocks: list[dict[str, Any]] = [{"type": "header", "text": {"type": "plain_text", "text": head[:150]}}]
    for kind, of_kind in _by_kind(needs):
        shown = of_kind[:_LINES_IN_SLACK]
        lines = [f"*{_counted(kind, of_kind[0].fresh)}*{_of_all(of_kind[0])}"]
        lines += [f"• {one.line[:LONGEST_LINE].translate(_ESCAPED)}" for one in shown] + _rest(of_kind[0].fresh - len(shown), "")
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": "\n".join(lines)[:_LONGEST_SECTION]}})
    return {"text": head.translate(_ESCAPED), "blocks": blocks}


def payload(needs: Sequence[Need], now: datetime) -> dict[str, Any]:
    """A webhook's payload."""
    things = [
        {name: getattr(one, name) for name in ("key", "kind", "since", "account", "person", "about") if getattr(one, name) is not None}
        for one in needs
    ]
    counts = {str(kind): {"new": of_kind[0].fresh, "waiting": of_kind[0].waiting} for kind, of_kind in _by_kind(needs)}
    told: dict[str, Any] = to_builtins({"type": "notice", "timestamp": now, "data": {"counts": counts, "needs": things}})
    return told


def _by_kind(needs: Sequence[Need]) -> list[tuple[NoticeKind, list[Need]]]:
    ordered = sorted(needs, key=lambda one: _ORDER[one.kind])
    return [(kind, list(of_kind)) for kind, of_kind in groupby(ordered, key=lambda one: one.kind)]


def _counted(kind: NoticeKind, count: int) -> str:
    return f"{count:,} {SAID[kind].one if count == 1 else SAID[kind].many}"


def _of_all(one: Need) -> str:
    return f" ({one.waiting:,} in all)" if one.waiting > one.fresh else ""


def _rest(count: int, indent: str) -> list[str]:
    return [f"{indent}and {count:,} more"] if count > 0 else []
