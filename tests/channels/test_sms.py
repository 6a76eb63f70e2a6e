"""What a text message costs, and what it asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.messages.texts import Encoding, size_of
from accountgraph.channels.sms import OPT_OUT_WORDS, OptOut, opt_out_of


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments", "left"),
    [
        ("", Encoding.GSM7, 0, 0, 160),
        ("a" * 160, Encoding.GSM7, 160, 1, 0),
        ("a" * 161, Encoding.GSM7, 161, 2, 145),
        ("a" * 306, Encoding.GSM7, 306, 2, 0),
        ("a" * 307, Encoding.GSM7, 307, 3, 152),
        ("€" * 80, Encoding.GSM7, 160, 1, 0),
        ("a" * 152 + "€" + "b" * 10, Encoding.GSM7, 164, 2, 141),  # the escape stays with its character
        ("Grüße an Ñandú Ø", Encoding.UCS2, 16, 1, 54),
        ("Gr\u00fc\u00dfe \u0394\u00e8", Encoding.GSM7, 8, 1, 152),
        ("ş" * 70, Encoding.UCS2, 70, 1, 0),
        ("ş" * 71, Encoding.UCS2, 71, 2, 63),
        ("😀" * 35, Encoding.UCS2, 70, 1, 0),
        ("😀" * 36, Encoding.UCS2, 72, 2, 61),  # 33 pairs in the first: a pair is never split
    ],
)
def test_a_text_is_counted_as_networks_count_it(text: str, encoding: Encoding, units: int, segments: int, left: int) -> None:
    size = size_of(text)
    assert (size.encoding, size.units, size.segments, size.left) == (encoding, units, segments, left)


def test_the_characters_that_make_it_dear_are_named_once_each() -> None:
    assert size_of("It’s “here” – it’s ok").costly == ("’", "“", "”", "–")
    assert size_of("It's here").costly == ()


@given(st.text(alphabet="aé€ş😀", max_size=400))
def test_every_text_fits_into_its_segments_and_not_into_fewer(text: str) -> None:
    size = size_of(text)
    alone, part = (160, 153) if size.encoding is Encoding.GSM7 else (70, 67)
    assert size.units <= max(alone, size.segments * part)
    assert size.segments <= 1 or size.units > (size.segments - 1) * (part - 1)


@pytest.mark.parametrize(
    "text", ["STOP", "stop", " Stop. ", "STOP!", "Stopp", "ARRÊT", "arret", "İPTAL", "Baja", "odhlasit", "СТОП", "opt-out", "kündigen"]
)
def test_a_word_that_asks_to_be_left_alone_is_understood(text: str) -> None:
    assert opt_out_of(text) is OptOut.STOP


@pytest.mark.parametrize("text", ["", "Yes", "Stop by on Monday", "please call, do not stop", "…", "123", "\ud800"])
def test_other_words_ask_for_nothing(text: str) -> None:
    assert opt_out_of(text) is None


def test_no_word_asks_for_two_things() -> None:
    words = [word for group in OPT_OUT_WORDS.values() for word in group]
    assert len(set(words)) == len(words)
    assert all(opt_out_of(word.upper()) is meaning for meaning, group in OPT_OUT_WORDS.items() for word in group)
