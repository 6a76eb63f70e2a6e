"""The timeline holds all that happened with an account once, the latest first, a page at a time, each part by its own index."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
import pytest

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.demo import DemoAccount, load_reference_account
from accountgraph.errors import InvalidValueError
from accountgraph.listing.account_people import last_reached
from accountgraph.listing.timeline import Happening, Kind, page_timeline
from accountgraph.queries import query
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
async def demo(db: Database) -> DemoAccount:
    return await load_reference_account(db)


async def everything(db: Database, company_id: UUID, limit: int = 3, kind: str | None = None) -> list[Happening]:
    """All pages."""
    found: list[Happening] = []
    after = None
    while True:
        page = await page_timeline(db, company_id, kind=kind, limit=limit, after=after)
        found += page.items
        after = page.next
        if after is None:
            return found


async def test_the_pages_hold_everything_once_and_the_latest_first(db: Database, demo: DemoAccount) -> None:
    for number in range(10):  # two at a moment each
        sent = NOW + timedelta(hours=number // 2)
        given = {"conversation_id": demo.chen_conversation_id, "subject": f"{number}", "sent_at": sent}
        await TouchpointRepository(db).create_touchpoint(given)
    pages = await everything(db, demo.company_id)
    assert pages == (await page_timeline(db, demo.company_id, limit=1000)).items
    assert len({one.key for one in pages}) == len(pages)
    assert [one.at for one in pages] == sorted((one.at for one in pages), reverse=True)
    assert {f"{number}" for number in range(10)} <= {one.text for one in pages}


async def test_what_machines_did_is_there_and_not_counted(db: Database, demo: DemoAccount) -> None:
    events = await everything(db, demo.company_id, kind="event")
    assert {one.what for one in events} == {"opened", "clicked"}
    assert not any(one.is_counted for one in events)


async def test_replies_are_a_kind_of_their_own(db: Database, demo: DemoAccount) -> None:
    await TouchpointRepository(db).record_email_replied(demo.williams_email_id, "Yes", at=datetime.now(UTC) + timedelta(seconds=1))
    [reply] = await everything(db, demo.company_id, kind="reply")
    assert (reply.what, reply.contact_id, reply.is_counted) == ("replied", demo.williams_id, True)
    assert "replied" not in {one.what for one in await everything(db, demo.company_id, kind="event")}


async def test_a_message_that_did_not_leave_yet_did_not_happen(db: Database, demo: DemoAccount) -> None:
    await TouchpointRepository(db).create_touchpoint({"conversation_id": demo.chen_conversation_id, "subject": "Draft"})
    assert "Draft" not in {one.text for one in await everything(db, demo.company_id)}


async def test_signals_tasks_and_decisions_are_in_it(timed: Database, clock: Clock) -> None:
    world = await World.begin(timed)
    [kim] = await world.account("acme.com", "Kim")
    assert kim.company_id is not None
    version = await world.campaign()
    await world.enrol(version, kim)
    await world.runner().run_due()
    clock.forward(hours=1)
    signal = Signal(kind=SignalKind.REPLY_QUESTION, dedupe_key="one", source="me@ours.com", contact_id=kim.id, text="How much is it?")
    await timed.run(lambda session: record_signal(session, signal, timed.now()))
    found = await everything(timed, kim.company_id)
    assert {"message", "signal", "task", "decision"} <= {one.kind for one in found}
    assert "How much is it?" in {one.text for one in found if one.kind is Kind.SIGNAL}
    assert {one.campaign for one in found if one.kind is Kind.DECISION} == {"plain"}


async def test_other_accounts_are_not_in_it(db: Database, demo: DemoAccount) -> None:
    other = await CompanyRepository(db).create_company({"name": "Other"})
    assert demo.company_id != other.id
    assert await everything(db, other.id) == []


async def test_a_cursor_of_another_list_or_a_kind_that_there_is_not_is_refused(db: Database, demo: DemoAccount) -> None:
    with pytest.raises(InvalidValueError, match="after"):
        await page_timeline(db, demo.company_id, after="rubbish")
    with pytest.raises(InvalidValueError, match="kind"):
        await page_timeline(db, demo.company_id, kind="nonsense")
    with pytest.raises(InvalidValueError, match="limit"):
        await page_timeline(db, demo.company_id, limit=0)


async def test_each_part_is_found_by_an_index(url: str) -> None:
    params = {"company_id": UUID(int=1), "kinds": [str(one) for one in Kind], "before": NOW, "before_key": "x", "limit": 20}
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path TO abm, public")
        connection.execute("SET enable_seqscan = off")
        rows = connection.execute(b"EXPLAIN " + query("listing.timeline.of_company"), params).fetchall()
    plan = "\n".join(row[0] for row in rows)
    assert "Seq Scan" not in plan
    for index in ("conversations_company_id_idx", "touchpoints_conversation_id_idx", "events_contact_id_idx", "decisions_enrolment_id_idx"):
        assert index in plan


async def test_the_last_that_left_is_what_reached_somebody(db: Database, demo: DemoAccount) -> None:
    later = datetime.now(UTC) + timedelta(minutes=1)
    given = {"conversation_id": demo.chen_conversation_id, "channel": "call", "sent_at": later, "metadata": {"done_by": "Ana Weiss"}}
    await TouchpointRepository(db).create_touchpoint(given)
    reached = await last_reached(db, demo.company_id)
    assert (reached[demo.chen_id].channel, reached[demo.chen_id].by) == ("call", "Ana Weiss")
    assert demo.anderson_id not in reached
