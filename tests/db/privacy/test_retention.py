"""What came in is kept for as long as its rule says, and let go of in small steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from accountgraph.errors import InvalidValueError
from accountgraph.merging import MergeError, merge_contacts, unmerge
from accountgraph.privacy import KINDS, apply_retention, get_retention, set_retention
from accountgraph.verify import differences
from tests.db.merging.people import DROP, KEEP, SENDER, everything, two_who_are_one

if TYPE_CHECKING:
    from accountgraph.db import Database

LATER = datetime.now(UTC) + timedelta(days=2000)


async def filled(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    await merge_contacts(db, KEEP, DROP)
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        connection.execute(
            "INSERT INTO webhook_payloads (provider, body, digest, state) VALUES ('p', 'x', gen_random_uuid(), 'done'),"
            " ('p', 'y', gen_random_uuid(), 'new')"
        )
        connection.execute(
            "INSERT INTO mail_headers (sender_id, message_id, direction, email_key, at)"
            " SELECT %s, n::text, 'inbound', 'jo@acme.test', now() FROM generate_series(1, 5) AS n",
            (SENDER,),
        )


async def test_nothing_goes_before_its_time(db: Database, url: str) -> None:
    await filled(db, url)
    before = everything(url)
    assert {one.kind: one.rows for one in await apply_retention(db, db.now())} == dict.fromkeys(set(KINDS) - {"audit_log"}, 0)
    assert everything(url) == before


@pytest.mark.parametrize("batch", [1, 2, 1000])
async def test_a_dry_run_counts_what_then_goes_and_nothing_goes_twice(db: Database, url: str, batch: int) -> None:
    await filled(db, url)
    before = everything(url)
    counted = {one.kind: one.rows for one in await apply_retention(db, LATER, dry_run=True, batch=batch)}
    assert everything(url) == before
    done = {one.kind: one.rows for one in await apply_retention(db, LATER, batch=batch)}
    assert done == counted
    assert all(done.values()), done
    assert done["mail_headers"] == 5
    assert set({one.kind: one.rows for one in await apply_retention(db, LATER, batch=batch)}.values()) == {0}
    assert [found async for found in differences(db)] == []


async def test_what_is_left_says_that_it_happened_and_no_more(db: Database, url: str) -> None:
    await filled(db, url)
    before = {name: len(rows) for name, rows in everything(url).items()}
    await apply_retention(db, LATER)
    after = everything(url)
    assert {name for name, rows in after.items() if len(rows) != before[name]} == {"mail_headers", "account_health_daily"}
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        assert connection.execute("SELECT count(*) FROM touchpoints WHERE content IS NOT NULL").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM events WHERE num_nonnulls(address, user_agent) > 0 OR raw <> '{}'").fetchone() == (
            0,
        )
        assert connection.execute("SELECT body FROM webhook_payloads WHERE body <> ''").fetchall() == [(b"y",)]  # not worked off yet
        (merge,) = connection.execute("SELECT id FROM merge_records").fetchall()[0]
    with pytest.raises(MergeError, match="no longer known"):
        await unmerge(db, merge)


async def test_a_rule_may_be_changed_and_may_be_for_ever(db: Database, url: str) -> None:
    assert {rule.kind for rule in await get_retention(db)} == set(KINDS)
    await filled(db, url)
    await set_retention(db, "mails", None)
    await set_retention(db, "mail_headers", 5000)
    done = {one.kind: one.rows for one in await apply_retention(db, LATER)}
    assert "mails" not in done
    assert done["mail_headers"] == 0
    with pytest.raises(InvalidValueError, match="kind"):
        await set_retention(db, "everything", 1)
    with pytest.raises(InvalidValueError, match="days"):
        await set_retention(db, "mails", 0)
