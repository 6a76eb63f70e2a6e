"""Where a text has phrases: one pass over its words, whatever the number of phrases.

A phrase is read only when a text has a word that it begins with: no mail waits for phrases of languages that it is not in.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.language.spellings import STEM, beginnings, spellings
from accountgraph.inbound.language.words import CJK, Words, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from accountgraph.inbound.language.classes import Classes

_GAP = 4
# So many words that change nothing ("really", "just") may stand between two words of a phrase.
_FILLERS = 2
_LONGEST = 40
_KEPT = 20_000


class Phrase(NamedTuple):
    """What a phrase stands for: the section it is of, and its language (ISO 639-1)."""

    section: str
    language: str
    whole: bool = False
    hint: bool = False
    # It stands at the beginning of a line or sentence.
    opens: bool = False
    # Any words may stand within it.
    gaps: bool = False
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

    __slots__ = ("classes", "ends", "gap", "goes_on", "plain", "stems", "wide", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.stems: dict[str, list[tuple[str, _Node]]] = {}
        self.classes: dict[str, _Node] = {}
        self.gap: _Node | None = None
        self.ends: list[Phrase] = []
        # Whether anything comes next, and whether more than single words may, or nothing need.
        self.goes_on = self.wide = False
        # Whether all that comes next are words, no stems and no classes.
        self.plain = True

    def after(self, token: str) -> _Node:
        """The place behind this token, made where there is none yet."""
        self.goes_on = True
        self.wide = self.wide or not token[-1].isalnum() or token[0] == "@"
        if token == "..":  # noqa: S105 - a gap
            self.gap = self.gap or _Node()
            return self.gap
        if token[0] == "@":
            self.plain = False
            return self.classes.setdefault(token, _Node())
        if token.endswith("~"):
            self.plain = False
            stem = fold(token[:-1])
            for known, node in self.stems.setdefault(stem[:STEM], []):
                if known == stem:
                    return node
            node = _Node()
            self.stems[stem[:STEM]].append((stem, node))
            return node
        return self.words.setdefault(token, _Node())


class _Line:
    """A phrase that was not read yet, perhaps."""

    __slots__ = ("phrase", "read", "text")

    def __init__(self, text: str, phrase: Phrase) -> None:
        self.text, self.phrase, self.read = text, phrase, False


class Phrases:
    """A set of phrases, ready to be looked for."""

    def __init__(self, phrases: Iterable[tuple[str, Phrase]], classes: Classes) -> None:
        self._classes = classes
        self._root = _Node()
        self._unread: dict[str, list[_Line]] = {}
        self._entries: dict[str, tuple[_Node, ...]] = {}
        self._written: list[tuple[list[str], Phrase]] = []
        for text, phrase in phrases:
            if not text.isascii() and CJK.search(text):
                self._written.append((text.lower().split(" .. "), phrase))
                continue
            line = _Line(text, phrase)
            for word in beginnings(text, phrase.language, classes):
                self._unread.setdefault(word, []).append(line)

    def find(self, words: Words) -> list[Found]:
        """Every phrase that the text has, in its order; one that is a part of a longer one is left out."""
        return outermost(self.all(words))

    def all(self, words: Words) -> list[Found]:
        """Every phrase that the text has, those that are a part of longer ones, too."""
        found = self._found_by_words(words)
        found += self._found_as_written(words.text)
        found.sort(key=lambda one: (one.start, -one.end))
        return found

    def may_begin(self, text: str) -> bool:
        """Whether one of the first three words of a text begins a phrase: asked before a line is taken apart."""
        root, unread = self._root, self._unread
        for word in _first_words(text[:90]):
            if word in root.words or word in unread or (word[:STEM] + "~") in unread or word[:STEM] in root.stems:
                return True
        return bool(self._written) and CJK.search(text) is not None

    def _read(self, word: str) -> None:
        """Phrases that begin with this word become a part of the tree."""
        for line in self._unread.pop(word):
            if line.read:
                continue
            line.read = True
            for tokens in spellings(line.text, line.phrase.language):
                node = self._root
                for token in tokens:
                    if token[0] == "@":
                        self._classes.members(token[1:])
                    node = node.after(token)
                node.wide = True
                if line.phrase not in node.ends:
                    node.ends.append(line.phrase)

    def _entry(self, word: str) -> tuple[_Node, ...]:
        """Where a word leads from the root; the phrases that it begins are read first."""
        for beginning in (word, word[:STEM] + "~"):
            if beginning in self._unread:
                self._read(beginning)
        root, places = self._root, list[tuple[_Node, int]]()
        if word in root.words:
            places.append((root.words[word], 0))
        self._wider(root, word, 0, places)
        nodes = tuple([node for node, _ in places])
        if len(self._entries) < _KEPT and len(word) <= 64:
            self._entries[word] = nodes
        return nodes

    def _found_by_words(self, words: Words) -> list[Found]:
        found: list[Found] = []
        entries, fillers = self._entries, self._classes.fillers
        folded = words.folded
        last = len(folded) - 1
        for first, word in enumerate(folded):
            nodes = entries.get(word)
            if nodes is None:
                nodes = self._entry(word)
            for node in nodes:
                # Most words that begin a phrase are not followed by its second.
                if node.wide or (first < last and ((behind := folded[first + 1]) in node.words or behind in fillers)):
                    self._from(words, first, nodes, found)
                    break
        return found

    def _from(self, words: Words, first: int, nodes: Sequence[_Node], found: list[Found]) -> None:
        folded, sentence = words.folded, words.sentence
        # The end of its sentence, or where no phrase reaches.
        stop = bisect_right(sentence, sentence[first], first, min(first + _LONGEST, len(folded)))
        places = [(node, first) for node in nodes]
        seen: set[tuple[int, int]] = set()
        for node, last in places:
            if len(places) > 1:
                if (key := (id(node), last)) in seen:
                    continue
                seen.add(key)
            for phrase in node.ends:
                if (not phrase.whole or words.whole(first, last)) and (not phrase.opens or words.opens(first)):
                    found.append(Found(phrase, words.starts[first], words.ends[last], first, last))  # noqa: PERF401 - a list apart costs more
            if node.goes_on and last + 1 < stop:
                self._behind(node, folded, last + 1, stop, places)

    def _behind(self, node: _Node, folded: list[str], behind: int, stop: int, places: list[tuple[_Node, int]]) -> None:
        """Adds where the words from `behind` on lead, `stop` not included: to the next word, over a gap, over words that change nothing."""
        one = node.words.get(folded[behind])
        if one is not None:
            places.append((one, behind))
        if not node.plain:
            self._wider(node, folded[behind], behind, places)
        gap = node.gap
        if gap is not None:
            words = gap.words
            for place in range(behind, min(behind + _GAP + 1, stop)):
                one = words.get(folded[place])
                if one is not None:
                    places.append((one, place))
                if not gap.plain:
                    self._wider(gap, folded[place], place, places)
        fillers = self._classes.fillers
        place = behind
        while folded[place] in fillers and place < stop - 1 and place - behind < _FILLERS:
            place += 1
            one = node.words.get(folded[place])
            if one is not None:
                places.append((one, place))
            if not node.plain:
                self._wider(node, folded[place], place, places)

    def _wider(self, node: _Node, word: str, place: int, places: list[tuple[_Node, int]]) -> None:
        """Adds where a word leads by its stem and its classes."""
        if node.stems:
            for stem, behind in node.stems.get(word[:STEM], ()):
                if word.startswith(stem):
                    places.append((behind, place))
        classes = node.classes
        if classes:
            places += [(classes[name], place) for name in self._classes.of(word) if name in classes]

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


def outermost(found: Sequence[Found]) -> list[Found]:
    """Phrases in their order without those that are a part of a longer one."""
    kept: list[Found] = []
    reach = (-1, -1)
    for one in found:
        if one.end > reach[1] or (one.start, one.end) == reach:
            kept.append(one)
            reach = (one.start, one.end)
    return kept


@lru_cache(maxsize=256)
def _first_words(text: str) -> tuple[str, ...]:
    """Three words of a text at least, where it has them. Several sets of phrases are asked for the same line."""
    pieces = text.split(None, 3)[:3]
    return tuple([word for piece in pieces for word in ((piece.lower(),) if piece.isascii() and piece.isalnum() else Words(piece).folded)])
