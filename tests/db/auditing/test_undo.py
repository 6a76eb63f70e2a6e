"""What was changed is taken back where it still is as it was left; else nothing is, and it is said why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from accountgraph.acting import Acting, ActingKind
from accountgraph.audit import UndoReport, get_audit, history_of, list_audit, undo_changes
from accountgraph.campaigns.work.approvals import accept_approval, list_approvals
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.verify import differences
from tests.db.account import Account
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.db import Database

MARY = Acting(kind=ActingKind.USER, name="mary@acme.com")
PAUL = Acting(kind=ActingKind.USER, name="paul@acme.com")
TABLES = (
    "companies",
    "company_domains",
    "contacts",
    "relationships",
    "conversations",
    "conversation_participants",
    "touchpoints",
    "events",
)


def stored(url: str) -> dict[str, Any]:
    """All rows of the graph, but for when they were last touched."""
    with psycopg.connect(url) as admin:
        return {
            table: admin.execute(
                f"SELECT to_jsonb(t) - '{{updated_at,recorded_in}}'::text[] FROM abm.{table} AS t ORDER BY 1".encode()
            ).fetchall()
            for table in TABLES
        }


def obstacles(report: UndoReport) -> list[str]:
    assert not report.is_done
    assert report.undone == []
    return [one.obstacle for one in report.refused]


async def last(db: Database, **which: Any) -> int:
    return (await list_audit(db, limit=1, **which)).items[0].id


async def test_update_is_taken_back_and_what_else_changed_stays(db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Acme", "country": "DE"})
    await CompanyRepository(db.acting_as(MARY)).update_company(company.id, {"name": "Emca", "attributes": {"a": [None, {"b": None}]}})
    await CompanyRepository(db.acting_as(PAUL)).update_company(company.id, {"country": "FR"})
    report = await undo_changes(db.acting_as(PAUL), actor="mary@acme.com")
    assert report.is_done
    now = await CompanyRepository(db).get_company_by_id(company.id)
    assert now is not None
    assert (now.name, now.country, now.attributes) == ("Acme", "FR", {})
    undo, *_ = (await history_of(db, "companies", str(company.id))).items[::-1]
    assert (undo.actor_name, undo.undoes_id) == ("paul@acme.com", report.undone[0].id)
    assert (await get_audit(db, report.undone[0].id)).undone_by_id == undo.id


async def test_list_or_object_that_grew_is_made_smaller_again(db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Acme", "attributes": {"a": 1}, "research_data": {"l": [1]}})
    await CompanyRepository(db.acting_as(MARY)).update_company(company.id, {"attributes": {"a": 1, "b": 2}, "research_data": {"l": [1, 2]}})
    assert (await undo_changes(db.acting_as(MARY), ids=[await last(db)])).is_done
    found = await CompanyRepository(db).get_company_by_id(company.id)
    assert found is not None
    assert (found.attributes, found.research_data) == ({"a": 1}, {"l": [1]})


async def test_undo_is_taken_back_in_turn(db: Database) -> None:
    mary = db.acting_as(MARY)
    company = await CompanyRepository(mary).create_company({"name": "Acme"})
    await CompanyRepository(mary).update_company(company.id, {"name": "Emca"})
    change = await last(db)
    names = []
    for taken_back in (change, None, change):
        await undo_changes(mary, ids=[taken_back or await last(db)])
        found = await CompanyRepository(db).get_company_by_id(company.id)
        names.append(found.name if found else None)
    assert names == ["Acme", "Emca", "Acme"]
    assert obstacles(await undo_changes(mary, ids=[change])) == ["undone"]


async def test_later_change_stands_in_the_way(db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Acme"})
    await CompanyRepository(db.acting_as(MARY)).update_company(company.id, {"name": "Emca", "country": "DE"})
    first = await last(db)
    await CompanyRepository(db.acting_as(PAUL)).update_company(company.id, {"name": "Macé"})
    [refused] = (await undo_changes(db.acting_as(MARY), ids=[first])).refused
    assert (refused.obstacle, refused.detail) == ("changed", "name")
    assert refused.later is not None
    assert refused.later.actor_name == "paul@acme.com"
    assert (await undo_changes(db.acting_as(MARY), ids=[first, await last(db)])).is_done
    found = await CompanyRepository(db).get_company_by_id(company.id)
    assert found is not None
    assert (found.name, found.country) == ("Acme", None)


async def test_nothing_is_taken_back_where_one_change_cannot_be(db: Database, url: str) -> None:
    mary = db.acting_as(MARY)
    for name in ("One", "Two"):
        company = await CompanyRepository(mary).create_company({"name": name})
    await CompanyRepository(db).update_company(company.id, {"name": "Changed by nobody"})
    before = stored(url)
    [refused] = (await undo_changes(mary, actor="mary@acme.com", last=2)).refused
    assert (refused.obstacle, refused.later) == ("changed", None)
    assert stored(url) == before


async def test_account_that_was_made_goes_with_all_that_was_made_with_it(db: Database, url: str) -> None:
    before = stored(url)
    async with db.acting_as(MARY).transaction() as session:
        account = await Account.begin(session, "john", "jane")
        await account.relate("john", "jane")
        await account.talk("john")
    made = (await list_audit(db, table="companies")).items[0]
    assert set(obstacles(await undo_changes(db.acting_as(MARY), ids=[made.id]))) == {"in_use"}
    assert (await undo_changes(db.acting_as(MARY), transaction=made.transaction)).is_done
    assert stored(url) == before


async def test_deleted_person_comes_back_with_history_and_scores(db: Database, url: str) -> None:
    account = await Account.begin(db, "john", "jane", "jim")
    await account.relate("john", "jane")
    message = await account.write(await account.talk("john"))
    await account.touchpoints.record_email_opened(message.id, at=db.now())
    await account.touchpoints.record_email_replied(message.id, at=db.now())
    await SuppressionRepository(db).suppress(contact_id=account.people["jim"].id)
    before = stored(url)
    async with db.acting_as(MARY).transaction() as session:
        await session.execute("DELETE FROM contacts WHERE first_name = 'john'")
    assert stored(url) != before
    deleted = (await list_audit(db, table="contacts")).items[0]
    report = await undo_changes(db.acting_as(MARY), transaction=deleted.transaction)
    assert report.refused == []
    assert stored(url) == before
    assert [one async for one in differences(db)] == []


async def test_message_that_has_left_is_not_taken_back(timed: Database) -> None:
    world = await World.begin(timed)
    people = await world.account("acme.com", "John")
    await world.enrol(await world.campaign(policy={"requires_approval": True}), *people)
    await world.runner().run_due()
    [approval] = await list_approvals(timed)
    mary = timed.acting_as(MARY)
    await mary.run(lambda session: accept_approval(session, approval.id, approval.content_hash, by="Mary", now=timed.now()))
    await world.runner().run_due()
    assert world.post.recipients == ["john@acme.com"]
    report = await undo_changes(mary, actor="mary@acme.com", last=1000)
    assert "sent" in obstacles(report)
    assert "what was sent cannot be taken back" in str([one.why for one in report.refused])


async def test_what_was_not_kept_is_not_made_up(db: Database, url: str) -> None:
    mary = db.acting_as(MARY)
    secrets = SecretRepository(mary, Keyring.of(db.settings))
    await secrets.put_secret("mail", "one")
    await secrets.put_secret("mail", "two")
    assert obstacles(await undo_changes(mary, ids=[await last(db, table="secrets")])) == ["not_kept"]
    await secrets.delete_secret("mail")
    assert obstacles(await undo_changes(mary, ids=[await last(db, table="secrets")])) == ["not_kept"]
    async with mary.transaction() as session:
        await session.execute("INSERT INTO companies (name) SELECT 'Company ' || n FROM generate_series(1, 300) AS n")
    assert obstacles(await undo_changes(mary, ids=[await last(db, table="companies")])) == ["counted"]
    john = await ContactRepository(mary).create_contact({"first_name": "John"})
    async with mary.transaction() as session:
        await session.execute(f"SELECT redact_audit('{john.id}')")
    assert obstacles(await undo_changes(mary, ids=[await last(db, table="contacts")])) == ["erased"]


async def test_what_another_row_has_taken_is_refused_by_the_database(db: Database) -> None:
    mary = db.acting_as(MARY)
    john = await ContactRepository(db).create_contact({"email": "john@acme.com"})
    await ContactRepository(mary).update_contact(john.id, {"email": "johnny@acme.com"})
    await ContactRepository(db).create_contact({"email": "john@acme.com"})
    assert obstacles(await undo_changes(mary, ids=[await last(db)])) == ["refused"]


async def test_undo_says_what_it_has_to_be_told(db: Database) -> None:
    mary = db.acting_as(MARY)
    await CompanyRepository(mary).create_company({"name": "Acme"})
    with pytest.raises(InvalidValueError, match="say who acts"):
        await undo_changes(db, actor="mary@acme.com")
    with pytest.raises(InvalidValueError, match="one of the three"):
        await undo_changes(mary)
    with pytest.raises(InvalidValueError, match="cannot be taken back at once"):
        await undo_changes(mary, actor="mary@acme.com", last=0)
    with pytest.raises(InvalidValueError, match="not yours"):
        await undo_changes(mary, ids=[await last(db)], may_touch=PAUL)
    for nothing in ({"ids": [10**9]}, {"ids": [-1]}, {"ids": [2**70]}, {"transaction": "x"}, {"actor": "nobody"}):
        with pytest.raises(NotFoundError):
            await undo_changes(mary, **nothing)


async def test_log_is_read_by_what_it_is_about(db: Database) -> None:
    mary = Account(db.acting_as(MARY), await CompanyRepository(db.acting_as(MARY)).create_company({"name": "Acme", "domain": "acme.com"}))
    john = await mary.add("john")
    await CompanyRepository(db.acting_as(PAUL)).create_company({"name": "Other"})
    everything = (await list_audit(db)).items
    assert [one.id for one in everything] == sorted((one.id for one in everything), reverse=True)
    assert {one.actor_name for one in (await list_audit(db, account=mary.company.id, actor_kind="user")).items} == {"mary@acme.com"}
    assert [one.row_id for one in (await list_audit(db, contact_id=john.id)).items] == [str(john.id)]
    assert [one.after and one.after["name"] for one in (await list_audit(db, actor="paul@acme.com")).items] == ["Other"]
    assert (await list_audit(db, since=db.now())).items == []
    assert len((await list_audit(db, until=db.now())).items) == len(everything)
    assert len((await list_audit(db, transaction=everything[0].transaction)).items) == 1
    assert (await list_audit(db, transaction="0 OR true")).items == []
    first = await list_audit(db, limit=2)
    assert [one.id for one in (*first.items, *(await list_audit(db, after=first.next)).items)] == [one.id for one in everything]
    with pytest.raises(NotFoundError):
        await get_audit(db, 10**9)
