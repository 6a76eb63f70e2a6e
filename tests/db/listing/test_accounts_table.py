"""The table of accounts says of each what the pages of that account say, and finds what its filters name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest

from accountgraph.campaigns.desk.queue import snooze
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.holds import HoldScope, set_hold
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.enums import AccountStatus, AccountTier, EventKind
from accountgraph.errors import InvalidValueError
from accountgraph.graph import CompanyGraph
from accountgraph.graph.policy import HealthPolicy
from accountgraph.listing.accounts.next_step import NextStep, StepKind
from accountgraph.listing.accounts.table import AccountRow, around, page_accounts, page_query
from accountgraph.listing.accounts.wanted import AccountSort, AccountsWanted
from accountgraph.queries import beside, query
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.relationships import RelationshipRepository
from tests.db.listing.test_pages import all_of

if TYPE_CHECKING:
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def _table(world: World, **wanted: Any) -> list[AccountRow]:
    return (await page_accounts(world.db, AccountsWanted(**wanted), world.db.now())).items


async def _row(world: World) -> AccountRow:
    [row] = await _table(world)
    return row


async def _step(world: World) -> NextStep:
    step = (await _row(world)).next_step
    assert step is not None
    return step


async def _names(world: World, **wanted: Any) -> list[str]:
    return [row.name for row in await _table(world, **wanted)]


async def _tell(world: World, who: Contact, kind: SignalKind = SignalKind.REPLY_QUESTION, **said: Any) -> None:
    told = Told(kind=kind, by="Ann", contact_id=who.id, **said)
    await world.db.run(lambda session: tell(session, told, world.db.now()))


async def _company(world: World, name: str, **fields: Any) -> UUID:
    return (await CompanyRepository(world.db).create_company({"name": name, **fields})).id


async def test_health_is_that_of_the_account(world: World, clock: Clock) -> None:
    anna, ben, _ = await world.account("acme.com", "Anna", "Ben", "Cleo")
    await world.person(await CompanyRepository(world.db).create_company({"name": "else", "domain": "else.com"}), "Dora")
    await ContactRepository(world.db).update_contact(anna.id, {"is_decision_maker": True})
    edge = {"contact_id_1": anna.id, "contact_id_2": ben.id, "relationship_type": "colleagues"}
    await RelationshipRepository(world.db).create_relationship(edge)
    await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    clock.forward(hours=1)
    await _tell(world, anna, text="What does it cost?")
    graph = CompanyGraph(world.db)
    for row in await _table(world):
        health = await graph.get_account_health_score(row.id)
        assert (row.health, row.health_status) == (health["total_score"], health["health_status"])
        assert row.people == health["coverage"]["contacts"]
        assert row.decision_makers == health["coverage"]["decision_makers"]
    assert {row.health > 0 for row in await _table(world)} == {True, False}


async def test_trend_is_the_health_of_the_last_thirty_days_and_none_of_those_without(world: World) -> None:
    one, today = await _company(world, "acme"), world.db.now().date()
    for days, score in ((30, 5), (29, 20), (1, 38.5), (0, 0)):
        await world.keep_health(one, today - timedelta(days=days), score)
    assert (await _row(world)).trend == [20, *[None] * 27, 38.5, 0]


async def test_account_of_the_demo_is_made_up_and_one_without_a_domain_is_not(world: World) -> None:
    await _company(world, "northlight", domain="northlight.example", attributes={"demo": True})
    await _company(world, "ours", attributes={"demo": True})
    assert [row.is_made_up for row in await _table(world)] == [True, False]


async def test_an_edge_to_another_account_counts_once_for_each(world: World) -> None:
    [anna], [zoe] = await world.account("acme.com", "Anna"), await world.account("zeta.com", "Zoe")
    edge = {"contact_id_1": anna.id, "contact_id_2": zoe.id, "relationship_type": "colleagues"}
    await RelationshipRepository(world.db).create_relationship(edge)
    assert [row.health for row in await _table(world)] == [20.0, 20.0]


async def test_who_did_something_last_is_told_with_what_it_was(world: World, clock: Clock) -> None:
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    await world.enrol(await world.campaign(), anna, ben)
    await world.runner().run_due()
    clock.forward(hours=1)
    await _tell(world, anna, text="Hm.")
    engaged = (await _row(world)).last_engagement
    assert engaged is not None
    assert (engaged.at, engaged.kind, engaged.contact, engaged.contact_id) == (clock(), EventKind.REPLIED, "Anna", anna.id)


async def test_what_is_suggested_is_what_is_missing(world: World) -> None:
    company = await CompanyRepository(world.db).create_company({"name": "acme", "domain": "acme.com"})
    assert (await _step(world)).kind is StepKind.FIND_PEOPLE
    anna = await world.person(company, "Anna")
    assert (await _step(world)).kind is StepKind.FIND_DECISION_MAKER
    await ContactRepository(world.db).update_contact(anna.id, {"is_decision_maker": True})
    assert (await _step(world)).kind is StepKind.START_CONVERSATION


async def test_nothing_is_due_where_one_talks_and_nothing_waits(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await ContactRepository(world.db).update_contact(anna.id, {"is_decision_maker": True})
    await world.select(
        UUID, "INSERT INTO conversations (contact_id, company_id) VALUES (%(c)s, %(o)s) RETURNING id", c=anna.id, o=anna.company_id
    )
    assert ((await _step(world)).kind, (await _row(world)).last_engagement) == (StepKind.NOTHING_DUE, None)


async def test_an_answer_that_waits_goes_before_everything(world: World) -> None:
    anna, _ = await world.account("acme.com", "Anna", "Ben")
    await world.db.run(lambda session: set_hold(session, HoldScope.ACCOUNT, anna.company_id, now=world.db.now()))
    await _tell(world, anna, text="What does it cost?")
    step = await _step(world)
    assert (step.kind, step.contact, step.detail) == (StepKind.REPLY, "Anna", "Anna asked something")


async def test_a_message_that_waits_for_a_person_is_next(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(policy={"requires_approval": True}), anna)
    await world.runner().run_due()
    step = await _step(world)
    assert (step.kind, step.detail, step.campaign, step.contact_id) == (StepKind.APPROVAL, "Hello Anna", "plain", anna.id)


async def test_a_step_that_a_person_does_is_next(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await ContactRepository(world.db).update_contact(anna.id, {"phone": "+15550120001"})
    await world.enrol(await world.campaign(steps=[{"key": "ring", "channel": "call", "instructions": "Ask."}], templates={}), anna)
    await world.runner().run_due()
    step = await _step(world)
    assert (step.kind, step.contact) == (StepKind.TASK, "Anna")


async def test_what_is_planned_is_next_with_its_time(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    step = await _step(world)
    assert (step.kind, step.detail, step.item_id, step.contact) == (StepKind.PLANNED, "second", enrolment, "Anna")
    assert step.at is not None
    assert step.at > clock()


async def test_a_hold_goes_before_what_is_planned(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    until = clock() + timedelta(days=9)
    await world.db.run(lambda session: set_hold(session, HoldScope.ACCOUNT, anna.company_id, reason="fair", until=until, now=clock()))
    step = await _step(world)
    assert (step.kind, step.detail, step.at) == (StepKind.HOLD, "fair", until)
    clock.forward(days=9)
    assert (await _step(world)).kind is StepKind.PLANNED


async def test_who_is_out_of_office_is_so_until_a_time(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    await _tell(world, anna, SignalKind.OUT_OF_OFFICE, until=clock() + timedelta(days=9))
    step = await _step(world)
    assert (step.kind, step.detail, step.contact) == (StepKind.PAUSED, "out_of_office", "Anna")
    assert step.at is not None
    assert step.at >= clock() + timedelta(days=9)


async def test_what_was_put_off_is_not_next(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await _tell(world, anna, text="What does it cost?")
    task = (await _step(world)).item_id
    assert task is not None
    until = clock() + timedelta(days=1)
    await world.db.run(lambda session: snooze(session, task, until, by="Ann", now=clock()))
    assert (await _step(world)).kind is StepKind.FIND_DECISION_MAKER
    assert await _names(world, has_open_work=True) == []
    clock.forward(days=1)
    assert await _names(world, has_open_work=True) == ["acme.com"]


async def _variety(world: World) -> UUID:
    owner = uuid4()
    await _company(world, "Alder", account_tier="tier1", industry="Banking", country="DE", owner_user_id=owner)
    await _company(world, "Birch", account_tier="tier2", account_status="customer", industry="banking", country="US")
    await _company(world, "Cedar", account_tier="tier1", account_status="engaged", industry="Steel", country="DE")
    await _company(world, "Dogwood", domain="dogwood.example", account_status="customer")
    return owner


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, ["Alder", "Birch", "Cedar", "Dogwood"]),
        ({"q": "wood.EX"}, ["Dogwood"]),
        ({"tier": (AccountTier.TIER1,)}, ["Alder", "Cedar"]),
        ({"tier": (AccountTier.TIER2, AccountTier.TIER1)}, ["Alder", "Birch", "Cedar"]),
        ({"status": (AccountStatus.CUSTOMER, AccountStatus.ENGAGED)}, ["Birch", "Cedar", "Dogwood"]),
        ({"tier": (AccountTier.TIER1, AccountTier.TIER2), "status": (AccountStatus.CUSTOMER,)}, ["Birch"]),
        ({"industry": ("BANKING",)}, ["Alder", "Birch"]),
        ({"industry": ("Banking", "BANKING")}, ["Alder", "Birch"]),
        ({"industry": ("Banking", "Steel"), "country": ("DE",)}, ["Alder", "Cedar"]),
        ({"q": "e", "tier": (AccountTier.TIER1,)}, ["Alder", "Cedar"]),
        ({"sort": AccountSort.NAME_DOWN, "country": ("DE", "US")}, ["Cedar", "Birch", "Alder"]),
    ],
)
async def test_filters_leave_what_they_say(world: World, wanted: dict[str, Any], names: list[str]) -> None:
    await _variety(world)
    assert await _names(world, **wanted) == names


async def test_accounts_of_an_owner_are_found(world: World) -> None:
    assert await _names(world, owner=await _variety(world)) == ["Alder"]


@pytest.mark.parametrize("sort", AccountSort)
@pytest.mark.parametrize("wanted", [{}, {"q": "a"}, {"tier": (AccountTier.TIER1, AccountTier.TIER2)}])
async def test_pages_hold_every_account_once_in_order(world: World, sort: AccountSort, wanted: dict[str, Any]) -> None:
    if "tier" in wanted and sort.endswith("created_at"):
        return
    for number in range(23):
        await _company(world, f"a{number * 7 % 5}", account_tier=f"tier{1 + number % 3}")
    asked = AccountsWanted(sort=sort, **wanted)
    rows = await all_of(lambda after: page_accounts(world.db, asked, world.db.now(), limit=4, after=after))
    field = sort.removeprefix("-")
    keys = [(getattr(row, field), row.id) for row in rows]
    assert keys == sorted(keys, reverse=sort.startswith("-"))
    assert len(set(keys)) == (23 if "tier" not in wanted else 16)


async def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    for name in "abc":
        await _company(world, name)
    page = await page_accounts(world.db, AccountsWanted(), world.db.now(), limit=1)
    with pytest.raises(InvalidValueError) as refused:
        await page_accounts(world.db, AccountsWanted(sort=AccountSort.CREATED_AT), world.db.now(), limit=1, after=page.next)
    assert refused.value.field == "after"


FORCED = "; ".join(f"SET LOCAL enable_{way} = off" for way in ("seqscan", "bitmapscan"))
CASES: list[tuple[dict[str, Any], str]] = [
    ({}, "companies_name_idx"),
    ({"sort": AccountSort.CREATED_AT_DOWN}, "companies_created_at_idx"),
    ({"tier": (AccountTier.TIER1, AccountTier.TIER2)}, "companies_account_tier_idx"),
    ({"status": (AccountStatus.CUSTOMER,)}, "companies_account_status_idx"),
    ({"industry": ("Banking",)}, "companies_industry_idx"),
    ({"country": ("DE", "US")}, "companies_country_idx"),
    ({"owner": UUID(int=7)}, "companies_owner_user_id_idx"),
    ({"industry": ("Banking",), "tier": (AccountTier.TIER1,)}, "companies_industry_idx"),
    ({"has_open_work": True}, "companies_pkey"),
]


@pytest.mark.parametrize(("wanted", "index"), CASES, ids=[str(number) for number in range(len(CASES))])
async def test_page_is_found_by_an_index_and_so_is_what_stands_beside_it(
    world: World, url: str, wanted: dict[str, Any], index: str
) -> None:
    for name in "abc":
        await _company(world, name, account_tier="tier1", industry="Banking", country="DE")
    after = (await page_accounts(world.db, AccountsWanted(sort=wanted.get("sort", AccountSort.NAME)), world.db.now(), limit=1)).next
    asked = page_query(AccountsWanted(**wanted), world.db.now(), limit=50, after=after)
    params = {**asked.params, **around(HealthPolicy(), world.db.now())}
    with psycopg.connect(url, options="-c search_path=abm") as connection:
        connection.execute(FORCED.encode())
        plan = "\n".join(
            line for (line,) in connection.execute(b"EXPLAIN " + query(beside(asked.query, "listing.accounts.beside")), params)
        )
    assert index in plan, plan
    assert "Seq Scan" not in plan, plan
    if "has_open_work" not in wanted:
        assert "ROW(" in next(line for line in plan.splitlines() if "Index Cond" in line and "ROW(" in line)
