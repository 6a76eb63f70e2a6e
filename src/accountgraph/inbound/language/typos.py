"""Long words that are one letter off a word of the phrases: `unsubscibe`, `definately`, `intrested`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from accountgraph.inbound.language.phrases import sections
from accountgraph.inbound.language.words import Words

if TYPE_CHECKING:
    from collections.abc import Collection

# In short words one letter makes another word; and whoever writes much says most things more than once.
_LONG, _LONGEST = 7, 24
_MOST = 60


def corrected(text: Words, names: Collection[str]) -> Words | None:
    """A short text with its long misspelt words as the phrases of these sections write them; None where there is nothing to put right."""
    if len(text) > _MOST:
        return None
    known = _known(tuple(names))
    pieces: list[str] = []
    end = 0
    for word, start, behind in zip(text.folded, text.starts, text.ends, strict=True):
        meant = _meant(word, known) if _LONG <= len(word) <= _LONGEST and word not in known else None
        if meant is not None:
            pieces += [text.text[end:start], meant]
            end = behind
    return Words("".join([*pieces, text.text[end:]])) if pieces else None


def _meant(word: str, known: Collection[str]) -> str | None:
    """The one known word that is a letter more, less, other, or two letters swapped away; None where it could be several."""
    alphabet = "abcdefghijklmnopqrstuvwxyz" if word.isascii() else "абвгдежзийклмнопрстуфхцчшщъыьэюя"
    found: set[str] = set()
    for place in range(len(word) + 1):
        head, tail = word[:place], word[place:]
        found.update(known_ for letter in alphabet if (known_ := head + letter + tail) in known)
        if tail:
            found.update(known_ for letter in alphabet if (known_ := head + letter + tail[1:]) in known)
            if (shorter := head + tail[1:]) in known and len(shorter) >= _LONG:
                found.add(shorter)
        if len(tail) > 1 and (swapped := head + tail[1] + tail[0] + tail[2:]) in known:
            found.add(swapped)
    return found.pop() if len(found) == 1 else None


@cache
def _known(names: tuple[str, ...]) -> frozenset[str]:
    """The long words of these sections, and of the word classes."""
    known: set[str] = set()
    for read in sections().values():
        for section, lines in read.items():
            if section in names or section[0] == "@":
                known.update(word for line in lines for word in Words(line).folded if len(word) >= _LONG)
    return frozenset(known)
