"""What replies mean; today is Tuesday, 10 March 2026."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accountgraph.inbound.findings import Meaning, MeaningKind, Person, ReplyText
from accountgraph.inbound.meaning import meaning
from accountgraph.inbound.understand import understand

TODAY = date(2026, 3, 10)


def _read(text: str, subject: str = "Re: Hello", quoted: str = "") -> Meaning:
    return meaning(ReplyText(text=text, quoted=quoted), subject, TODAY)


@pytest.mark.parametrize(
    "text", ["Not interested.", "I'm not really interested.", "Wir sind nicht interessiert.", "Je ne suis pas intéressé."]
)
def test_interest_that_is_denied_is_none(text: str) -> None:
    assert _read(text).kind is MeaningKind.REFUSAL


def test_footer_that_was_quoted_asks_for_nothing() -> None:
    assert _read("Thanks, I will read it.", quoted="To unsubscribe click here. Reply STOP.").kind is MeaningKind.OTHER


def test_wish_to_be_left_alone_goes_before_everything_else() -> None:
    assert _read("Sounds good, but please remove me from your list and contact Joe, joe@x.example.").kind is MeaningKind.UNSUBSCRIBE


@pytest.mark.parametrize(
    "text", ["Let's not stop here.", "Is it GDPR compliant?", "I don't want to unsubscribe.", "Can it delete old contacts?"]
)
def test_words_of_unsubscribing_in_other_sentences_ask_for_nothing(text: str) -> None:
    assert _read(text).kind is not MeaningKind.UNSUBSCRIBE


def test_stop_alone_is_a_wish_to_be_left_alone() -> None:
    found = _read("STOP")
    assert found.kind is MeaningKind.UNSUBSCRIBE
    assert found.evidence == ("STOP",)


def test_subject_alone_counts_where_nothing_else_was_written() -> None:
    assert _read("", "unsubscribe").kind is MeaningKind.UNSUBSCRIBE
    assert _read("", "Re: unsubscribe from chaos").kind is MeaningKind.OTHER


def test_referral_names_the_person_with_their_title() -> None:
    found = _read("I'm not the right person. Please contact our Head of IT, James O'Brien (james@x.example).")
    assert found.kind is MeaningKind.REFERRAL
    assert found.person == Person(name="James O'Brien", email="james@x.example", title="Head of IT")


def test_not_now_gives_the_day() -> None:
    assert _read("Not now, ping me again in two weeks.").until == date(2026, 3, 24)
    assert _read("Momentan nicht, melden Sie sich im September wieder.").until == date(2026, 9, 1)


def test_what_is_not_understood_is_other_with_low_confidence() -> None:
    found = _read("The blue one is on the table.")
    assert found.kind is MeaningKind.OTHER
    assert found.confidence <= 0.3


def test_address_of_the_writer_is_no_referral() -> None:
    raw = b"From: Ann <ann@x.example>\nTo: bo@ours.example\nSubject: Re: Hello\n\nMy address is ann@x.example by the way.\n"
    found = understand(raw, received_at=datetime(2026, 3, 10, tzinfo=UTC)).meaning
    assert found is not None
    assert found.kind is MeaningKind.OTHER
