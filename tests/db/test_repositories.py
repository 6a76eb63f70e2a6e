"""Every method of the repositories does what its name says, and refuses what it should."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest

from accountgraph.errors import (
    AccountGraphError,
    DuplicateError,
    EdgeExistsError,
    InvalidValueError,
    MissingReferenceError,
    NotFoundError,
    UnknownFieldError,
)
from accountgraph.models import Company, Contact, Relationship
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.db.story import Story
from tests.factories import START

if TYPE_CHECKING:
    from accountgraph.db import Database, Session
    from tests.factories import Clock


async def people(db: Database, count: int, **fields: Any) -> tuple[Company, list[Contact]]:
    company = await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Fay"]
    given = [{"company_id": company.id, "first_name": names[n], "email": f"{names[n]}@acme.com", **fields} for n in range(count)]
    return company, [await ContactRepository(db).create_contact(each) for each in given]


class TestCompanies:
    async def test_company_comes_back_as_it_was_given(self, db: Database) -> None:
        given = {"name": "Acme", "domain": "https://www.ACME.com/x", "account_tier": "tier1", "research_data": {"a": [1]}, "size": "large"}
        created = await CompanyRepository(db).create_company(given)
        assert (created.name, created.domain, created.account_tier, created.research_data) == ("Acme", "acme.com", "tier1", {"a": [1]})
        assert await CompanyRepository(db).get_company_by_id(created.id) == created

    async def test_object_is_as_good_as_a_mapping(self, db: Database) -> None:
        company = Company(name="Acme", domain="acme.com")
        assert (await CompanyRepository(db).create_company(company)).id == company.id

    async def test_company_is_found_by_every_domain_it_has(self, db: Database) -> None:
        companies = CompanyRepository(db)
        company = await companies.create_company({"name": "Acme", "domain": "acme.com"})
        await companies.add_domain(company.id, "acme.de")
        await companies.add_domain(company.id, "acme.de")
        found = await companies.get_company_by_domain("www.acme.de")
        assert found == company
        assert await companies.get_domains(company.id) == ["acme.com", "acme.de"]

    async def test_domain_of_another_company_is_refused(self, db: Database) -> None:
        companies = CompanyRepository(db)
        one = await companies.create_company({"name": "One", "domain": "one.com"})
        two = await companies.create_company({"name": "Two"})
        await companies.add_domain(one.id, "other.com")
        for attempt in ("one.com", "other.com"):
            with pytest.raises(DuplicateError, match="domain"):
                await companies.create_company({"name": "Three", "domain": attempt})
            with pytest.raises(DuplicateError, match="domain"):
                await companies.update_company(two.id, {"domain": attempt})
            with pytest.raises(DuplicateError, match="domain"):
                await companies.add_domain(two.id, attempt)

    @pytest.mark.parametrize("domain", ["gmail.com", "mailinator.com", "no spaces.com", "acme", "127.0.0.1"])
    async def test_domain_that_is_no_company_is_refused(self, db: Database, domain: str) -> None:
        with pytest.raises(InvalidValueError, match="domain"):
            await CompanyRepository(db).create_company({"name": "X", "domain": domain})

    async def test_update_changes_what_is_given_and_nothing_else(self, db: Database) -> None:
        companies = CompanyRepository(db)
        company = await companies.create_company({"name": "Acme", "domain": "acme.com", "industry": "Steel"})
        changed = await companies.update_company(company.id, {"industry": None, "account_status": "customer"})
        assert (changed.name, changed.domain, changed.industry, changed.account_status) == ("Acme", "acme.com", None, "customer")

    async def test_list_pages_through_all_of_a_tier_and_status(self, db: Database) -> None:
        companies = CompanyRepository(db)
        for n in range(7):
            await companies.create_company({"name": f"C{n % 3}", "account_tier": "tier1" if n < 5 else "tier2"})
        seen: list[Company] = []
        while page := await companies.list_companies(tier="tier1", status="prospecting", limit=2, after=seen[-1] if seen else None):
            seen += page
        assert [each.name for each in seen] == ["C0", "C0", "C1", "C1", "C2"]
        assert len({each.id for each in seen}) == 5

    @pytest.mark.parametrize(
        ("term", "names"), [("acme", ["Acme", "Big Acme"]), ("%", ["100% Pure"]), ("_", ["a_b"]), ("\\", ["back\\slash"])]
    )
    async def test_search_takes_the_term_literally(self, db: Database, term: str, names: list[str]) -> None:
        for name in ("Big Acme", "Acme", "100% Pure", "a_b", "back\\slash"):
            await CompanyRepository(db).create_company({"name": name})
        assert [each.name for each in await CompanyRepository(db).search_companies(term)] == names

    async def test_search_for_sql_finds_nothing_and_breaks_nothing(self, db: Database) -> None:
        assert await CompanyRepository(db).search_companies("'; DROP TABLE companies; --") == []

    async def test_every_company_is_streamed(self, db: Database) -> None:
        for n in range(5):
            await CompanyRepository(db).create_company({"name": f"C{n}"})
        assert len([each async for each in CompanyRepository(db).every_company()]) == 5

    async def test_company_cannot_be_its_own_parent(self, db: Database) -> None:
        company = await CompanyRepository(db).create_company({"name": "Acme"})
        with pytest.raises(InvalidValueError, match="parent_company_id"):
            await CompanyRepository(db).update_company(company.id, {"parent_company_id": company.id})

    async def test_missing_company_is_none_or_not_found(self, db: Database) -> None:
        assert await CompanyRepository(db).get_company_by_id(uuid4()) is None
        with pytest.raises(NotFoundError):
            await CompanyRepository(db).update_company(uuid4(), {"name": "X"})


class TestContacts:
    async def test_contact_is_found_by_any_spelling_of_the_address(self, db: Database) -> None:
        _, (ada,) = await people(db, 1)
        assert await ContactRepository(db).get_contact_by_email(" ADA@Acme.COM ") == ada
        assert ada.email == "Ada@acme.com"

    async def test_second_contact_with_the_address_is_refused(self, db: Database) -> None:
        await people(db, 1)
        with pytest.raises(DuplicateError, match="email"):
            await ContactRepository(db).create_contact({"email": "ADA@ACME.com"})

    async def test_address_of_another_contact_cannot_be_taken_over(self, db: Database) -> None:
        _, (_, bob) = await people(db, 2)
        with pytest.raises(DuplicateError, match="email"):
            await ContactRepository(db).update_contact(bob.id, {"email": "ada@acme.com"})

    async def test_own_address_may_be_written_anew(self, db: Database) -> None:
        _, (ada,) = await people(db, 1)
        changed = await ContactRepository(db).update_contact(ada.id, {"email": "ADA@acme.com"})
        assert (changed.email, changed.email_key) == ("ADA@acme.com", "ada@acme.com")

    async def test_contact_moved_to_a_missing_company_is_refused(self, db: Database) -> None:
        _, (ada,) = await people(db, 1)
        with pytest.raises(MissingReferenceError, match="company_id"):
            await ContactRepository(db).update_contact(ada.id, {"company_id": uuid4()})
        with pytest.raises(MissingReferenceError, match="company_id"):
            await ContactRepository(db).create_contact({"company_id": uuid4()})

    async def test_contacts_are_found_by_company_status_role_and_rank(self, db: Database) -> None:
        company, (ada, bob, cleo) = await people(db, 3)
        contacts = ContactRepository(db)
        await contacts.update_contact(ada.id, {"role": "buyer", "is_decision_maker": True})
        await contacts.update_contact(bob.id, {"role": "user", "status": "invalid", "is_primary_contact": True})
        assert [each.id for each in await contacts.find_contacts_by_company(company.id, status="active")] == [ada.id, cleo.id]
        assert [each.id for each in await contacts.find_contacts_by_role(["buyer", "user"], company_id=company.id)] == [ada.id, bob.id]
        assert [each.id for each in await contacts.find_decision_makers(company.id)] == [ada.id]
        primary = await contacts.find_primary_contact(company.id)
        assert primary is not None
        assert primary.id == bob.id

    @pytest.mark.parametrize(("term", "count"), [("ada", 1), ("acme.com", 3), ("%", 0), ("eo", 1)])
    async def test_search_looks_into_names_and_addresses(self, db: Database, term: str, count: int) -> None:
        await people(db, 3)
        assert len(await ContactRepository(db).search_contacts(term)) == count

    async def test_search_puts_those_without_a_last_name_last(self, db: Database) -> None:
        contacts = ContactRepository(db)
        for one in ({"first_name": "Zed"}, {"first_name": "Zed", "email": "z@acme.com"}, {"first_name": "Al", "last_name": "Zed"}):
            await contacts.create_contact(one)
        assert (await contacts.search_contacts("zed"))[0].name == "Al Zed"

    async def test_streams_of_one_transaction_may_be_read_at_once(self, db: Database) -> None:
        await people(db, 2)
        async with db.transaction() as session:
            every = partial(session.stream, Contact, "contacts.every", {"after": UUID(int=0), "limit": 10})
            pairs = [(one, other) async for one in every() async for other in every()]
        assert len(pairs) == 4

    async def test_preferences_are_typed_all_the_way(self, db: Database) -> None:
        _, (ada,) = await people(db, 1, communication_preferences={"preferred_channel": "sms", "do_not_contact": True})
        assert (ada.communication_preferences.preferred_channel, ada.communication_preferences.do_not_contact) == ("sms", True)
        with pytest.raises(InvalidValueError, match=r"communication_preferences\.preferred_channel.*sms"):
            await ContactRepository(db).update_contact(ada.id, {"communication_preferences": {"preferred_channel": "fax"}})


class TestRelationships:
    @pytest.mark.parametrize(
        ("said", "again"), [("reports_to", "manager_of"), ("colleagues", "colleagues"), ("collaborators", "collaborators")]
    )
    async def test_same_edge_the_other_way_round_gives_back_the_one_there_is(self, db: Database, said: str, again: str) -> None:
        _, (ada, bob) = await people(db, 2)
        relationships = RelationshipRepository(db)
        one = await relationships.create_relationship({"contact_id_1": ada.id, "contact_id_2": bob.id, "relationship_type": said})
        two = await relationships.create_relationship({"contact_id_1": bob.id, "contact_id_2": ada.id, "relationship_type": again})
        assert (two.id, two.contact_id_1) == (one.id, ada.id)

    async def test_another_type_for_the_same_pair_is_refused(self, db: Database) -> None:
        _, (ada, bob) = await people(db, 2)
        relationships = RelationshipRepository(db)
        edge = {"contact_id_1": ada.id, "contact_id_2": bob.id}
        await relationships.create_relationship({**edge, "relationship_type": "colleagues"})
        with pytest.raises(EdgeExistsError, match="colleagues already"):
            await relationships.create_relationship({**edge, "relationship_type": "reports_to"})

    async def test_edge_to_oneself_is_refused(self, db: Database) -> None:
        _, (ada,) = await people(db, 1)
        with pytest.raises(InvalidValueError, match="contact_id_2"):
            await RelationshipRepository(db).create_relationship(
                Relationship(contact_id_1=ada.id, contact_id_2=ada.id, relationship_type="colleagues")  # type: ignore[arg-type]
            )

    async def test_edge_to_nobody_names_the_end(self, db: Database) -> None:
        _, (ada,) = await people(db, 1)
        edge = {"contact_id_1": ada.id, "contact_id_2": uuid4(), "relationship_type": "colleagues"}
        with pytest.raises(MissingReferenceError, match="contact_id_2"):
            await RelationshipRepository(db).create_relationship(edge)

    async def test_edges_are_listed_changed_and_removed(self, db: Database) -> None:
        _, (ada, bob, cleo) = await people(db, 3)
        relationships = RelationshipRepository(db)
        weak = await relationships.create_relationship(
            {"contact_id_1": bob.id, "contact_id_2": ada.id, "relationship_type": "colleagues", "strength": "weak"}
        )
        edge = {"contact_id_1": ada.id, "contact_id_2": cleo.id, "relationship_type": "colleagues", "confidence_score": 0.5}
        strong = await relationships.create_relationship({**edge, "strength": "strong"})
        assert strong.confidence_score == Decimal("0.50")
        assert [each.id for each in await relationships.get_contact_relationships(ada.id)] == [strong.id, weak.id]
        assert [(each.id, each.strength) for each in await relationships.get_colleagues(ada.id)] == [(cleo.id, "strong"), (bob.id, "weak")]
        assert await relationships.check_relationship(bob.id, ada.id)
        assert not await relationships.check_relationship(bob.id, cleo.id)
        assert (await relationships.update_relationship(weak.id, {"strength": "medium"})).strength == "medium"
        with pytest.raises(InvalidValueError, match="contact_id_1"):
            await relationships.update_relationship(weak.id, {"contact_id_1": cleo.id})
        assert await relationships.delete_relationship(weak.id)
        assert not await relationships.delete_relationship(weak.id)


class TestConversations:
    async def test_conversation_takes_the_company_of_its_contact(self, db: Database) -> None:
        company, (ada,) = await people(db, 1)
        created = await ConversationRepository(db).create_conversation(ada.id, qualification_tier="warm", metadata={"a": 1})
        assert (created.company_id, created.qualification_tier, created.metadata) == (company.id, "warm", {"a": 1})
        assert await ConversationRepository(db).get_conversations_by_contact(ada.id) == [created]
        assert await ConversationRepository(db).get_conversations_by_company(company.id) == [created]
        assert await ConversationRepository(db).get_active_conversations(company.id) == [created]

    async def test_conversation_with_nobody_is_refused(self, db: Database) -> None:
        with pytest.raises(MissingReferenceError, match="contact_id"):
            await ConversationRepository(db).create_conversation(uuid4())

    async def test_overdue_conversations_come_most_overdue_first(self, timed: Database, clock: Clock) -> None:
        story = await Story.begin(timed)
        conversations = ConversationRepository(timed)
        other = await conversations.create_conversation(story.person.id)
        await conversations.update_conversation(other.id, {"next_touchpoint_at": clock.time})
        await conversations.update_conversation(story.conversation.id, {"next_touchpoint_at": clock.forward(days=1)})
        clock.forward(days=1)
        found = await conversations.get_conversations_needing_followup()
        assert [(each.id, each.days_overdue) for each in found] == [(other.id, Decimal(2)), (story.conversation.id, Decimal(1))]

    async def test_context_is_merged_also_by_two_at_once(self, db: Database) -> None:
        import asyncio

        _, (ada,) = await people(db, 1)
        conversations = ConversationRepository(db)
        talk = await conversations.create_conversation(ada.id, context={"topics_discussed": ["price"], "sentiment": "cool"})
        learned = [{"topics_discussed": [f"t{n}", "price"], "facts": {f"k{n}": n}, "sentiment": "warm"} for n in range(8)]
        await asyncio.gather(*(conversations.update_conversation_context(talk.id, each) for each in learned))
        found = await conversations.get_conversation_by_id(talk.id)
        assert found is not None
        assert sorted(found.context["topics_discussed"]) == ["price", *(f"t{n}" for n in range(8))]
        assert (len(found.context["facts"]), found.context["sentiment"]) == (8, "warm")

    async def test_unknown_status_lists_the_ones_there_are(self, db: Database) -> None:
        _, (ada,) = await people(db, 1)
        talk = await ConversationRepository(db).create_conversation(ada.id)
        with pytest.raises(InvalidValueError, match=r"status.*nurturing"):
            await ConversationRepository(db).update_conversation_status(talk.id, "sleeping")


class TestTouchpoints:
    async def test_history_is_in_order_and_listing_is_latest_first(self, timed: Database) -> None:
        story = await Story.begin(timed)
        later, earlier = await story.send(hours=9), await story.send(hours=3)
        touchpoints = TouchpointRepository(timed)
        assert [each.id for each in await touchpoints.get_touchpoint_history(story.conversation.id)] == [
            story.message.id,
            earlier.id,
            later.id,
        ]
        assert [each.id for each in await touchpoints.get_touchpoints(story.conversation.id, limit=2)] == [later.id, earlier.id]

    async def test_sent_email_is_a_touchpoint_of_now(self, timed: Database, clock: Clock) -> None:
        story = await Story.begin(timed)
        sent = await TouchpointRepository(timed).record_email_sent(story.conversation.id, "Hello", "Dear John", {"step": 1})
        assert (sent.channel, sent.outcome, sent.sent_at, sent.metadata) == ("email", "sent", clock.time, {"step": 1})

    async def test_arrival_of_a_message_that_has_arrived_is_not_recorded_again(self, timed: Database) -> None:
        story = await Story.begin(timed)
        received = await story.receive(answers=None, hours=1)
        score = (await story.contact()).engagement_score
        touchpoints = TouchpointRepository(timed)
        with pytest.raises(InvalidValueError, match=r"sent_at.*received .* already"):
            await touchpoints.update_touchpoint(received.id, {"sent_at": START})
        again = await touchpoints.update_touchpoint(received.id, {"sent_at": str(received.sent_at), "subject": "Hello"})
        assert (again.sent_at, again.subject) == (received.sent_at, "Hello")
        assert (await story.contact()).engagement_score == score

    @pytest.mark.parametrize("answers", [None, "message"])
    async def test_arrival_that_becomes_known_counts_like_one_that_was_known(self, timed: Database, url: str, answers: str | None) -> None:
        known, later = await Story.begin(timed), await Story.begin(timed, email="later@acme.com")
        await known.receive(answers=answers, hours=1)
        with psycopg.connect(url) as connection:
            statement = "INSERT INTO abm.touchpoints (conversation_id, direction, in_reply_to_id) VALUES (%s, 'inbound', %s) RETURNING id"
            row = connection.execute(statement, (later.conversation.id, later.message.id if answers else None)).fetchone()
            assert row is not None
        arrived = await TouchpointRepository(timed).update_touchpoint(row[0], {"sent_at": START + timedelta(hours=1)})
        assert arrived.sent_at == START + timedelta(hours=1)
        one, other = await known.contact(), await later.contact()
        assert (one.engagement_score, one.last_engaged_at) == (other.engagement_score, other.last_engaged_at)
        assert (await known.reread()).response_count == (await later.reread()).response_count

    @pytest.mark.parametrize("field", ["provider_id", "email_message_id"])
    async def test_longest_id_that_is_taken_fits_its_index_and_the_database_refuses_longer_ones(
        self, timed: Database, url: str, field: str
    ) -> None:
        story = await Story.begin(timed)
        longest = "\U0001f600" * 249 + "ab"
        updated = await TouchpointRepository(timed).update_touchpoint(story.message.id, {field: longest})
        assert getattr(updated, field) == longest
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.CheckViolation, match=field):
            connection.execute(f"UPDATE abm.touchpoints SET {field} = %s".encode(), (longest + "c",))

    async def test_touchpoint_without_a_conversation_is_refused(self, db: Database) -> None:
        with pytest.raises(MissingReferenceError, match="conversation_id"):
            await TouchpointRepository(db).record_email_sent(uuid4(), "Hello")

    async def test_metrics_count_what_was_sent(self, timed: Database) -> None:
        story = await Story.begin(timed)
        await story.send(hours=1)
        await story.replied(hours=2)
        metrics = await TouchpointRepository(timed).get_engagement_metrics(story.conversation.id)
        assert (metrics["emails_sent"], metrics["reply_rate"], metrics["human_reply_rate"]) == (2, 50.0, 50.0)


class TestWhatACallerGives:
    @pytest.mark.parametrize(
        ("given", "error", "says"),
        [
            ({}, InvalidValueError, "name: is required"),
            ({"name": ""}, InvalidValueError, "name: "),
            ({"name": "x" * 501}, InvalidValueError, "name: "),
            ({"name": "a\0b"}, InvalidValueError, "name: .*NUL"),
            ({"name": "X", "research_data": {"deep": ["\0"]}}, InvalidValueError, "research_data: .*NUL"),
            ({"name": "X", "nmae": 1}, UnknownFieldError, "nmae: .*'name'"),
            ({"name": "X", "size": "huge"}, InvalidValueError, "size: .*enterprise"),
            ({"name": "X", "total_contacts": 5}, InvalidValueError, "total_contacts: .*kept by the database"),
            ({"name": "X", "domain": 5}, InvalidValueError, "domain: "),
            ({"name": "X", "parent_company_id": "no-uuid"}, InvalidValueError, "parent_company_id: "),
            ({"name": "X", "research_data": {"f": complex(1, 2)}}, InvalidValueError, "research_data: "),
        ],
        ids=str,
    )
    async def test_bad_field_is_named(self, db: Database, given: dict[str, Any], error: type[Exception], says: str) -> None:
        with pytest.raises(error, match=says):
            await CompanyRepository(db).create_company(given)
        assert await CompanyRepository(db).list_companies() == []

    async def test_page_of_nothing_is_refused(self, db: Database) -> None:
        with pytest.raises(InvalidValueError, match=r"limit: 0 .*1 or more"):
            [event async for event in TouchpointRepository(db).events(limit=0)]
        with pytest.raises(InvalidValueError, match="limit: -1"):
            await CompanyRepository(db).search_companies("x", limit=-1)

    @pytest.mark.parametrize("name", ["日本株式会社 🏯", "شركة الاختبار", "e\u0301tienne", "a" * 500, "Robert'); DROP TABLE companies;--"])
    async def test_any_text_is_kept_as_it_is(self, db: Database, name: str) -> None:
        created = await CompanyRepository(db).create_company({"name": name})
        assert created.name == name
        assert [each.id for each in await CompanyRepository(db).search_companies(name)] == [created.id]

    async def test_a_megabyte_of_text_is_kept(self, db: Database) -> None:
        text = "lorem 🙂 " * 130_000
        created = await CompanyRepository(db).create_company({"name": "X", "description": text})
        assert created.description == text

    async def test_ten_megabytes_of_context_are_kept(self, db: Database) -> None:
        _, (ada,) = await people(db, 1)
        conversations = ConversationRepository(db)
        talk = await conversations.create_conversation(ada.id)
        found = await conversations.update_conversation_context(
            talk.id, {"notes": ["x" * 1000] * 1 + [f"{n}" + "y" * 1000 for n in range(10_000)]}
        )
        assert len(found.context["notes"]) == 10_001

    async def test_refusal_does_not_spoil_the_callers_transaction(self, db: Database) -> None:
        _, (ada, bob) = await people(db, 2)
        async with db.transaction() as session:
            refused: list[tuple[Any, dict[str, Any]]] = [
                (CompanyRepository(session).create_company, {"name": "Again", "domain": "acme.com"}),
                (ContactRepository(session).create_contact, {"email": "ada@acme.com"}),
                (ContactRepository(session).create_contact, {"company_id": uuid4()}),
                (
                    RelationshipRepository(session).create_relationship,
                    {"contact_id_1": ada.id, "contact_id_2": uuid4(), "relationship_type": "colleagues"},
                ),
                (TouchpointRepository(session).create_touchpoint, {"conversation_id": uuid4()}),
            ]
            for create, given in refused:
                with pytest.raises((DuplicateError, MissingReferenceError)):
                    await create(given)
            with pytest.raises(DuplicateError):
                await ContactRepository(session).update_contact(bob.id, {"email": "ada@acme.com"})
            await ContactRepository(session).update_contact(bob.id, {"title": "CFO"})
        found = await ContactRepository(db).get_contact_by_id(bob.id)
        assert found is not None
        assert found.title == "CFO"

    async def test_refusal_by_the_database_alone_does_not_spoil_it_either(self, timed: Database) -> None:
        story = await Story.begin(timed)
        async with timed.transaction() as session:
            touchpoints = TouchpointRepository(session)
            refused: list[dict[str, Any]] = [{"detail": "hard"}, {"address": "no address"}, {"contact_id": uuid4()}]
            for wrong in refused:
                with pytest.raises(AccountGraphError):
                    await touchpoints.record_event(story.message.id, "opened", **wrong)
            with pytest.raises(MissingReferenceError):
                await touchpoints.record_events([{"kind": "opened", "touchpoint_id": uuid4(), "at": timed.now()}])
            await touchpoints.record_email_opened(story.message.id)
        assert (await story.touchpoint()).outcome == "opened"

    async def test_failed_transaction_leaves_nothing(self, db: Database) -> None:
        async def half_done(session: Session) -> None:
            await CompanyRepository(session).create_company({"name": "Acme"})
            raise RuntimeError

        with pytest.raises(RuntimeError):
            await db.run(half_done)
        assert await CompanyRepository(db).list_companies() == []
