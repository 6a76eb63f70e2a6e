"""Days in words and numbers; today is Tuesday, 10 March 2026."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.inbound.language.dates import Days
from accountgraph.inbound.language.words import Words

TODAY = date(2026, 3, 10)


def _days(text: str, language: str = "en", *, month_first: bool = False) -> list[tuple[str, str, str | None]]:
    found = Days(Words(text), language, TODAY, month_first=month_first).told()
    return [(when.first.isoformat(), when.last.isoformat(), said) for when, said in found]


@pytest.mark.parametrize(
    ("language", "text", "first", "last", "said"),
    [
        ("en", "back on Monday", "2026-03-16", "2026-03-16", "back"),
        ("en", "away until 14 March", "2026-03-14", "2026-03-14", "until"),
        ("en", "away from March 9 to 20", "2026-03-09", "2026-03-09", "away"),
        ("en", "I will not be back until 3 April", "2026-04-03", "2026-04-03", "back"),
        ("en", "on leave from 3 to 14 March", "2026-03-03", "2026-03-14", "away"),
        ("en", "back next week", "2026-03-16", "2026-03-22", "back"),
        ("en", "back in two weeks", "2026-03-24", "2026-03-24", "back"),
        ("en", "after Q3", "2026-07-01", "2026-09-30", "after"),
        ("de", "bis einschließlich 14.03.", "2026-03-14", "2026-03-14", "until"),
        ("de", "ab dem 16. März wieder da", "2026-03-16", "2026-03-16", "back"),
        ("fr", "absent du 9 au 20 mars", "2026-03-09", "2026-03-20", "away"),
        ("es", "hasta finales de marzo", "2026-03-31", "2026-03-31", "until"),
        ("it", "tornerò la settimana prossima", "2026-03-16", "2026-03-22", "back"),
        ("pt", "até 20 de março", "2026-03-20", "2026-03-20", "until"),
        ("nl", "t/m 20 maart", "2026-03-20", "2026-03-20", "until"),
        ("en", "back in the third quarter", "2026-07-01", "2026-09-30", "back"),
        ("en", "back on the 23rd", "2026-03-23", "2026-03-23", "back"),
        ("de", "nach dem dritten Quartal", "2026-07-01", "2026-09-30", "after"),
        ("tr", "20 Mart'a kadar", "2026-03-20", "2026-03-20", "until"),
        ("ja", "3月20日まで", "2026-03-20", "2026-03-20", "until"),
    ],
)
def test_day_is_found_with_what_is_said_of_it(language: str, text: str, first: str, last: str, said: str) -> None:
    assert _days(text, language)[0] == (first, last, said)


@pytest.mark.parametrize(("language", "text"), [("pl", "Proszę odezwać się później."), ("cs", "To není nic pro nás.")])
def test_short_word_of_another_kind_is_no_month(language: str, text: str) -> None:
    assert _days(text, language) == []


def test_day_without_a_year_is_the_next_one_unless_it_is_just_gone() -> None:
    assert _days("5 March")[0][0] == "2026-03-05"
    assert _days("3 January")[0][0] == "2027-01-03"


def test_order_of_day_and_month_follows_the_writer() -> None:
    assert _days("05/06/2026")[0][0] == "2026-06-05"
    assert _days("05/06/2026", month_first=True)[0][0] == "2026-05-06"


def test_one_date_that_can_be_read_one_way_only_tells_the_others() -> None:
    assert [first for first, *_ in _days("from 03/20/2026 until 04/07/2026")][-1] in {"2026-03-20", "2026-04-07"}
    assert _days("leaving 03/20/2026, back on 04/07/2026")[-1][0] == "2026-04-07"


def test_times_versions_and_phone_numbers_are_no_days() -> None:
    assert _days("call 030-1234-5678 at 10:30, version 1.2.3.4, ratio 3/4/5/6") == []


@given(st.text(alphabet="0123456789./- marchjuni toundbis月日,", max_size=200), st.sampled_from(["en", "de", "fr", "ja"]))
def test_every_day_that_is_found_stands_in_the_text(text: str, language: str) -> None:
    for when in Days(Words(text), language, TODAY).all():
        assert 0 <= when.start < when.end <= len(text)
        assert when.first <= when.last
