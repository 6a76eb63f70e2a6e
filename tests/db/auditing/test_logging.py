"""What anybody changes stands in the log under their name; where nobody is said to act, nothing does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from accountgraph.acting import Acting, ActingKind
from accountgraph.db import Database, Session, connect
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.sealing import Keyring
from accountgraph.store.secrets import SecretRepository
from tests.db.account import Account

if TYPE_CHECKING:
    from pathlib import Path

MARY = Acting(kind=ActingKind.USER, id="u1", name="mary@acme.com", request_id="r1")
WORKER = Acting(kind=ActingKind.WORKER, name="worker")


def logged(url: str, columns: str, table: str | None = None) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as admin:
        statement = f"SELECT {columns} FROM abm.audit_log WHERE table_name = %s OR %s::text IS NULL ORDER BY id"
        return admin.execute(statement.encode(), (table, table)).fetchall()


async def test_change_is_logged_with_who_made_it_and_what_it_was_before(db: Database, url: str) -> None:
    mary = db.acting_as(MARY)
    company = await CompanyRepository(mary).create_company({"name": "Acme"})
    await CompanyRepository(mary).update_company(company.id, {"name": "Acme Ltd", "country": "DE"})
    columns = "actor_kind, actor_id, actor_name, request_id, action, row_id, company_id::text, before, after->>'name'"
    made, changed = logged(url, columns, "companies")
    key = str(company.id)
    assert made == ("user", "u1", "mary@acme.com", "r1", "insert", key, key, None, "Acme")
    assert changed == ("user", "u1", "mary@acme.com", "r1", "update", key, key, {"name": "Acme", "country": None}, "Acme Ltd")
    assert logged(url, "after", "companies")[1] == ({"name": "Acme Ltd", "country": "DE"},)


async def test_nothing_is_logged_where_nobody_is_said_to_act(db: Database, url: str) -> None:
    account = await Account.begin(db, "john")
    await ContactRepository(db).update_contact(account.people["john"].id, {"title": "CEO"})
    assert logged(url, "table_name") == []


async def test_who_acts_is_said_for_one_transaction_alone(db: Database, url: str) -> None:
    async with db.transaction() as session:
        await session.act_as(MARY)
        await CompanyRepository(session).create_company({"name": "One"})
    for _ in range(3):
        await CompanyRepository(db).create_company({"name": "Other"})
    assert logged(url, "after->>'name'") == [("One",)]


@pytest.mark.parametrize("pooler", [False, True])
async def test_database_opened_for_somebody_logs_all_that_is_done_by_it(url: str, pooler: bool) -> None:
    async with Database(url, workspace="abm", pooler=pooler, acting=MARY) as db:
        await CompanyRepository(db).create_company({"name": "One"})
        async with db.transaction() as session:
            await session.execute("SET accountgraph.acting = ''")
            await CompanyRepository(session).create_company({"name": "Unseen"})
        await CompanyRepository(db).create_company({"name": "Two"})
    assert logged(url, "actor_name, after->>'name'") == [("mary@acme.com", "One"), ("mary@acme.com", "Two")]


async def test_agent_is_logged_as_agent_whatever_it_says(url: str) -> None:
    async with connect(url, workspace="abm", as_agent=True) as db:
        await CompanyRepository(db).create_company({"name": "Silent"})
        await CompanyRepository(db.acting_as(MARY)).create_company({"name": "Lying"})
    assert logged(url, "actor_kind, actor_name, after->>'name'") == [
        ("agent", psycopg.conninfo.conninfo_to_dict(url)["user"], "Silent"),
        ("agent", "mary@acme.com", "Lying"),
    ]


async def test_agent_neither_reads_nor_writes_the_log(url: str) -> None:
    for statement in (
        "SELECT id FROM audit_log",
        "INSERT INTO audit_log (table_name) VALUES ('x')",
        "SELECT redact_audit(gen_random_uuid())",
    ):
        async with connect(url, workspace="abm", as_agent=True) as db, db.transaction() as session:
            with pytest.raises(Exception, match="may not do that"):
                await session.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE audit_log SET actor_name = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"])
async def test_log_is_never_changed(db: Database, url: str, statement: str) -> None:
    await CompanyRepository(db.acting_as(MARY)).create_company({"name": "Acme"})
    with pytest.raises(Exception, match="may not do that"):
        async with db.transaction() as session:
            await session.execute(statement)
    assert logged(url, "actor_name") == [("mary@acme.com",)]


async def test_what_triggers_reckon_is_not_logged(db: Database, url: str) -> None:
    account = await Account.begin(db, "john")
    mary = Account(db.acting_as(MARY), account.company, account.people)
    talk = await mary.talk("john")
    message = await mary.write(talk)
    await mary.touchpoints.record_email_replied(message.id, at=db.now())
    assert set(logged(url, "table_name, action")) <= {
        ("conversations", "insert"),
        ("conversation_participants", "insert"),
        ("touchpoints", "insert"),
        ("touchpoints", "update"),
    }
    assert logged(url, "contact_id", "touchpoints")[0] == (account.people["john"].id,)


async def test_worker_is_logged_but_for_what_its_ledger_says(db: Database, url: str) -> None:
    account = await Account.begin(db, "john")
    worker = Account(db.acting_as(WORKER), account.company, account.people)
    await worker.write(await worker.talk("john"))
    await ContactRepository(worker.db).update_contact(account.people["john"].id, {"status": "bounced"})
    assert logged(url, "actor_kind, table_name, after") == [("worker", "contacts", {"status": "bounced"})]


async def test_many_rows_by_one_statement_are_one_line_that_counts(db: Database, url: str) -> None:
    async with db.acting_as(MARY).transaction() as session:
        await session.execute("INSERT INTO companies (name) SELECT 'Company ' || n FROM generate_series(1, 200) AS n")
        await session.execute("INSERT INTO companies (name) SELECT 'More ' || n FROM generate_series(1, 201) AS n")
    lines = logged(url, "row_id IS NULL, row_count, after IS NULL", "companies")
    assert lines == [(False, 1, False)] * 200 + [(True, 201, True)]


async def test_secret_never_stands_in_the_log(db: Database, url: str, tmp_path: Path) -> None:
    secrets = SecretRepository(db.acting_as(MARY), Keyring.of(db.settings.with_choices(url=None, workspace=None, pooler=None)))
    await secrets.put_secret("mail", "first password")
    await secrets.put_secret("mail", "second password")
    assert [(action, row, "sealed" in str(after)) for action, row, after in logged(url, "action, row_id, after", "secrets")] == [
        ("insert", "mail", False),
        ("update", "mail", False),
    ]


async def test_what_goes_with_a_row_is_logged_too(db: Database, url: str) -> None:
    account = await Account.begin(db, "john", "jane")
    await account.relate("john", "jane")
    await account.write(await account.talk("john"))
    async with db.acting_as(MARY).transaction() as session:
        await session.execute("DELETE FROM contacts WHERE first_name = 'john'")
    tables = {table for (table,) in logged(url, "table_name")}
    assert tables >= {"contacts", "relationships", "conversations", "touchpoints", "events"}


async def test_old_lines_are_forgotten_and_erased_people_are_taken_out(db: Database, url: str) -> None:
    mary = Account(db.acting_as(MARY), (await Account.begin(db)).company)
    john = await mary.add("john")
    await mary.add("jane")
    await mary.write(await mary.talk("john"), subject="To John")

    async def erase(session: Session) -> None:
        await session.act_as(MARY)
        await session.execute("DELETE FROM contacts WHERE first_name = 'john'")
        await session.execute(f"SELECT redact_audit('{john.id}')")

    await db.run(erase)
    lines = logged(url, "is_redacted, before::text, after::text")
    assert {str(line[1:]) for line in lines if line[0]} == {"(None, None)"}
    assert "john" not in str(lines).lower()
    assert "jane" in str(lines).lower()
    async with db.transaction() as session:
        await session.execute("SELECT forget_audit(current_moment() + interval '1 day')")
    assert logged(url, "id") == []
