"""Two people who are one, with something in every table that can refer to a person or an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.models import Company, Contact

KEEP = UUID("aaaaaaaa-0000-4000-8000-000000000001")
DROP = UUID("bbbbbbbb-0000-4000-8000-000000000002")
THIRD = UUID("cccccccc-0000-4000-8000-000000000003")
ACME = UUID("aaaaaaaa-1111-4000-8000-000000000001")
ACME_TOO = UUID("bbbbbbbb-1111-4000-8000-000000000002")
SENDER = UUID("dddddddd-0000-4000-8000-000000000004")
_NOT_COMPARED = {"merges", "merge_rows", "alembic_version"}  # they are about the merge itself

# Everything below is of %(who)s, and unlike that of anybody else; THIRD knows and mentions them.
_OF_A_PERSON = """
WITH talk AS (
    INSERT INTO conversations (contact_id, company_id) VALUES (%(who)s, %(company)s) RETURNING id
), message AS (
    INSERT INTO touchpoints (conversation_id, subject, content, sent_at, email_message_id)
    SELECT t.id, 'Hello Jo', 'Dear Jo Quill', now() - interval '3 days', '<' || %(key)s || '@ours.test>' FROM talk AS t RETURNING id
), opened AS (
    INSERT INTO events (kind, at, touchpoint_id, url, user_agent, address, raw)
    SELECT 'opened', now() - interval '2 days', m.id, 'https://ours.test/' || %(key)s, 'Browser of ' || %(key)s, '198.51.100.7', '{"who": "Jo Quill"}'
    FROM message AS m
), enrolled AS (
    INSERT INTO enrolments (campaign_id, version_id, contact_id, company_id, conversation_id, is_live, state, reason, step_key, zone, zone_source, finished_at, referred_by_id)
    SELECT v.campaign_id, v.id, %(who)s, %(company)s, t.id, true, 'finished', 'done', 'first', 'UTC', 'workspace', now(), NULL
    FROM talk AS t, campaign_versions AS v RETURNING id, version_id
), referred AS (
    INSERT INTO enrolments (campaign_id, version_id, contact_id, is_live, state, reason, step_key, zone, zone_source, finished_at, referred_by_id)
    SELECT v.campaign_id, v.id, %(third)s, true, 'finished', 'done', 'first', 'UTC', 'workspace', now(), %(who)s FROM campaign_versions AS v
), decided AS (
    INSERT INTO decisions (enrolment_id, step_key, verdict, rule, reason, inputs, version_id, first_at, last_at)
    SELECT e.id, 'first', 'allow', 'all', 'Jo Quill may be written to.', '{"person": {"name": "Jo Quill"}}', e.version_id, now(), now() FROM enrolled AS e
), intended AS (
    INSERT INTO intents (enrolment_id, step_key, state, is_live, channel, contact_id, company_id, address, subject, content, mentions_id, planned_at, touchpoint_id, message_id)
    SELECT e.id, 'first', 'sent', true, 'email', %(who)s, %(company)s, %(key)s || '@acme.test', 'Hello Jo', 'Dear Jo Quill', NULL, now(), m.id, %(key)s || '@intent'
    FROM enrolled AS e, message AS m RETURNING id
), tried AS (
    INSERT INTO attempts (intent_id, number, outcome, detail, raw, started_at)
    SELECT i.id, 1, 'sent', 'to Jo Quill', '{"to": "Jo Quill"}', now() FROM intended AS i
), sent AS (
    INSERT INTO sends (intent_id, is_live, contact_id, company_id, domain, at) SELECT i.id, true, %(who)s, %(company)s, 'acme.test', now() FROM intended AS i RETURNING id
), signalled AS (
    INSERT INTO signals (kind, at, contact_id, company_id, intent_id, source, data, effects, dedupe_key)
    SELECT 'reply', now(), %(who)s, %(company)s, i.id, 'Jo Quill', '{"text": "I am Jo Quill"}', '["Jo Quill answered"]', 'reply of Jo Quill ' || %(key)s FROM intended AS i RETURNING id
), approved AS (
    INSERT INTO approvals (enrolment_id, step_key, channel, address, subject, content, content_hash, state, mentions_id)
    SELECT e.id, 'first', 'email', %(key)s || '@acme.test', 'Hello Jo', 'Dear Jo Quill', 'x', 'withdrawn', %(who)s FROM enrolled AS e
), drafted AS (
    INSERT INTO drafts (enrolment_id, step_key, channel, state, subject, content, content_hash, model, mentions_id, facts, refusals, asked_at, settled_at)
    SELECT e.id, 'first', 'email', 'written', 'Hello Jo', 'Dear Jo Quill', 'x', 'm', %(who)s, '["Jo Quill"]', '["Jo Quill"]', now(), now() FROM enrolled AS e
), asked AS (
    INSERT INTO tasks (kind, title, body, company_id, contact_id, signal_id, due_at)
    SELECT 'reply', 'Answer Jo Quill', 'Jo Quill wrote', %(company)s, %(who)s, s.id, now() FROM signalled AS s RETURNING id
), answered AS (
    INSERT INTO manual_messages (task_id, contact_id, company_id, state, address, subject, content, content_hash, message_id, written_by, called_at, lease_until)
    SELECT a.id, %(who)s, %(company)s, 'sent', %(key)s || '@acme.test', 'Hello Jo', 'Dear Jo Quill', 'x', %(key)s || '@manual', 'Sam', now(), now() FROM asked AS a
), mailed AS (
    INSERT INTO mails (source, sender_id, dedupe_key, from_email, subject, at, kind, state, contact_id, touchpoint_id, understood, effects, raw)
    SELECT 'box', %(sender)s, %(key)s || '-mail', %(key)s || '@acme.test', 'Jo Quill answers', now(), 'reply', 'matched', %(who)s, m.id,
        '{"of": "Jo Quill"}', '["Jo Quill"]', convert_to('From: Jo Quill <' || %(key)s || '@acme.test>', 'UTF8')
    FROM message AS m
), agreed AS (
    INSERT INTO consents (contact_id, channel, basis, wording, evidence) VALUES (%(who)s, 'email', 'consent', 'Jo Quill says yes', 'form of Jo Quill')
), known AS (
    INSERT INTO external_ids (source, entity, key, contact_id) VALUES ('crm', 'contacts', 'crm-' || %(key)s, %(who)s)
), takes_part AS (
    INSERT INTO conversation_participants (conversation_id, contact_id) SELECT t.id, %(third)s FROM talk AS t
), refused AS (
    INSERT INTO topic_refusals (contact_id, topic) VALUES (%(who)s, %(topic)s), (%(who)s, 'both')
), held AS (
    INSERT INTO holds (scope, contact_id, reason, note, until, created_at)
    VALUES ('contact', %(who)s, 'leave', 'Jo Quill is away', now() + %(days)s * interval '1 day', now() - interval '1 day') RETURNING id
), about_it AS (
    INSERT INTO tasks (kind, title, contact_id, hold_id, due_at) SELECT 'question', 'Is Jo Quill back?', %(who)s, h.id, now() FROM held AS h
)
INSERT INTO suppressions (contact_id, channel, reason, note) VALUES (%(who)s, 'sms', 'manual', 'Jo Quill asked'), (%(who)s, %(channel)s, 'objection', 'by Jo Quill');
"""
_OF_AN_ACCOUNT = """
WITH held AS (
    INSERT INTO holds (scope, company_id, reason, until) VALUES ('account', %(company)s, 'talks', now() + %(days)s * interval '1 day')
), kept_out AS (
    INSERT INTO account_exclusions (company_id, reason) VALUES (%(company)s, 'competitor'), (%(company)s, %(reason)s)
), known AS (
    INSERT INTO external_ids (source, entity, key, company_id) VALUES ('crm', 'companies', 'account-' || %(key)s, %(company)s)
)
INSERT INTO companies (name, parent_company_id) VALUES ('Child of ' || %(key)s, %(company)s);
"""
_SHARED = """
INSERT INTO topics (key, name) VALUES ('news', 'News'), ('events', 'Events'), ('both', 'Both');
INSERT INTO senders (id, address) VALUES ('dddddddd-0000-4000-8000-000000000004', 'me@ours.test');
INSERT INTO mailboxes (sender_id, protocol) VALUES ('dddddddd-0000-4000-8000-000000000004', 'imap');
INSERT INTO campaigns (id, name) VALUES ('eeeeeeee-0000-4000-8000-000000000005', 'spring');
INSERT INTO campaign_versions (campaign_id, number, definition, content_hash) VALUES ('eeeeeeee-0000-4000-8000-000000000005', 1, '{}', 'x');
"""


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
            connection.execute(_OF_AN_ACCOUNT, given)
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
            "WITH talk AS (INSERT INTO conversations (contact_id, status) VALUES (%(third)s, 'active'), (%(third)s, 'paused') RETURNING id, status)"
            " INSERT INTO conversation_participants (conversation_id, contact_id) SELECT t.id, p.id FROM talk AS t, (VALUES (%(keep)s::uuid),"
            " (%(drop)s::uuid)) AS p (id) WHERE t.status = 'active' OR p.id = %(drop)s",
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
            name: {row for (row,) in connection.execute(f"SELECT (to_jsonb(t) - 'updated_at')::text FROM {name} AS t")}  # noqa: S608
            for name in tables
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
