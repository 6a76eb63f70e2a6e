"""The phrases of all languages.

A file in `data/` is a language. Under `[section]` stands a phrase a line; words as in `language.words`, and besides `a|b` (either word),
`(a)` (may be missing), `stem~` (any ending), `@name` (a word of the class `[@name]`), `..` (up to three words between), `=` in front (the
phrase is a whole line or sentence), `^` in front (it begins one), `?` behind (a hint, not proof). Words under `[fillers]` may stand between
any two. Japanese, Chinese and Korean phrases are looked for as they are written.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from accountgraph.inbound.language.classes import Classes
from accountgraph.inbound.language.tree import Found, Phrase, Phrases
from accountgraph.inbound.language.words import CJK, Words, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Found", "Phrase", "Phrases", "language_of", "phrases", "sections", "single_words"]

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_DATA = Path(__file__).parent / "data"


@cache
def sections() -> dict[str, dict[str, list[str]]]:
    """What the files say: language, section, lines."""
    read: dict[str, dict[str, list[str]]] = {}
    for path in sorted(_DATA.glob("*.txt")):
        lines: list[str] = []
        language = read.setdefault(path.stem, {})
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if text.startswith("[") and text.endswith("]"):
                lines = language.setdefault(text[1:-1], [])
            elif text and not text.startswith("#"):
                lines.append(text)
    return read


@cache
def classes() -> Classes:
    """The word classes of all languages."""
    return Classes(sections())


@cache
def phrases(*names: str, language: str | None = None) -> Phrases:
    """The phrases of these sections, of all languages or of one."""
    chosen = []
    for code, read in sections().items():
        if language in {None, code}:
            for name in names:
                for number, line in enumerate(read.get(name, ())):
                    text = line.lstrip("=^").removesuffix("?").strip()
                    chosen.append((text, Phrase(name, code, line[0] == "=", line[-1] == "?", line[0] == "^", ".." in text, number)))
    return Phrases(chosen, classes())


@cache
def single_words(name: str) -> dict[str, tuple[str, ...]]:
    """The words of a section, each with the languages that have it."""
    known: dict[str, dict[str, None]] = {}
    for code, read in sections().items():
        for line in read.get(name, ()):
            for word in line.replace("|", " ").split():
                known.setdefault(fold(word.strip("()~=^?")), {})[code] = None
    return {word: tuple(codes) for word, codes in known.items()}


def language_of(words: Words, found: Iterable[Found] = ()) -> str | None:
    """The language of a text by its script and its commonest words; None where it is too short to tell.

    `found`: phrases that were found in it; one of several words tells more than common words do.
    """
    script = _by_script(words.text[:2000])
    if script:
        return script
    common = single_words("common")
    counts: dict[str, int] = {}
    for word in words.folded[:300]:
        for code in common.get(word, ()):
            counts[code] = counts.get(code, 0) + 1
    for one in found:
        if one.last > one.first:
            counts[one.phrase.language] = counts.get(one.phrase.language, 0) + one.last - one.first + 1
    if not counts:
        return None
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= 2 else None


def _by_script(text: str) -> str | None:
    if text.isascii():
        return None
    letters = CJK.findall(text)
    if len(letters) >= 2 and len(letters) * 5 >= len(text):
        kana = sum("\u3040" <= letter <= "\u30ff" for letter in letters)
        hangul = sum(letter >= "\uac00" for letter in letters)
        if hangul * 2 > len(letters):
            return "ko"
        return "ja" if kana * 8 > len(letters) else "zh"
    return "ru" if len(_CYRILLIC.findall(text)) * 3 > len(text) else None
