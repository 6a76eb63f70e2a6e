"""The headers of the message that a mail reports on: in a part of their own, or in its words, where the older servers put them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.inbound.wire.headers import block_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.inbound.mail import Part
    from accountgraph.inbound.wire.limits import Problems

_TYPES = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers", "message/rfc-822")
_MOST = 64 * 1024  # bytes of a message in which its headers end
_LOOKED_AT = 64 * 1024  # characters of the words
_DAEMON = re.compile(
    r"mailer-daemon|postmaster|mail delivery|mdaemon|microsoftexchange|abuse|feedback|complaint|fbl|scomp@|jmrp", re.IGNORECASE
)
# Where the copy begins: a line of headers that no person writes, at the beginning of a line, with others around it.
_BEGIN = re.compile(
    r"^(?:>\s?)?(?:Return-Path|Received|DKIM-Signature|ARC-Seal|X-AccountGraph-Intent|Message-ID|MIME-Version|X-Received)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_TELLING = ("message-id", "x-accountgraph-intent", "received", "from", "to", "subject", "date")
_FEWEST = 3  # telling headers, for a block of lines to be headers


def original_of(headers: Sequence[tuple[str, str]], parts: Sequence[Part], text: str, problems: Problems) -> tuple[tuple[str, str], ...]:
    """Empty where there are none. The last part that holds a message counts: a report's own words come first."""
    for part in reversed(parts):
        if part.type in _TYPES:
            content = part.content.lstrip(b"\r\n")[:_MOST].replace(b"\r\n", b"\n")
            block = block_of(content.partition(b"\n\n")[0], problems)
            if block.values:
                return block.readable(problems)
    return _in_words(text[:_LOOKED_AT], problems) if _is_from_a_machine(headers) else ()


def _is_from_a_machine(headers: Sequence[tuple[str, str]]) -> bool:
    said = {name: value for name, value in reversed(headers) if name in {"from", "return-path", "x-failed-recipients", "auto-submitted"}}
    return said.get("return-path", "").strip() == "<>" or "x-failed-recipients" in said or bool(_DAEMON.search(said.get("from", "")))


def _in_words(text: str, problems: Problems) -> tuple[tuple[str, str], ...]:
    begin = _BEGIN.search(text)
    while begin:
        above = text.rfind("\n\n", 0, begin.start())
        ends = text.find("\n\n", begin.start())
        whole = text[above + 2 if above >= 0 else 0 : ends if ends >= 0 else len(text)]
        lines = re.sub(r"^> ?", "", whole, flags=re.MULTILINE) if begin[0].startswith(">") else whole
        block = block_of(lines.encode("latin-1", "replace"), problems)
        if len({name for name, _ in block.values}.intersection(_TELLING)) >= _FEWEST:
            return block.readable(problems)
        begin = _BEGIN.search(text, ends) if ends >= 0 else None
    return ()
