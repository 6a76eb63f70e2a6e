"""Whose address failed, where no part for machines says so: found among the addresses that a report's words name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.bounces.report import MOST_RECIPIENTS
from accountgraph.inbound.wire.addresses import addresses_of
from accountgraph.inbound.wire.limits import Problems

if TYPE_CHECKING:
    from accountgraph.inbound.mail import Mail

_ADDRESS = re.compile(r"(?<![\w.+@=-])[\w.!#$%&'*+/=?^`{|}~-]{1,64}+@(?:[\w-]{1,63}+\.){1,8}[\w-]{2,63}")
_MACHINES = (
    "mailer-daemon",
    "postmaster",
    "abuse",
    "noreply",
    "no-reply",
    "hostmaster",
    "support",
    "helpdesk",
    "delist",
    "microsoftexchange",
)
_LEADS = re.compile(r"^[\s>*•·-]*(?:to|an|à|para|per|do|кому|rcpt to|recipient|empfänger|收件人)?[\s:：]*[<\"'(\[]?$", re.IGNORECASE)


class Named(NamedTuple):
    """An address and what the words say after it, up to the next one."""

    email: str
    words: str


def sent_to(mail: Mail) -> tuple[str, ...]:
    """Whom the message that came back was for, by its own headers."""
    fields = [value for name, value in mail.original if name in {"to", "cc", "x-failed-recipients", "x-hmxmroriginalrecipient"}]
    return tuple(dict.fromkeys(address.email for address in addresses_of(fields, Problems()) if address.email))


def named_in(mail: Mail, words: str) -> list[Named]:
    """The addresses that failed, each with the words about it; empty where none can be told."""
    failed = [address.email for address in addresses_of(mail.all_of("x-failed-recipients"), Problems()) if address.email]
    found = [(match[0].lower().strip("'`"), match.start(), match.end()) for match in _ADDRESS.finditer(words)]
    ours = _ours(mail)
    found = [one for one in found if one[0] not in ours and not one[0].partition("@")[0].startswith(_MACHINES)]
    wanted = failed or [email for email in sent_to(mail) if any(email == one[0] for one in found)]
    if not wanted:
        leading = [one[0] for one in found if _leads(words, one[1])]
        wanted = list(dict.fromkeys(leading or [one[0] for one in found[:1]])) or list(sent_to(mail)[:1])
    wanted = wanted[:MOST_RECIPIENTS]
    if len(wanted) == 1:
        return [Named(wanted[0], words)]
    starts = {email: next(((one[1], one[2]) for one in found if one[0] == email), None) for email in wanted}
    edges = sorted(start[0] for start in starts.values() if start)
    named: list[Named] = []
    for email, start in starts.items():
        ends = next((edge for edge in edges if start and edge > start[0]), len(words))
        named.append(Named(email, words[start[1] : ends] if start else words))
    return named


def _ours(mail: Mail) -> frozenset[str]:
    """Addresses of the side that sent: they stand in reports, too."""
    fields = [value for name, value in mail.original if name in {"from", "sender", "return-path", "reply-to"}]
    own = [*mail.to, *mail.cc, *addresses_of(fields, Problems()), *([mail.sender] if mail.sender else [])]
    return frozenset([*(address.email for address in own), *mail.delivered_to, ""])


def _leads(words: str, start: int) -> bool:
    """Whether an address begins its line."""
    line = words[max(0, start - 60) : start]
    return bool(_LEADS.match(line.rpartition("\n")[2]))
