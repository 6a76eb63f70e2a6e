"""A text taken apart: addresses, words with their places, sentences."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.language.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENDINGS = (
    "ai app at be biz br ca ch cloud cn co com cz de dev dk es eu fi fr gov hu ie in info io it jp kr me mx net nl no nz online org pl pt "
    "ru se shop site sk store team tech tr tv ua uk us xyz za"
)
_ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?|ftp|mailto|tel|javascript|data):[^\s<>\"”)\]]+|www\.[^\s<>\"”)\]]+"
    rf"|\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:{_ENDINGS.replace(' ', '|')})\b(?:/[^\s<>\"”)\]]*)?",
    re.IGNORECASE,
)
_ENDS = ".,;:!?'\"…"  # what a sentence puts behind an address
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)|\n+")
_SHORT = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|st|nr|no|vs|etc|inc|ltd|co|e\.g|i\.e|z\.b|bzw|ca|ggf|inkl|u\.a|d\.h|usw)|\b[^\W\d_])$", re.IGNORECASE
)
_OPENS = re.compile(r"(?:^|[\n:;–—|]|[.!?…][\"'”’)\]]*)[ \t]*(?:[-*•>]|\d+[.)])?[ \t]*[\"'“„‘(\[]*$")


class Word(NamedTuple):
    """A word where it stands. `is_first`: it opens a sentence, a line or a quotation."""

    text: str
    start: int
    end: int
    is_first: bool

    @property
    def folded(self) -> str:
        """As words are compared: small letters, no accents, no possessive s."""
        return folded(self.text)


@lru_cache(maxsize=10_000)
def folded(word: str) -> str:
    """A word as it is compared, without a possessive s."""
    return fold(re.sub(r"['’]s?$", "", word))


def addresses_of(text: str) -> Iterator[str]:
    """Web and mail addresses, in small letters, without what a sentence puts behind them and without scheme and last slash."""
    for found in _ADDRESS.finditer(text):
        yield plain_address(found.group())


def plain_address(address: str) -> str:
    """An address as it is compared."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.rstrip(_ENDS).lower()).rstrip("/")


def without_addresses(text: str) -> str:
    """The text with blanks where addresses stood: every other sign stays in its place."""
    return _ADDRESS.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    address = found.group().rstrip(_ENDS)
    return " " * len(address) + found.group()[len(address) :]


def words_of(text: str) -> Iterator[str]:
    """Words as they are compared; those of addresses too, and parts of joined names (`HubSpot` is no `hub`)."""
    for found in _WORD.finditer(text):
        yield folded(found.group())
    for found in re.finditer(r"[^\W_]+", text):
        if any(sign.isdigit() for sign in found.group()):
            yield found.group().casefold()


def words_in(text: str) -> list[Word]:
    """Words with their places. Words joined by a hyphen count one by one."""
    return [Word(found.group(), *found.span(), is_first=_is_first(text, found.start())) for found in _WORD.finditer(text)]


def _is_first(text: str, start: int) -> bool:
    before = text[max(0, start - 12) : start]
    opened = _OPENS.search(before)
    if opened is None:
        return start < 12 and not before.strip(" \t\"'“„‘([-*•>")
    if before[opened.start() :][:1] == "." and _SHORT.search(text[max(0, start - 24) : start - len(before) + opened.start()]):
        return False  # "Dr. Becker", "z.B. Siemens"
    return opened.start() > 0 or start < 12 or before[0] in "\n.!?…:;"


def sentences_of(text: str) -> list[str]:
    """Sentences and lines."""
    parts, start = [], 0
    for found in _SENTENCE.finditer(text):
        if found.group().startswith(".") and _SHORT.search(text[start : found.start()]):
            continue
        parts.append(text[start : found.end()].strip())
        start = found.end()
    return [part for part in [*parts, text[start:].strip()] if part]
