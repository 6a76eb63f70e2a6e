"""A block of headers as names and values: unfolded, in order, whatever stands between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.inbound.wire import limits
from accountgraph.inbound.wire.charsets import decoded
from accountgraph.inbound.wire.encoded import unworded

if TYPE_CHECKING:
    from accountgraph.inbound.wire.limits import Problems

_HEADER = re.compile(r"([!-9;-~]{1,200}+)[ \t]*+:[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_KNOWN = re.compile(r"^(?:Subject|From|To|Date|MIME-Version|Content-Type|Message-ID)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_CHARSET = re.compile(r"charset\s*+=\s*+\"?+([A-Za-z0-9_.:-]{1,40}+)", re.IGNORECASE)
_CONTROL = re.compile(r"[\0\r\n]+")


class Block:
    """Headers as text, their encoded words still as they came. `length`: how many bytes of the block they are."""

    __slots__ = ("_named", "length", "values")

    def __init__(self, values: list[tuple[str, str]], length: int) -> None:
        self.values = values
        self.length = length
        self._named: dict[str, list[str]] = {}
        for name, value in values:
            self._named.setdefault(name, []).append(value)

    def first(self, name: str) -> str | None:
        """The first header of this name (lower case), None where there is none."""
        found = self._named.get(name)
        return found[0] if found else None

    def all_of(self, name: str) -> list[str]:
        """Every header of this name (lower case)."""
        return self._named.get(name, [])

    def readable(self, problems: Problems) -> tuple[tuple[str, str], ...]:
        """The same with encoded words decoded."""
        return tuple([(name, unworded(value, problems) if "=?" in value else value) for name, value in self.values])


def block_of(content: bytes, problems: Problems) -> Block:
    """The headers of `content`, which ends before an empty line. Where `length` falls short of it, the rest is body."""
    text = content.decode("latin-1")  # a character a byte; what is beyond ASCII is decoded header by header
    found: list[tuple[str, str]] = []
    at, known_at, end = 0, -1, len(text)
    while at < end:
        if header := _HEADER.match(text, at):
            found.append((header[1].lower(), header[2]))
            at = header.end()
            continue
        stop = text.find("\n", at)
        line = text[at : stop if stop >= 0 else end]
        if line.strip() and not line.startswith(("From ", ">From ")):
            if known_at < at and found:  # looked for once, however many lines are none
                known_at = known.start() if (known := _KNOWN.search(text, at)) else -1
            if known_at < at:
                problems.add("its headers end without an empty line")
                break
            problems.add("a line among its headers is none, and is left out")
        at += len(line) + 1
    return Block(_as_text(found, content, problems), min(at, end))


def _as_text(found: list[tuple[str, str]], content: bytes, problems: Problems) -> list[tuple[str, str]]:
    if len(found) > limits.MOST_HEADERS:
        problems.add(f"it has {len(found):,} headers; the first {limits.MOST_HEADERS:,} are read")
        del found[limits.MOST_HEADERS :]
    clean = content.isascii() and b"\0" not in content and b"\r" not in content
    if clean and len(content) <= limits.LONGEST_HEADER:
        return [(name, _unfolded(value) if "\n" in value else value.rstrip()) for name, value in found]
    return [(name, _careful(value, found, problems)) for name, value in found]


def _unfolded(value: str) -> str:
    return " ".join(map(str.strip, value.split("\n"))).strip()


def _careful(value: str, found: list[tuple[str, str]], problems: Problems) -> str:
    value = _unfolded(value)
    if len(value) > limits.LONGEST_HEADER:
        problems.add(f"a header is longer than {limits.LONGEST_HEADER:,} characters, and is cut")
        value = value[: limits.LONGEST_HEADER]
    if not value.isascii():
        declared = next((value for name, value in found if name == "content-type"), "")
        charset = _CHARSET.search(declared)
        value = decoded(value.encode("latin-1"), charset[1] if charset else None, problems)
    return _CONTROL.sub(" ", value).strip()
