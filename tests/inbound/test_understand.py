"""The order in which a mail is judged, and what comes with each kind."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.inbound.findings import AutomaticKind, MailKind, MeaningKind, Understood
from accountgraph.inbound.understand import understand
from tests.inbound.test_hostile_mail import BOMBS, TELLING
from tests.inbound.writer.case import intent

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CORPUS = Path(__file__).parent / "corpus"
HEAD = "From: Ann Lee <ann@buyer.example>\nTo: bo@ours.example\nDate: Mon, 2 Mar 2026 12:00:00 +0000\nIn-Reply-To: <a@ours.example>\n"


def _of(name: str) -> Understood:
    return understand((CORPUS / name).with_suffix(".eml").read_bytes(), received_at=AT)


def _said(subject: str, text: str, more: str = "") -> Understood:
    return understand(f"{HEAD}Subject: {subject}\n{more}\n{text}".encode(), received_at=AT)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("bounces/postfix-user-unknown", MailKind.BOUNCE),
        ("complaints/plain-abuse", MailKind.COMPLAINT),
        ("complaints/not-spam", MailKind.NOTICE),
        ("notices/report-delayed", MailKind.NOTICE),
        ("meetings/outlook-accepted", MailKind.MEETING),
        ("negatives/out-of-office-with-null-path", MailKind.AUTOMATIC),
        ("negatives/person-asks-about-a-bounce", MailKind.REPLY),
    ],
)
def test_each_kind_is_told_with_how_sure_and_why(name: str, kind: MailKind) -> None:
    found = _of(name)

    assert found.kind is kind
    assert 0 < found.confidence <= 1
    assert found.evidence


def test_machines_that_report_have_no_words_of_a_person() -> None:
    found = _of("bounces/postfix-user-unknown")

    assert (found.reply, found.automatic, found.meaning) == (None, None, None)
    assert [bounce.intent_id for bounce in found.bounces] == [intent("postfix-user-unknown")]


def test_words_that_come_with_a_meeting_are_kept() -> None:
    found = _of("meetings/outlook-accepted")

    assert found.meetings[0].answer == "accepted"
    assert found.reply is not None
    assert found.reply.text == "See the invitation."


def test_answering_machine_says_when_and_a_person_what() -> None:
    away = _said("Automatic reply: Lines", "I am out of the office until 9 March 2026.", "Auto-Submitted: auto-replied\n")
    person = _said("Re: Lines", "Please remove me from your list.\n")

    assert away.automatic is not None
    assert away.automatic.kind is AutomaticKind.OUT_OF_OFFICE
    assert away.automatic.back_on in (date(2026, 3, 9), date(2026, 3, 10))
    assert person.kind is MailKind.REPLY
    assert person.meaning is not None
    assert person.meaning.kind is MeaningKind.UNSUBSCRIBE


def test_mail_to_our_unsubscribe_address_is_an_unsubscribe_whatever_it_says() -> None:
    found = _said(f"unsubscribe {intent('x')}", "This was sent by my mail program.", "Auto-Submitted: auto-generated\n")

    assert found.unsubscribe == intent("x")
    assert found.meaning is not None
    assert (found.kind, found.meaning.kind, found.meaning.confidence) == (MailKind.REPLY, MeaningKind.UNSUBSCRIBE, 1.0)


def test_a_mail_is_understood_the_same_every_time() -> None:
    raw = (CORPUS / "negatives/person-asks-about-a-bounce.eml").read_bytes()

    assert understand(raw, received_at=AT) == understand(raw, received_at=AT)


@pytest.mark.parametrize("bomb", BOMBS)
def test_no_bomb_harms_the_reading_of_words(bomb: str) -> None:
    assert understand(BOMBS[bomb](), received_at=AT).evidence


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.one_of(st.sampled_from(TELLING), st.binary(max_size=30), st.text(max_size=40).map(str.encode)), max_size=40).map(b"".join)
)
def test_whatever_comes_is_something(raw: bytes) -> None:
    found = understand(raw, received_at=AT)

    assert found.evidence
    assert 0 < found.confidence <= 1
