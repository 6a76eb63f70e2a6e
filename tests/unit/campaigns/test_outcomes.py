"""What a person says of a task is checked before anything is touched; every signal has words of its own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.desk.account import Account, checked
from accountgraph.campaigns.desk.outcomes import OUTCOMES
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.words import label_of, sentence_of
from accountgraph.errors import InvalidValueError


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", " "),
        ("outcome", "x" * 501),
        ("note", "\0"),
        ("text", "  "),
        ("seconds", -1),
        ("seconds", 86_401),
        ("transcript", "x" * 1_000_001),
        ("by", " "),
        *(
            ("recording", url)
            for url in (
                "http://calls.example.com/1",
                "https://",
                "https://ann:secret@calls.example.com/1",
                "https://calls.example.com:0/",
                "https://calls.example.com/a b",
                "https://calls.example.com/\n",
                "https://[::1",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "https://calls.example.com/" + "x" * 2000,
            )
        ),
    ],
)
def test_what_cannot_be_kept_is_refused_by_its_name(field: str, value: Any) -> None:
    with pytest.raises(InvalidValueError) as caught:
        checked(Account(**{"by": "Ann", field: value}))
    assert caught.value.field == field


@given(st.text(max_size=60))
def test_a_recording_that_is_kept_is_always_an_https_address(text: str) -> None:
    try:
        kept = checked(Account(by="Ann", recording=text))
    except InvalidValueError:
        return
    assert kept.recording is None or kept.recording.lower().startswith("https://")


def test_what_may_follow_is_an_outcome_of_the_same_kind() -> None:
    for kind, known in OUTCOMES.items():
        words = [outcome.word for outcome in known]
        assert len(set(words)) == len(words), kind
        assert {word for outcome in known for word in outcome.follows} <= set(words), kind


def test_every_signal_is_said_in_words() -> None:
    for kind in SignalKind:
        assert "_" not in label_of(kind) + sentence_of(kind, "Anna")
        assert ("Anna" in sentence_of(kind, "Anna"), "there" in sentence_of(kind, None)) == (True, True)
