"""Why a message is not delivered, and by which words (`phrases.txt`) servers say it."""

from __future__ import annotations

from enum import StrEnum
from importlib.resources import files

from accountgraph.inbound.findings import BounceKind


class Reason(StrEnum):
    """Why a message was not delivered."""

    NO_MAILBOX = "no such mailbox"
    DISABLED = "mailbox disabled"
    NO_DOMAIN = "no such domain"
    MOVED = "the mailbox has moved"
    FULL = "mailbox full"
    GREYLISTED = "asked to come later"
    TOO_MANY = "too many messages"
    UNREACHABLE = "server not reachable"
    EXPIRED = "tried for too long"
    SERVER_ERROR = "the server has a problem"
    TOO_LARGE = "message too large"
    LOOP = "mail loop"
    BLOCKLISTED = "on a blocklist"
    AUTHENTICATION = "SPF, DKIM or DMARC"
    REPUTATION = "reputation of the sender"
    CONTENT = "taken for spam"
    SENDER_REFUSED = "sender not allowed"
    RELAYING = "relaying denied"
    POLICY = "policy of the recipient"
    UNKNOWN = "not said"


KIND_OF: dict[Reason, BounceKind] = {
    Reason.NO_MAILBOX: BounceKind.HARD,
    Reason.DISABLED: BounceKind.HARD,
    Reason.NO_DOMAIN: BounceKind.HARD,
    Reason.MOVED: BounceKind.HARD,
    Reason.FULL: BounceKind.SOFT,
    Reason.GREYLISTED: BounceKind.SOFT,
    Reason.TOO_MANY: BounceKind.SOFT,
    Reason.UNREACHABLE: BounceKind.SOFT,
    Reason.EXPIRED: BounceKind.SOFT,
    Reason.SERVER_ERROR: BounceKind.SOFT,
    Reason.TOO_LARGE: BounceKind.SOFT,
    Reason.LOOP: BounceKind.SOFT,
    Reason.BLOCKLISTED: BounceKind.POLICY,
    Reason.AUTHENTICATION: BounceKind.POLICY,
    Reason.REPUTATION: BounceKind.POLICY,
    Reason.CONTENT: BounceKind.POLICY,
    Reason.SENDER_REFUSED: BounceKind.POLICY,
    Reason.RELAYING: BounceKind.POLICY,
    Reason.POLICY: BounceKind.POLICY,
}


def _phrases() -> dict[Reason, tuple[str, ...]]:
    """The sections of `phrases.txt`, in their order."""
    found: dict[Reason, list[str]] = {}
    within: list[str] = []
    for line in files(__package__).joinpath("phrases.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            within = found.setdefault(Reason(line.strip("[]")), [])
        elif line and not line.startswith("#"):
            within.append(line[1:-1] if line.startswith('"') else line)
    return {reason: tuple(phrases) for reason, phrases in found.items()}


PHRASES = _phrases()  # in the order in which they are believed
