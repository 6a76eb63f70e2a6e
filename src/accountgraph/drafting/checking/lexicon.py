"""Words that are no names: what the word lists know, with their endings. They are read when the first draft is checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from accountgraph.drafting.checking.tokens import folded
from accountgraph.inbound.language.phrases import single_words

_WORDS = Path(__file__).parent.parent / "words"
_ENGLISH_ENDINGS = (
    ("'s", ("",)), ("n't", ("",)), ("ies", ("y",)), ("ied", ("y",)), ("ier", ("y",)), ("iest", ("y",)), ("ily", ("y",)), ("es", ("", "e")),
    ("s", ("", "e")), ("ed", ("", "e")), ("ing", ("", "e")), ("ly", ("", "le")), ("er", ("", "e")), ("est", ("", "e")), ("ment", ("",)),
    ("ness", ("",)), ("able", ("", "e")), ("ful", ("",)), ("less", ("",)), ("ers", ("", "e")), ("ve", ("",)), ("re", ("",)), ("ll", ("",)),
)  # fmt: skip
_GERMAN_ENDINGS = ("", "e", "n", "s", "en", "er", "es", "em", "ern", "ens", "innen", "in", "nen")
_NOUNS_END = (
    "ung", "heit", "keit", "schaft", "tion", "tat", "ment", "nis", "tum", "ling", "ismus", "ik", "ie", "enz", "anz", "ur", "chen", "lein",
    "itat", "age", "ade", "ion", "ing", "ware", "zeug", "werk", "stelle",
)  # fmt: skip


@cache
def _list(name: str) -> frozenset[str]:
    lines = (_WORDS / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(folded(word) for line in lines if not line.startswith("#") for word in line.split())


@cache
def _courtesy() -> frozenset[str]:
    return frozenset(word for name in ("months", "weekdays") for word in single_words(name))


@cache
def is_english(word: str) -> bool:
    """Whether a folded word is an ordinary English one."""
    known = _list("en")
    if word in known or word in _list("capitals") or word in _courtesy():
        return True
    for ending, stems in _ENGLISH_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            if any(stem + rest in known for rest in stems) or (len(stem) > 3 and stem[-1] == stem[-2] and stem[:-1] in known):
                return True
    return False


@cache
def is_capital(word: str) -> bool:
    """Whether a folded word is often written with a capital letter though it names nobody."""
    return word in _list("capitals") or word in _courtesy()


@cache
def is_german_noun(word: str) -> bool:
    """Whether a folded word looks like an ordinary German noun: a known one, made of one, or with the ending of one."""
    nouns = _list("de")
    stems = {word.removesuffix(ending) for ending in _GERMAN_ENDINGS if len(word) - len(ending) >= 3}
    if any(stem.endswith(_NOUNS_END) and len(stem) >= 5 for stem in stems) or (len(word) >= 7 and word.endswith("en")):
        return True
    if stems & nouns or stems & _list("capitals"):
        return True
    return any(len(stem) > 6 and any(stem[place:] in nouns for place in range(3, len(stem) - 3)) for stem in stems)
