"""How lasting a bounce is, by the code of the server that refused (RFC 3463), where the provider does not say."""

from __future__ import annotations

import re

from accountgraph.inbound.findings import BounceKind

_STATUS = re.compile(r"\b([45])\.(\d{1,3})\.(\d{1,3})\b")
_REPLY = re.compile(r"^\W*([45])\d\d\b")
_FULL_OR_BUSY = frozenset({("2", "0"), ("2", "2"), ("3", "1"), ("4", "1"), ("4", "2"), ("4", "5"), ("4", "7")})


def status_in(*said: str | None) -> str | None:
    """The first enhanced status code that is said."""
    return next((found[0] for words in said if words and (found := _STATUS.search(words))), None)


def bounce_kind(*said: str | None, otherwise: BounceKind) -> BounceKind:
    """The kind of a bounce by what is said of it, the most telling first."""
    status = status_in(*said)
    if status:
        kind, subject, detail = status.split(".")
        if subject == "7":
            return BounceKind.POLICY
        return BounceKind.SOFT if kind == "4" or (subject, detail) in _FULL_OR_BUSY else BounceKind.HARD
    reply = next((found[1] for words in said if words and (found := _REPLY.match(words))), None)
    return BounceKind.SOFT if reply == "4" else otherwise
