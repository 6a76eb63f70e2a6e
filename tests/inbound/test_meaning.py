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


def test_courtesy_in_front_of_a_wish_to_be_left_alone_does_not_hide_it() -> None:
    assert _read("Don't hesitate to use our portal. Never mind, do not contact me again.").kind is MeaningKind.UNSUBSCRIBE


def test_wish_to_be_left_alone_goes_before_everything_else() -> None:
    assert _read("Sounds good, but please remove me from your list and contact Joe, joe@x.example.").kind is MeaningKind.UNSUBSCRIBE


@pytest.mark.parametrize(
    "text", ["Let's not stop here.", "Is it GDPR compliant?", "I don't want to unsubscribe.", "Can it delete old contacts?"]
)
def test_words_of_unsubscribing_in_other_sentences_ask_for_nothing(text: str) -> None:
    assert _read(text).kind is not MeaningKind.UNSUBSCRIBE


@pytest.mark.parametrize(
    "text",
    [
        "Please do not hesitate to contact me.",
        "You don't have to e-mail me every time.",
        "Don't forget to email me the deck.",
        "Why not email me next week?",
        "I have not been contacted again by anyone.",
        "Non esiti a contattarmi.",
        "Tveka inte att kontakta mig.",
        "Ikke nøl med å kontakte meg.",
        "I have no other email address.",
        "We did not receive any email from you last week.",
        "We do not email anyone without consent, so this fits us.",
        "We want our customers to stop receiving spam, can your tool help?",
        "Contacts are removed from the list after a year.",
        "Make sure duplicates are removed before you import them.",
        "I'm no longer the right contact for this.",
        "Löschen Sie alte Daten automatisch?",
        "Können Sie Kontakte aus der Liste löschen?",
        "Je veux bien en savoir plus, envoyez-moi votre documentation.",
        "Basta una mail e ci sentiamo.",
        "Ik heb geen mail ontvangen.",
        "Jag har inte fått några mejl från er.",
        "Vil du ikke kontakte mig igen i august?",
        "Не звоните мне, лучше напишите.",
        "E-posta almak istiyorum.",
    ],
)
def test_nobody_is_unsubscribed_by_what_is_said_of_others_or_of_mail(text: str) -> None:
    assert _read(text).kind is not MeaningKind.UNSUBSCRIBE


@pytest.mark.parametrize(
    "text",
    [
        "No problem, Thursday works.",
        "Not a bad idea. Let's talk.",
        "I wouldn't say no to a demo.",
        "Don't hesitate to call me.",
        "I can't do Thursday, how about Friday?",
        "Why not? Send me an invite.",
        "Kein Problem, Donnerstag passt.",
        "Warum nicht, rufen Sie mich an.",
        "Je ne suis pas contre, envoyez-moi une présentation.",
        "No hay problema, llámame mañana.",
        "Nessun problema, giovedì va bene.",
    ],
)
def test_negation_of_something_else_refuses_nothing(text: str) -> None:
    assert _read(text).kind is MeaningKind.POSITIVE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Sounds interesting, but we already work with an agency.", MeaningKind.OBJECTION),
        ("We already work with an agency, but I'd be happy to see a demo.", MeaningKind.POSITIVE),
        ("Not something I asked for, but send me the deck.", MeaningKind.POSITIVE),
        ("We have no budget right now.", MeaningKind.OBJECTION),
        ("No budget at the moment.", MeaningKind.OBJECTION),
        ("No budget, try in January.", MeaningKind.NOT_NOW),
        ("I wouldn't say no.", MeaningKind.POSITIVE),
        ("Can it delete old contacts?", MeaningKind.QUESTION),
        ("We have no budget this year, try me again in January.", MeaningKind.NOT_NOW),
        ("Thanks, that's great, but no thanks.", MeaningKind.REFUSAL),
        ("Thanks a lot, please take me off your list.", MeaningKind.UNSUBSCRIBE),
    ],
)
def test_what_decides_goes_before_what_is_polite(text: str, kind: MeaningKind) -> None:
    assert _read(text).kind is kind


@pytest.mark.parametrize("text", ["ok", "Thanks!", "Danke", "Merci beaucoup", "Let me talk to my team first."])
def test_thanks_alone_say_nothing_yet(text: str) -> None:
    found = _read(text)
    assert found.kind is MeaningKind.OTHER
    assert found.evidence


def test_misspelt_wish_to_be_left_alone_is_understood_a_little_less_surely() -> None:
    found = _read("unsubscibe")
    assert found.kind is MeaningKind.UNSUBSCRIBE
    assert found.confidence < _read("unsubscribe").confidence


def test_day_is_proposed_unless_somebody_comes_back_on_it() -> None:
    assert _read("Thursday 3pm.").kind is MeaningKind.POSITIVE
    found = _read("I'm off from tomorrow, back on the 23rd.")
    assert (found.kind, found.until) == (MeaningKind.NOT_NOW, date(2026, 3, 23))


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
