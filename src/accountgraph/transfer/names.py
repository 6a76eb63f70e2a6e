"""Full names in two parts: the last word is the last name, with the small words before it that belong to it; the rest is the first name.

`Smith, Jo` is turned round. A title in front (`Dr.`) and what follows a name (`Jr.`, `PhD`) are left out. One word alone is a first name.
"""

from __future__ import annotations

import re

_TITLES = frozenset(re.findall(r"\w+", "mr mrs ms miss mx dr prof sir herr frau hr fr dipl ing mme mlle sr sra"))
_SUFFIXES = frozenset(re.findall(r"\w+", "jr sr ii iii iv phd md mba cpa esq dds rn msc bsc"))
_PARTICLES = frozenset(re.findall(r"\w+", "van von der den de di da del della dos das du la le ter ten zu zum zur bin ibn al el st af av"))


def first_name(full: str) -> str:
    """The first name in a full name."""
    return _parts(full)[0]


def last_name(full: str) -> str:
    """The last name in a full name; nothing where there is one word alone."""
    return _parts(full)[1]


def _parts(full: str) -> tuple[str, str]:
    name, *behind = (part.strip() for part in full.split(","))
    if len(behind) == 1 and behind[0] and not _is_suffix(behind[0].split()[0]):
        return " ".join(_without_titles(behind[0].split())), " ".join(_without_titles(name.split()))
    words = _without_titles(name.split())
    while len(words) > 2 and _is_suffix(words[-1]):
        words.pop()
    if len(words) < 2:
        return " ".join(words), ""
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _without_titles(words: list[str]) -> list[str]:
    start = 0
    while start < len(words) - 1 and words[start].lower().rstrip(".") in _TITLES:
        start += 1
    return words[start:]


def _is_suffix(word: str) -> bool:
    return word.lower().replace(".", "") in _SUFFIXES
