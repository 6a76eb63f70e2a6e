"""What a message may speak of, as it is read from the database."""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from accountgraph.campaigns.definition import CampaignDefinition, Step, Template
from accountgraph.campaigns.messages import load_variables, preview
from accountgraph.campaigns.messages.sandbox import render
from accountgraph.campaigns.messages.variables import load_for_contact
from accountgraph.campaigns.rules.references import Verb
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.campaigns.messages import Variables
    from accountgraph.db import Database
    from accountgraph.models import Company, Contact, Touchpoint
    from accountgraph.store.outreach.senders import Sender
    from tests.db.campaigns.world import World
    from tests.factories import Clock


class Office:
    """An account, its people and a mailbox."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock
        self.contacts = ContactRepository(db)

    async def begin(self) -> Office:
        identity = await SettingsRepository(self.db).add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road\nTown"})
        fields = {"address": "ann@ours.com", "display_name": "Ann", "legal_identity_id": identity.id}
        self.sender: Sender = await SenderRepository(self.db).add_sender(fields)
        self.company: Company = await CompanyRepository(self.db).create_company({"name": "Acme", "domain": "acme.com", "country": "DE"})
        self.sarah = await self.person("Sarah")
        return self

    async def person(self, name: str, **fields: Any) -> Contact:
        given = {"company_id": self.company.id, "first_name": name, "last_name": "Jones", "email": f"{name.lower()}@acme.com"}
        return await self.contacts.create_contact({**given, **fields})

    async def write_to(self, person: Contact) -> Touchpoint:
        talk = await ConversationRepository(self.db).create_conversation(person.id)
        fields = {"conversation_id": talk.id, "sent_at": self.clock.time}
        return await TouchpointRepository(self.db).create_touchpoint(fields)

    async def answers(self, person: Contact, meaning: str) -> None:
        message = await self.write_to(person)
        self.clock.forward(hours=1)
        await TouchpointRepository(self.db).record_event(message.id, "replied", detail=meaning, at=self.clock.time)

    async def execute(self, statement: str, **params: Any) -> None:
        await self.db.run(lambda session: session.execute(statement, params))

    async def variables(self, person: Contact | None = None) -> Variables:
        found = await load_for_contact(self.db, (person or self.sarah).id, (), self.clock.time)
        assert found is not None
        return found


@pytest.fixture
async def office(timed: Database, clock: Clock) -> Office:
    return await Office(timed, clock).begin()


async def test_a_message_knows_the_person_the_company_and_the_sender(office: Office) -> None:
    found = await office.variables()
    assert (found.person.name, found.company and found.company.name) == ("Sarah Jones", "Acme")
    assert found.sender is not None
    assert (found.sender.name, found.sender.legal_name, found.sender.postal_address) == ("Ann", "Ours Ltd", "1 Road\nTown")


async def test_the_country_is_the_persons_or_else_the_companys(office: Office) -> None:
    abroad = await office.person("Anna", country="US")
    assert (await office.variables()).person.country == "DE"
    assert (await office.variables(abroad)).person.country == "US"


async def test_the_workspaces_legal_identity_stands_in_for_the_senders(office: Office) -> None:
    settings = SettingsRepository(office.db)
    identity = await settings.add_legal_identity({"name": "Group", "postal_address": "2 Road"})
    await settings.update_settings({"legal_identity_id": identity.id})
    await SenderRepository(office.db).update_sender(office.sender.id, {"legal_identity_id": None})
    sender = (await office.variables()).sender
    assert sender is not None
    assert sender.legal_name == "Group"


async def test_what_was_learned_in_the_latest_conversation_can_be_said(office: Office) -> None:
    talks = ConversationRepository(office.db)
    older = await talks.create_conversation(office.sarah.id)
    await talks.update_conversation_context(older.id, {"pain_points_identified": ["old"]})
    message = await office.write_to(office.sarah)
    learned = {"topics_discussed": ["beds"], "pain_points_identified": ["waiting"], "next_steps": ["a call"], "key_quotes": ["Soon."]}
    await talks.update_conversation_context(message.conversation_id, learned)
    text = "{{ conversation.topics[0] }}, {{ conversation.pain_points | join }}, {{ conversation.next_steps | first }}"
    said = render(f"{text}, {{{{ conversation.quotes[0] }}}}", (await office.variables()).namespace(), "body")
    assert said == "beds, waiting, a call, Soon."


async def test_a_first_contact_is_whom_nobody_wrote_to(office: Office) -> None:
    assert (await office.variables()).is_first_contact
    await office.write_to(office.sarah)
    assert not (await office.variables()).is_first_contact


@pytest.mark.parametrize(("source", "gave"), [("inbound", True), ("a list", False), (None, False)])
async def test_who_wrote_in_gave_the_address(office: Office, source: str | None, gave: bool) -> None:
    assert (await office.variables(await office.person("Anna", source=source))).person.gave_address == gave


async def test_who_answered_gave_the_address(office: Office) -> None:
    await office.answers(office.sarah, "question")
    assert (await office.variables()).person.gave_address


async def test_a_colleague_who_answered_can_be_named(office: Office) -> None:
    lisa = await office.person("Lisa", title="Head of Beds")
    await office.answers(lisa, "positive")
    reference = (await office.variables()).reference
    assert reference is not None
    assert (reference.colleague.id, reference.verb, reference.at) == (lisa.id, Verb.REPLIED, office.clock.time)


async def test_nobody_is_looked_for_where_no_template_names_anybody(world: World, clock: Clock) -> None:
    ann, ben = await world.account("acme.com", "Ann", "Ben")
    talk = await ConversationRepository(world.db).create_conversation(ben.id)
    message = await TouchpointRepository(world.db).create_touchpoint({"conversation_id": talk.id, "sent_at": clock.time})
    await TouchpointRepository(world.db).record_event(message.id, "replied", detail="positive", at=clock.forward(hours=1))
    [enrolment] = await world.enrol(await world.campaign(), ann)
    found = await load_variables(world.db, [enrolment], clock.time)
    spared = await load_variables(world.db, [enrolment], clock.time, with_colleagues=False)
    assert found[enrolment].reference is not None
    assert spared[enrolment].reference is None


async def test_somebody_of_another_company_can_be_named_only_over_an_edge(office: Office) -> None:
    lisa = await office.person("Lisa", company_id=None, email="lisa@other.com")
    await office.answers(lisa, "positive")
    assert (await office.variables()).reference is None
    edge = {"contact_id_1": lisa.id, "contact_id_2": office.sarah.id, "relationship_type": "collaborators"}
    await RelationshipRepository(office.db).create_relationship(edge)
    assert (await office.variables()).reference is not None


@pytest.mark.parametrize("meaning", ["refusal", "not_now"])
async def test_who_said_no_is_never_named(office: Office, meaning: str) -> None:
    lisa = await office.person("Lisa")
    await office.answers(lisa, "positive")
    await office.answers(lisa, meaning)
    assert (await office.variables()).reference is None


async def test_who_was_silent_is_never_named(office: Office) -> None:
    message = await office.write_to(await office.person("Lisa"))
    await TouchpointRepository(office.db).record_event(message.id, "opened", at=office.clock.forward(hours=1), actor="human")
    assert (await office.variables()).reference is None


async def test_who_does_not_want_to_be_named_is_never_named(office: Office) -> None:
    lisa = await office.person("Lisa", communication_preferences={"do_not_reference": True})
    await office.answers(lisa, "positive")
    assert (await office.variables()).reference is None


async def test_who_is_suppressed_is_never_named(office: Office) -> None:
    await office.answers(await office.person("Lisa"), "positive")
    assert (await office.variables()).reference is not None
    await SuppressionRepository(office.db).suppress(address="lisa@acme.com")
    assert (await office.variables()).reference is None


async def test_who_left_is_never_named(office: Office) -> None:
    lisa = await office.person("Lisa")
    await office.answers(lisa, "positive")
    await office.execute(
        "INSERT INTO signals (kind, at, contact_id, company_id, source, dedupe_key) "
        "VALUES ('left_company', %(at)s, %(id)s, %(company)s, 'x', 'x')",
        at=office.clock.time,
        id=lisa.id,
        company=office.company.id,
    )
    assert (await office.variables()).reference is None


async def test_what_happens_later_is_not_told_yet(office: Office) -> None:
    await office.answers(await office.person("Lisa"), "positive")
    found = await load_for_contact(office.db, office.sarah.id, (), office.clock.time - timedelta(minutes=1))
    assert found is not None
    assert found.reference is None


@pytest.mark.skipif(sys.platform != "linux", reason="libpq traces on Linux only")
async def test_a_batch_is_read_in_one_statement(world: World, clock: Clock) -> None:
    people = [person for number in range(5) for person in await world.account(f"a{number}.com", "Ann", "Ben")]
    enrolments = await world.enrol(await world.campaign(), *people)
    async with world.db.transaction() as session:
        with tempfile.TemporaryFile() as trace:
            connection: Any = session._connection
            connection.pgconn.trace(trace.fileno())
            found = await load_variables(session, enrolments, clock.time)
            connection.pgconn.untrace()
            trace.seek(0)
            assert trace.read().count(b"ReadyForQuery") == 1
    assert {key: one.person.id for key, one in found.items()} == dict(zip(enrolments, (person.id for person in people), strict=True))
    assert {one.sender.address for one in found.values() if one.sender} == {"me@ours.com"}


async def test_a_follow_up_knows_the_last_message_of_its_enrolment(world: World, clock: Clock) -> None:
    people = await world.account("acme.com", "Ann", "Ben")
    enrolments = await world.enrol(await world.campaign(policy={"account": {"most_contacts_at_once": 9}}), people[0])
    await world.runner().run_due()
    found = await world.db.run(lambda session: load_variables(session, enrolments, clock.time))
    [sent] = world.post.sent
    thread = found[enrolments[0]].thread
    assert thread is not None
    assert (thread.message_id, thread.subject) == (sent.message_id, "Hello Ann")
    assert not found[enrolments[0]].is_first_contact


async def test_a_message_that_bounced_is_answered_by_nobody(world: World, clock: Clock) -> None:
    [ann] = await world.account("acme.com", "Ann")
    enrolments = await world.enrol(await world.campaign(), ann)
    await world.runner().run_due()
    [touchpoint_id] = await world.select(UUID, "SELECT touchpoint_id FROM intents")
    await TouchpointRepository(world.db).record_event(touchpoint_id, "bounced", detail="policy", at=clock.forward(hours=1))
    found = await world.db.run(lambda session: load_variables(session, enrolments, clock.time))
    assert found[enrolments[0]].thread is None


async def test_a_preview_finds_the_person_by_address(office: Office) -> None:
    definition = CampaignDefinition(
        name="spring",
        steps=(Step(key="first", channel=Channel.EMAIL, template="hello"),),
        templates={"hello": Template(subject="Hello", body="Dear {{ contact.first_name }}")},
    )
    anna = await office.person("Anna", source="the fair")
    [shown] = await preview(office.db, definition, " ANNA@acme.com", office.clock.time)
    assert [shown] == await preview(office.db, definition, anna.id, office.clock.time)
    assert shown.content == "Dear Anna"
    with pytest.raises(NotFoundError, match=r"nobody@acme\.com"):
        await preview(office.db, definition, "nobody@acme.com", office.clock.time)
