"""Names in a draft: whom and what it names that does not stand in its ground.

In most languages a capital letter inside a sentence is a name. At the start of an English one, and where every word of a line has one,
a word list tells names from words. German writes all nouns so: there a name is what stands where names stand (behind "Herr", behind a
preposition without an article, two in a row) and is no word that is known.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from accountgraph.drafting.checking.lexicon import is_capital, is_english, is_german_noun
from accountgraph.drafting.checking.tokens import sentences_of, without_addresses, words_in, words_of
from accountgraph.inbound.language.words import CJK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from accountgraph.drafting.checking.ground import Ground, Named
    from accountgraph.drafting.checking.tokens import Word

_LANGUAGES = {
    "en": frozenset("the and of to you your we our is are for with that this have i it on in at be can would".split()),  # noqa: SIM905
    "de": frozenset("der die das und ist sie ihr ihre wir uns ich nicht mit fur ein eine zu den dem auf ihnen ob wie im am".split()),  # noqa: SIM905
    "other": frozenset(
        "le la les des et est vous nous pour que une dans sur el los las y es para que un una con por su il di che per non del da "  # noqa: SIM905
        "het een en van voor niet met wij de og er vi til det som ikke ar och att jag na sie w z do nie jest o os e uma com em".split()
    ),
}
_BEHIND = frozenset("herr herrn frau dr prof firma kollege kollegen kollegin".split())  # noqa: SIM905
_BARE = frozenset("von bei mit fur wie durch ohne gegen neben nach laut und oder als an".split())  # noqa: SIM905
_JOINS = frozenset("mr mrs ms dr prof herr herrn frau sir madam".split())  # noqa: SIM905
_MET = re.compile(
    r"\b(?:met|meet|meeting|spoke|spoken|talked|talking|call(?:ed)?|demo|getroffen|gesprochen|telefoniert|gespräch)\b", re.IGNORECASE
)
_SENT = re.compile(
    r"\b(?:recommend\w*|suggest\w*|refer(?:red|s|ral)?|introduc\w*|endors\w*|point(?:ed|s) (?:me|us)|(?:told|asked) (?:me|us)"
    r"|empf[aeio]hl\w*|empfohlen|verwiesen|vorgestellt|geraten|gebeten)\b",
    re.IGNORECASE,
)

_OFFERED = re.compile(
    r"\b(?:could|can|would|shall|should|may|happy to|like to|let's|let us|to|a|für|ein)\s+(?:\w+\s+){0,2}?"
    r"(?:meet|meeting|call|demo|talk|gespräch)\b",
    re.IGNORECASE,
)


def language_of(text: str) -> str:
    """`en`, `de` or `other`, by the small words of a text; English where there are none."""
    words = list(words_of(text))
    counts = {name: sum(word in known for word in words) for name, known in _LANGUAGES.items()}
    counts["other"] = counts["other"] * 2 // 3  # it is many languages, which share words with the two
    best = max(counts, key=lambda name: (counts[name], name == "en"))
    return best if counts[best] else "en"


def strange_names(text: str, ground: Ground, language: str) -> Iterator[str]:
    """Names that do not stand in the ground, as they stand in the text."""
    clean = without_addresses(text)
    words = words_in(clean)
    titled = [(start, end) for start, end in _lines(clean) if _is_titled(clean[start:end])]
    for number, word in enumerate(words):
        if not word.text[0].isupper() or word.folded in ground.words or _all_known(word, ground):
            continue
        is_first = word.is_first or any(start <= word.start < end for start, end in titled)
        if _is_name(words, number, language, clean, is_first=is_first):
            yield word.text


def hearsay(text: str, ground: Ground) -> Iterator[str]:
    """People whom only somebody else's words name: first and last name in a row, or one behind "Mr". They did nothing that may be told."""
    clean = without_addresses(text)
    words = words_in(clean)
    for before, word in pairwise(words):
        is_joined = clean[before.end : word.start].strip(" .") == "" and "\n" not in clean[before.end : word.start]
        if is_joined and _is_heard(word, ground) and (before.folded in _JOINS or (_is_heard(before, ground) and not before.is_first)):
            yield f"{before.text} {word.text}"


def _is_heard(word: Word, ground: Ground) -> bool:
    is_word = is_english(word.folded) or is_german_noun(word.folded)
    return word.text[0].isupper() and word.folded not in ground.recorded_words and not is_word and not word.text.isupper()


def _all_known(word: Word, ground: Ground) -> bool:
    """A compound of which all that is a name is known: `Acme-Team`'s words come one by one; `O’Brien` is one."""
    return len(word.text) == 1 or all(
        part in ground.words for part in words_of(word.text.replace("’", " ").replace("'", " ")) if len(part) > 2
    )


def _is_name(words: Sequence[Word], number: int, language: str, text: str, *, is_first: bool) -> bool:
    word = words[number]
    if is_capital(word.folded) or _is_contraction(word):
        return False
    if language == "de":
        return _is_german_name(words, number, text, is_first=is_first)
    if is_first:
        return language == "en" and not is_english(word.folded)
    return not (word.text.isupper() and is_english(word.folded) and len(word.text) > 1)  # "do NOT"


def _is_contraction(word: Word) -> bool:
    return word.folded.split("'")[0] == "i" or word.text.lower().startswith(("i'", "i’"))


def _is_german_name(words: Sequence[Word], number: int, text: str, *, is_first: bool) -> bool:
    word = words[number]
    before = words[number - 1] if number and not word.is_first and text[words[number - 1].end : word.start].strip() in {"", "."} else None
    if before is not None and before.folded in _BEHIND:
        return not (before.folded == "firma" and is_german_noun(word.folded))
    if is_german_noun(word.folded) or is_english(word.folded):
        return False
    if re.search(r"[a-zäöüß][A-Z]", word.text) or (word.text.isupper() and len(word.text) > 2):
        return True
    if is_first or before is None:
        return False
    follows_name = before.text[0].isupper() and not is_german_noun(before.folded) and not _is_small(before.folded)
    return before.folded in _BARE or follows_name


def _is_small(word: str) -> bool:
    return word in _LANGUAGES["de"] or len(word) < 3 or word in _BARE


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _is_titled(line: str) -> bool:
    """Whether a line has capital letters everywhere, as English headlines do."""
    words = [word.text for word in words_in(line) if len(word.text) > 3]
    is_sentence = line.rstrip().endswith((".", ",", ";", ":"))
    return len(words) >= 2 and not is_sentence and sum(word[0].isupper() for word in words) * 10 >= len(words) * 7


def named_among(people: Sequence[Named], text: str, ground: Ground) -> Iterator[Named]:
    """Those of some people whom a text names: by both names in any case, or by one that is written like a name and is nothing else here."""
    clean = without_addresses(text)
    words = words_in(clean)
    joined = f" {' '.join(word.folded for word in words)} "
    for person in people:
        parts = list(words_of(person.name))
        if parts and CJK.search(person.name):
            if person.name.replace(" ", "") in clean.replace(" ", ""):
                yield person
        elif (len(parts) > 1 and f" {' '.join(parts)} " in joined) or any(_names(word, person, ground) for word in words):
            yield person


def _names(word: Word, person: Named, ground: Ground) -> bool:
    parts = {part for part in words_of(person.name) if len(part) > 1}
    if not word.text[0].isupper() or word.folded not in parts or word.folded in ground.own_words:
        return False
    return not (word.is_first and is_english(word.folded)) and not is_capital(word.folded)


def untold(text: str, ground: Ground) -> Iterator[str]:
    """What a draft says of the colleague whom it names and nobody recorded."""
    reference = ground.reference
    if reference is None:
        return
    names = {part for part in words_of(reference.name) if len(part) > 1} - set(words_of(ground.recipient.name))
    for sentence in sentences_of(text):
        if not names & set(words_of(sentence)):
            continue
        if reference.verb != "met" and (found := _MET.search(_without_offers(sentence))):
            yield f"says “{found.group()}” of {reference.name}, who only {reference.verb}"
        if not reference.referred and (found := _SENT.search(sentence)):
            yield f"says “{found.group()}” of {reference.name}, who only {reference.verb}"


def _without_offers(sentence: str) -> str:
    """What is offered for the time to come is nothing that happened."""
    return _OFFERED.sub(" ", sentence)
