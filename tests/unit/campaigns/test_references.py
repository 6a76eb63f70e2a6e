from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accountgraph.campaigns.rules.references import Colleague, Deed, Reference, Verb, reference_of
from accountgraph.enums import ContactStatus, EventDetail, EventKind

TARGET = UUID(int=1)
THEN = datetime(2026, 3, 4, tzinfo=UTC)
INQUIRY = Deed(kind=EventKind.RECEIVED, at=THEN)
REPLY = Deed(kind=EventKind.REPLIED, at=THEN, detail=EventDetail.POSITIVE)
MEETING = Deed(kind=EventKind.MEETING_HELD, at=THEN)
TOLD = {EventKind.RECEIVED, EventKind.REPLIED, EventKind.MEETING_HELD}

deeds = st.builds(
    lambda kind, detail, days: Deed(kind=kind, detail=detail, at=THEN + timedelta(days=days)),
    st.sampled_from(EventKind),
    st.one_of(st.none(), st.sampled_from(EventDetail)),
    st.integers(0, 9),
)
colleagues = st.builds(
    Colleague,
    id=st.uuids(),
    name=st.just("Sam"),
    status=st.sampled_from(ContactStatus),
    is_related=st.booleans(),
    is_withheld=st.booleans(),
    has_left=st.booleans(),
    is_off_limits=st.booleans(),
    deeds=st.lists(deeds, max_size=4).map(tuple),
)


def colleague(*done: Deed, **fields: Any) -> Colleague:
    return Colleague(**{"id": UUID(int=2), "name": "Sam Fox", "is_related": True, "deeds": done, **fields})


def named(*people: Colleague) -> Reference | None:
    return reference_of(TARGET, ContactStatus.ACTIVE, people)


@pytest.mark.parametrize(("deed", "verb"), [(INQUIRY, Verb.INQUIRED), (REPLY, Verb.REPLIED), (MEETING, Verb.MET)])
def test_the_verb_comes_from_the_recorded_event(deed: Deed, verb: Verb) -> None:
    assert named(colleague(deed)) == Reference(colleague(deed), verb, THEN)


def test_the_weightiest_deed_is_told() -> None:
    found = named(colleague(INQUIRY, MEETING, REPLY))
    assert found is not None
    assert found.verb == Verb.MET


@pytest.mark.parametrize(
    "fields",
    [
        {"is_related": False},
        {"is_withheld": True},
        {"has_left": True},
        {"is_off_limits": True},
        {"status": ContactStatus.UNSUBSCRIBED},
        {"status": ContactStatus.BOUNCED},
        {"status": ContactStatus.INVALID},
        {"id": TARGET},
    ],
)
def test_who_may_not_be_named_is_not(fields: dict[str, Any]) -> None:
    assert named(colleague(MEETING, **fields)) is None


@pytest.mark.parametrize(
    "deed",
    [
        Deed(kind=EventKind.REPLIED, at=THEN, detail=EventDetail.REFUSAL),
        Deed(kind=EventKind.REPLIED, at=THEN, detail=EventDetail.NOT_NOW),
        Deed(kind=EventKind.UNSUBSCRIBED, at=THEN),
        Deed(kind=EventKind.COMPLAINED, at=THEN),
    ],
)
def test_one_no_is_enough_whatever_else_they_did(deed: Deed) -> None:
    assert named(colleague(MEETING, REPLY, deed)) is None


@pytest.mark.parametrize(
    "deed",
    [
        Deed(kind=EventKind.OPENED, at=THEN),
        Deed(kind=EventKind.SENT, at=THEN),
        Deed(kind=EventKind.MEETING_BOOKED, at=THEN),
        Deed(kind=EventKind.MEETING_MISSED, at=THEN),
        Deed(kind=EventKind.REPLIED, at=THEN),
    ],
)
def test_what_may_not_be_told_is_silence(deed: Deed) -> None:
    assert named(colleague(deed)) is None


@pytest.mark.parametrize("status", [ContactStatus.UNSUBSCRIBED, ContactStatus.BOUNCED, ContactStatus.INVALID])
def test_nobody_is_named_to_somebody_who_is_not_active(status: ContactStatus) -> None:
    assert reference_of(TARGET, status, [colleague(MEETING)]) is None


def test_of_several_the_latest_of_the_weightiest_is_named() -> None:
    early = colleague(MEETING)
    late = colleague(Deed(kind=EventKind.MEETING_HELD, at=THEN + timedelta(days=1)), id=UUID(int=3))
    replied = colleague(Deed(kind=EventKind.REPLIED, at=THEN + timedelta(days=9), detail=EventDetail.POSITIVE), id=UUID(int=4))
    found = named(early, replied, late)
    assert found is not None
    assert found.colleague == late


@given(st.lists(colleagues, max_size=6), st.sampled_from(ContactStatus))
def test_a_forbidden_colleague_is_never_named(people: list[Colleague], status: ContactStatus) -> None:
    found = reference_of(TARGET, status, people)
    if found is None:
        return
    person = found.colleague
    assert status == person.status == ContactStatus.ACTIVE
    assert person.id != TARGET
    assert person.is_related
    assert not any([person.is_withheld, person.has_left, person.is_off_limits])
    assert not any(deed.detail in {EventDetail.REFUSAL, EventDetail.NOT_NOW} for deed in person.deeds)
    assert not any(deed.kind in {EventKind.UNSUBSCRIBED, EventKind.COMPLAINED} for deed in person.deeds)
    assert any(deed.kind in TOLD and deed.at == found.at for deed in person.deeds)


@given(st.lists(colleagues, max_size=6, unique_by=lambda person: person.id), st.randoms())
def test_who_is_named_never_depends_on_the_order_given(people: list[Colleague], random: object) -> None:
    shuffled = sorted(people, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert named(*people) == named(*shuffled)
