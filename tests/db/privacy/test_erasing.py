"""After an erasure nothing in the workspace says who it was, and nobody can write to them."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import msgspec
import psycopg
import pytest

from accountgraph.db import Database
from accountgraph.errors import DatabaseError, InvalidValueError, NotFoundError
from accountgraph.intake.mail import take_mail
from accountgraph.merging import MergeError, merge_contacts, unmerge
from accountgraph.postgres import EmbeddedServer
from accountgraph.privacy import erase_person, export_person
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.verify import differences
from tests.db.merging.people import DROP, KEEP, THIRD, everything, references, two_who_are_one
from tests.factories import START

if TYPE_CHECKING:
    from pathlib import Path

# All that the fixture says of the two, and of nobody else.
TRACES = re.compile(r"jo\.quill|\bjo\b|\bquill\b|5550001|two words", re.IGNORECASE)

COUNTED = [
    "intents",
    "attempts",
    "sends",
    "enrolments",
    "decisions",
    "signals",
    "manual_messages",
    "mails",
    "webhook_payloads",
    "approvals",
]


def dump(url: str, tmp_path: Path) -> list[str]:
    """Every row of the workspace as pg_dump writes it; what it writes as bytes is read too."""
    program = EmbeddedServer(tmp_path).binary("pg_dump")
    text = subprocess.run([program, "-d", url, "-n", "abm", "--data-only"], capture_output=True, text=True, check=True).stdout
    return [*text.splitlines(), *(bytes.fromhex(one).decode("utf-8", "replace") for one in re.findall(r"\\\\x((?:[0-9a-f]{2})+)", text))]


async def merged(db: Database, url: str) -> None:
    """Both Jo Quills are one, so that all that is left of the name is theirs; and others speak of them."""
    await two_who_are_one(db, url)
    await merge_contacts(db, KEEP, DROP)
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        connection.execute('UPDATE companies SET research_data = \'{"buyer": "Jo Quill, jo.quill@acme-too.test"}\'')
        connection.execute("UPDATE contacts SET linkedin_url = 'https://linkedin.com/in/jo.quill' WHERE id = %s", (KEEP,))
        connection.execute(
            "INSERT INTO webhook_payloads (provider, body, digest) VALUES ('p', convert_to('{\"to\": \"Jo.Quill@acme-too.test\"}', 'UTF8'),"
            " gen_random_uuid()), ('p', convert_to('to=jo.quill%40acme-too.test', 'UTF8'), gen_random_uuid()),"
            " ('p', convert_to('to=kit@acme.test', 'UTF8'), gen_random_uuid())"
        )
        connection.execute(
            "INSERT INTO mail_headers (sender_id, message_id, direction, email_key, at)"
            " SELECT sender_id, 'm', 'inbound', 'jo.quill@acme-too.test', now() FROM mailboxes"
        )
        connection.execute(
            "INSERT INTO campaign_versions (campaign_id, number, definition, content_hash)"
            ' SELECT id, 2, \'{"audience": {"contacts": ["jo.quill@acme-too.test"]}}\', \'y\' FROM campaigns'
        )
        (said,) = connection.execute(
            "INSERT INTO touchpoints (conversation_id, direction, content, sent_at)"
            " SELECT v.id, 'inbound', 'My two words', now() FROM conversations AS v WHERE v.contact_id = %s LIMIT 1 RETURNING id",
            (THIRD,),
        ).fetchall()[0]
        connection.execute("UPDATE events SET contact_id = %s WHERE touchpoint_id = %s", (KEEP, said))
        connection.execute(
            "INSERT INTO intents (enrolment_id, step_key, state, is_live, channel, contact_id, content, mentions_id, planned_at)"
            " SELECT e.id, 'named', 'sent', true, 'email', %s, 'Your colleague Jo likes it', %s, now() FROM enrolments AS e"
            " WHERE e.contact_id = %s LIMIT 1",
            (THIRD, KEEP, THIRD),
        )


async def test_nothing_in_a_dump_says_who_it_was(db: Database, url: str, tmp_path: Path) -> None:
    await merged(db, url)
    assert any(TRACES.search(line) for line in dump(url, tmp_path))
    report = await erase_person(db, KEEP, by="sam")
    assert [line for line in dump(url, tmp_path) if TRACES.search(line)] == []
    assert report.counts["conversations"] == 2
    assert [found async for found in differences(db)] == []


async def test_nothing_refers_to_who_was_erased(db: Database, url: str) -> None:
    await merged(db, url)
    await erase_person(db, email="jo.quill@acme-too.test")
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        for table, column in references(url, "contacts"):
            assert connection.execute(f"SELECT count(*) FROM {table} WHERE {column} IN (%s, %s)", (KEEP, DROP)).fetchone() == (0,), table


async def test_what_was_done_is_still_counted(db: Database, url: str) -> None:
    await merged(db, url)
    before = {name: len(rows) for name, rows in everything(url).items()}
    await erase_person(db, KEEP)
    after = {name: len(rows) for name, rows in everything(url).items()}
    for counted in (
        "intents",
        "attempts",
        "sends",
        "enrolments",
        "decisions",
        "signals",
        "manual_messages",
        "mails",
        "webhook_payloads",
        "approvals",
    ):
        assert after[counted] == before[counted], counted


async def test_others_keep_what_is_theirs(db: Database, url: str) -> None:
    await merged(db, url)
    await erase_person(db, KEEP)
    kit = await export_person(db, THIRD)
    assert kit.tables["contacts"][0]["email"] == "kit@acme.test"
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT convert_from(body, 'UTF8') FROM abm.webhook_payloads WHERE body <> '' ORDER BY id").fetchall()
    assert found[-1] == ("to=kit@acme.test",)


async def test_what_only_looks_like_theirs_is_left_alone(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    contacts = ContactRepository(db)
    board = {"phone": "+49 30 4440000", "personal_website": "https://www.acme.test"}
    await contacts.update_contact(KEEP, board)
    await contacts.update_contact(THIRD, {"phone": board["phone"]})
    other = await contacts.create_contact({"email": "banjo@acme.test", "first_name": "Jo", "last_name": "Quillan"})
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        connection.execute("UPDATE companies SET description = 'See https://www.acme.test or ask jo@acme.test.'")
        connection.execute(
            "INSERT INTO webhook_payloads (provider, body, digest) VALUES"
            " ('p', '[\"jo@acme.test\", \"banjo@acme.test\"]', gen_random_uuid())"
        )
    await erase_person(db, KEEP)
    kit = await contacts.get_contact_by_id(THIRD)
    assert kit is not None
    assert kit.phone == board["phone"]
    assert not await SuppressionRepository(db).is_suppressed(THIRD, "call")
    assert (await contacts.get_contact_by_email("banjo@acme.test")) == other
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path = abm")
        assert connection.execute("SELECT DISTINCT description FROM companies").fetchall() == [
            ("See https://www.acme.test or ask [erased].",)
        ]
        assert connection.execute("SELECT body, state FROM webhook_payloads").fetchall() == [(b'["[erased]", "banjo@acme.test"]', "new")]


async def test_nobody_can_write_to_who_comes_in_again(db: Database, url: str) -> None:
    await merged(db, url)
    await erase_person(db, KEEP)
    suppressions = SuppressionRepository(db)
    for address in ("jo@acme.test", "Jo.Quill@acme-too.test"):
        again = await ContactRepository(db).create_contact({"email": address})
        assert await suppressions.is_suppressed(again.id, "email")
    number = await ContactRepository(db).create_contact({"email": "new@x.test", "phone": "0049 30 5550001"})
    assert await suppressions.is_suppressed(number.id, "sms")
    assert all(one.address is None and one.note is None for one in await suppressions.list_suppressions() if one.contact_id is None)


async def test_a_namesakes_name_is_left_alone(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    await erase_person(db, DROP)
    kept = await export_person(db, KEEP)
    assert "Jo Quill" in str(kept.tables)
    assert "5550001" not in str(kept.tables)


async def test_who_is_known_by_a_mail_alone_is_erased_by_the_address(db: Database, url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO abm.mails (source, dedupe_key, from_email, at, kind, state, raw) VALUES"
            " ('box', 'one', 'Stranger@x.test', now(), 'reply', 'unmatched', 'From: Stranger@x.test')"
        )
    found = await export_person(db, email="stranger@x.test")
    assert [row["raw"] for row in found.tables["mails"]] == ["From: Stranger@x.test"]
    report = await erase_person(db, email="stranger@x.test")
    assert (report.contact_id, report.suppressed) == (None, 1)
    after = await export_person(db, email="stranger@x.test")
    assert list(after.tables) == ["suppressions"]
    assert after.tables["suppressions"][0].get("address") is None


async def test_the_same_mail_does_not_come_in_again(db: Database, url: str) -> None:
    raw = (
        b"From: Jo <stranger@x.test>\r\nTo: me@ours.test\r\nMessage-ID: <1@x.test>\r\n"
        b"Subject: Hi\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n\r\nHello\r\n"
    )
    async with db.transaction() as session:
        first = await take_mail(session, raw, source="box", received_at=START)
    await erase_person(db, email="stranger@x.test")
    async with db.transaction() as session:
        again = await take_mail(session, raw, source="box", received_at=START)
    assert (again.is_new, again.id) == (False, first.id)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*), max(length(raw)) FROM abm.mails").fetchone() == (1, 0)


async def test_a_merge_of_somebody_erased_is_not_undone(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    done = await merge_contacts(db, KEEP, DROP)
    await erase_person(db, KEEP)
    with pytest.raises(MergeError, match="erased"):
        await unmerge(db, done.id)


async def test_an_export_has_a_row_of_every_table_that_refers_to_a_person(db: Database, url: str) -> None:
    await merged(db, url)
    found = await export_person(db, email="jo@acme.test")
    assert set(found.former_ids) == {DROP}
    assert set(found.addresses) == {"jo@acme.test", "jo.quill@acme-too.test"}
    assert {table for table, _ in references(url, "contacts")} | {
        "contacts",
        "touchpoints",
        "attempts",
        "decisions",
        "mail_headers",
    } <= set(found.tables)
    assert msgspec.json.decode(msgspec.json.encode(found))["tables"]["contacts"][0]["last_name"] == "Quill"
    whose = {row["contact_id"] for row in found.tables["mails"]}
    assert whose == {str(KEEP)}
    assert (await export_person(db, KEEP)).tables == found.tables


async def test_whoever_is_not_known_is_not_exported(db: Database) -> None:
    with pytest.raises(NotFoundError, match="nobody@x"):
        await export_person(db, email="nobody@x.test")
    with pytest.raises(NotFoundError):
        await export_person(db, THIRD)
    with pytest.raises(NotFoundError):
        await erase_person(db, THIRD)
    with pytest.raises(InvalidValueError):
        await erase_person(db)


async def test_an_agent_erases_nobody(db: Database, url: str) -> None:
    await two_who_are_one(db, url)
    async with Database(url, workspace="abm", as_agent=True) as agent:
        with pytest.raises(DatabaseError, match="permission denied"):
            await erase_person(agent, KEEP)
