"""What always holds of the checker, whatever a model writes."""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase

from hypothesis import assume, given
from hypothesis import strategies as st

from accountgraph.drafting.checking import Draft, check
from accountgraph.drafting.checking.lexicon import is_capital, is_english
from tests.drafting.grounds import ENGLISH, GERMAN

texts = st.text(max_size=400) | st.text("aB1 .,%$€{}[]<>@/:\n-é“”äßX", max_size=200)
names = st.builds(lambda first, rest: first + rest, st.sampled_from(ascii_uppercase), st.text(ascii_lowercase, min_size=3, max_size=12))


@given(subject=texts, body=texts, used=st.lists(st.text(max_size=5), max_size=3), ground=st.sampled_from([ENGLISH, GERMAN]))
def test_whatever_is_written_gets_a_verdict_and_always_the_same(subject: str, body: str, used: list[str], ground: object) -> None:
    draft = Draft(subject=subject, body=body, facts_used=tuple(used))
    assert check(draft, ground) == check(draft, ground)  # type: ignore[arg-type]


@given(number=st.integers(min_value=13, max_value=10**9), unit=st.sampled_from(["", "%", " percent", " trucks", " €", "x"]))
def test_number_that_does_not_stand_in_the_ground_is_never_let_through(number: int, unit: str) -> None:
    assume(str(number) not in {"40", "18", "12", "2025", "2026", "12000000"})
    assert check(Draft(subject="Planning", body=f"Hi Jane, this is about {number}{unit} for you."), ENGLISH).refusals


@given(name=names)
def test_name_inside_a_sentence_that_does_not_stand_in_the_ground_is_never_let_through(name: str) -> None:
    assume(name.lower() not in ENGLISH.words and not is_capital(name.lower()))
    assert check(Draft(subject="Planning", body=f"Hi Jane, I talked to {name} about planning."), ENGLISH).refusals


@given(name=names)
def test_strange_word_at_the_start_of_an_english_sentence_is_never_let_through(name: str) -> None:
    assume(name.lower() not in ENGLISH.words and not is_english(name.lower()))
    assert check(Draft(subject="Planning", body=f"Hi Jane, this is about the plan. {name} is what you need for it."), ENGLISH).refusals


@given(host=st.from_regex(r"[a-z]{3,10}\.(com|io|net)", fullmatch=True), scheme=st.sampled_from(["", "https://", "http://", "www."]))
def test_address_that_is_not_ours_is_never_let_through(host: str, scheme: str) -> None:
    assert check(Draft(subject="Planning", body=f"Hi Jane, look at {scheme}{host} for more."), ENGLISH).refusals


@given(words=st.lists(st.sampled_from("we plan trips for teams that want to drive less and help people".split()), min_size=1, max_size=200))  # noqa: SIM905
def test_length_alone_decides_over_plain_words(words: list[str]) -> None:
    refusals = check(Draft(subject="Planning", body=" ".join(words)), ENGLISH).refusals
    assert bool(refusals) == (len(words) > ENGLISH.max_words)


@given(given_subject=st.text(max_size=300))
def test_subject_that_is_let_through_is_one_line_of_120_characters(given_subject: str) -> None:
    verdict = check(Draft(subject=given_subject, body="Hi Jane, shall we talk?"), ENGLISH)
    assert verdict.refusals or (len(given_subject) <= 120 and not re.search(r"[\r\n\x00-\x08]", given_subject))
