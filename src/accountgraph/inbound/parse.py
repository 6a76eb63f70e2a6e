"""Reading a mail: whatever the bytes are, there is a `Mail`, in time and memory that grow with their number alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.inbound.mail import Address, Mail
from accountgraph.inbound.original import original_of
from accountgraph.inbound.wire import limits
from accountgraph.inbound.wire.addresses import addresses_of, date_of, ids_of
from accountgraph.inbound.wire.charsets import decoded
from accountgraph.inbound.wire.headers import Block, block_of
from accountgraph.inbound.wire.limits import Problems
from accountgraph.inbound.wire.mime import Leaf, leaves_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accountgraph.inbound.mail import Part

_DELIVERED = ("delivered-to", "x-delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to")
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_:-]{1,40})", re.IGNORECASE)
_META_WITHIN = 2048  # bytes
_ONE_OF = ("from", "subject", "message-id", "date", "content-type")


def parse(raw: bytes) -> Mail:
    """The mail that `raw` holds, as RFC 5322 and MIME have it, or as much of it as can be made out.

    Never raises. Limits are in `wire/limits.py`; what they leave out, and whatever else was wrong, is said in `problems`.
    Lines end with LF in what is returned.
    """
    problems = Problems()
    content = _with_line_feeds(raw, problems)
    block, begins = _headers(content, problems)
    leaves = leaves_of(content, begins, block, problems)
    sender = addresses_of(block.all_of("from")[:1] or block.all_of("sender")[:1], problems)
    text = _words(leaves, "text/plain", problems)
    headers = block.readable(problems)
    _missing(block, problems)
    parts = tuple([leaf.part for leaf in leaves])
    return Mail(
        message_id=next(iter(ids_of(block.all_of("message-id"), problems)), None),
        in_reply_to=ids_of(block.all_of("in-reply-to"), problems),
        references=ids_of(block.all_of("references"), problems),
        sender=sender[0] if sender else None,
        reply_to=addresses_of(block.all_of("reply-to"), problems),
        to=addresses_of(block.all_of("to"), problems),
        cc=addresses_of(block.all_of("cc"), problems),
        delivered_to=_delivered_to(block, problems),
        return_path=_return_path(block, problems),
        subject=next((value for name, value in headers if name == "subject"), ""),
        at=date_of(block.first("date"), problems),
        headers=headers,
        text=text,
        html=_words(leaves, "text/html", problems),
        parts=parts,
        original=original_of(headers, parts, text, problems),
        problems=problems.all(),
    )


def _charset_within(part: Part) -> str | None:
    """What HTML says of its own charset, where the part's headers are silent."""
    meta = _META.search(part.content, 0, _META_WITHIN) if part.type == "text/html" else None
    return meta[1].decode("ascii") if meta else None


def _with_line_feeds(raw: bytes, problems: Problems) -> bytes:
    content = bytes(raw[: limits.MOST_BYTES]) if len(raw) > limits.MOST_BYTES else raw
    if len(raw) > limits.MOST_BYTES:
        problems.add(f"it is larger than {limits.MOST_BYTES:,} bytes; what is beyond them is not read")
    if b"\r" in content:
        content = content.replace(b"\r\n", b"\n")
        if b"\n" not in content:
            content = content.replace(b"\r", b"\n")
    return content


def _headers(content: bytes, problems: Problems) -> tuple[Block, int]:
    """The headers, and where the body begins. Empty lines before them, and the line that an mbox puts there, are none."""
    begins = 0
    while content.startswith((b"\n", b"\xef\xbb\xbf"), begins):
        begins += 1 if content.startswith(b"\n", begins) else 3
    if content.startswith((b"From ", b">From "), begins):
        line = content.find(b"\n", begins)
        begins = line + 1 if line >= 0 else len(content)
    if content.startswith(b"\n", begins) or begins >= len(content):
        problems.add("it has no headers" if content else "it is empty")
        return Block([], 0), begins
    most = begins + limits.MOST_HEADER_BYTES
    ends = content.find(b"\n\n", begins, most)
    if ends < 0 and len(content) > most:
        problems.add(f"its headers are larger than {limits.MOST_HEADER_BYTES:,} bytes; what is beyond them is read as body")
        ends = max(content.rfind(b"\n", begins, most), begins)
    elif ends < 0:
        ends = len(content)
    block = block_of(content[begins:ends], problems)
    body = begins + block.length
    return block, min(body + 2, len(content)) if body >= ends else body


def _missing(block: Block, problems: Problems) -> None:
    for name in ("from", "date"):
        if block.first(name) is None:
            problems.add(f"it has no {name.capitalize()} header")
    for name in _ONE_OF:
        if len(block.all_of(name)) > 1:
            problems.add(f"it has more than one {name} header; the first one is read")


def _delivered_to(block: Block, problems: Problems) -> tuple[str, ...]:
    named = [value for name, value in block.values if name in _DELIVERED]
    return tuple(dict.fromkeys(address.email for address in addresses_of(named, problems) if address.email))


def _return_path(block: Block, problems: Problems) -> str | None:
    """Empty: the null return path of a machine."""
    value = block.first("return-path")
    if value is None:
        return None
    found: Sequence[Address] = addresses_of([value], problems)
    return found[0].email if found else ""


def _words(leaves: Sequence[Leaf], type_: str, problems: Problems) -> str:
    """Every part of this type that is meant to be read, not to be saved; a mail that is one such part is meant to be read."""
    found: list[str] = []
    left = limits.MOST_TEXT
    for leaf in leaves:
        part = leaf.part
        if part.type != type_ or ((leaf.disposition == "attachment" or part.filename) and len(leaves) > 1):
            continue
        # No charset has more than four bytes a character, so no more of them can be wanted.
        words = decoded(part.content[: 4 * left], part.charset or _charset_within(part), problems)
        if len(words) > left or len(part.content) > 4 * left:
            problems.add(f"its text is longer than {limits.MOST_TEXT:,} characters, and is cut; the parts have it whole")
        found.append(words[:left].strip("\n") if len(leaves) > 1 else words[:left])
        left -= len(found[-1])
        if left <= 0:
            break
    return found[0] if len(found) == 1 else "\n".join(word for word in found if word)
