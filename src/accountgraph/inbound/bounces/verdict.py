"""Hard, soft or policy: what a status (RFC 3463), a reply of SMTP and the words around them say together.

Words that name a reason win over a code, for servers give 5.7.1 for everything; a temporary code wins over words, for what is
temporary may be tried again. Whatever was against the verdict is in the evidence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.bounces.phrases import KIND_OF, PHRASES, Reason
from accountgraph.inbound.findings import BounceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

# Not within a version or an IP address.
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_REPLY = re.compile(r"(?<![\d.:/=-])([45][0-5]\d)(?=[ -](?:#?[45]\.\d|[A-Za-z<\"'\[(]|\W{0,3}$)|[:;,])", re.MULTILINE)
_LONGEST = 4000  # characters of a server's words

# RFC 3463 and RFC 7505, 7372, 8689, and what Exchange made of them: by the longest beginning that fits.
_BY_STATUS: dict[str, tuple[Reason, float]] = {
    "1.0": (Reason.NO_MAILBOX, 0.7),
    "1.1": (Reason.NO_MAILBOX, 0.95),
    "1.2": (Reason.NO_DOMAIN, 0.9),
    "1.3": (Reason.NO_MAILBOX, 0.9),
    "1.4": (Reason.NO_MAILBOX, 0.7),
    "1.6": (Reason.MOVED, 0.9),
    "1.7": (Reason.SENDER_REFUSED, 0.8),
    "1.8": (Reason.SENDER_REFUSED, 0.85),
    "1.10": (Reason.NO_MAILBOX, 0.95),
    "2.0": (Reason.NO_MAILBOX, 0.5),
    "2.1": (Reason.DISABLED, 0.85),
    "2.2": (Reason.FULL, 0.95),
    "2.3": (Reason.TOO_LARGE, 0.9),
    "2.4": (Reason.SERVER_ERROR, 0.7),
    "3": (Reason.SERVER_ERROR, 0.7),
    "3.1": (Reason.FULL, 0.7),
    "3.4": (Reason.TOO_LARGE, 0.9),
    "4": (Reason.UNREACHABLE, 0.75),
    "4.4": (Reason.NO_DOMAIN, 0.7),
    "4.6": (Reason.LOOP, 0.85),
    "4.7": (Reason.EXPIRED, 0.85),
    "4.14": (Reason.LOOP, 0.85),
    "4.310": (Reason.NO_DOMAIN, 0.85),
    "5": (Reason.SERVER_ERROR, 0.6),
    "6": (Reason.CONTENT, 0.6),
    "7": (Reason.POLICY, 0.8),
    "7.20": (Reason.AUTHENTICATION, 0.9),
    "7.21": (Reason.AUTHENTICATION, 0.9),
    "7.22": (Reason.AUTHENTICATION, 0.9),
    "7.23": (Reason.AUTHENTICATION, 0.9),
    "7.24": (Reason.AUTHENTICATION, 0.9),
    "7.25": (Reason.AUTHENTICATION, 0.9),
    "7.26": (Reason.AUTHENTICATION, 0.9),
    "7.27": (Reason.SENDER_REFUSED, 0.85),
    "7.28": (Reason.REPUTATION, 0.85),
    "7.57": (Reason.SENDER_REFUSED, 0.85),
    "7.64": (Reason.RELAYING, 0.8),
    "7.124": (Reason.SENDER_REFUSED, 0.9),
    "7.133": (Reason.SENDER_REFUSED, 0.9),
    "7.134": (Reason.SENDER_REFUSED, 0.9),
    "7.136": (Reason.SENDER_REFUSED, 0.9),
    "7.509": (Reason.AUTHENTICATION, 0.9),
    "7.511": (Reason.BLOCKLISTED, 0.9),
    "7.515": (Reason.AUTHENTICATION, 0.9),
    "7.606": (Reason.BLOCKLISTED, 0.9),
    "7.705": (Reason.REPUTATION, 0.85),
    "7.708": (Reason.REPUTATION, 0.85),
    "7.750": (Reason.SENDER_REFUSED, 0.85),
}
_BY_REPLY: dict[str, tuple[Reason, float]] = {
    "521": (Reason.NO_DOMAIN, 0.65),
    "550": (Reason.NO_MAILBOX, 0.6),
    "551": (Reason.NO_MAILBOX, 0.65),
    "552": (Reason.FULL, 0.65),
    "553": (Reason.NO_MAILBOX, 0.55),
    "554": (Reason.POLICY, 0.5),
    "556": (Reason.NO_DOMAIN, 0.8),
}
# Reasons that say little: a code that says more is believed before them.
_WEAK = frozenset({Reason.POLICY, Reason.SERVER_ERROR, Reason.GREYLISTED, Reason.EXPIRED, Reason.UNREACHABLE})


class Verdict(NamedTuple):
    """What became of an address. `status`: the best that was said, None where none was."""

    kind: BounceKind
    reason: Reason
    status: str | None
    confidence: float
    evidence: tuple[str, ...]


def verdict(status: str | None, words: str) -> Verdict:
    """Judge one address by the status field of its report (None where there is none) and by the words of the server."""
    said = " ".join(words[:_LONGEST].split()).lower()
    statuses = [*([status] if status else []), *_STATUS.findall(said)]
    best = next((one for one in statuses if not one.endswith(".0.0")), statuses[0] if statuses else None)
    reply = found[1] if (found := _REPLY.search(words[:_LONGEST])) else None
    named = next(_named(said), None)
    coded = _coded(best, reply)
    temporary = (best or "").startswith("4.") or (best is None and (reply or "").startswith("4"))
    reason, confidence, evidence = _weighed(named, coded, temporary=temporary)
    kind = KIND_OF.get(reason, BounceKind.SOFT if temporary else BounceKind.HARD)
    if temporary and kind is BounceKind.HARD:
        kind, confidence = BounceKind.SOFT, min(confidence, 0.6)
        evidence = (*evidence, "its code is a temporary one")
    elif temporary and reason is Reason.POLICY:
        kind = BounceKind.SOFT
    if best:
        evidence = (f"status {best}", *evidence)
    if reply and not (best and temporary == reply.startswith("4")):
        evidence = (*evidence, f"reply {reply}")
    return Verdict(kind, reason, best, round(confidence, 2), evidence)


def _named(said: str) -> Iterator[tuple[Reason, str]]:
    """The reasons that the words name, and the phrase that names each, the most telling first."""
    for reason, phrases in PHRASES.items():
        for phrase in phrases:
            if phrase in said:
                yield reason, phrase
                break


def _coded(status: str | None, reply: str | None) -> tuple[Reason, float] | None:
    if status:
        _, _, rest = status.partition(".")
        if found := _BY_STATUS.get(rest) or _BY_STATUS.get(rest.partition(".")[0]):
            return found
    return _BY_REPLY.get(reply) if reply else None


def _weighed(
    named: tuple[Reason, str] | None, coded: tuple[Reason, float] | None, *, temporary: bool
) -> tuple[Reason, float, tuple[str, ...]]:
    if named is None:
        return (*coded, ()) if coded else (Reason.UNKNOWN, 0.4, ("no reason is said",))
    reason, phrase = named
    says = f"says “{phrase.strip()}”"
    if coded is None:
        return reason, 0.6 if reason in _WEAK else 0.8, (says,)
    by_code, sure = coded
    if KIND_OF[reason] is KIND_OF[by_code]:
        return (by_code if reason in _WEAK else reason), min(0.98, max(sure, 0.85) + 0.05), (says,)
    if reason in _WEAK and sure >= 0.7 and not (temporary and KIND_OF[reason] is BounceKind.SOFT):
        return by_code, sure - 0.1, (f"{says}, which its code outweighs",)
    return reason, 0.75 if reason not in _WEAK else 0.6, (f"{says}, against its code, which would be “{by_code}”",)
