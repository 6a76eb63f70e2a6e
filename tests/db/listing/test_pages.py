"""A list read a page at a time holds every row once, whatever comes in between."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.db import Database
from accountgraph.errors import InvalidValueError
from accountgraph.listing import (
    Page,
    page_companies,
    page_consents,
    page_contacts,
    page_conversations,
    page_events,
    page_relationships,
    page_suppressions,
    page_touchpoints,
)
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.db.account import Account

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


async def all_of(read: Callable[[str | None], Awaitable[Page[Any]]], between: Callable[[int], Awaitable[None]] | None = None) -> list[Any]:
    rows: list[Any] = []
    after = None
    for number in range(1000):
        page = await read(after)
        rows += page.items
        if between:
            await between(number)
        if page.next is None:
            return rows
        after = page.next
    raise AssertionError("the list does not end")


@given(
    names=st.lists(st.text("abc'%\"\\ äß漢", min_size=1, max_size=5), max_size=25),
    limit=st.integers(1, 7),
    sort=st.sampled_from(["name", "-name", "created_at", "-created_at"]),
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_there_once_while_others_come(url: str, names: list[str], limit: int, sort: str) -> None:
    async def read() -> None:
        async with Database(url, workspace="abm") as db:
            async with db.transaction() as session:
                await session.execute("DELETE FROM companies")
                for name in names:
                    await CompanyRepository(session).create_company({"name": name})
            there = {company.id for company in await CompanyRepository(db).list_companies(limit=1000)}

            async def come(number: int) -> None:
                if number < 5:
                    await CompanyRepository(db).create_company({"name": "abcäß漢"[number]})

            rows = await all_of(lambda after: page_companies(db, sort=sort, limit=limit, after=after), come)
            ids = [row.id for row in rows]
            assert len(ids) == len(set(ids))
            assert there <= set(ids)
            key = [getattr(row, sort.removeprefix("-")) for row in rows]
            if "created_at" in sort:
                assert key == sorted(key, reverse=sort.startswith("-"))

    asyncio.run(read())


async def test_filters_leave_what_fits(db: Database) -> None:
    account = await Account.begin(db, "john", "jane", "jim")
    edge = await account.relate("john", "jane")
    await account.relate("jane", "jim", kind="reports_to")
    talk = await account.talk("john")
    sent = await account.write(talk)
    await account.touchpoints.record_email_opened(sent.id, at=db.now())
    john, company = account.people["john"].id, account.company.id
    consent = await ConsentRepository(db).record_consent(john, "email", "consent")
    await SuppressionRepository(db).suppress(domain="other.com")
    by_address = (await SuppressionRepository(db).suppress(address="Bad@other.com", reason="bounced")).id

    async def ids(page: Awaitable[Page[Any]]) -> list[Any]:
        return [row.id for row in (await page).items]

    assert await ids(page_companies(db, domain="ACME.com")) == [company]
    assert await ids(page_companies(db, status="churned")) == []
    assert await ids(page_contacts(db, email="John@acme.com")) == [john]
    assert len(await ids(page_contacts(db, company_id=company, status="active"))) == 3
    assert await ids(page_relationships(db, contact_id=account.people["jane"].id, type="colleagues")) == [edge.id]
    assert await ids(page_conversations(db, company_id=company, status="active")) == [talk.id]
    assert await ids(page_touchpoints(db, contact_id=john, channel="email", direction="outbound", outcome="opened")) == [sent.id]
    assert await ids(page_touchpoints(db, company_id=company, channel="call")) == []
    assert [event.kind for event in (await page_events(db, touchpoint_id=sent.id)).items] == ["sent", "opened"]
    assert [event.kind for event in (await page_events(db, contact_id=john, kind="opened")).items] == ["opened"]
    assert await ids(page_consents(db, contact_id=john, channel="email")) == [consent.id]
    assert await ids(page_consents(db, basis="contract")) == []
    assert await ids(page_suppressions(db, address="bad@OTHER.com")) == [by_address]
    assert await ids(page_suppressions(db, reason="bounced", channel="all")) == [by_address]
    assert len(await ids(page_suppressions(db))) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"after": "nonsense"}, "after"),
        ({"after": "WyJuYW1lIiwiQWNtZSIsIngiXQ"}, "after"),
        ({"after": "ä"}, "after"),
        ({"after": "WyJuYW1lIiwiQVx1MDAwMCIsIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJd"}, "after"),
        ({"after": "x" * 10_000}, "after"),
        ({"sort": "research_data"}, "sort"),
        ({"sort": "created_at", "tier": "tier1"}, "sort"),
        ({"tier": "tier9"}, "tier"),
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
    ],
)
async def test_what_cannot_be_a_page_is_refused_by_its_name(db: Database, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        await page_companies(db, **wrong)
    assert refused.value.field == field


async def test_cursor_of_another_order_is_refused(db: Database) -> None:
    for name in ("a", "b"):
        await CompanyRepository(db).create_company({"name": name})
    cursor = (await page_companies(db, limit=1)).next
    assert cursor is not None
    for sort in ("-name", "created_at"):
        with pytest.raises(InvalidValueError, match="companies by name"):
            await page_companies(db, sort=sort, after=cursor)
    with pytest.raises(InvalidValueError, match="companies by name"):
        await page_contacts(db, after=cursor)


@given(cursor=st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: __import__("base64").urlsafe_b64encode(raw).decode()))
@settings(max_examples=300)
def test_any_other_text_is_no_cursor(cursor: str) -> None:
    from accountgraph.listing.page import Type, read

    with pytest.raises(InvalidValueError, match="after"):
        read(cursor, "name", Type.TEXT, Type.ID)


async def test_text_finds_companies_literally_and_with_the_other_filters(db: Database) -> None:
    companies = CompanyRepository(db)
    for name, tier in (("Acme 100%", "tier1"), ("Acme 1000", "tier1"), ("Other", "tier1"), ("acme 100% too", "tier2")):
        await companies.create_company({"name": name, "account_tier": tier})
    assert {one.name for one in (await page_companies(db, text="E 100%")).items} == {"Acme 100%", "acme 100% too"}
    assert [one.name for one in (await page_companies(db, text="acme", tier="tier1", sort="-name")).items] == ["Acme 1000", "Acme 100%"]
    assert (await page_companies(db, text=r"a\me")).items == []
