"""How things look: a channel is a shape of its own, an answer is good, a matter of waiting, or bad; and a word says it too."""

from __future__ import annotations

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.enums import Channel

CHANNELS = {
    Channel.EMAIL: "dot",
    Channel.CALL: "square",
    Channel.LINKEDIN: "diamond",
    Channel.SMS: "triangle",
    Channel.MAIL: "square",
    Channel.WHATSAPP: "triangle",
    Channel.MEETING: "diamond",
}
_GOOD = {SignalKind.REPLY_POSITIVE, SignalKind.REPLY_QUESTION, SignalKind.MEETING_BOOKED, SignalKind.MEETING_HELD, SignalKind.DEAL_WON}
_BAD = {
    SignalKind.REPLY_REFUSAL,
    SignalKind.HARD_BOUNCE,
    SignalKind.POLICY_BOUNCE,
    SignalKind.UNSUBSCRIBE,
    SignalKind.COMPLAINT,
    SignalKind.DEAL_LOST,
}
ANSWERS = {**{str(kind): ("ring", "good") for kind in _GOOD}, **{str(kind): ("cross", "bad") for kind in _BAD}}  # others: a ring, wait
_STATES = {"failed": "bad", "paused": "wait", "waiting": "data", "active": "data"}
_ENDS = {"replied": "good", "meeting": "good", "unsubscribed": "bad", "complained": "bad", "bounced": "bad"}


def look_of(state: str, reason: str | None) -> str:
    """Of an ending: an answer is good, an opt-out bad, whatever waits waits, and who is through or has not begun is neither."""
    return _ENDS.get(reason or "") or _STATES.get(state, "idle")


def words(name: str) -> str:
    """A name of ours as one reads it."""
    return name.replace("_", " ")


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else many}"
