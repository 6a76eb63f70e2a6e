"""Consents, suppressions, external ids and declared attributes."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest

from accountgraph.db import Database
from accountgraph.errors import DatabaseError, DuplicateError, InvalidValueError, MissingReferenceError, NotFoundError
from accountgraph.queries import query
from accountgraph.store.attributes import AttributeRepository
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.external_ids import ExternalIdRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.factories import START

if TYPE_CHECKING:
    from accountgraph.db import Session
    from accountgraph.models import Contact
    from tests.beginnings import Make
    from tests.factories import Clock


async def _insert_many(db: Database, _: Clock) -> None:
    async with db.transaction() as session:
        await session.execute(MANY)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Make | None:
    return _insert_many if "many" in request.fixturenames else None


@pytest.fixture
def many() -> None:
    """Thousands of rows, about which the planner knows."""


async def person(db: Database, email: str = "jo@mail.acme.com") -> Contact:
    return await ContactRepository(db).create_contact({"email": email})


async def test_a_revoked_consent_stays_on_record(timed: Database, clock: Clock) -> None:
    consents = ConsentRepository(timed)
    jo = await person(timed)
    given = await consents.record_consent(jo.id, "email", "consent", wording="Yes, please", evidence="form 7")
    assert (given.captured_at, given.revoked_at) == (START, None)
    clock.forward(days=1)
    assert [one.revoked_at for one in await consents.revoke_consent(jo.id, "email")] == [START + timedelta(days=1)]
    assert await consents.get_consents(jo.id) == []
    assert [one.wording for one in await consents.get_consents(jo.id, include_revoked=True)] == ["Yes, please"]


async def test_revoking_one_channel_leaves_the_others(db: Database) -> None:
    consents = ConsentRepository(db)
    jo = await person(db)
    await consents.record_consent(jo.id, "email", "consent")
    await consents.record_consent(jo.id, "sms", "contract")
    await consents.revoke_consent(jo.id, "sms")
    assert [one.channel for one in await consents.get_consents(jo.id)] == ["email"]


async def test_a_consent_of_nobody_is_refused(db: Database) -> None:
    with pytest.raises(MissingReferenceError, match="contact_id"):
        await ConsentRepository(db).record_consent(uuid4(), "email", "consent")
    with pytest.raises(InvalidValueError, match="basis"):
        await ConsentRepository(db).record_consent(uuid4(), "email", "hope")


async def test_an_agent_cannot_write_consents_or_suppressions(url: str, db: Database) -> None:
    jo = await person(db)
    async with Database(url, workspace="abm", as_agent=True) as agent:
        with pytest.raises(DatabaseError, match="may not"):
            await ConsentRepository(agent).record_consent(jo.id, "email", "consent")
        with pytest.raises(DatabaseError, match="may not"):
            await SuppressionRepository(agent).suppress(contact_id=jo.id)
        assert await SuppressionRepository(agent).is_suppressed(jo.id, "email") is False


@pytest.mark.parametrize("target", [{"address": "JO@mail.acme.com"}, {"domain": "mail.acme.com"}, {"domain": "https://acme.com"}, {}])
async def test_an_address_a_domain_and_a_person_can_be_suppressed(db: Database, target: dict[str, str]) -> None:
    suppressions = SuppressionRepository(db)
    jo, other = await person(db), await person(db, "an@notacme.com")
    if target:
        await suppressions.suppress(**target, channel="email")  # type: ignore[arg-type] # the three that are text
    else:
        await suppressions.suppress(contact_id=jo.id, channel="email")
    assert await suppressions.is_suppressed(jo.id, "email")
    assert not await suppressions.is_suppressed(jo.id, "sms")
    assert not await suppressions.is_suppressed(other.id, "email")


async def test_a_suppression_of_all_channels_holds_on_each(db: Database) -> None:
    jo = await person(db)
    made = await SuppressionRepository(db).suppress(contact_id=jo.id, reason="objection", note="by phone")
    assert [one.note for one in await SuppressionRepository(db).get_suppressions(jo.id, "linkedin")] == ["by phone"]
    await SuppressionRepository(db).remove_suppression(made.id)
    assert not await SuppressionRepository(db).is_suppressed(jo.id, "linkedin")
    with pytest.raises(NotFoundError):
        await SuppressionRepository(db).remove_suppression(made.id)


async def test_suppressing_twice_gives_the_one_there_is(db: Database) -> None:
    suppressions = SuppressionRepository(db)
    first = await suppressions.suppress(address="jo@acme.com", reason="bounced")
    assert await suppressions.suppress(address="Jo@Acme.com", reason="manual") == first
    assert await suppressions.list_suppressions() == [first]
    assert await suppressions.list_suppressions(after=first) == []


async def test_suppressing_the_same_at_once_gives_everybody_the_same(db: Database) -> None:
    suppressions = SuppressionRepository(db)
    for n in range(5):
        jo = await person(db, f"jo{n}@acme.com")
        found = await asyncio.gather(*(suppressions.suppress(contact_id=jo.id) for _ in range(10)))
        assert len({one.id for one in found}) == 1


async def test_the_hash_of_an_address_outlives_it(db: Database) -> None:
    await SuppressionRepository(db).suppress(address="jo@mail.acme.com")
    async with db.transaction() as session:
        await session.execute("UPDATE suppressions SET address = NULL")
    assert await SuppressionRepository(db).is_suppressed((await person(db)).id, "email")


NEW = {"address_key": "a@b.io", "domain": None, "contact_id": None, "channel": "all", "reason": "manual", "note": None}
KEY = UUID(int=1)
KEYSET = {"suppressions.listing", "companies.listing"}
MANY = """
INSERT INTO suppressions (address, address_hash, reason)
SELECT one || '@x.io', address_hash(one || '@x.io'), 'manual' FROM generate_series(1, 5000) AS one;
INSERT INTO companies (name) SELECT 'C' || one FROM generate_series(1, 5000) AS one;
INSERT INTO external_ids (source, entity, key, company_id) SELECT 'crm' || c.name, 'companies', c.name, c.id FROM companies AS c;
ANALYZE suppressions, companies, external_ids;
"""


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("suppressions.of_contact", {"contact_id": KEY, "channel": "email"}),
        ("suppressions.suppress", NEW),
        ("suppressions.suppress", NEW | {"address_key": None, "domain": "b.io"}),
        ("suppressions.suppress", NEW | {"address_key": None, "contact_id": KEY}),
        ("suppressions.listing", {"limit": 100, "after_at": None, "after_id": None}),
        ("suppressions.listing", {"limit": 100, "after_at": START, "after_id": KEY}),
        ("companies.listing", {"tier": None, "status": None, "limit": 100, "after_name": None, "after_id": None}),
        ("companies.listing", {"tier": None, "status": None, "limit": 100, "after_name": "B", "after_id": KEY}),
        ("naming.companies_by_external_id", {"key": "7"}),
        ("naming.contacts_by_external_id", {"key": "7"}),
        ("naming.conversations_by_external_id", {"key": "7"}),
        ("external_ids.find", {"source": "crm", "entity": "contacts", "key": "7"}),
        ("external_ids.of_row", {"entity": "contacts", "id": KEY}),
    ],
)
async def test_keys_and_suppressions_are_looked_up_and_not_searched_through(
    many: None, db: Database, name: str, params: dict[str, Any]
) -> None:
    async with db.transaction() as session:
        plan = await explained(session, name, params)
    assert not re.search(r"Seq Scan on (suppressions|external_ids|companies)", plan), plan
    assert "Sort Key: s.created_at" not in plan or name == "suppressions.of_contact", plan
    assert name not in KEYSET or re.search(r"Index Cond: \(ROW", plan), plan


async def explained(session: Session, name: str, params: dict[str, Any]) -> str:
    async with session._connection.cursor() as cursor:
        await cursor.execute(b"SET LOCAL plan_cache_mode = force_generic_plan")
        await cursor.execute(b"EXPLAIN " + query(name), params)
        return "\n".join(row[0] for row in await cursor.fetchall())


async def test_a_suppression_needs_one_target(db: Database) -> None:
    suppressions = SuppressionRepository(db)
    with pytest.raises(InvalidValueError, match="address"):
        await suppressions.suppress()
    with pytest.raises(InvalidValueError, match="address"):
        await suppressions.suppress(address="jo@acme.com", domain="acme.com")
    with pytest.raises(MissingReferenceError, match="contact_id"):
        await suppressions.suppress(contact_id=uuid4())


async def test_a_key_belongs_to_one_row(db: Database) -> None:
    keys = ExternalIdRepository(db)
    jo, an = await person(db), await person(db, "an@acme.com")
    await keys.add_external_id("contacts", jo.id, "salesforce", "003")
    await keys.add_external_id("contacts", jo.id, "salesforce", "003")
    with pytest.raises(DuplicateError, match="key"):
        await keys.add_external_id("contacts", an.id, "salesforce", "003")
    assert await keys.find_by_external_id("contacts", "salesforce", "003") == jo.id
    assert [(one.source, one.key) for one in await keys.get_external_ids("contacts", jo.id)] == [("salesforce", "003")]
    assert await keys.remove_external_id("contacts", "salesforce", "003")
    assert await keys.find_by_external_id("contacts", "salesforce", "003") is None


async def test_a_key_of_nothing_is_refused(db: Database) -> None:
    keys = ExternalIdRepository(db)
    with pytest.raises(NotFoundError):
        await keys.add_external_id("companies", uuid4(), "salesforce", "001")
    with pytest.raises(InvalidValueError, match="entity"):
        await keys.add_external_id("people", uuid4(), "salesforce", "001")
    with pytest.raises(InvalidValueError, match="key"):
        await keys.add_external_id("companies", uuid4(), "salesforce", "")


async def test_longest_external_id_fits_its_index_and_a_longer_one_is_named(db: Database) -> None:
    keys, jo = ExternalIdRepository(db), await person(db)
    chance = Random(1)
    text = "".join(chr(chance.randrange(0x20000, 0x2A6D0)) for _ in range(500))  # 4 bytes each, and nothing to compress
    await keys.add_external_id("contacts", jo.id, text[:150], text)
    with pytest.raises(InvalidValueError, match=r"key: .*2,600 bytes"):
        await keys.add_external_id("contacts", jo.id, text[:151], text)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("text", ["5", "", None], [5, True, ["a"], {"a": 1}]),
        ("number", [5, -1.5, None], ["5", True, [5]]),
        ("boolean", [True, False, None], ["true", 1]),
        ("list", [["a", 1], [], None], ["a", {"a": 1}]),
        (
            "date",
            ["2024-02-29", "2024-01-31T17:30:00Z", "2024-01-31 17:30", "2024-01-31T17:30:00.5+05:30", None],
            ["2024-99-99", "2023-02-29", "2024-04-31", "0000-01-01", "2024-01-31T25:00", "2024-01-31 or so", "31.1.2024", 20240131, ""],
        ),
    ],
)
async def test_a_declared_attribute_takes_what_is_of_its_type_and_names_what_is_not(
    db: Database, kind: str, good: list[Any], bad: list[Any]
) -> None:
    attributes, companies = AttributeRepository(db), CompanyRepository(db)
    await attributes.declare_attribute("companies", "renewal", kind)
    for value in good:
        made = await companies.create_company({"name": "Acme", "attributes": {"renewal": value}})
        assert made.attributes == {"renewal": value}
    for value in bad:
        with pytest.raises(InvalidValueError, match=f"must be of type {kind}") as refused:
            await companies.update_company(made.id, {"attributes": {"renewal": value}})
        assert refused.value.field == "attributes.renewal"
    for value in bad:
        await companies.create_company({"name": "Other", "attributes": {"tenure": value}})
    with pytest.raises(InvalidValueError, match=f"type: {len(bad)} companies"):
        await attributes.declare_attribute("companies", "tenure", kind)


async def test_a_description_that_cannot_be_stored_is_named(db: Database) -> None:
    with pytest.raises(InvalidValueError, match=r"description: .*NUL"):
        await AttributeRepository(db).declare_attribute("companies", "seats", "number", "Paid\0seats")


async def test_a_declared_attribute_keeps_its_type(db: Database) -> None:
    attributes, companies = AttributeRepository(db), CompanyRepository(db)
    await attributes.declare_attribute("companies", "seats", "number", "Paid seats")
    assert [(one.name, one.type, one.description) for one in await attributes.list_attributes("companies")] == [
        ("seats", "number", "Paid seats")
    ]
    with pytest.raises(InvalidValueError, match="seats"):
        await companies.create_company({"name": "Acme", "attributes": {"seats": "many"}})
    await companies.create_company({"name": "Acme", "attributes": {"seats": 5, "other": "many"}})


async def test_a_declaration_that_stored_values_break_is_refused(db: Database) -> None:
    await CompanyRepository(db).create_company({"name": "Acme", "attributes": {"founded": "long ago"}})
    attributes = AttributeRepository(db)
    with pytest.raises(InvalidValueError, match="type"):
        await attributes.declare_attribute("companies", "founded", "date")
    await attributes.declare_attribute("companies", "founded", "text")
    assert len(await attributes.list_attributes()) == 1


@pytest.mark.parametrize("how", ["person", "status"])
async def test_suppression_of_a_person_survives_erasure_and_a_new_import(db: Database, url: str, how: str) -> None:
    contacts, suppressions = ContactRepository(db), SuppressionRepository(db)
    person = await contacts.create_contact({"email": "Ada@acme.com"})
    if how == "person":
        await suppressions.suppress(contact_id=person.id, reason="objection")
    else:
        await contacts.update_contact(person.id, {"status": "unsubscribed"})
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        connection.execute("DELETE FROM contacts WHERE id = %s", (person.id,))
    again = await contacts.create_contact({"email": "ada@ACME.com"})
    assert await suppressions.is_suppressed(again.id, "email")


@pytest.mark.parametrize("written", ["+49 30 901820", "0049 30-901820", "+49 (30) 90 18 20"])
async def test_a_number_is_suppressed_however_it_is_written(db: Database, written: str) -> None:
    suppressions = SuppressionRepository(db)
    jo = await ContactRepository(db).create_contact({"email": "jo@acme.com", "phone": written})
    made = await suppressions.suppress_number("+4930901820", reason="do_not_contact")
    assert [(one.address, one.channel) for one in made] == [("+4930901820", "call"), ("+4930901820", "sms"), ("+4930901820", "whatsapp")]
    assert [await suppressions.is_suppressed(jo.id, channel) for channel in ("call", "sms", "email")] == [True, True, False]
    assert await suppressions.suppress_number(written, reason="objection") == made


@pytest.mark.parametrize(("phone", "channel"), [("030 901820", "call"), ("+49", "call"), ("+4930901820", "all"), ("+4930901820", "email")])
async def test_a_number_needs_its_country_and_a_channel_that_uses_it(db: Database, phone: str, channel: str) -> None:
    with pytest.raises(InvalidValueError, match=r"phone|channel"):
        await SuppressionRepository(db).suppress(phone=phone, channel=channel)


async def test_who_is_not_to_be_called_is_not_after_erasure_and_a_new_import(db: Database) -> None:
    contacts, suppressions = ContactRepository(db), SuppressionRepository(db)
    jo = await contacts.create_contact({"first_name": "Jo", "phone": "+49 30 901820"})
    await suppressions.suppress(contact_id=jo.id, channel="call", reason="objection")
    await db.run(lambda session: session.execute("DELETE FROM contacts WHERE first_name = 'Jo'"))
    again = await contacts.create_contact({"first_name": "Jo", "phone": "004930901820"})
    assert [one.reason for one in await suppressions.get_suppressions(again.id, "call")] == ["objection"]
