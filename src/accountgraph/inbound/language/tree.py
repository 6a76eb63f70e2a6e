"""Where a text has phrases: one pass over its words, whatever the number of phrases.

A phrase is read only when a text has a word that it begins with: no mail waits for phrases of languages that it is not in.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from accountgraph.inbound.language.words import CJK, Words, fold, head_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from accountgraph.inbound.language.classes import Classes

_GAP = 4
_STEM = 3
# So many words that change nothing ("really", "just") may stand between two words of a phrase.
_FILLERS = 2
_LONGEST = 40


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

    __slots__ = ("classes", "ends", "gap", "stems", "words")

    def __init__(self) -> None:
        self.words: dict[str, _Node] = {}
        self.stems: dict[str, list[tuple[str, _Node]]] = {}
        self.classes: dict[str, _Node] = {}
        self.gap: _Node | None = None
        self.ends: list[Phrase] = []

    def after(self, token: str) -> _Node:
        """The place behind this token, made where there is none yet."""
        if token == "..":  # noqa: S105 - a gap
            self.gap = self.gap or _Node()
            return self.gap
        if token[0] == "@":
            return self.classes.setdefault(token, _Node())
        if token.endswith("~"):
            stem = fold(token[:-1])
            for known, node in self.stems.setdefault(stem[:_STEM], []):
                if known == stem:
                    return node
            node = _Node()
            self.stems[stem[:_STEM]].append((stem, node))
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
        self._written: list[tuple[list[str], Phrase]] = []
        for text, phrase in phrases:
            if not text.isascii() and CJK.search(text):
                self._written.append((text.lower().split(" .. "), phrase))
                continue
            line = _Line(text, phrase)
            for word in self._beginnings(text, phrase.language):
                self._unread.setdefault(word, []).append(line)

    def find(self, words: Words) -> list[Found]:
        """Every phrase that the text has, in its order; one that is a part of a longer one is left out."""
        return outermost(self.all(words))

    def all(self, words: Words) -> list[Found]:
        """Every phrase that the text has, those that are a part of longer ones, too."""
        found = [*self._found_by_words(words), *self._found_as_written(words.text)]
        found.sort(key=lambda one: (one.start, -one.end))
        return found

    def may_begin(self, text: str) -> bool:
        """Whether one of the first three words of a text begins a phrase: asked before a line is taken apart."""
        root, unread = self._root, self._unread
        for piece in text[:90].split(None, 3)[:3]:
            for word in (piece.lower(),) if piece.isascii() and piece.isalnum() else Words(piece).folded:
                if word in root.words or word in unread or (word[:_STEM] + "~") in unread or word[:_STEM] in root.stems:
                    return True
        return bool(self._written) and CJK.search(text) is not None

    def _beginnings(self, text: str, language: str) -> Iterator[str]:
        """The words that a phrase may begin with; a stem as its first letters and `~`."""
        if text.isascii() and text.replace(" ", "").isalnum():
            # Most are plain words; there are thousands, and the first mail waits for them.
            yield text.partition(" ")[0].lower()
            return
        known: set[str] = set()
        for spelled in (text, *_plain_umlauts(text)):
            for token in spelled.split():
                for option in token.strip("()").split("|"):
                    if option[0] == "@":
                        known.update(self._classes.members(f"{language}:{option[1:]}"))
                    elif option.endswith("~"):
                        known.add(fold(option[:-1])[:_STEM] + "~")
                    else:
                        known.add(head_of(option))
                if token[0] != "(" or token[-1] != ")":
                    break
        yield from known

    def _read(self, word: str) -> None:
        """Phrases that begin with this word become a part of the tree."""
        for line in self._unread.pop(word):
            if line.read:
                continue
            line.read = True
            for tokens in _spellings(line.text, line.phrase.language):
                node = self._root
                for token in tokens:
                    if token[0] == "@":
                        self._classes.members(token[1:])
                    node = node.after(token)
                if line.phrase not in node.ends:
                    node.ends.append(line.phrase)

    def _found_by_words(self, words: Words) -> Iterator[Found]:
        root, unread, classes = self._root, self._unread, self._classes
        starts, stems = root.words, root.stems
        folded = words.folded
        last = len(folded) - 1
        for first, word in enumerate(folded):
            stem = word[:_STEM]
            if word in unread:
                self._read(word)
            if unread and stem + "~" in unread:
                self._read(stem + "~")
            node = starts.get(word)
            # Most words that begin a phrase are not followed by its second.
            if (
                (
                    node
                    and (node.ends or node.gap or node.stems or node.classes or (first < last and _leads(node, folded[first + 1], classes)))
                )
                or stem in stems
                or (root.classes and any(name in root.classes for name in classes.of(word)))
            ):
                yield from self._from(words, first)

    def _from(self, words: Words, first: int) -> Iterator[Found]:
        folded, sentence = words.folded, words.sentence
        # The end of its sentence, or where no phrase reaches.
        stop = bisect_right(sentence, sentence[first], first, min(first + _LONGEST, len(folded)))
        places = [(node, first) for node in self._step(self._root, folded[first])]
        seen: set[tuple[int, int]] = set()
        while places:
            node, last = places.pop()
            if (id(node), last) in seen:
                continue
            seen.add((id(node), last))
            for phrase in node.ends:
                if (not phrase.whole or words.whole(first, last)) and (not phrase.opens or words.opens(first)):
                    yield Found(phrase, words.starts[first], words.ends[last], first, last)
            if last + 1 < stop:
                places += self._behind(node, folded, last + 1, stop)

    def _behind(self, node: _Node, folded: list[str], behind: int, stop: int) -> Iterator[tuple[_Node, int]]:
        """Where the words from `behind` on lead, `stop` not included: to the next word, over a gap, over words that change nothing."""
        for after in self._step(node, folded[behind]):
            yield after, behind
        if node.gap is not None:
            for place in range(behind, min(behind + _GAP + 1, stop)):
                for after in self._step(node.gap, folded[place]):
                    yield after, place
        place = behind
        while place < stop - 1 and place - behind < _FILLERS and folded[place] in self._classes.fillers:
            place += 1
            for after in self._step(node, folded[place]):
                yield after, place

    def _step(self, node: _Node, word: str) -> Iterator[_Node]:
        """Where a word leads."""
        after = node.words.get(word)
        if after is not None:
            yield after
        if node.stems:
            for stem, behind in node.stems.get(word[:_STEM], ()):
                if word.startswith(stem):
                    yield behind
        if node.classes:
            for name in self._classes.of(word):
                after = node.classes.get(name)
                if after is not None:
                    yield after

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


def _leads(node: _Node, word: str, classes: Classes) -> bool:
    return word in node.words or word in classes.fillers


def _spellings(text: str, language: str) -> Iterator[tuple[str, ...]]:
    """A phrase as it is written down here, as all the word sequences that it stands for."""
    for spelled in {text, *_plain_umlauts(text)}:
        choices: list[list[tuple[str, ...]]] = []
        for token in spelled.split():
            optional = token.startswith("(") and token.endswith(")")
            options = [_token(option, language) for option in token.strip("()").split("|")]
            choices.append([*options, ()] if optional else options)
        for picked in itertools.product(*choices):
            tokens = tuple(itertools.chain.from_iterable(picked))
            if tokens:
                yield tokens


def _token(written: str, language: str) -> tuple[str, ...]:
    """A token of the files as tokens of the tree: a word with a hyphen is two words, as it is in a text."""
    if written == ".." or written.endswith("~"):
        return (written,)
    if written[0] == "@":
        return (f"@{language}:{written[1:]}",)
    return (written.lower(),) if written.isascii() and written.isalnum() else tuple(Words(written).folded)


def _plain_umlauts(text: str) -> Iterator[str]:
    """German keyboards that are none: `Gruesse` for `Grüße`."""
    if text.isascii():
        return
    plain = text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    if plain != text:
        yield plain
