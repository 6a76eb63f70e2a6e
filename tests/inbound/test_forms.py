"""What is told from the form of a mail, where the corpus does not show it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.inbound.bounces.phrases import KIND_OF, PHRASES, Reason
from accountgraph.inbound.bounces.verdict import verdict
from accountgraph.inbound.findings import BounceKind
from accountgraph.inbound.meetings.calendar import components_of
from accountgraph.inbound.meetings.windows import WINDOWS
from accountgraph.inbound.meetings.zones import Zones
from accountgraph.inbound.ours import unsubscribe_of
from accountgraph.inbound.parse import parse
from tests.inbound.writer.calendars import BERLIN, EASTERN

INTENT = "0b6e7a52-8c1f-5d0e-9a55-6d1a0f6f1c11"


@pytest.mark.parametrize("subject", [f"unsubscribe {INTENT}", f"Unsubscribe  {INTENT.upper()} ", f"=?utf-8?q?unsubscribe_{INTENT}?="])
def test_mail_to_our_unsubscribe_address_names_its_intent(subject: str) -> None:
    assert unsubscribe_of(parse(f"From: a@b.example\nSubject: {subject}\n\n".encode())) == INTENT


@pytest.mark.parametrize("subject", ["unsubscribe", f"please unsubscribe {INTENT}", f"unsubscribe {INTENT} and Ben", "unsubscribe 123", ""])
def test_other_mail_is_not_sent_to_our_unsubscribe_address(subject: str) -> None:
    assert unsubscribe_of(parse(f"From: a@b.example\nSubject: {subject}\n\n".encode())) is None


def test_words_that_name_a_reason_win_over_a_code_and_the_code_is_named() -> None:
    found = verdict("5.7.1", "550 5.7.1 user unknown")

    assert (found.kind, found.reason) == (BounceKind.HARD, Reason.NO_MAILBOX)
    assert found.confidence < verdict("5.1.1", "550 5.1.1 user unknown").confidence
    assert found.evidence == ("status 5.7.1", "says “user unknown”, against its code, which would be “policy of the recipient”")


def test_nothing_temporary_is_hard() -> None:
    found = verdict("4.1.1", "450 4.1.1 user unknown")

    assert found.kind is BounceKind.SOFT
    assert "its code is a temporary one" in found.evidence


@given(st.sampled_from([(reason, phrase) for reason, phrases in PHRASES.items() for phrase in phrases]))
def test_every_phrase_tells_its_kind(pair: tuple[Reason, str]) -> None:
    reason, phrase = pair
    found = verdict(None, f"x{phrase}x")

    assert found.kind is KIND_OF[reason]
    assert found.confidence >= 0.6


def test_no_phrase_is_shadowed_by_one_that_is_believed_before_it() -> None:
    """A phrase within which another section's phrase stands, believed before it, would never be heard."""
    order = list(PHRASES)
    shadowed = [
        (phrase, earlier)
        for at, reason in enumerate(order)
        for phrase in PHRASES[reason]
        for before in order[:at]
        for earlier in PHRASES[before]
        if earlier in f" {phrase} " and KIND_OF[before] is not KIND_OF[reason]
    ]

    assert shadowed == []


@pytest.mark.parametrize(("rules", "zone"), [(BERLIN, "Europe/Berlin"), (EASTERN, "America/New_York")])
@given(local=st.datetimes(min_value=datetime(2008, 1, 1), max_value=datetime(2037, 12, 31)))  # noqa: DTZ001 - local times
def test_rules_of_a_calendar_give_what_the_zone_itself_always_gives(rules: str, zone: str, local: datetime) -> None:
    zones = Zones(components_of(rules.format(zone="Its Own")))
    there = local.replace(microsecond=0, tzinfo=ZoneInfo(zone))
    # An hour of the change is there twice, or not at all: either reading is right.
    either = {there.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}

    found = zones.in_utc(f"{local:%Y%m%dT%H%M%S}", "Its Own")

    assert found is not None
    assert found[0] in either


def test_every_zone_of_windows_is_there() -> None:
    winter = datetime(2026, 1, 15, tzinfo=UTC)

    assert all(winter.astimezone(ZoneInfo(zone)).utcoffset() is not None for zone in WINDOWS.values())
    assert len(WINDOWS) > 130


@pytest.mark.parametrize("written", ["20269999T100000", "not a time", "", "99991231T235959", "00010101T000000"])
def test_a_time_that_is_none_is_none_or_in_utc(written: str) -> None:
    found = Zones([]).in_utc(written, "Pacific/Kiritimati")

    assert found is None or found[0].utcoffset() == timedelta(0)
