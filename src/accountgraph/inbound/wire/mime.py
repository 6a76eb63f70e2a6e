"""The MIME tree of a mail as its leaves, found in one pass over its lines: however deep it is, nothing recurses.

Every boundary that is open is known by its text, so a line is looked up once, not once a level. A message within the
message is a leaf: what stands in it is not this mail's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.mail import Part
from accountgraph.inbound.wire import limits
from accountgraph.inbound.wire.headers import Block, block_of
from accountgraph.inbound.wire.parameters import parameters_of
from accountgraph.inbound.wire.transfer import untransferred

if TYPE_CHECKING:
    from accountgraph.inbound.wire.limits import Problems

_DIGEST = "multipart/digest"


class Leaf(NamedTuple):
    """A part with its disposition (`inline`, `attachment`, or empty)."""

    part: Part
    disposition: str


class _Head(NamedTuple):
    """What the headers of a part say of it."""

    type: str
    params: dict[str, str]
    disposition: str
    filename: str | None
    encoding: str


class _Walk:
    """One pass: the multiparts that are open, the part that is being read, and what was found."""

    def __init__(self, content: bytes, problems: Problems) -> None:
        self.content = content
        self.problems = problems
        self.open: list[tuple[bytes, str]] = []
        self.level: dict[bytes, int] = {}
        self.head: _Head | None = None  # None: before the first part, or after the last one
        self.begins = 0
        self.entered = 0
        self.leaves: list[Leaf] = []

    def enter(self, head: _Head, begins: int) -> None:
        """A part begins whose content stands at `begins`."""
        self.head, self.begins = head, begins
        self.entered += 1
        if not head.type.startswith("multipart/"):
            return
        boundary = head.params.get("boundary", "").rstrip().encode("utf-8", "replace")[: limits.LONGEST_BOUNDARY]
        if not boundary:
            self.problems.add("a multipart names no boundary; it is read as text")
            self.head = head._replace(type="text/plain")
        elif len(self.open) >= limits.MOST_DEPTH:
            self.problems.add(f"its parts are nested deeper than {limits.MOST_DEPTH}; what is deeper is not read")
        elif boundary in self.level:
            self.problems.add("a multipart within another has the same boundary")
            self.head = None
        else:
            self.level[boundary] = len(self.open)
            self.open.append((boundary, head.type))
            self.head = None

    def leave(self, ends: int) -> None:
        """The part that is being read ends."""
        if self.head is not None:
            self.leaves.append(_leaf(self.head, self.content, self.begins, max(self.begins, ends), self.problems))
            self.head = None

    def close(self, level: int) -> None:
        """Every multipart from this level inward ends."""
        for boundary, _ in self.open[level:]:
            del self.level[boundary]
        del self.open[level:]

    def delimiter(self, line: bytes) -> tuple[int, bool] | None:
        """Which multipart a line that begins with two dashes delimits, and whether it ends there."""
        line = line.rstrip(b" \t\r")
        level = self.level.get(line)
        if level is not None:
            return level, False
        level = self.level.get(line[:-2]) if line.endswith(b"--") else None
        return None if level is None else (level, True)


def leaves_of(content: bytes, begins: int, block: Block, problems: Problems) -> list[Leaf]:
    """The parts of a mail whose body stands at `begins`; its lines end with LF."""
    head = _head(block, "text/plain", problems)
    walk = _Walk(content, problems)
    walk.enter(head, begins)
    at = max(begins - 1, 0) if content[begins - 1 : begins] == b"\n" else begins
    if walk.open and content.startswith(b"--", begins):
        at = _step(walk, begins, begins + 2)
    while walk.open and (found := content.find(b"\n--", at)) >= 0:
        at = _step(walk, found, found + 3)
        if walk.entered > limits.MOST_PARTS:
            problems.add(f"it has more than {limits.MOST_PARTS:,} parts; the others are not read")
            return walk.leaves
    if walk.open:
        problems.add("it is cut: its last part does not end")
    walk.leave(len(content))
    if not walk.leaves and head.type.startswith("multipart/"):
        problems.add("its parts cannot be found; it is read as text")
        walk.leaves.append(_leaf(head._replace(type="text/plain"), content, begins, len(content), problems))
    return walk.leaves


def _step(walk: _Walk, found: int, begins: int) -> int:
    """Look at a line that begins with two dashes; its end, or where the content of the part begins that it opens."""
    content = walk.content
    ends = content.find(b"\n", begins)
    ends = len(content) if ends < 0 else ends
    delimiter = walk.delimiter(content[begins : min(ends, begins + limits.LONGEST_BOUNDARY + 80)])
    if delimiter is None:
        return ends
    level, closes = delimiter
    walk.leave(found)
    walk.close(level if closes else level + 1)
    if closes:
        return ends
    block, body = _part_headers(walk, ends + 1)
    walk.enter(_head(block, "message/rfc822" if walk.open[level][1] == _DIGEST else "text/plain", walk.problems), body)
    return max(body - 1, ends)


def _part_headers(walk: _Walk, begins: int) -> tuple[Block, int]:
    content = walk.content
    if content.startswith(b"\n", begins) or begins >= len(content):
        return Block([], 0), min(begins + 1, len(content))
    most = begins + limits.MOST_PART_HEADER_BYTES
    ends = content.find(b"\n\n", begins, most)
    lines = content[begins : ends if ends >= 0 else most]
    if lines.startswith(b"--") or b"\n--" in lines:
        lines = _before_delimiter(walk, lines)
    block = block_of(lines, walk.problems)
    body = begins + block.length
    return block, body + (content.startswith(b"\n", body) and block.length == len(lines)) + content.startswith(b"\n\n", body)


def _before_delimiter(walk: _Walk, lines: bytes) -> bytes:
    at = 0 if lines.startswith(b"--") else lines.find(b"\n--") + 1
    while at or lines.startswith(b"--"):
        ends = lines.find(b"\n", at)
        if walk.delimiter(lines[at + 2 : ends if ends >= 0 else len(lines)]):
            return lines[: max(at - 1, 0)]
        at = lines.find(b"\n--", at) + 1
        if not at:
            break
    return lines


def _head(block: Block, default: str, problems: Problems) -> _Head:
    kind, params = parameters_of(block.first("content-type"), problems)
    disposition, more = parameters_of(block.first("content-disposition"), problems)
    encoding = (block.first("content-transfer-encoding") or "").partition(";")[0].strip().lower()
    kind = kind if "/" in kind else ("text/plain" if kind == "text" else default)
    return _Head(kind, params, disposition, more.get("filename") or params.get("name"), encoding)


def _leaf(head: _Head, content: bytes, begins: int, ends: int, problems: Problems) -> Leaf:
    within = untransferred(content, begins, ends, head.encoding, problems) if head.encoding else content[begins:ends]
    return Leaf(Part(head.type, within, head.params.get("charset"), head.filename, head.params), head.disposition)
