"""Bytes as text, whatever charset they claim: decoding never fails, and gives no NUL and no half of a pair."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.inbound.wire.limits import Problems

# What mail programs write, and what they mean by it: the larger set where two share a beginning.
_MEANT = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ansi_x3.4-1968": "utf-8",
    "utf8": "utf-8",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "windows874": "cp874",
    "x-mac-roman": "mac-roman",
    "macintosh": "mac-roman",
}
_NOT_TEXT = frozenset({"punycode", "idna", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape", "undefined"})
_UNWANTED = re.compile("[\0\ud800-\udfff]")
_SAMPLE = 4096  # bytes a guess is made from
_FEWEST_LETTERS = 5  # different ones beyond ASCII, for a guess at a script
_NON_LATIN = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp949", "cp932", "euc_jp", "gb18030", "big5"]


def decoded(content: bytes, charset: str | None, problems: Problems) -> str:
    """The text of `content`; where `charset` is unknown or wrong, the likeliest one is taken and the problem said."""
    if content.isascii() and not (charset and charset.lower().startswith(("utf-7", "utf-16", "utf-32", "iso-2022", "hz"))):
        text = content.decode("ascii")
    else:
        text = _beyond_ascii(content, charset, problems)
    if "\0" in text or not text.isascii():
        cleaned = _UNWANTED.sub("", text)
        if len(cleaned) != len(text):
            problems.add("it holds characters that no text can hold; they are left out")
        return cleaned
    return text


def _beyond_ascii(content: bytes, charset: str | None, problems: Problems) -> str:
    codec = codec_of(charset) if charset else "utf-8"
    if codec:
        try:
            return content.decode(codec)
        except (UnicodeError, ValueError):
            pass
    said = charset or "none"
    if codec != "utf-8":
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            problems.add(f"its charset is said to be {said[:40]!r}, and is utf-8")
            return text
    # One that is nearly right (a cut letter, a stray byte) is better than any guess.
    best = codec if charset and codec and _is_nearly(content[:_SAMPLE], codec) else _guessed(content[:_SAMPLE], problems)
    problems.add(f"its charset is said to be {said[:40]!r}, and is not; it is read as {best}")
    return content.decode(best, "replace")


@lru_cache(maxsize=256)
def codec_of(charset: str) -> str | None:
    """Python's codec for the charset that a mail names; None where there is none that makes text."""
    name = charset.strip(" \t\"'").lower()
    name = _MEANT.get(name, name)
    try:
        codec = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return None
    # The codecs of compression and of escapes are no charsets, and some of them cost more than the square of their input.
    return name if getattr(codec, "_is_text_encoding", True) and codec.name not in _NOT_TEXT else None


def _is_nearly(sample: bytes, codec: str) -> bool:
    text = sample.decode(codec, "replace")
    broken = text.count("\ufffd")
    return broken * 4 <= sum(1 for sign in text if sign > "\x7f") - broken


def _guessed(sample: bytes, problems: Problems) -> str:
    """A statistical guess is right about other scripts; between the Western code pages it is a coin toss, so there: the common one."""
    high = [byte for byte in sample if byte >= 0x80]
    letters = sum(1 for byte in sample if 0x41 <= byte <= 0x5A or 0x61 <= byte <= 0x7A)
    if problems.guesses and len(high) > letters and len(set(high)) >= _FEWEST_LETTERS:
        problems.guesses -= 1
        from charset_normalizer import from_bytes  # noqa: PLC0415  (slow to import, seldom needed)

        if best := from_bytes(sample, cp_isolation=_NON_LATIN, steps=3, chunk_size=256).best():
            return best.encoding
    return "cp1252"
