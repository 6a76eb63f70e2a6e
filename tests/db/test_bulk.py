"""Creating many rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from accountgraph.models import Company, Contact
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.store.bulk import BulkResult
    from tests.factories import Clock

NASTY = 'tab\t newline\n return\r backslash\\ \\N "quoted" {brace} 🚀 \u202eעברית '


def said(result: BulkResult) -> list[tuple[int, str]]:
    return [(error.position, error.field) for error in result.errors]


async def people(db: Database, count: int) -> list[Contact]:
    rows = [Contact(first_name=str(number), email=f"p{number}@acme.test") for number in range(count)]
    assert (await ContactRepository(db).create_many(rows)).created == count
    return rows


async def test_rows_are_stored_as_they_were_given(db: Database) -> None:
    given: dict[str, Any] = {
        "first_name": NASTY,
        "email": "Jo@Acme.com",
        "interests": [NASTY, "golf", 'a"b', ""],
        "attributes": {NASTY: [1, None, {"deep": NASTY}]},
        "is_champion": True,
        "communication_preferences": {"do_not_contact": True},
    }
    result = await ContactRepository(db).create_many([given])
    assert (result.created, result.errors) == (1, [])
    stored = await ContactRepository(db).get_contact_by_id(result.ids[0])  # type: ignore[arg-type]
    assert stored is not None
    assert stored.first_name == NASTY
    assert stored.interests == [NASTY, "golf", 'a"b', ""]
    assert stored.attributes == {NASTY: [1, None, {"deep": NASTY}]}
    assert (stored.email_key, stored.is_champion, stored.communication_preferences.do_not_contact) == ("jo@acme.com", True, True)


async def test_a_bad_row_comes_back_and_the_others_are_created(db: Database) -> None:
    repository = ContactRepository(db)
    await repository.create_contact({"email": "known@acme.com"})
    result = await repository.create_many(
        [
            {"email": "one@acme.com"},
            {"emial": "x@acme.com"},
            {"email": "no address"},
            {"email": "KNOWN@acme.com"},
            {"email": "One@acme.com"},
            {"email": "two@acme.com", "company_id": uuid4()},
            {"email": "three@acme.com", "seniority_level": "boss"},
            {"first_name": "NUL \0"},
            {"first_name": "Without address"},
        ]
    )
    assert result.created == 2
    assert said(result) == [
        (1, "emial"),
        (2, "email"),
        (3, "email"),
        (4, "email"),
        (5, "company_id"),
        (6, "seniority_level"),
        (7, "first_name"),
    ]
    assert [place for place, one in enumerate(result.ids) if one] == [0, 8]


async def test_a_domain_belongs_to_one_company_in_a_batch_too(db: Database) -> None:
    repository = CompanyRepository(db)
    first = await repository.create_company({"name": "Acme", "domain": "acme.com"})
    await repository.add_domain(first.id, "acme.org")
    result = await repository.create_many(
        [
            {"name": "Again", "domain": "acme.org"},
            {"name": "New", "domain": "new.com"},
            {"name": "Newer", "domain": "www.new.com"},
            {"name": "Mail", "domain": "gmail.com"},
            {"name": "Nameless", "domain": None},
        ]
    )
    assert said(result) == [(0, "domain"), (2, "domain"), (3, "domain")]
    found = await repository.get_company_by_domain("new.com")
    assert found is not None
    assert found.id == result.ids[1]


async def test_a_parent_may_come_later_in_the_batch(db: Database) -> None:
    parent = Company(name="Parent")
    child = Company(name="Child", parent_company_id=parent.id)
    orphan = Company(name="Orphan", parent_company_id=uuid4())
    result = await CompanyRepository(db).create_many([child, orphan, parent])
    assert result.created == 2
    assert said(result) == [(1, "parent_company_id")]


async def test_edges_to_oneself_and_edges_there_are_come_back(db: Database) -> None:
    one, two, three = await people(db, 3)
    repository = RelationshipRepository(db)
    await repository.create_relationship({"contact_id_1": one.id, "contact_id_2": two.id, "relationship_type": "colleagues"})

    def edge(first: Any, second: Any, kind: str = "colleagues") -> dict[str, Any]:
        return {"contact_id_1": first, "contact_id_2": second, "relationship_type": kind}

    result = await repository.create_many(
        [
            edge(one.id, one.id),
            edge(two.id, one.id),
            edge(one.id, two.id, "reports_to"),
            edge(one.id, uuid4()),
            edge(one.id, three.id),
            edge(three.id, one.id),
            {**edge(two.id, three.id), "confidence_score": 2},
        ]
    )
    assert result.created == 1
    assert said(result) == [
        (0, "contact_id_2"),
        (1, "contact_id_2"),
        (2, "relationship_type"),
        (3, "contact_id_2"),
        (5, "contact_id_2"),
        (6, "confidence_score"),
    ]


async def test_conversations_take_their_contacts_company(db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Acme"})
    contact = await ContactRepository(db).create_contact({"company_id": company.id, "email": "jo@acme.com"})
    result = await ConversationRepository(db).create_many([{"contact_id": contact.id}, {"contact_id": uuid4()}])
    assert said(result) == [(1, "contact_id")]
    stored = await ConversationRepository(db).get_conversations_by_contact(contact.id)
    assert [one.company_id for one in stored] == [company.id]
    counted = await CompanyRepository(db).get_company_by_id(company.id)
    assert counted is not None
    assert counted.active_conversations == 1


async def test_touchpoints_bring_their_events_and_answer_one_another(timed: Database, clock: Clock) -> None:
    contact = (await people(timed, 1))[0]
    talk = await ConversationRepository(timed).create_conversation(contact.id)
    sent = uuid4()
    result = await TouchpointRepository(timed).create_many(
        [
            {"conversation_id": talk.id, "direction": "inbound", "in_reply_to_id": sent},
            {"conversation_id": talk.id, "id": sent, "sent_at": clock()},
            {"conversation_id": talk.id, "in_reply_to_id": uuid4()},
            {"conversation_id": uuid4()},
        ]
    )
    assert result.created == 2
    assert said(result) == [(2, "in_reply_to_id"), (3, "conversation_id")]
    after = await ConversationRepository(timed).get_conversation_by_id(talk.id)
    assert after is not None
    assert (after.touchpoint_count, after.response_count) == (2, 1)


async def test_a_batch_joins_the_callers_transaction_and_spoils_nothing(db: Database) -> None:
    async with db.transaction() as session:
        repository = ContactRepository(session)
        first = await repository.create_many([{"email": "a@acme.com"}, {"email": "a@acme.com"}])
        second = await repository.create_many([{"email": "b@acme.com"}, {"email": "a@acme.com"}])
        assert (first.created, second.created) == (1, 1)
        assert await repository.get_contact_by_email("b@acme.com") is not None
    assert await ContactRepository(db).get_contact_by_email("a@acme.com") is not None


async def test_what_only_the_database_refuses_is_found_by_halves(db: Database) -> None:
    async with db.transaction() as session:
        await session.execute("INSERT INTO attribute_definitions (entity, name, type) VALUES ('companies', 'seats', 'number')")
    rows: list[dict[str, Any]] = [{"name": str(number), "attributes": {"seats": number}} for number in range(20)]
    rows[13]["attributes"] = {"seats": "many"}
    result = await CompanyRepository(db).create_many(rows)
    assert result.created == 19
    assert said(result) == [(13, "attributes.seats")]


async def test_more_rows_than_a_statement_takes_are_created(db: Database) -> None:
    await people(db, 11_000)
    assert await ContactRepository(db).get_contact_by_email("p10999@acme.test") is not None
