"""What a text message costs, by its characters alone: encoding and segments, for people to see before it is sent.

Encoding and lengths: 3GPP TS 23.038 (the GSM 7-bit default alphabet and its extension table) and TS 23.040 (a message of several
parts gives up seven septets, or three UCS-2 units, of each to the header that joins them).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

from accountgraph.enums import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")  # an escape and a character: two septets


class Encoding(StrEnum):
    """How a text message travels: seven bits a character, or sixteen."""

    GSM7 = "gsm7"
    UCS2 = "ucs2"


_LENGTHS = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}  # alone, and as a part of several


class TextSize(Struct, frozen=True, kw_only=True):
    """How a text travels, for people to see before it is sent.

    `units`: septets of GSM7, 16-bit units of UCS2. `left`: how many more fit into the last segment. `costly`: the characters that
    make it UCS2, each once, in their order; replacing them saves segments.
    """

    encoding: Encoding
    units: int
    segments: int
    left: int
    costly: tuple[str, ...] = ()


def size_of(text: str) -> TextSize:
    """The size of a text message; an empty one has no segment."""
    costly = tuple(dict.fromkeys(sign for sign in text if sign not in _BASIC and sign not in _EXTENSION))
    encoding = Encoding.UCS2 if costly else Encoding.GSM7
    alone, part = _LENGTHS[encoding]
    widths = [_width(sign, encoding) for sign in text]
    units = sum(widths)
    segments, left = (min(units, 1), alone - units) if units <= alone else _parts(widths, part)
    return TextSize(encoding=encoding, units=units, segments=segments, left=left, costly=costly)


def whole_text(content: str, footer: str) -> str:
    """A text as it leaves: what it says, then who writes and how to be left alone."""
    return "\n".join(part for part in (content.strip(), footer.strip()) if part)


def size_on(channel: Channel, content: str, footer: str) -> TextSize | None:
    """The size of a message as it leaves; None where the channel counts no segments."""
    return size_of(whole_text(content, footer)) if channel is Channel.SMS else None


def _width(sign: str, encoding: Encoding) -> int:
    if encoding is Encoding.UCS2:
        return 2 if ord(sign) > 0xFFFF else 1  # a surrogate pair
    return 2 if sign in _EXTENSION else 1


def _parts(widths: Iterable[int], most: int) -> tuple[int, int]:
    """How many parts, and what is left of the last; a character of two units is never split."""
    segments, used = 1, 0
    for width in widths:
        if used + width > most:
            segments, used = segments + 1, 0
        used += width
    return segments, most - used
