"""What callers give is refused in words, naming the field, before the database sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from accountgraph.db import Database
from accountgraph.errors import ConfigError, InvalidValueError
from accountgraph.models import Company, Contact, Conversation, Entity, Relationship, Touchpoint
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.given import changes, entity
from accountgraph.store.touchpoints import TouchpointRepository
from accountgraph.transfer.values import to_timestamp

WEST, EAST = timezone(timedelta(hours=-5)), timezone(timedelta(hours=5))
NAIVE = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - what is refused
NEEDED: dict[type[Entity], dict[str, Any]] = {
    Company: {"name": "Acme"},
    Contact: {},
    Conversation: {"contact_id": uuid4()},
    Relationship: {"contact_id_1": uuid4(), "contact_id_2": uuid4(), "relationship_type": "colleagues"},
    Touchpoint: {"conversation_id": uuid4()},
}


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"in": value}
    return value


UNSTORABLE = [
    pytest.param(Contact, "email", 5, id="address that is no text"),
    pytest.param(Company, "domain", 5, id="domain that is no text"),
    pytest.param(Company, "domain", "", id="empty domain"),
    pytest.param(Contact, "first_name", "\ud800", id="half a character"),
    pytest.param(Contact, "attributes", {"x": "\ud800"}, id="half a character inside"),
    pytest.param(Contact, "attributes", nested(5000), id="nested too deeply"),
    pytest.param(Contact, "attributes", {"x": float("nan")}, id="no number inside"),
    pytest.param(Conversation, "context", {"x": [1, {"y": float("inf")}]}, id="endless number deep inside"),
    pytest.param(Touchpoint, "metadata", {"x": (-float("inf"),)}, id="endless negative number inside"),
    pytest.param(Company, "research_data", {"seen": NAIVE}, id="time without its offset inside"),
    pytest.param(Contact, "collected_at", datetime(9999, 12, 31, 23, 59, tzinfo=WEST), id="year 10000 in UTC"),
    pytest.param(Contact, "collected_at", datetime(1, 1, 1, tzinfo=EAST), id="year 0 in UTC"),
    pytest.param(Relationship, "confidence_score", Decimal("NaN"), id="confidence that is no number"),
    pytest.param(Relationship, "confidence_score", float("nan"), id="confidence that is no float"),
    pytest.param(Conversation, "estimated_value", Decimal("NaN"), id="money that is no number"),
    pytest.param(Conversation, "estimated_value", Decimal("Infinity"), id="endless money"),
    pytest.param(Conversation, "actual_value", Decimal("1e200000"), id="too many digits"),
    pytest.param(Conversation, "actual_value", Decimal("1e-20000"), id="too many decimals"),
    pytest.param(Conversation, "sequence_step", 2**31, id="step beyond an integer"),
    pytest.param(Touchpoint, "email_message_id", "é" * 500, id="message id of too many bytes"),
    pytest.param(Touchpoint, "provider_id", "\U0001f600" * 250, id="provider id of too many bytes"),
    pytest.param(Touchpoint, "call_duration_seconds", 2**31, id="duration beyond an integer"),
]


@pytest.mark.parametrize(("kind", "field", "value"), UNSTORABLE)
def test_unstorable_value_of_a_new_row_names_its_field(kind: type[Entity], field: str, value: object) -> None:
    with pytest.raises(InvalidValueError) as refused:
        entity(kind, NEEDED[kind] | {field: value})
    assert refused.value.field == field


@pytest.mark.parametrize(("kind", "field", "value"), UNSTORABLE)
def test_unstorable_change_names_its_field(kind: type[Entity], field: str, value: object) -> None:
    with pytest.raises(InvalidValueError) as refused:
        changes(kind, {field: value})
    assert refused.value.field == field


NO_MAPPINGS = [["a"], "text", 5, [("a", 1)]]


@pytest.mark.parametrize("value", [*NO_MAPPINGS, {1: "a"}], ids=str)
@pytest.mark.parametrize(("kind", "field"), [(Conversation, "context"), (Touchpoint, "metadata"), (Company, "attributes")])
def test_json_field_that_is_no_mapping_is_named(kind: type[Entity], field: str, value: object) -> None:
    for refusing in (lambda: entity(kind, NEEDED[kind] | {field: value}), lambda: changes(kind, {field: value})):
        with pytest.raises(InvalidValueError) as refused:
            refusing()
        assert refused.value.field == field


@pytest.mark.parametrize("value", NO_MAPPINGS, ids=str)
async def test_argument_that_is_no_mapping_is_named(value: Any) -> None:
    nowhere = Database("postgresql:///nowhere")
    conversations, touchpoints = ConversationRepository(nowhere), TouchpointRepository(nowhere)
    for field, call in (
        ("metadata", lambda: conversations.create_conversation(uuid4(), metadata=value)),
        ("context", lambda: conversations.update_conversation_context(uuid4(), value)),
        ("metadata", lambda: touchpoints.record_email_sent(uuid4(), metadata=value)),
        ("changes", lambda: touchpoints.update_touchpoint(uuid4(), value)),
    ):
        with pytest.raises(InvalidValueError, match=r"a dict") as refused:
            await call()
        assert refused.value.field == field


@pytest.mark.parametrize("at", [NAIVE, "2026-03-02T09:00:00", "2026-03-02"], ids=str)
async def test_time_without_an_offset_is_named_with_the_cure(at: Any) -> None:
    nowhere = Database("postgresql:///nowhere")
    consents, key = ConsentRepository(nowhere), uuid4()
    for field, call in (
        ("captured_at", lambda: consents.record_consent(key, "email", "consent", captured_at=at)),
        ("at", lambda: consents.revoke_consent(key, at=at)),
        ("as_of", lambda: ContactRepository(nowhere).get_engagement_score(key, as_of=at)),
        ("at", lambda: TouchpointRepository(nowhere).record_event(key, "opened", at=at)),
        ("sent_at", lambda: TouchpointRepository(nowhere).create_touchpoint({"conversation_id": key, "sent_at": at})),
        ("collected_at", lambda: ContactRepository(nowhere).update_contact(key, {"collected_at": at})),
    ):
        with pytest.raises(InvalidValueError, match=r"datetime\.now\(UTC\)") as refused:
            await call()
        assert refused.value.field == field


async def test_clock_without_an_offset_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"clock.*datetime\.now\(UTC\)"):
        await ContactRepository(Database("postgresql:///nowhere", clock=lambda: NAIVE)).get_engagement_score(uuid4())


@pytest.mark.parametrize("value", [float("nan"), [float("-inf")], NAIVE], ids=str)
async def test_merged_context_and_raw_report_are_stored_as_given_or_refused(value: object) -> None:
    nowhere = Database("postgresql:///nowhere")
    with pytest.raises(InvalidValueError, match="context: "):
        await ConversationRepository(nowhere).update_conversation_context(uuid4(), {"seen": value})
    with pytest.raises(InvalidValueError, match="raw: "):
        await TouchpointRepository(nowhere).record_email_opened(uuid4(), raw={"seen": value})


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_blank_address_is_none(blank: str | None) -> None:
    created = entity(Contact, {"email": blank})
    assert (created.email, created.email_key) == (None, None)
    assert changes(Contact, {"email": blank}) == '{"email":null,"email_key":null}'


def test_changed_address_is_trimmed() -> None:
    assert changes(Contact, {"email": " Ann@Acme.com "}) == '{"email":"Ann@Acme.com","email_key":"ann@acme.com"}'


def test_first_and_last_moments_are_taken() -> None:
    for moment in (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)):
        assert entity(Contact, {"collected_at": moment}).collected_at == moment


@pytest.mark.parametrize("text", ["9999-12-31T23:59:00-05:00", "0001-01-01T00:00:00+05:00"])
def test_imported_time_that_cannot_be_read_back_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="outside the years"):
        to_timestamp(text)


@pytest.mark.parametrize("zone", ["Mars/X", "", "CEST", "europe/berlin", "../etc/passwd"])
def test_a_person_lives_in_a_time_zone_that_there_is(zone: str) -> None:
    given = {"communication_preferences": {"timezone": zone}}
    for refused in (lambda: entity(Contact, given), lambda: changes(Contact, given)):
        with pytest.raises(InvalidValueError, match=r"no time zone; give an IANA name") as error:
            refused()
        assert error.value.field == "communication_preferences.timezone"
    assert (
        entity(Contact, {"communication_preferences": {"timezone": "Europe/Berlin"}}).communication_preferences.timezone == "Europe/Berlin"
    )
