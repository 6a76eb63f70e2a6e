"""Two people who are one, with something in every table that can refer to a person or an account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.models import Contact

KEEP = UUID("aaaaaaaa-0000-4000-8000-000000000001")
DROP = UUID("bbbbbbbb-0000-4000-8000-000000000002")
THIRD = UUID("cccccccc-0000-4000-8000-000000000003")
ACME = UUID("aaaaaaaa-1111-4000-8000-000000000001")
ACME_TOO = UUID("bbbbbbbb-1111-4000-8000-000000000002")
SENDER = UUID("dddddddd-0000-4000-8000-000000000004")


def _read(name: str) -> bytes:
    return (Path(__file__).parent / f"{name}.sql").read_bytes()


_NOT_COMPARED = {"merge_records", "merge_rows", "alembic_version"}  # they are about the merge itself
_OF_A_PERSON = _read("person")
_OF_AN_ACCOUNT = _read("account")
_SHARED = _read("shared")


async def two_who_are_one(db: Database, url: str, **dropped: Any) -> tuple[Contact, Contact]:
    """Jo Quill twice, at two accounts that are one; of each something in every table. `dropped` are fields of the second."""
    companies, contacts = CompanyRepository(db), ContactRepository(db)
    await companies.create_company({"id": ACME, "name": "Acme Inc.", "domain": "acme.test"})
    await companies.create_company({"id": ACME_TOO, "name": "ACME", "domain": "acme-too.test", "industry": "Anvils"})
    kept = await contacts.create_contact(
        {"id": KEEP, "company_id": ACME, "first_name": "Jo", "last_name": "Quill", "email": "jo@acme.test", "interests": ["tea"]}
    )
    fields = {
        "company_id": ACME_TOO,
        "first_name": "Jo",
        "last_name": "Quill",
        "email": "jo.quill@acme-too.test",
        "phone": "+49 30 5550001",
    }
    gone = await contacts.create_contact({"id": DROP, **fields, **dropped})
    await contacts.create_contact({"id": THIRD, "company_id": ACME, "first_name": "Kit", "email": "kit@acme.test"})
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        connection.execute(_SHARED)
        for who, company, key, topic, channel, days, reason in (
            (KEEP, ACME, "jo", "news", "call", 5, "owner"),
            (DROP, ACME_TOO, "jo.quill", "events", "whatsapp", 9, "open_opportunity"),
        ):
            given = {
                "who": who, "company": company, "key": key, "topic": topic, "channel": channel, "days": days, "reason": reason,
                "third": THIRD, "sender": SENDER,
            }  # fmt: skip
            connection.execute(_OF_A_PERSON, given)
            connection.execute(_OF_AN_ACCOUNT, {**given, "key": "one" if company == ACME else "two"})
        connection.execute(
            "INSERT INTO relationships (contact_id_1, contact_id_2, relationship_type, strength, context) VALUES"
            " (%(keep)s, %(third)s, 'colleagues', 'weak', NULL), (%(third)s, %(drop)s, 'colleagues', 'strong', 'Kit knows Jo Quill'),"
            " (%(drop)s, %(keep)s, 'collaborators', 'medium', 'Jo and Jo Quill')",
            {"keep": KEEP, "drop": DROP, "third": THIRD},
        )
        connection.execute(
            "INSERT INTO external_ids (source, entity, key, relationship_id)"
            " SELECT 'crm', 'relationships', 'edge-' || row_number() OVER (ORDER BY r.strength), r.id FROM relationships AS r"
        )
        connection.execute(
            "WITH talk AS ("
            "INSERT INTO conversations (contact_id, status) VALUES (%(third)s, 'active'), (%(third)s, 'paused') RETURNING id, status)"
            " INSERT INTO conversation_participants (conversation_id, contact_id) SELECT t.id, p.id"
            " FROM talk AS t, (VALUES (%(keep)s::uuid), (%(drop)s::uuid)) AS p (id) WHERE t.status = 'active' OR p.id = %(drop)s",
            {"keep": KEEP, "drop": DROP, "third": THIRD},
        )
        connection.execute("UPDATE intents SET mentions_id = %s WHERE contact_id = %s", (DROP, KEEP))
    return kept, gone


def everything(url: str) -> dict[str, set[str]]:
    """Every row of the workspace as JSON, by table, but for what says when a row was touched last."""
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm; SET timezone = 'UTC'")
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'abm'::regnamespace AND relkind IN ('r', 'p')"
            )
            if name not in _NOT_COMPARED
        ]
        return {
            name: {row for (row,) in connection.execute(f"SELECT (to_jsonb(t) - 'updated_at')::text FROM {name} AS t")} for name in tables
        }


def references(url: str, table: str) -> set[tuple[str, str]]:
    """The columns that refer to a table, from the catalogue."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT c.relname, a.attname FROM pg_constraint AS f INNER JOIN pg_class AS c ON c.oid = f.conrelid"
            " INNER JOIN pg_attribute AS a ON a.attrelid = f.conrelid AND a.attnum = ANY (f.conkey)"
            " WHERE f.contype = 'f' AND f.confrelid = %s::regclass",
            (f"abm.{table}",),
        )
        return {(relation, column) for relation, column in rows}
