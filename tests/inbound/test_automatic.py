"""Answers of machines; the mails are of Tuesday, 10 March 2026."""

from __future__ import annotations

from datetime import date

import pytest

from accountgraph.inbound.automatic import automatic
from accountgraph.inbound.findings import Automatic, AutomaticKind, ReplyText
from accountgraph.inbound.mail import Address, Mail

TODAY = date(2026, 3, 10)
SENDER = Address("ann@buyer.example", "Ann Lee")


def _read(text: str, *headers: tuple[str, str], subject: str = "Re: Hello", return_path: str | None = None) -> Automatic | None:
    mail = Mail(subject=subject, sender=SENDER, headers=headers, return_path=return_path, text=text)
    return automatic(mail, ReplyText(text=text), TODAY)


@pytest.mark.parametrize(
    "header",
    [("auto-submitted", "auto-replied"), ("x-autoreply", "yes"), ("precedence", "auto_reply"), ("x-autorespond", "1")],
)
def test_header_alone_tells_a_machine(header: tuple[str, str]) -> None:
    found = _read("I will look at it.", header)
    assert found is not None
    assert found.kind is AutomaticKind.OTHER
    assert found.evidence


def test_header_that_says_no_is_believed() -> None:
    assert _read("I will look at it.", ("auto-submitted", "no")) is None


def test_person_who_says_that_they_are_away_is_a_person() -> None:
    assert _read("I'm on vacation until Friday, let's talk then.") is None


def test_answer_to_an_automatic_reply_is_a_persons() -> None:
    assert _read("I'm back, what is it?", subject="RE: Automatic reply: Hello") is None


def test_until_a_day_is_back_on_the_next_and_back_on_a_day_is_that_day() -> None:
    until = _read("Out of office until 14 March.", ("auto-submitted", "auto-replied"))
    back = _read("I am out of office and back on 14 March.", ("auto-submitted", "auto-replied"))
    assert until is not None
    assert back is not None
    assert (until.back_on, back.back_on) == (date(2026, 3, 15), date(2026, 3, 14))


def test_american_writer_puts_the_month_first() -> None:
    american = _read("Out of office until 04/05.", ("auto-submitted", "auto-replied"), ("date", "Tue, 10 Mar 2026 09:00:00 -0500"))
    british = _read("Out of office until 04/05.", ("auto-submitted", "auto-replied"), ("date", "Tue, 10 Mar 2026 09:00:00 +0000"))
    assert american is not None
    assert british is not None
    assert (american.back_on, british.back_on) == (date(2026, 4, 6), date(2026, 5, 5))


def test_stand_in_is_named_with_address_and_number_and_is_never_the_writer() -> None:
    text = "I am out of office. Write to ann@buyer.example never; please contact Joe Fox (joe@buyer.example, +44 20 7946 0000)."
    found = _read(text, ("auto-submitted", "auto-replied"))
    assert found is not None
    assert found.stand_in is not None
    assert (found.stand_in.name, found.stand_in.email, found.stand_in.phone) == ("Joe Fox", "joe@buyer.example", "+44 20 7946 0000")


def test_null_return_path_supports_what_the_words_say() -> None:
    text = "I am out of the office until 14 March."
    assert _read(text) is None
    assert _read(text, return_path="") is not None


def test_mail_of_a_list_is_no_answer() -> None:
    assert _read("Our news of March.", ("precedence", "bulk"), ("list-id", "<n.example>")) is None
