"""Every table is logged, or says why not; nothing secret is."""

from __future__ import annotations

import psycopg

LOGGED = (
    "SELECT c.relname, array_agg(t.tgname::text ORDER BY t.tgname) FROM pg_class AS c INNER JOIN pg_trigger AS t ON t.tgrelid = c.oid"
    " WHERE c.relnamespace = 'abm'::regnamespace AND t.tgname LIKE 'audit\\_%%' GROUP BY c.relname"
)
TABLES = "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'abm'::regnamespace AND c.relkind IN ('r', 'p')"
ALL = ["audit_deleted", "audit_inserted", "audit_updated"]
TELLING = r"(hash|secret|sealed|token|password|\mkey\M|private|credential)"


def test_every_table_is_logged_or_says_why_not(url: str) -> None:
    with psycopg.connect(url) as admin:
        logged: dict[str, list[str]] = dict(admin.execute(LOGGED.encode()).fetchall())
        exempt = {name: (deletes, reason) for name, deletes, reason in admin.execute("SELECT * FROM abm.audit_exemptions")}
        tables = {name for (name,) in admin.execute(TABLES.encode())}
    assert set(exempt) <= tables
    for table in tables:
        if table in exempt:
            deletes, reason = exempt[table]
            assert logged.get(table, []) == (["audit_deleted", "audit_updated"] if deletes else []), table
            assert len(reason) > 10, table
        else:
            assert logged.get(table) == ALL, f"{table}: SELECT audit_tables() in its migration, or a row in audit_exemptions"


def test_columns_that_look_secret_are_left_out_or_say_why_not(url: str) -> None:
    statement = (
        "SELECT a.table_name || '.' || a.column_name FROM information_schema.columns AS a WHERE a.table_schema = 'abm'"
        f" AND (a.data_type = 'bytea' OR a.column_name ~ '{TELLING}')"
        " AND NOT EXISTS (SELECT FROM abm.audit_exemptions AS x WHERE x.table_name = a.table_name)"
        " AND NOT EXISTS (SELECT FROM abm.audit_columns AS u WHERE (u.table_name, u.column_name) = (a.table_name, a.column_name))"
    )
    with psycopg.connect(url) as admin:
        found = [name for (name,) in admin.execute(statement.encode())]
    assert [
        name
        for name in found
        if name not in {"topics.key", "external_ids.key", "mails.dedupe_key", "contacts.email_key", "notice_tellings.key"}
    ] == []


def test_columns_of_the_rules_are_there(url: str) -> None:
    statement = (
        "SELECT u.table_name, u.column_name FROM abm.audit_columns AS u WHERE NOT EXISTS (SELECT FROM information_schema.columns AS a"
        " WHERE a.table_schema = 'abm' AND (a.table_name, a.column_name) = (u.table_name, u.column_name))"
    )
    with psycopg.connect(url) as admin:
        assert admin.execute(statement.encode()).fetchall() == []
