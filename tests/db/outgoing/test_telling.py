"""Every kind of thing is told when it happens, in the transaction in which it does, and only to who asked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from msgspec import Struct

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work import holds
from accountgraph.campaigns.work.holds import HoldScope
from accountgraph.db import Database, Session
from accountgraph.errors import DatabaseError
from accountgraph.outgoing import KINDS, Kind, NewEndpoint, create_endpoint
from accountgraph.outgoing.kinds import SUBSCRIBABLE
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.db.campaigns.world import World
from tests.db.story import Story
from tests.factories import START, Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

URL = "https://example.com/hook"


class Row(Struct, frozen=True):
    kind: str
    data: dict[str, Any]
    account_key: Any


@pytest.fixture
async def timed(url: str, clock: Clock, surroundings: None) -> AsyncIterator[Database]:
    async with Database(url, workspace="abm", clock=clock) as database:
        yield database


async def told(db: Database) -> list[Row]:
    found: list[Row] = await World(db).select(Row, "SELECT kind, data, account_key::text FROM outgoing_events ORDER BY id")
    return found


async def kinds(db: Database) -> list[str]:
    return [row.kind for row in await told(db)]


async def listen(db: Database, *wanted: str) -> UUID:
    return (await create_endpoint(db, NewEndpoint(url=URL, kinds=wanted or ("*",)))).endpoint.id


async def run(db: Database, statement: str, **params: Any) -> None:
    await db.run(lambda session: session.execute(statement, params))


async def _events(db: Database, story: Story) -> None:
    record = story.touchpoints.record_events
    at = START + timedelta(hours=1)
    names = (
        "delivered",
        "opened",
        "clicked",
        "bounced",
        "failed",
        "answered",
        "meeting_booked",
        "meeting_held",
        "meeting_missed",
        "complained",
    )
    await record([{"kind": kind, "touchpoint_id": story.message.id, "at": at + timedelta(minutes=nth)} for nth, kind in enumerate(names)])
    await record([{"kind": "replied", "touchpoint_id": story.message.id, "at": at + timedelta(hours=2), "detail": "positive"}])
    await story.receive(answers=None, hours=3)


async def _campaign(db: Database) -> None:
    world = await World.begin(db)
    people = await world.account("globex.com", "Anna", "Bert", "Carl")
    version = await world.campaign(policy={"requires_approval": True})
    first, second, third = await world.enrol(version, *people)
    await world.runner().run_due()
    approve = "UPDATE approvals SET state = 'rejected', decided_by = 'me', decided_at = current_moment() WHERE enrolment_id = %(id)s"
    await run(db, approve, id=first)
    await run(db, "UPDATE enrolments SET state = 'finished', reason = 'done', finished_at = current_moment() WHERE id = %(id)s", id=second)
    await run(db, "UPDATE enrolments SET state = 'failed', reason = 'bad', finished_at = current_moment() WHERE id = %(id)s", id=third)
    intent = (
        "INSERT INTO intents (enrolment_id, step_key, is_live, channel, contact_id, planned_at, lease, lease_until, called_at, state)"
        " SELECT e.id, 'x', true, 'email', e.contact_id, now(), gen_random_uuid(), now(), now(), 'calling'"
        " FROM enrolments AS e WHERE e.id = %(id)s"
    )
    await run(db, intent, id=first)
    await run(db, "UPDATE intents SET state = 'unknown' WHERE step_key = 'x'")
    for status in ("paused", "active", "finished", "cancelled"):
        await run(db, "UPDATE campaigns SET status = %(status)s", status=status)


async def _work(db: Database, story: Story) -> None:
    await run(db, "INSERT INTO tasks (kind, title, contact_id, due_at) VALUES ('call', 'Call John', %(id)s, now())", id=story.person.id)
    await run(db, "UPDATE tasks SET state = 'done', closed_at = now(), outcome = 'reached'")
    await db.run(lambda s: holds.set_hold(s, HoldScope.ACCOUNT, story.company.id, reason="legal", note=None, until=None, now=s.now()))
    await db.run(lambda s: holds.lift_holds(s, HoldScope.ACCOUNT, story.company.id, reason=None, now=s.now()))
    for kind in (SignalKind.DEAL_OPENED, SignalKind.DEAL_WON, SignalKind.DEAL_LOST, SignalKind.LEFT_COMPANY):

        async def record(session: Session, kind: SignalKind = kind) -> None:
            await record_signal(session, Signal(kind=kind, dedupe_key=str(kind), source="me", contact_id=story.person.id), session.now())

        await db.run(record)


async def test_every_kind_is_told_when_it_happens_and_says_what_its_example_says(timed: Database) -> None:
    await listen(timed)
    story = await Story.begin(timed)
    await CompanyRepository(timed).update_company(story.company.id, {"account_tier": "tier1"})
    await ContactRepository(timed).update_contact(story.person.id, {"title": "CTO"})
    await ConversationRepository(timed).update_conversation(story.conversation.id, {"qualification_tier": "hot"})
    await _events(timed, story)
    await SuppressionRepository(timed).suppress(contact_id=story.person.id, reason="unsubscribed", channel="email")
    await SuppressionRepository(timed).suppress(contact_id=story.person.id, reason="manual", channel="sms")
    await _work(timed, story)
    await _campaign(timed)
    other = await CompanyRepository(timed).create_company({"name": "Gone", "domain": "gone.com"})
    person = await ContactRepository(timed).create_contact({"company_id": other.id, "email": "x@gone.com"})
    await run(timed, "DELETE FROM contacts WHERE id = %(id)s", id=person.id)
    await run(timed, "DELETE FROM companies WHERE id = %(id)s", id=other.id)
    rows = await told(timed)
    assert {row.kind for row in rows} == set(SUBSCRIBABLE)
    for row in rows:
        example = KINDS[Kind(row.kind)].example
        msgspec.convert(row.data, type(example))
        assert set(row.data) <= set(example.__struct_fields__), row.kind


async def test_nothing_of_people_is_told_but_their_ids(timed: Database) -> None:
    await listen(timed)
    await test_every_kind_is_told_when_it_happens_and_says_what_its_example_says(timed)
    text = " ".join(str(row.data) for row in await told(timed)).lower()
    for secret in ("john", "anna", "@", "cto", "call john", "hello", "legal name"):
        assert secret not in text, secret


async def test_nothing_is_written_where_nobody_asked(timed: Database) -> None:
    await Story.begin(timed)
    await listen(timed, "task.created")
    await CompanyRepository(timed).create_company({"name": "Other", "domain": "other.com"})
    assert await told(timed) == []


async def test_what_is_rolled_back_was_never_told(timed: Database) -> None:
    await listen(timed)

    async def fail(session: Session) -> None:
        await CompanyRepository(session).create_company({"name": "Acme", "domain": "acme.com"})
        raise DatabaseError("no")

    with pytest.raises(DatabaseError):
        await timed.run(fail)
    assert await told(timed) == []


async def test_columns_that_the_database_keeps_are_no_news(timed: Database) -> None:
    story = await Story.begin(timed)
    await listen(timed, "account.changed", "contact.changed", "conversation.changed")
    await story.send(hours=1)
    await ContactRepository(timed).create_contact({"company_id": story.company.id, "email": "new@acme.com"})
    await CompanyRepository(timed).update_company(story.company.id, {"name": story.company.name})
    assert await told(timed) == []


async def test_change_names_the_fields_that_are_other_than_before(timed: Database) -> None:
    story = await Story.begin(timed)
    await listen(timed, "account.changed")
    await CompanyRepository(timed).update_company(
        story.company.id, {"account_tier": "tier1", "industry": "Steel", "name": story.company.name}
    )
    assert [row.data["changed"] for row in await told(timed)] == [["account_tier", "industry"]]


async def test_machines_that_open_are_not_told_of(timed: Database) -> None:
    story = await Story.begin(timed)
    await listen(timed, "message.opened", "message.clicked")
    scanner = {"kind": "clicked", "touchpoint_id": story.message.id, "at": START + timedelta(seconds=1), "user_agent": "Barracuda"}
    await story.touchpoints.record_events(
        [scanner, {"kind": "opened", "touchpoint_id": story.message.id, "at": START + timedelta(seconds=1)}]
    )
    assert await kinds(timed) == []


async def test_history_that_is_brought_in_is_no_news(timed: Database, clock: Clock) -> None:
    story = await Story.begin(timed)
    await listen(timed, "message.sent")
    clock.forward(days=30)
    await story.send(days=1)
    await story.send(days=29)
    assert await kinds(timed) == ["message.sent"]


async def test_answer_of_theirs_is_no_message_of_ours(timed: Database) -> None:
    story = await Story.begin(timed)
    await listen(timed)
    await story.receive(hours=1)
    assert "message.sent" not in await kinds(timed)
    assert (await kinds(timed)).count("reply.received") == 1


async def test_statement_of_any_size_is_told_in_order_by_one_statement(timed: Database) -> None:
    await listen(timed, "account.created", "account.changed")
    await run(timed, "INSERT INTO companies (name) SELECT 'Company ' || n FROM generate_series(1, 3000) AS n")
    await run(timed, "UPDATE companies SET industry = 'Steel'")
    rows = await told(timed)
    assert [row.data["name"] for row in rows[:3000]] == [f"Company {n}" for n in range(1, 3001)]
    assert {row.kind for row in rows[3000:]} == {"account.changed"}
    assert len(rows) == 6000


async def test_what_an_agent_changes_is_told_and_an_agent_reads_none_of_it(url: str, timed: Database) -> None:
    await listen(timed)
    async with Database(url, workspace="abm", as_agent=True) as agent:
        await CompanyRepository(agent).create_company({"name": "Acme", "domain": "acme.com"})
        for statement in ("SELECT * FROM outgoing_endpoints", "SELECT * FROM outgoing_events", "SELECT * FROM secrets"):
            with pytest.raises(DatabaseError):
                await run(agent, statement)
        with pytest.raises(DatabaseError):
            await create_endpoint(agent, NewEndpoint(url=URL, kinds=("*",)))
        with pytest.raises(DatabaseError):
            await run(agent, "SELECT tell('{account.created}', '{now}', '{null}', '{null}')")
    assert await kinds(timed) == ["account.created"]


async def test_what_is_about_one_account_has_its_key(timed: Database) -> None:
    await listen(timed)
    story = await Story.begin(timed)
    await _work(timed, story)
    await _events(timed, story)
    assert {row.account_key for row in await told(timed)} == {str(story.company.id)}
