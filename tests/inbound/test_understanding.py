"""What is understood of the whole corpus, and that its page says so."""

from __future__ import annotations

import pytest
from tools.understanding import CORPUS, PAGE, Figures, measured, page, table

from tests.inbound.corpus.make import made, written

HELD_OUT = ("held-out-replies", "late-replies")


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    found = measured()
    for name, one in found.items():
        print(f"\n{name}: {one.right:.1%} right\n{table(one)}")
    return found


def test_corpus_is_what_its_letters_make() -> None:
    files = made()
    assert len([name for name in files if name.endswith(".eml")]) >= 200
    assert {str(path.relative_to(CORPUS)) for path in written()} == set(files)
    for name, content in files.items():
        assert (CORPUS / name).read_bytes() == content, name


def test_what_the_rules_were_made_with_is_understood(figures: dict[str, Figures]) -> None:
    for name in ("replies", "automatic", "development-replies", "development-automatic"):
        assert figures[name].right >= 0.98, figures[name].wrong


@pytest.mark.parametrize("name", HELD_OUT)
def test_words_written_now_are_found_in_letters_never_seen_before(name: str, figures: dict[str, Figures]) -> None:
    text = figures[name].counts["text"]
    assert min(text.precision, text.recall) >= 0.95, figures[name].wrong


def test_what_machines_answer_is_understood_never_seen_before(figures: dict[str, Figures]) -> None:
    assert figures["held-out-automatic"].right >= 0.9, figures["held-out-automatic"].wrong


@pytest.mark.parametrize("name", HELD_OUT)
def test_four_of_five_meanings_are_right_in_letters_never_seen_before(name: str, figures: dict[str, Figures]) -> None:
    assert figures[name].kinds.right / figures[name].kinds.expected >= 0.8


@pytest.mark.parametrize("name", HELD_OUT)
def test_meaning_of_letters_never_seen_before_is_rather_unknown_than_wrong(name: str, figures: dict[str, Figures]) -> None:
    counts = figures[name].counts
    said = [count for kind, count in counts.items() if kind in {"positive", "objection", "referral", "not_now", "refusal"}]
    assert sum(count.right for count in said) / sum(count.said for count in said) >= 0.85


def test_nobody_is_unsubscribed_who_did_not_ask(figures: dict[str, Figures]) -> None:
    """Most of the letters quote a footer that says how to unsubscribe."""
    for name in ("replies", "development-replies", *HELD_OUT):
        assert figures[name].counts["unsubscribe"].precision == 1.0


def test_what_is_called_a_refusal_is_one(figures: dict[str, Figures]) -> None:
    for name in HELD_OUT:
        assert figures[name].counts["refusal"].precision >= 0.95


def test_page_is_current(figures: dict[str, Figures]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(figures), "Run `make understanding`."
