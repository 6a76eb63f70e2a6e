"""Every value that the database keeps is recomputed, and a wrong one is found."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository
from accountgraph.verify import CHECKS, count_rows, differences

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock

# column: what somebody writes into it behind the triggers' back
WRONG = {
    "companies": {"total_contacts": "7", "active_conversations": "9"},
    "contacts": {
        "total_touchpoints": "12",
        "engagement_light": "engagement_light + 0.001",
        "engagement_deep": "NULL",
        "engagement_score": "99",
        "engagement_excluded": "'refused'",
        "last_engaged_at": "'2020-01-01'",
    },
    "conversations": {
        "touchpoint_count": "0",
        "last_touchpoint_at": "NULL",
        "response_count": "5",
        "last_response_at": "'2020-01-01'",
        "avg_response_time_hours": "1.5",
        "closed_at": "'2020-01-01'",
    },
    "touchpoints": {
        "sent_at": "'2020-01-01'",
        "delivered_at": "'2020-01-01'",
        "opened_at": "NULL",
        "clicked_at": "'2020-01-01'",
        "replied_at": "'2020-01-01'",
        "bounced_at": "'2020-01-01'",
        "failed_at": "'2020-01-01'",
    },
}


@pytest.fixture
async def story(timed: Database, clock: Clock) -> Database:
    """An account with one e-mail, opened by a machine and by a person, and answered."""
    company = await CompanyRepository(timed).create_company({"name": "Acme", "domain": "acme.com"})
    contact = await ContactRepository(timed).create_contact({"company_id": company.id, "first_name": "Ann", "email": "ann@acme.com"})
    talk = await ConversationRepository(timed).create_conversation(contact.id)
    touchpoints = TouchpointRepository(timed)
    sent = await touchpoints.record_email_sent(talk.id, "Hello", "Dear Ann")
    await touchpoints.record_email_opened(sent.id)
    await touchpoints.record_email_opened(sent.id, at=clock.forward(hours=1))
    await touchpoints.record_email_clicked(sent.id, at=clock.forward(minutes=1), url="https://example.org/")
    await touchpoints.record_email_replied(sent.id, "Tell me more", at=clock.forward(hours=2), detail="question")
    return timed


def tamper(url: str, statement: str) -> None:
    """Change rows with no trigger looking on."""
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica; SET search_path = abm")
        connection.execute(statement.encode())


async def found(db: Database) -> set[tuple[str, str]]:
    return {(difference.entity, difference.column) async for difference in differences(db)}


async def test_what_the_database_kept_is_what_the_rules_say(story: Database) -> None:
    assert await found(story) == set()


@pytest.mark.parametrize(("table", "column"), [(table, column) for table, columns in WRONG.items() for column in columns])
async def test_a_wrong_value_is_found_with_its_column(story: Database, url: str, table: str, column: str) -> None:
    tamper(url, f"UPDATE {table} SET {column} = {WRONG[table][column]}")
    assert (table, column) in await found(story)


async def test_a_missing_close_time_is_found(story: Database, url: str) -> None:
    tamper(url, "UPDATE conversations SET status = 'won', closed_at = NULL")
    assert ("conversations", "closed_at") in await found(story)


async def test_a_main_domain_missing_among_the_domains_is_found(story: Database, url: str) -> None:
    tamper(url, "DELETE FROM company_domains")
    assert await found(story) == {("companies", "company_domains")}


async def test_a_prefetch_that_was_made_human_is_found(story: Database, url: str) -> None:
    tamper(url, "UPDATE events SET actor = 'human' WHERE actor = 'prefetch'")
    assert {("events", "actor")} <= await found(story)


async def test_an_actor_that_somebody_named_is_not_doubted(story: Database) -> None:
    sent = await anext(TouchpointRepository(story).every_touchpoint())
    await TouchpointRepository(story).record_email_opened(
        sent.id, at=sent.sent_at + timedelta(days=1) if sent.sent_at else None, actor="scanner"
    )
    assert await found(story) == set()


async def test_rows_beyond_one_batch_are_looked_at_too(story: Database, url: str) -> None:
    for number in range(5):
        await CompanyRepository(story).create_company({"name": f"Company {number}"})
    tamper(url, "UPDATE companies SET total_contacts = 41")
    seen: list[int] = []
    wrong = [d async for d in differences(story, batch=2, on_progress=lambda _, rows: seen.append(rows))]
    assert len(wrong) == 6
    assert sum(seen) == await count_rows(story)


async def test_a_difference_names_row_stored_and_expected(story: Database, url: str) -> None:
    company = await anext(CompanyRepository(story).every_company())
    tamper(url, "UPDATE companies SET total_contacts = 41")
    [difference] = [d async for d in differences(story)]
    assert (difference.id, difference.stored, difference.expected) == (str(company.id), "41", "1")


def test_every_table_with_derived_values_is_checked() -> None:
    assert set(CHECKS) == set(WRONG)
