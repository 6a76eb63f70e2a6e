"""The envelope of a message: its ids, its thread, and what stands below it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from msgspec.structs import replace

from accountgraph.campaigns.definition import Step
from accountgraph.campaigns.messages import Composed, MissingVariableError, Variables, message_of
from accountgraph.campaigns.messages.envelope import MOST_REFERENCES
from accountgraph.campaigns.messages.variables import Person, Thread, Writer
from accountgraph.enums import Channel

if TYPE_CHECKING:
    from accountgraph.campaigns.engine.transport import Message

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
INTENT = UUID(int=1)
SARAH = Person(id=UUID(int=10), first_name="Sarah", name="Sarah Jones", email="sarah@acme.com", phone="+49301", country="US", source="fair")
WRITER = Writer(id=UUID(int=20), address="ann@ours.com", name="Ann", legal_name="Ours Ltd", postal_address="1 Road\nTown")
KNOWN = Variables(person=SARAH, sender=WRITER)
THREAD = Thread(message_id="<2@ours.com>", references="<1@ours.com>", subject="Hello Sarah")
MAIL = Step(key="first", channel=Channel.EMAIL, template="hello")
SAID = Composed(subject="Hello", content="A word.", content_hash="0" * 64)


def envelope(variables: Variables = KNOWN, *, step: Step = MAIL, channel: Channel = Channel.EMAIL) -> Message:
    return message_of(SAID, variables, intent_id=INTENT, step=step, channel=channel)


def test_a_message_carries_an_id_made_from_its_intent_and_the_senders_domain() -> None:
    assert envelope().message_id == f"<{INTENT}@ours.com>"
    assert envelope() == envelope()


def test_an_id_fits_however_long_the_domain_is() -> None:
    sender = replace(WRITER, address="a@" + "x" * 60 + "." + "y" * 60 + "." + "z" * 60 + "." + "w" * 60 + ".com")
    assert len(envelope(replace(KNOWN, sender=sender)).message_id) <= 250


def test_a_follow_up_answers_the_last_message_and_names_those_before() -> None:
    message = envelope(replace(KNOWN, thread=THREAD))
    assert (message.in_reply_to, message.references) == ("<2@ours.com>", ("<1@ours.com>", "<2@ours.com>"))


def test_a_step_of_its_own_answers_nothing() -> None:
    message = envelope(replace(KNOWN, thread=THREAD), step=replace(MAIL, same_thread=False))
    assert (message.in_reply_to, message.references) == (None, ())


def test_answers_go_to_an_alias_that_names_the_message_where_the_sender_wants_it() -> None:
    assert envelope().reply_to is None
    for sender, alias in (
        (replace(WRITER, alias_replies=True), f"ann+{INTENT.hex}@ours.com"),
        (replace(WRITER, alias_replies=True, reply_to="team@ours.com"), f"team+{INTENT.hex}@ours.com"),
        (replace(WRITER, alias_replies=True, reply_to="team+de@ours.com"), "team+de@ours.com"),
        (replace(WRITER, alias_replies=True, address=f"{'a' * 40}@ours.com"), None),
    ):
        assert envelope(replace(KNOWN, sender=sender)).reply_to == alias


def test_a_text_message_has_no_alias() -> None:
    sender = replace(WRITER, alias_replies=True, address="+49301")
    assert envelope(replace(KNOWN, sender=sender), channel=Channel.SMS).reply_to is None


def test_a_long_thread_keeps_its_first_and_its_last_ids() -> None:
    thread = replace(THREAD, references=" ".join(f"<{number}@x>" for number in range(100)))
    references = envelope(replace(KNOWN, thread=thread)).references
    assert (len(references), references[0], references[-1]) == (MOST_REFERENCES, "<0@x>", "<2@ours.com>")


def test_the_footer_says_who_writes_from_where_and_how_to_be_left_alone() -> None:
    footer = envelope().footer
    assert footer.startswith("Ours Ltd\n1 Road, Town\n")
    assert "unsubscribe" in footer


def test_a_mail_program_takes_the_person_off_by_a_mail_that_names_the_intent() -> None:
    sender = replace(WRITER, reply_to="team+a@ours.com")
    expected = f"mailto:team%2Ba@ours.com?subject=unsubscribe%20{INTENT}"
    assert envelope(replace(KNOWN, sender=sender)).unsubscribe == expected


@pytest.mark.parametrize("country", ["DE", "GB", None])
def test_a_first_message_to_europe_says_where_the_address_is_from(country: str | None) -> None:
    person = replace(SARAH, country=country, source="the fair in Bonn", collected_at=NOW)
    sender = replace(WRITER, privacy_url="https://ours.com/privacy")
    footer = envelope(replace(KNOWN, person=person, sender=sender)).footer
    assert "the fair in Bonn, recorded on 2026-03-02" in footer
    assert "object" in footer
    assert "legitimate interest" in footer
    assert "https://ours.com/privacy" in footer


@pytest.mark.parametrize(
    "variables",
    [
        KNOWN,
        replace(KNOWN, person=replace(SARAH, country="DE", gave_address=True)),
        replace(KNOWN, person=replace(SARAH, country="DE"), is_first_contact=False),
    ],
)
def test_nobody_else_is_told_where_the_address_is_from(variables: Variables) -> None:
    assert "contact details" not in envelope(variables).footer


def test_an_sms_goes_to_the_number_and_says_how_to_stop() -> None:
    message = envelope(channel=Channel.SMS)
    assert (message.recipient, message.unsubscribe, message.message_id) == ("+49301", None, str(INTENT))
    assert message.footer == "Ours Ltd. Reply STOP and we will not write again."


@pytest.mark.parametrize("variables", [replace(KNOWN, sender=None), replace(KNOWN, person=replace(SARAH, email=None))])
def test_a_message_without_sender_or_address_refuses(variables: Variables) -> None:
    with pytest.raises(MissingVariableError):
        envelope(variables)
