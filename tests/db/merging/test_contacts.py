"""Two contacts that are one become one: nothing is lost, and all of it can be put back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
import pytest

from accountgraph.db import Database
from accountgraph.errors import DatabaseError, DuplicateError, InvalidValueError, NotFoundError
from accountgraph.merging import MergeError, list_merges, merge_contacts, preview_contact_merge, unmerge
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.external_ids import ExternalIdRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.transfer.importer import ImportOptions, import_file
from accountgraph.verify import differences
from tests.db.merging.people import DROP, KEEP, THIRD, everything, references, two_who_are_one

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID


def of(url: str, statement: str, *given: object) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        return connection.execute(statement, given).fetchall()


async def test_unmerging_gives_back_exactly_what_was(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    before = everything(url)
    done = await merge_contacts(db, KEEP, DROP)
    assert everything(url) != before
    undone = await unmerge(db, done.id)
    assert everything(url) == before
    assert all(table.kept == 0 for table in undone.tables)


async def test_every_reference_moves_and_no_row_is_lost(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    before = everything(url)
    for table, column in references(url, "contacts") - {("merged_contacts", "contact_id")}:
        assert of(url, f"SELECT FROM {table} WHERE {column} = %s", DROP), f"nothing of {table}.{column} is tried"
    await merge_contacts(db, KEEP, DROP)
    after = everything(url)
    for table, column in references(url, "contacts"):
        assert not of(url, f"SELECT FROM {table} WHERE {column} = %s", DROP), (table, column)
    fewer = {table: len(before[table]) - len(rows) for table, rows in after.items() if len(rows) != len(before[table])}
    # What one person can have only once, and the edges that became one.
    assert fewer == {
        "contacts": 1,
        "merged_contacts": -1,
        "relationships": 2,
        "topic_refusals": 1,
        "suppressions": 1,
        "conversation_participants": 1,
        "external_ids": 1,
    }


def test_what_only_one_may_have_is_looked_after(url: str) -> None:
    """A new table whose rows are unique for a person or an account needs a rule of its own in `sql/schema/records/96_collapsing.sql`."""
    unique = of(
        url,
        "SELECT c.relname, a.attname FROM pg_index AS i INNER JOIN pg_class AS c ON c.oid = i.indrelid"
        " INNER JOIN pg_constraint AS f ON f.conrelid = c.oid AND f.contype = 'f'"
        " AND f.confrelid IN ('contacts'::regclass, 'companies'::regclass)"
        " INNER JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = f.conkey[1]"
        " WHERE i.indisunique AND (a.attnum = ANY (i.indkey) OR pg_get_indexdef(i.indexrelid) ~ ('\\m' || a.attname || '\\M'))",
    )
    assert set(unique) == {
        ("relationships", "contact_id_1"),
        ("relationships", "contact_id_2"),
        ("conversation_participants", "contact_id"),
        ("topic_refusals", "contact_id"),
        ("suppressions", "contact_id"),
        ("holds", "contact_id"),
        ("holds", "company_id"),
        ("account_exclusions", "company_id"),
        ("account_health_daily", "company_id"),
        ("enrolments", "contact_id"),  # an obstacle: `contact_obstacles`
    }


async def test_what_the_database_keeps_is_right_after_a_merge_and_after_undoing_it(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    done = await merge_contacts(db, KEEP, DROP)
    assert [found async for found in differences(db)] == []
    await unmerge(db, done.id)
    assert [found async for found in differences(db)] == []


async def test_the_kept_one_is_found_by_all_that_named_the_dropped_one(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    await merge_contacts(db, KEEP, DROP)
    contacts = ContactRepository(db)
    by_id, by_email = await contacts.get_contact_by_id(DROP), await contacts.get_contact_by_email("Jo.Quill@acme-too.test")
    assert by_id is not None
    assert by_email is not None
    assert by_id.id == by_email.id == await ExternalIdRepository(db).find_by_external_id("contacts", "crm", "crm-jo.quill") == KEEP
    with pytest.raises(DuplicateError, match="email"):
        await contacts.create_contact({"email": "jo.quill@acme-too.test"})
    with pytest.raises(DuplicateError, match="email"):
        await contacts.update_contact(THIRD, {"email": "jo.quill@acme-too.test"})


@pytest.mark.parametrize("overwrite", [False, True])
async def test_a_later_import_of_the_dropped_address_finds_the_kept_one(db: Database, url: str, tmp_path: Path, *, overwrite: bool) -> None:
    await two_who_are_one(db, url)
    await merge_contacts(db, KEEP, DROP)
    file = tmp_path / "people.csv"
    file.write_text("email,title\njo.quill@acme-too.test,CTO\n")
    report = await import_file(db, "contacts", file, ImportOptions(overwrite=overwrite))
    assert (report.created, report.updated) == (0, 1)
    kept = await ContactRepository(db).get_contact_by_id(KEEP)
    assert kept is not None
    assert (kept.email, kept.title) == ("jo@acme.test", "CTO")


async def test_of_two_wishes_the_stricter_holds(db: Database, url: str) -> None:
    await two_who_are_one(
        db,
        url,
        status="unsubscribed",
        communication_preferences={"do_not_contact": True, "do_not_reference": True, "best_time": "mornings"},
    )
    await merge_contacts(db, KEEP, DROP, take=["first_name"])
    kept = await ContactRepository(db).get_contact_by_id(KEEP)
    assert kept is not None
    assert kept.status == "unsubscribed"
    assert (kept.communication_preferences.do_not_contact, kept.communication_preferences.do_not_reference) == (True, True)
    assert kept.communication_preferences.best_time == "mornings"
    assert {s for (s,) in of(url, "SELECT channel FROM suppressions WHERE contact_id = %s", KEEP)} == {"sms", "call", "whatsapp"}
    assert {t for (t,) in of(url, "SELECT topic FROM topic_refusals WHERE contact_id = %s", KEEP)} == {"news", "events", "both"}
    standing = of(url, "SELECT until > now() + interval '8 days' FROM holds WHERE contact_id = %s AND lifted_at IS NULL", KEEP)
    assert standing == [(True,)]


async def test_what_suppressed_a_number_or_a_domain_suppresses_the_person(db: Database, url: str) -> None:
    await two_who_are_one(db, url, email="jo@sub.elsewhere.test", phone="+49 30 7770001")
    suppressions = SuppressionRepository(db)
    await suppressions.suppress(domain="elsewhere.test", channel="mail")
    await suppressions.suppress_number("+49307770001")
    await ContactRepository(db).update_contact(KEEP, {"phone": "+49 30 1111111"})
    await merge_contacts(db, KEEP, DROP)
    assert await suppressions.is_suppressed(KEEP, "mail")
    assert await suppressions.is_suppressed(KEEP, "sms")


async def test_a_suppression_of_the_old_address_later_on_holds_for_the_person(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    await merge_contacts(db, KEEP, DROP)
    await SuppressionRepository(db).suppress(address="jo.quill@acme-too.test", channel="email", reason="unsubscribed")
    assert await SuppressionRepository(db).is_suppressed(KEEP, "email")


async def test_a_consent_that_one_of_them_revoked_is_revoked(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    consents = ConsentRepository(db)
    await consents.revoke_consent(DROP, "email")
    done = await merge_contacts(db, KEEP, DROP)
    assert await consents.get_consents(KEEP, "email") == []
    await unmerge(db, done.id)
    assert [one.wording for one in await consents.get_consents(KEEP, "email")] == ["Jo Quill says yes"]


async def test_edges_to_the_same_person_become_the_stronger_one(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    await merge_contacts(db, KEEP, DROP)
    edges = await RelationshipRepository(db).get_contact_relationships(KEEP)
    assert [(edge.strength, edge.context) for edge in edges] == [("strong", "Kit knows Jo Quill")]


async def test_merging_twice_is_merging_once_and_so_is_undoing(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    first = await merge_contacts(db, KEEP, DROP, by="sam")
    assert await merge_contacts(db, KEEP, DROP, by="pat") == first
    assert [one.merged_by for one in await list_merges(db, "contacts", row_id=DROP)] == ["sam"]
    assert not (await unmerge(db, first.id)).was_undone
    assert (await unmerge(db, first.id)).was_undone
    again = await merge_contacts(db, KEEP, DROP)
    assert again.id != first.id


async def test_what_came_after_the_merge_stays_with_the_kept_one(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    done = await merge_contacts(db, KEEP, DROP)
    contacts = ContactRepository(db)
    await contacts.update_contact(KEEP, {"phone": "+49 30 9999999"})  # the merge filled it with the dropped one's
    await ExternalIdRepository(db).add_external_id("contacts", KEEP, "crm", "later")
    undone = await unmerge(db, done.id)
    kept, back = await contacts.get_contact_by_id(KEEP), await contacts.get_contact_by_id(DROP)
    assert kept is not None
    assert back is not None
    assert (kept.phone, back.phone) == ("+49 30 9999999", "+49 30 5550001")
    assert [table.kept for table in undone.tables if table.table_name == "contacts"] == [1]
    assert await ExternalIdRepository(db).find_by_external_id("contacts", "crm", "later") == KEEP


async def test_a_merge_is_undone_only_after_those_that_stand_on_it(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    before = everything(url)
    first = await merge_contacts(db, KEEP, DROP)
    second = await merge_contacts(db, THIRD, KEEP)
    found = await ContactRepository(db).get_contact_by_id(DROP)
    assert found is not None
    assert found.id == THIRD
    with pytest.raises(MergeError, match=str(second.id)):
        await unmerge(db, first.id)
    await unmerge(db, second.id)
    await unmerge(db, first.id)
    assert everything(url) == before


async def test_a_merge_into_somebody_who_is_gone_is_not_undone(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    done = await merge_contacts(db, KEEP, DROP)
    of(url, "DELETE FROM contacts WHERE id = %s RETURNING id", KEEP)
    with pytest.raises(MergeError, match="gone"):
        await unmerge(db, done.id)


async def test_two_on_their_way_through_the_same_campaign_are_not_merged(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    of(
        url,
        "INSERT INTO enrolments (campaign_id, version_id, contact_id, is_live, state, reason, step_key, zone, zone_source)"
        " SELECT v.campaign_id, v.id, c.id, true, 'paused', 'manual', 'first', 'UTC', 'workspace'"
        " FROM campaign_versions AS v, contacts AS c"
        " WHERE c.id IN (%s, %s) RETURNING id",
        KEEP,
        DROP,
    )
    preview = await preview_contact_merge(db, KEEP, DROP)
    assert ["spring" in one for one in preview.obstacles] == [True]
    with pytest.raises(MergeError, match="spring"):
        await merge_contacts(db, KEEP, DROP)


async def test_the_preview_says_what_the_merge_then_does(db: Database, url: str) -> None:
    await two_who_are_one(db, url, title="CTO")
    preview = await preview_contact_merge(db, KEEP, DROP, take=["email"])
    choices = {one.field: (one.result, one.wins, one.is_conflict) for one in preview.fields}
    assert choices["email"] == ("jo.quill@acme-too.test", "dropped", True)
    assert choices["title"] == ("CTO", "dropped", False)
    assert {(moved.table_name, moved.column_name) for moved in preview.moves} == references(url, "contacts") - {
        ("merged_contacts", "contact_id")
    }
    assert {one.table_name: one.total for one in preview.collapses} == {
        "relationships": 2,
        "topic_refusals": 1,
        "suppressions": 1,
        "conversation_participants": 1,
        "holds": 1,
    }
    before = everything(url)
    done = await merge_contacts(db, KEEP, DROP, take=["email"])
    kept = await ContactRepository(db).get_contact_by_email("jo@acme.test")
    assert kept is not None
    assert (kept.id, kept.email, kept.title) == (KEEP, "jo.quill@acme-too.test", "CTO")
    await unmerge(db, done.id)
    assert everything(url) == before


@pytest.mark.parametrize(
    ("keep", "drop", "kind"), [(KEEP, KEEP, InvalidValueError), (KEEP, uuid4(), NotFoundError), (uuid4(), DROP, NotFoundError)]
)
async def test_a_merge_of_nobody_is_refused(db: Database, url: str, keep: UUID, drop: UUID, kind: type[Exception]) -> None:
    await two_who_are_one(db, url)
    with pytest.raises(kind):
        await merge_contacts(db, keep, drop)


async def test_an_agent_may_neither_merge_nor_undo_nor_see_what_was(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    done = await merge_contacts(db, KEEP, DROP)
    async with Database(url, workspace="abm", as_agent=True) as agent:
        assert (await preview_contact_merge(agent, KEEP, THIRD)).keep_id == KEEP
        with pytest.raises(DatabaseError, match="permission denied"):
            await merge_contacts(agent, KEEP, THIRD)
        with pytest.raises(DatabaseError, match="permission denied"):
            await unmerge(agent, done.id)
