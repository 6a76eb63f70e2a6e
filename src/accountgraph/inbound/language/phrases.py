"""The phrases of all languages, and where a text has them: one pass over its words, whatever the number of phrases.

A file in `data/` is a language. Under `[section]` stands a phrase a line; words as in `language.words`, and besides `a|b` (either word),
`(a)` (may be missing), `stem~` (any ending), `..` (up to three words between), `=` in front (the phrase is a whole line or sentence),
`?` behind (a hint, not proof). Japanese, Chinese and Korean phrases are looked for as they are written.
"""

from __future__ import annotations

import itertools
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.language.words import CJK, Words, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DATA = Path(__file__).parent / "data"
_PARTS = re.compile(r"[^\w'’ʼ`´]+|_")
_GAP = 3
_STEM = 3


class Phrase(NamedTuple):
    """What a phrase stands for: the section it is of, and its language (ISO 639-1)."""

    section: str
    language: str
    whole: bool = False
    hint: bool = False
    # Which line of the section it is of, from 0: the third line of `[months]` is March.
    line: int = 0


class Found(NamedTuple):
    """A phrase in a text: `start` to `end` are its letters, `first` to `last` (included) its words; -1 where it was found without words."""

    phrase: Phrase
    start: int
    end: int
    first: int = -1
    last: int = -1


class _Node:
    """A place in the tree of phrases: what may come next."""

    __slots__ = ("ends", "gap", "stems", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.stems: dict[str, list[tuple[str, _Node]]] = {}
        self.gap: _Node | None = None
        self.ends: list[Phrase] = []

    def after(self, token: str) -> _Node:
        """The place behind this token, made where there is none yet."""
        if token == "..":  # noqa: S105 - a gap
            self.gap = self.gap or _Node()
            return self.gap
        if token.endswith("~"):
            stem = fold(token[:-1])
            for known, node in self.stems.setdefault(stem[:_STEM], []):
                if known == stem:
                    return node
            node = _Node()
            self.stems[stem[:_STEM]].append((stem, node))
            return node
        return self.words.setdefault(token, _Node())

    def step(self, word: str) -> Iterator[_Node]:
        """Where a word leads."""
        node = self.words.get(word)
        if node is not None:
            yield node
        if self.stems:
            for stem, behind in self.stems.get(word[:_STEM], ()):
                if word.startswith(stem):
                    yield behind


class Phrases:
    """A set of phrases, ready to be looked for."""

    def __init__(self, phrases: Iterable[tuple[str, Phrase]]) -> None:
        self._root = _Node()
        self._written: list[tuple[list[str], Phrase]] = []
        for text, phrase in phrases:
            if CJK.search(text):
                self._written.append((text.lower().split(" .. "), phrase))
                continue
            for tokens in _spellings(text):
                node = self._root
                for token in tokens:
                    node = node.after(token)
                node.ends.append(phrase)

    def find(self, words: Words) -> list[Found]:
        """Every phrase that the text has, in its order; one that is a part of a longer one is left out."""
        found = [*self._found_by_words(words), *self._found_as_written(words.text)]
        found.sort(key=lambda one: (one.start, -one.end))
        kept: list[Found] = []
        reach = (-1, -1)
        for one in found:
            if one.end > reach[1] or (one.start, one.end) == reach:
                kept.append(one)
                reach = (one.start, one.end)
        return kept

    def may_begin(self, text: str) -> bool:
        """Whether one of the first three words of a text begins a phrase: asked before a line is taken apart."""
        root = self._root
        for piece in text[:90].split(None, 3)[:3]:
            for part in _PARTS.split(piece):
                word = fold(part)
                if word in root.words or word[:_STEM] in root.stems:
                    return True
        return bool(self._written) and CJK.search(text) is not None

    def _found_by_words(self, words: Words) -> Iterator[Found]:
        starts, stems = self._root.words, self._root.stems
        last = len(words.folded) - 1
        for first, word in enumerate(words.folded):
            node = starts.get(word)
            # Most words that begin a phrase are not followed by its second.
            goes_on = node and (node.ends or node.gap or node.stems or (first < last and words.folded[first + 1] in node.words))
            if goes_on or word[:_STEM] in stems:
                yield from self._from(words, first)

    def _from(self, words: Words, first: int) -> Iterator[Found]:
        folded, sentence = words.folded, words.sentence
        places = [(node, first) for node in self._root.step(folded[first])]
        while places:
            node, last = places.pop()
            for phrase in node.ends:
                if not phrase.whole or words.whole(first, last):
                    yield Found(phrase, words.starts[first], words.ends[last], first, last)
            here = sentence[first]
            behind = last + 1
            if behind < len(folded) and sentence[behind] == here:
                places += [(after, behind) for after in node.step(folded[behind])]
                if node.gap is not None:
                    for place in range(behind, min(behind + _GAP + 1, len(folded))):
                        if sentence[place] == here:
                            places += [(after, place) for after in node.gap.step(folded[place])]

    def _found_as_written(self, text: str) -> Iterator[Found]:
        if not self._written or not CJK.search(text):
            return
        lowered = text.lower()
        if len(lowered) != len(text):
            return
        for parts, phrase in self._written:
            start = lowered.find(parts[0])
            if start < 0:
                continue
            end = start + len(parts[0])
            for part in parts[1:]:
                place = lowered.find(part, end, end + 30)
                end = place + len(part) if place >= 0 else -1
                if end < 0:
                    break
            if end >= 0:
                yield Found(phrase, start, end)


def _spellings(text: str) -> Iterator[tuple[str, ...]]:
    """A phrase as it is written down here, as all the word sequences that it stands for."""
    for spelled in {text, *_plain_umlauts(text)}:
        choices: list[list[tuple[str, ...]]] = []
        for token in spelled.split():
            optional = token.startswith("(") and token.endswith(")")
            options = [_token(option) for option in token.strip("()").split("|")]
            choices.append([*options, ()] if optional else options)
        for picked in itertools.product(*choices):
            tokens = tuple(itertools.chain.from_iterable(picked))
            if tokens:
                yield tokens


def _token(written: str) -> tuple[str, ...]:
    """A token of the files as tokens of the tree: a word with a hyphen is two words, as it is in a text."""
    if written == ".." or written.endswith("~"):
        return (written,)
    # Most are one plain word; there are thousands, and the first mail waits for them.
    return (written.lower(),) if written.isascii() and written.isalnum() else tuple(Words(written).folded)


def _plain_umlauts(text: str) -> Iterator[str]:
    """German keyboards that are none: `Gruesse` for `Grüße`."""
    plain = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    if plain != text:
        yield plain


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
def phrases(*names: str, language: str | None = None) -> Phrases:
    """The phrases of these sections, of all languages or of one."""
    chosen = []
    for code, read in sections().items():
        if language in {None, code}:
            for name in names:
                for number, line in enumerate(read.get(name, ())):
                    text = line.removeprefix("=").removesuffix("?").strip()
                    chosen.append((text, Phrase(name, code, line.startswith("="), line.endswith("?"), number)))
    return Phrases(chosen)


@cache
def single_words(name: str) -> dict[str, tuple[str, ...]]:
    """The words of a section, each with the languages that have it."""
    known: dict[str, dict[str, None]] = {}
    for code, read in sections().items():
        for line in read.get(name, ()):
            for word in line.replace("|", " ").split():
                known.setdefault(fold(word.strip("()~=?")), {})[code] = None
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
    letters = CJK.findall(text)
    if len(letters) >= 2 and len(letters) * 5 >= len(text):
        kana = sum("\u3040" <= letter <= "\u30ff" for letter in letters)
        hangul = sum(letter >= "\uac00" for letter in letters)
        if hangul * 2 > len(letters):
            return "ko"
        return "ja" if kana * 8 > len(letters) else "zh"
    cyrillic = sum("\u0400" <= letter <= "\u04ff" for letter in text)
    return "ru" if cyrillic * 3 > len(text) else None
