"""Encoded words in headers (RFC 2047) and headers that are plain bytes."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

from accountgraph.inbound.wire.charsets import decoded

if TYPE_CHECKING:
    from accountgraph.inbound.wire.limits import Problems

# Some programs leave spaces in the text of a word, or break it; a word has no "?" but at its seams.
_BREAKS = re.compile(r"[\r\n]+")
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*)\?=")


def unworded(value: str, problems: Problems) -> str:
    """The value with its encoded words as text. White space between two of them is none; one that is broken stays as it came."""
    if "=?" not in value:
        return value
    said: list[str] = []
    waiting: list[bytes] = []  # a letter may be cut between two words of the same charset
    charset = ""
    at = 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        content = _content(word[2], word[3])
        if waiting and (between.strip() or content is None or word[1].lower() != charset):
            said.append(decoded(b"".join(waiting), charset, problems))
            waiting = []
            between = "" if content is not None and not between.strip() else between
        elif waiting:
            between = ""
        said.append(between)
        at = word.end()
        if content is None:
            problems.add("an encoded word in its headers is broken; it stays as it came")
            said.append(word[0])
            continue
        waiting.append(content)
        charset = word[1].lower()
    if waiting:
        said.append(decoded(b"".join(waiting), charset, problems))
    said.append(value[at:])
    return _BREAKS.sub(" ", "".join(said))


def _content(encoding: str, text: str) -> bytes | None:
    raw = text.encode("ascii", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(raw, header=True)
    try:
        return binascii.a2b_base64(raw.rstrip(b"= ") + b"==")
    except binascii.Error:
        return None
