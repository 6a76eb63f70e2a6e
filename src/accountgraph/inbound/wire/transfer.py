"""Transfer encodings (RFC 2045, and uuencode): what is broken in them gives what can be had."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.inbound.wire.limits import Problems

_NOT_BASE64 = bytes(byte for byte in range(256) if not (chr(byte).isalnum() and byte < 128) and byte not in b"+/")
_LOOKED_AT = 1000  # bytes behind the padding
_QP_BROKEN = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\n|[ \t]*\Z)")
_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\n]*\n", re.MULTILINE)


def untransferred(content: bytes, begins: int, ends: int, encoding: str, problems: Problems) -> bytes:
    """The bytes behind a Content-Transfer-Encoding, of what stands from `begins` to `ends`; an unknown one leaves them as they came."""
    if encoding == "base64":
        return _base64(content, begins, ends, problems)
    within = content[begins:ends]
    match encoding:
        case "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit":
            return within
        case "quoted-printable":
            if _QP_BROKEN.search(within):
                problems.add("its quoted-printable is broken in places; they stay as they came")
            return binascii.a2b_qp(within)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return _uuencoded(within, problems)
        case _:
            problems.add(f"its transfer encoding {encoding[:40]!r} is not known")
            return within


def _base64(content: bytes, begins: int, ends: int, problems: Problems) -> bytes:
    padded = content.find(b"=", begins, ends)
    follows = content[padded : min(ends, padded + _LOOKED_AT)].strip(b"= \t\r\n") if padded >= 0 else b""
    if padded < 0 or (not follows and ends - padded <= _LOOKED_AT):
        try:
            return binascii.a2b_base64(memoryview(content)[begins:ends])  # what is whole needs no second look, and no copy
        except binascii.Error:
            pass
    if follows.strip(b"-"):
        # What follows the padding is no part of it: a mailing list's footer, as a rule.
        problems.add("something follows its base64, and is left out")
    signs = content[begins : padded if padded >= 0 else ends].translate(None, _NOT_BASE64)
    if len(signs) % 4 == 1:
        problems.add("its base64 is broken or cut; what came is read")
        signs = signs[:-1]
    return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))


def _uuencoded(content: bytes, problems: Problems) -> bytes:
    begin = _BEGIN.search(content)
    if begin is None:
        problems.add("its uuencode has no beginning; it stays as it came")
        return content
    out: list[bytes] = []
    for line in content[begin.end() :].split(b"\n"):
        if line.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                out.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                problems.add("its uuencode is broken in places, which are left out")
    return b"".join(out)
