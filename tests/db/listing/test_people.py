"""The list of people says of each whose they are, how engaged they are and whether one may write to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.errors import InvalidValueError
from accountgraph.graph import CompanyGraph
from accountgraph.listing.people import PEOPLE, PersonRow, page_people
from accountgraph.listing.reading import ask
from accountgraph.queries import beside, query
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.db.listing.test_pages import all_of

if TYPE_CHECKING:
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def _people(world: World, **asked: Any) -> list[PersonRow]:
    return (await page_people(world.db, world.db.now(), **asked)).items


async def test_person_stands_with_their_account_and_part(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await ContactRepository(world.db).update_contact(anna.id, {"title": "CFO", "seniority_level": "c-level", "is_decision_maker": True})
    [row] = await _people(world)
    assert (row.name, row.company, row.title, row.is_decision_maker, row.engagement) == ("Anna", "acme.com", "CFO", True, 0)
    assert (row.seniority_level, row.company_id, row.last_engaged_at) == ("c-level", anna.company_id, None)


async def test_engagement_is_that_of_the_account_as_of_now(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    clock.forward(hours=1)
    told = Told(kind=SignalKind.REPLY_POSITIVE, by="Ann", contact_id=anna.id, text="Yes.")
    await world.db.run(lambda session: tell(session, told, clock()))
    engaged = clock()
    clock.forward(days=60)
    [row] = await _people(world)
    assert anna.company_id is not None
    health = await CompanyGraph(world.db).get_account_health_score(anna.company_id)
    assert (row.engagement, row.last_engaged_at) == (health["engagement"]["score"], engaged)
    assert row.engagement > 0


@pytest.mark.parametrize(
    ("changes", "suppressed", "may"),
    [
        ({}, None, True),
        ({}, "sms", True),
        ({}, "email", False),
        ({}, "all", False),
        ({"status": "bounced"}, None, False),
        ({"email": None}, None, False),
        ({"communication_preferences": {"do_not_contact": True}}, None, False),
    ],
)
async def test_whom_one_may_write_to(world: World, changes: dict[str, Any], suppressed: str | None, may: bool) -> None:
    [anna] = await world.account("acme.com", "Anna")
    if changes:
        await ContactRepository(world.db).update_contact(anna.id, changes)
    if suppressed:
        await SuppressionRepository(world.db).suppress(contact_id=anna.id, channel=suppressed, reason="objection")
    [row] = await _people(world)
    assert (row.may_be_mailed, row.suppressed) == (may, [f"{suppressed}: objection"] if suppressed else [])


async def test_a_suppressed_domain_bars_whoever_has_an_address_there(world: World) -> None:
    await world.account("acme.com", "Anna")
    await world.account("other.com", "Ben")
    await SuppressionRepository(world.db).suppress(domain="acme.com", reason="objection")
    assert {row.name: row.may_be_mailed for row in await _people(world)} == {"Anna": False, "Ben": True}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"q": "NNA"}, {"Anna"}),
        ({"q": "@other"}, {"Ben"}),
        ({"q": "100%"}, set()),
        ({"status": "bounced"}, {"Cleo"}),
        ({"status": "active", "is_decision_maker": True}, {"Ben"}),
    ],
)
async def test_filters_leave_what_they_say(world: World, asked: dict[str, Any], names: set[str]) -> None:
    _, cleo = await world.account("acme.com", "Anna", "Cleo")
    [ben] = await world.account("other.com", "Ben")
    await ContactRepository(world.db).update_contact(cleo.id, {"status": "bounced"})
    await ContactRepository(world.db).update_contact(ben.id, {"is_decision_maker": True})
    assert {row.name for row in await _people(world, **asked)} == names


async def test_people_of_one_account_are_found(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.account("other.com", "Ben")
    assert [row.id for row in await _people(world, company_id=anna.company_id)] == [anna.id]


async def test_who_decides_alone_is_no_filter(world: World) -> None:
    with pytest.raises(InvalidValueError, match="narrowed already"):
        await _people(world, is_decision_maker=True)


@pytest.mark.parametrize("sort", ["created_at", "-created_at"])
async def test_pages_hold_everybody_once_in_order(world: World, clock: Clock, sort: str) -> None:
    for number in range(4):
        clock.forward(minutes=number % 2)
        await world.account(f"acme{number}.com", "Anna", "Ben", "Cleo")
    rows = await all_of(lambda after: page_people(world.db, clock(), sort=sort, limit=5, after=after))
    keys = [(row.created_at, row.id) for row in rows]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    assert len(set(keys)) == 12


@pytest.mark.parametrize(
    ("given", "index"),
    [({}, "contacts_created_at_idx"), ({"status": "active"}, "contacts_status_idx"), ({"company_id": uuid4}, "contacts_company_id_idx")],
    ids=["all", "status", "company"],
)
async def test_page_is_found_by_an_index_and_so_is_what_stands_beside_it(world: World, url: str, given: dict[str, Any], index: str) -> None:
    await world.account("acme.com", "Anna", "Ben")
    after = (await page_people(world.db, world.db.now() + timedelta(1), limit=1)).next
    filters = {name: value() if callable(value) else value for name, value in given.items()}
    asked = ask(PEOPLE, filters, sort="-created_at", limit=50, after=after)
    with psycopg.connect(url, options="-c search_path=abm") as connection:
        connection.execute(b"SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        text = b"EXPLAIN " + query(beside(asked.query, "listing.people.beside"))
        plan = "\n".join(line for (line,) in connection.execute(text, {**asked.params, "now": world.db.now()}))
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan
