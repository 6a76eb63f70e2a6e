"""Every answer is one statement, reads by index alone, and names what it cannot find."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import psycopg
import pytest

from accountgraph.demo import DemoAccount, load_reference_account
from accountgraph.errors import NotFoundError
from accountgraph.graph import CompanyGraph

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.db import Database

    Answer = Callable[[CompanyGraph, DemoAccount], Awaitable[Any]]

ANSWERS: dict[str, Answer] = {
    "overview": lambda graph, demo: graph.get_account_overview(demo.company_id),
    "expansion": lambda graph, demo: graph.find_expansion_targets(demo.williams_id, include_implied=True),
    "context": lambda graph, demo: graph.get_conversation_context(demo.chen_id),
    "health": lambda graph, demo: graph.get_account_health_score(demo.company_id),
    "conversation health": lambda graph, demo: graph.get_conversation_health(demo.chen_conversation_id),
    "conversations' health": lambda graph, demo: graph.get_conversations_health(demo.company_id),
    "warm paths": lambda graph, demo: graph.find_warm_paths(demo.anderson_id),
}
NOWHERE = DemoAccount(*[uuid4()] * 8)


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "conversations' health"])
async def test_missing_row_is_named(db: Database, name: str) -> None:
    with pytest.raises(NotFoundError, match=str(NOWHERE.company_id)):
        await ANSWERS[name](CompanyGraph(db), NOWHERE)


@pytest.mark.skipif(sys.platform != "linux", reason="libpq traces on Linux only")
@pytest.mark.parametrize("name", ANSWERS)
async def test_answer_is_one_round_trip(db: Database, name: str) -> None:
    demo = await load_reference_account(db)
    async with db.transaction() as session:
        with tempfile.TemporaryFile() as trace:
            connection: Any = session._connection
            connection.pgconn.trace(trace.fileno())
            await ANSWERS[name](CompanyGraph(session), demo)
            connection.pgconn.untrace()
            trace.seek(0)
            lines = trace.read().decode()
    assert lines.count("ReadyForQuery") == 1


CROWD = """
SET search_path = abm; SET session_replication_role = replica;
INSERT INTO companies (id, name) SELECT md5('o' || i)::uuid, 'Company ' || i FROM generate_series(1, 2000) AS i;
INSERT INTO contacts (id, company_id, first_name, email, email_key, last_engaged_at, engagement_light)
SELECT md5('p' || i)::uuid, md5('o' || 1 + i / 5)::uuid, 'P' || i, 'p' || i || '@x.test', 'p' || i || '@x.test', now(), 1
FROM generate_series(0, 9999) AS i;
INSERT INTO relationships (contact_id_1, contact_id_2, relationship_type)
SELECT md5('p' || i)::uuid, md5('p' || (i + 1) % 10000)::uuid, 'colleagues' FROM generate_series(0, 9999) AS i;
INSERT INTO conversations (id, contact_id, company_id, last_touchpoint_at)
SELECT md5('v' || i)::uuid, md5('p' || i)::uuid, md5('o' || 1 + i / 5)::uuid, now() FROM generate_series(0, 9999) AS i;
INSERT INTO touchpoints (id, conversation_id, sent_at, opened_at, replied_at)
SELECT md5('t' || i)::uuid, md5('v' || i / 2)::uuid, now() - i * interval '1 second', now(), now() FROM generate_series(0, 19999) AS i;
INSERT INTO events (kind, at, touchpoint_id, contact_id, actor, dedupe_key)
SELECT 'opened', t.opened_at, t.id, v.contact_id, 'human', md5('e' || t.id)::uuid
FROM touchpoints AS t INNER JOIN conversations AS v ON v.id = t.conversation_id;
INSERT INTO suppressions (address_hash, reason) SELECT md5('s' || i) || md5('u' || i), 'manual' FROM generate_series(1, 5000) AS i;
ANALYZE;
"""
LOOKED_AT = ("companies", "contacts", "relationships", "conversations", "touchpoints", "events", "suppressions")
_SCANS = "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE schemaname = 'abm' AND relname = ANY (%s)"


async def test_answers_never_read_a_table_from_end_to_end(db: Database, url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(CROWD)
    account, person, talk = (_key(text) for text in ("o7", "p31", "v31"))
    demo = DemoAccount(account, person, person, person, talk, talk, person, person)
    async with db.transaction() as session:
        for answer in ANSWERS.values():
            await answer(CompanyGraph(session), demo)
        connection_of: Any = session._connection
        scans = dict(await (await connection_of.execute(_SCANS, [list(LOOKED_AT)])).fetchall())
    assert {table: count for table, count in scans.items() if count} == {}
    assert set(scans) == set(LOOKED_AT)


def _key(text: str) -> UUID:
    """What `md5(text)::uuid` is."""
    return UUID(hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())
