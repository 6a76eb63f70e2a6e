"""What a text message costs and what it asks, by its characters alone: encoding, segments, opt-out words.

Encoding and lengths: 3GPP TS 23.038 (the GSM 7-bit default alphabet and its extension table) and TS 23.040 (a message of several
parts gives up seven septets, or three UCS-2 units, of each to the header that joins them).
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING

from msgspec import Struct

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


class OptOut(StrEnum):
    """What a text asks about texts to come."""

    STOP = "stop"
    START = "start"
    HELP = "help"


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


def opt_out_of(text: str) -> OptOut | None:
    """What a text asks, where it is one of the words for it and nothing else; case, accents and punctuation do not matter."""
    word = re.sub(r"[^\w]+", " ", _folded(text)).strip()
    return next((meaning for meaning, words in OPT_OUT_WORDS.items() if word in words), None)


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


def _folded(text: str) -> str:
    # The dotless and the dotted i of Turkish are one letter here, and so are the slashed letters of the north and of Poland.
    plain = text.casefold().translate({0x131: "i", 0xF8: "o", 0x142: "l"})
    return "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))


def _words(text: str) -> frozenset[str]:
    return frozenset(_folded(word) for word in text.split("|"))


OPT_OUT_WORDS = {
    OptOut.STOP: _words(
        "stop|stop all|stopall|unsubscribe|cancel|end|quit|revoke|optout|opt out|remove"  # English, as US carriers ask
        "|stopp|abmelden|abbestellen|kündigen"
        "|arrêt|arrêter|arret|désabonner|désinscrire"
        "|alto|baja|cancelar|parar|detener|sair|remover"
        "|cancella|annulla|disiscrivi|disiscrivimi|basta"
        "|afmelden|uitschrijven"
        "|avsluta|avregistrera|sluta|afmeld|avmeld|lopeta|peruuta"
        "|rezygnuję|wypisz|zrušit|odhlásit|iptal|dur|стоп|отписаться|配信停止|退订|取消"
    ),
    OptOut.START: _words("start|unstop|subscribe|anmelden|starten|iniciar|alta|inizia|commencer|старт"),
    OptOut.HELP: _words("help|info|hilfe|aide|ayuda|ajuda|aiuto|hulp|hjälp|hjælp|hjelp|apua|pomoc|yardım|помощь"),
}
"""Whole messages by what they ask, in the languages of those who are likely to write them."""
