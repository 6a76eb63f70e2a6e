"""Counts and sums that the database keeps: exact after any sequence of changes, in bulk, and with many writers at once."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph import verify
from accountgraph.db import Database
from accountgraph.errors import ConcurrencyError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.db.story import Story
from tests.factories import START

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.models import Company
    from tests.factories import Clock


async def company(db: Database, company_id: UUID) -> Company:
    found = await CompanyRepository(db).get_company_by_id(company_id)
    assert found is not None
    return found


async def differences(db: Database) -> list[Any]:
    return [item async for item in verify.differences(db)]


class TestCounts:
    async def test_contacts_are_counted_when_they_come_move_and_go(self, db: Database, url: str) -> None:
        one, two = [await CompanyRepository(db).create_company({"name": name}) for name in ("One", "Two")]
        person = await ContactRepository(db).create_contact({"company_id": one.id, "first_name": "A"})
        await ContactRepository(db).update_contact(person.id, {"company_id": two.id})
        assert ((await company(db, one.id)).total_contacts, (await company(db, two.id)).total_contacts) == (0, 1)
        with psycopg.connect(url) as connection:
            connection.execute("DELETE FROM abm.contacts WHERE id = %s", (person.id,))
        assert (await company(db, two.id)).total_contacts == 0

    @pytest.mark.parametrize("status", ["paused", "nurturing", "closed", "won", "lost"])
    async def test_active_conversations_follow_every_change_of_status(self, timed: Database, status: str) -> None:
        story = await Story.begin(timed)
        conversations = ConversationRepository(timed)
        await conversations.update_conversation_status(story.conversation.id, status)
        assert (await company(timed, story.company.id)).active_conversations == 0
        await conversations.update_conversation_status(story.conversation.id, "active")
        assert (await company(timed, story.company.id)).active_conversations == 1

    async def test_closed_at_is_set_when_it_closes_and_cleared_when_it_reopens(self, timed: Database, clock: Clock) -> None:
        story = await Story.begin(timed)
        closing = clock.forward(days=3)
        closed = await ConversationRepository(timed).update_conversation_status(story.conversation.id, "won", "deal", "signed")
        assert (closed.closed_at, closed.outcome, closed.outcome_notes) == (closing, "deal", "signed")
        reopened = await ConversationRepository(timed).update_conversation_status(story.conversation.id, "active")
        assert reopened.closed_at is None

    async def test_scheduled_touchpoint_moves_nothing_until_it_is_sent(self, timed: Database) -> None:
        story = await Story.begin(timed)
        scheduled = await story.touchpoints.create_touchpoint({"conversation_id": story.conversation.id})
        assert ((await story.reread()).touchpoint_count, scheduled.outcome) == (1, "scheduled")
        await story.touchpoints.record_event(scheduled.id, "sent", at=START + timedelta(hours=3))
        found = await story.reread()
        assert (found.touchpoint_count, found.last_touchpoint_at) == (2, START + timedelta(hours=3))
        assert (await story.contact()).total_touchpoints == 2

    async def test_updated_at_moves_with_every_change(self, timed: Database, clock: Clock) -> None:
        story = await Story.begin(timed)
        later = clock.forward(hours=1)
        assert (await ContactRepository(timed).update_contact(story.person.id, {"title": "CTO"})).updated_at == later

    async def test_deleted_conversation_takes_its_touchpoints_out_of_every_count(self, timed: Database, url: str) -> None:
        story = await Story.begin(timed)
        await story.replied(hours=3)
        with psycopg.connect(url) as connection:
            connection.execute("DELETE FROM abm.conversations")
        contact = await story.contact()
        assert (contact.total_touchpoints, contact.engagement_score, contact.last_engaged_at) == (0, 0, None)
        assert (await company(timed, story.company.id)).active_conversations == 0
        assert await differences(timed) == []

    async def test_conversation_given_to_another_contact_takes_its_touchpoints_along(self, timed: Database) -> None:
        story = await Story.begin(timed)
        colleague = await story.colleague("other@acme.com")
        await ConversationRepository(timed).update_conversation(story.conversation.id, {"contact_id": colleague.id})
        assert (await story.contact()).total_touchpoints == 0
        assert await differences(timed) == []


class TestManyAtOnce:
    async def test_six_writers_on_twenty_companies_never_see_a_deadlock(self, db: Database) -> None:
        companies = [await CompanyRepository(db).create_company({"name": f"C{n}"}) for n in range(20)]

        async def writer(seed: int) -> None:
            contacts = ContactRepository(db)
            chance = random.Random(seed)
            for _ in range(30):
                await contacts.create_contact({"company_id": chance.choice(companies).id, "first_name": "X"})

        await asyncio.gather(*(writer(seed) for seed in range(6)))
        totals = [(await company(db, each.id)).total_contacts for each in companies]
        assert sum(totals) == 180

    async def test_six_writers_with_many_inserts_a_transaction_get_through_with_run(self, db: Database) -> None:
        companies = [await CompanyRepository(db).create_company({"name": f"C{n}"}) for n in range(20)]

        async def writer(seed: int) -> None:
            order = random.Random(seed).sample(companies, 5)

            async def work(session: Any) -> None:
                for each in order:
                    await ContactRepository(session).create_contact({"company_id": each.id, "first_name": "X"})

            for _ in range(6):
                while True:
                    try:
                        await db.run(work)
                        break
                    except ConcurrencyError:  # three tries were not enough under this storm: the caller may go on trying
                        continue

        await asyncio.gather(*(writer(seed) for seed in range(6)))
        assert sum([(await company(db, each.id)).total_contacts for each in companies]) == 180
        assert await differences(db) == []

    async def test_status_changes_and_new_contacts_at_once_never_deadlock(self, db: Database) -> None:
        stories = [await Story.begin(db, email=f"p{n}@acme.com") for n in range(4)]

        async def flip(story: Story) -> None:
            for status in ["paused", "active"] * 10:
                await ConversationRepository(db).update_conversation_status(story.conversation.id, status)

        async def add(number: int) -> None:
            for n in range(20):
                await ContactRepository(db).create_contact({"company_id": stories[0].company.id, "email": f"n{number}.{n}@acme.com"})

        await asyncio.gather(*map(flip, stories), *map(add, range(4)))
        found = await company(db, stories[0].company.id)
        assert (found.total_contacts, found.active_conversations) == (84, 4)

    async def test_touchpoints_of_one_conversation_at_once_are_all_counted(self, timed: Database) -> None:
        story = await Story.begin(timed)
        await asyncio.gather(*(story.send(hours=n) for n in range(40)))
        found = await story.reread()
        assert (found.touchpoint_count, found.last_touchpoint_at) == (41, START + timedelta(hours=39))
        assert (await story.contact()).total_touchpoints == 41


step = st.tuples(
    st.sampled_from(["send", "schedule", "receive", "answer", "event", "status", "move", "delete_touchpoint", "new_contact"]),
    st.integers(0, 2**16),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(step, min_size=1, max_size=25))
def test_derived_values_are_always_what_their_rows_say(url: str, steps: list[tuple[str, int]]) -> None:
    asyncio.run(_play(url, steps))


async def _play(url: str, steps: list[tuple[str, int]]) -> None:
    async with Database(url, workspace="abm") as db:
        stories = [await Story.begin(db, email=f"{uuid4().hex}@acme.com") for _ in range(2)]
        for action, number in steps:
            await _act(db, stories, action, random.Random(number), url)
        assert await differences(db) == []


async def _act(db: Database, stories: list[Story], action: str, chance: random.Random, url: str) -> None:
    story = chance.choice(stories)
    touchpoints = TouchpointRepository(db)
    known = await touchpoints.get_touchpoints(story.conversation.id)
    some = chance.choice(known) if known else None
    match action:
        case "send":
            await story.send(hours=chance.randint(0, 99))
        case "schedule":
            await touchpoints.create_touchpoint({"conversation_id": story.conversation.id})
        case "receive":
            await story.receive(hours=chance.randint(0, 99), answers=None)
        case "answer" if some and some.direction == "outbound":
            await story.receive(hours=chance.randint(0, 99), answers=some.id, message_id=chance.choice(["<a>", "<b>", None]))
        case "event" if some:
            kind = chance.choice(["sent", "delivered", "opened", "opened", "clicked", "replied", "bounced", "complained"])
            await touchpoints.record_event(some.id, kind, at=START + timedelta(minutes=chance.choice([0, 1, 5, 20, 999])))
        case "status":
            status = chance.choice(["active", "paused", "won", "lost"])
            await ConversationRepository(db).update_conversation_status(story.conversation.id, status)
        case "move":
            await ConversationRepository(db).update_conversation(story.conversation.id, {"contact_id": chance.choice(stories).person.id})
        case "delete_touchpoint" if some:
            with psycopg.connect(url) as connection:
                connection.execute("DELETE FROM abm.touchpoints WHERE id = %s", (some.id,))
        case "new_contact":
            await story.colleague(f"{uuid4().hex}@acme.com")
        case _:
            pass


class TestOverview:
    async def test_view_counts_without_multiplying(self, timed: Database, url: str) -> None:
        story = await Story.begin(timed)
        await story.colleague("other@acme.com")
        for hours in range(3):
            await story.send(hours=hours)
        await story.replied(hours=9)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET search_path = abm")
            connection.execute("SELECT refresh_account_overview()")
            statement = "SELECT total_contacts, total_conversations, total_touchpoints, total_replies FROM account_overview"
            assert connection.execute(statement).fetchall() == [(2, 1, 4, 1)]

    async def test_view_is_refreshed_only_when_something_changed(self, timed: Database, url: str) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("SET search_path = abm")

            def refreshed() -> bool:
                row = connection.execute("SELECT refresh_account_overview()").fetchone()
                assert row is not None
                return bool(row[0])

            while refreshed():  # transactions of other tests may have been running
                pass
            assert not refreshed()
            await Story.begin(timed)
            assert refreshed()

    def test_view_is_populated_when_it_is_made(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM abm.account_overview").fetchone() == (0,)
