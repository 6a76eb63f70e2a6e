"""How phrases are written, and that everything that is written in the files can be found."""

from __future__ import annotations

import itertools

import pytest

from accountgraph.inbound.language.classes import Classes
from accountgraph.inbound.language.phrases import classes, sections
from accountgraph.inbound.language.spellings import spellings
from accountgraph.inbound.language.tree import Phrase, Phrases
from accountgraph.inbound.language.typos import corrected
from accountgraph.inbound.language.words import Words

CLASSES = Classes({"en": {"@have": ["have use"], "@tool": ["tool~ system"], "fillers": ["really already"]}})


def _found(phrase: str, text: str, *, whole: bool = False, opens: bool = False) -> list[str]:
    known = Phrases([(phrase, Phrase("any", "en", whole=whole, opens=opens))], CLASSES)
    return [text[one.start : one.end] for one in known.find(Words(text))]


def test_word_of_a_class_stands_for_the_class() -> None:
    assert _found("we @have .. @tool", "Well, we use another toolbox for it.") == ["we use another toolbox"]
    assert _found("@have it", "We have it. We own it.") == ["have it"]


def test_words_that_change_nothing_may_stand_between() -> None:
    assert _found("we have", "We really already have one.") == ["We really already have"]
    assert _found("we have", "We never have one.") == []


def test_no_phrase_reaches_over_the_end_of_a_sentence() -> None:
    assert _found("we .. tool", "So do we. That tool is fine.") == []


def test_phrase_that_opens_stands_at_the_beginning_of_a_sentence() -> None:
    assert _found("is it", "Fine. Is it ready?", opens=True) == ["Is it"]
    assert _found("is it", "What is it?", opens=True) == []


def test_class_that_is_nowhere_is_an_error_that_says_where_to_add_it() -> None:
    with pytest.raises(ValueError, match=r"add a section \[@nowhere\]"):
        _found("we @nowhere", "we have")


@pytest.mark.parametrize("language", sorted(sections()))
def test_every_phrase_can_be_found(language: str) -> None:
    """Each names classes that are there, ends with a word, and stands for no more word sequences than are meant."""
    for section, lines in sections()[language].items():
        for line in lines if section[0] != "@" else ():
            text = line.lstrip("=^").removesuffix("?").strip()
            assert not text.endswith(".."), line
            sequences = list(itertools.islice(spellings(text, language), 3_000))
            assert len(sequences) < 3_000, line
            assert all(classes().members(token[1:]) for token in set(itertools.chain.from_iterable(sequences)) if token[0] == "@"), line


def test_long_word_with_one_letter_wrong_is_put_right() -> None:
    for written in ("unsubscibe", "unsubcribe me pls", "usnubscribe"):
        again = corrected(Words(written), ("unsubscribe",))
        assert again is not None
        assert "unsubscribe" in again.text


def test_short_words_and_known_ones_are_left_as_they_are() -> None:
    assert corrected(Words("stip this, unsubscribe"), ("unsubscribe",)) is None
