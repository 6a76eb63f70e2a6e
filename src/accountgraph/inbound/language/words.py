"""A text as words that can be compared: lower case, without accents and apostrophes; each knows where it stands."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accountgraph.inbound.language.tree import Found

_PLAIN = (
    r"(?P<word>[eE]-[mM]ails?|[dD](?=['’][^\W_])|[^\W_]++(?:['’ʼ`´][^\W_]++)*+)"
    r"|(?P<stop>[.!?;…。！？；]++)"
    r"|(?P<line>\n)(?P<blank>[ \t\r]*+\n)?"
)
# Addresses and links are one token, so that no phrase is found in them. All repeats are bounded or cannot be entered twice.
_ADDRESS = r"(?P<address>https?://\S+|www\.\S+|[\w.+-]{1,64}+@[\w.-]{1,255})|"
_ADDRESSED, _WORDED = re.compile(_ADDRESS + _PLAIN), re.compile(_PLAIN)
# The same for texts in ASCII, which most are: what a letter is takes longest to tell.
_PLAIN_ASCII = _PLAIN.replace(r"[^\W_]", "[a-zA-Z0-9]")
_ADDRESSED_ASCII, _WORDED_ASCII = re.compile(_ADDRESS + _PLAIN_ASCII, re.ASCII), re.compile(_PLAIN_ASCII, re.ASCII)
_SINGLE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"})
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´-")
# People and machines say at once what they want; what stands behind so many letters is not read for its meaning.
READ = 8_000
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@lru_cache(maxsize=20_000)
def _fold(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in folded if not unicodedata.combining(c)).translate(_SINGLE).translate(_APOSTROPHES)


def fold(word: str) -> str:
    """One word as it is compared: `Désabonner` is `desabonner`, `don’t` is `dont`, `Straße` is `strasse`."""
    if word.isascii():
        return word.lower() if word.isalnum() else word.lower().translate(_APOSTROPHES)
    # What has no end is no word: it is not kept in the cache.
    return _fold(word) if len(word) <= 64 else word[:64].casefold()


def head_of(text: str) -> str:
    """The first word of a text, as it is compared; empty where there is none."""
    match = _WORDED.search(text)
    return fold(match.group()) if match else ""


class Words:
    """The words of a text.

    `folded`: as they are compared; `starts`, `ends`: where they stand in `text`; `sentence`: the number of the sentence that each is in;
    `unit`: the number of the line or sentence, whichever is shorter; `last_unit`: how many there are.
    """

    __slots__ = ("ends", "folded", "found", "sentence", "starts", "text", "unit")

    def __init__(self, text: str) -> None:
        self.text = text
        # What `language.prose` found in it.
        self.found: list[Found] | None = None
        folded: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        sentences: list[int] = []
        units: list[int] = []
        self.folded, self.starts, self.ends, self.sentence, self.unit = folded, starts, ends, sentences, units
        sentence = unit = 0
        number = -1
        # Most texts name no address: looking for one at every word is what takes longest.
        addressed = "@" in text or "://" in text or "www." in text
        ascii_ = text.isascii()
        pattern = (_ADDRESSED_ASCII if addressed else _WORDED_ASCII) if ascii_ else (_ADDRESSED if addressed else _WORDED)
        lowered = text.lower() if ascii_ else text
        for match in pattern.finditer(text):
            kind = match.lastgroup
            start, end = match.span()
            if kind == "word":
                word = lowered[start:end]
                folded.append(word if ascii_ and word.isalnum() else fold(word))
                number = end if end - start == 1 or (end - start <= 4 and word.isdecimal()) else -1
            elif kind == "address":
                folded.append("@")
            else:
                # A dot behind a number is an ordinal ("3. Januar"), behind a letter a short form ("d. 3. marts"): no sentence ends.
                if not (kind == "stop" and number == start and match.group() == "."):
                    sentence += kind != "line"
                    unit += 1
                continue
            starts.append(start)
            ends.append(end)
            sentences.append(sentence)
            units.append(unit)

    def __len__(self) -> int:
        return len(self.folded)

    def opens(self, place: int) -> bool:
        """Whether a line or sentence begins with this word."""
        return place == 0 or self.unit[place - 1] != self.unit[place]

    def whole(self, first: int, last: int) -> bool:
        """Whether the words `first` to `last` (included) are all of their line or sentence."""
        unit = self.unit
        return (
            unit[first] == unit[last]
            and (first == 0 or unit[first - 1] != unit[first])
            and (last + 1 == len(unit) or unit[last + 1] != unit[last])
        )
