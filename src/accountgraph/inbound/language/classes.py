"""Word classes: words that stand in for each other in a phrase, and words that may stand between any two of it."""

from __future__ import annotations

from accountgraph.inbound.language.spellings import STEM
from accountgraph.inbound.language.words import fold

_KEPT = 20_000


class Classes:
    """Which classes a word is of.

    A class is named by its language and name, `en:have`; in the files it is a section `[@have]` with words, or stems (`stem~`), and
    phrases name it `@have`. `fillers`: the words that change nothing wherever they stand, of all languages.
    """

    def __init__(self, sections: dict[str, dict[str, list[str]]]) -> None:
        self._members: dict[str, list[str]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._stems: dict[str, list[tuple[str, str]]] = {}
        self._seen: dict[str, tuple[str, ...]] = {}
        fillers: set[str] = set()
        for language, read in sections.items():
            fillers.update(fold(word) for line in read.get("fillers", ()) for word in line.split())
            for section, lines in read.items():
                if section[0] == "@":
                    self._add(language, section[1:], [word for line in lines for word in line.split()])
        self.fillers = frozenset(fillers)

    def of(self, word: str) -> tuple[str, ...]:
        """The classes of a word, as phrases name them: `@en:have`."""
        known = self._seen.get(word)
        if known is None:
            by_stem = [name for stem, name in self._stems.get(word[:STEM], ()) if word.startswith(stem)]
            known = (*self._words.get(word, ()), *by_stem)
            if len(self._seen) < _KEPT and len(word) <= 64:
                self._seen[word] = known
        return known

    def members(self, name: str) -> list[str]:
        """The words of a class, a stem as its first letters and `~`.

        Raises:
            ValueError: there is no such class.
        """
        try:
            return self._members[name]
        except KeyError:
            msg = f"a phrase names the class {name}, which is nowhere: add a section [@{name.partition(':')[2]}] to its file"
            raise ValueError(msg) from None

    def _add(self, language: str, name: str, words: list[str]) -> None:
        members = self._members.setdefault(f"{language}:{name}", [])
        for word in words:
            if word.endswith("~"):
                stem = fold(word[:-1])
                self._stems.setdefault(stem[:STEM], []).append((stem, f"@{language}:{name}"))
                members.append(stem[:STEM] + "~")
            else:
                for spelled in {fold(word), fold(word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue"))}:
                    self._words[spelled] = (*self._words.get(spelled, ()), f"@{language}:{name}")
                    members.append(spelled)
