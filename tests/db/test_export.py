"""Exporting, and what comes back of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accountgraph.db import Database
from accountgraph.errors import InvalidValueError
from accountgraph.schema import create_workspace
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.external_ids import ExternalIdRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.touchpoints import TouchpointRepository
from accountgraph.transfer.exporter import Format, export
from accountgraph.transfer.importer import import_file
from tests.factories import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ENTITIES = ("companies", "contacts", "relationships", "conversations", "touchpoints")
NASTY = [
    " leading and trailing \n",
    'quote " comma , semicolon ; tab \t bar |',
    "line\nline\r\nline\rline",
    "=1+1",
    "🚀 \u202eעברית\u00a0",
    "\\N",
    "[not json",
    '["json"]',
    "null",
    "\ufeffmark",
    "\x1f\x7f\u2028",
]


@pytest.fixture
async def other(url: str, db: Database) -> AsyncIterator[Database]:
    """A second, empty workspace."""
    create_workspace(url, "other")
    async with Database(url, workspace="other") as database:
        yield database


async def filled(db: Database) -> None:
    companies = [
        {"name": text, "description": text, "domain": f"company{place}.com", "attributes": {text or "-": [text, place, None]}}
        for place, text in enumerate(NASTY)
    ]
    made = (await CompanyRepository(db).create_many(companies)).ids
    await CompanyRepository(db).add_domain(_known(made[0]), "second.com")
    await CompanyRepository(db).update_company(_known(made[0]), {"parent_company_id": _known(made[-1])})
    people = [
        {
            "company_id": made[place],
            "first_name": text,
            "email": f"p{place}@x.com" if place else None,
            "interests": [text],
            "is_champion": bool(place % 2),
            "communication_preferences": {"best_time": text, "do_not_contact": True},
            "research_data": {"found": text},
        }
        for place, text in enumerate(NASTY)
    ]
    ids = [_known(one) for one in (await ContactRepository(db).create_many(people)).ids]
    keys = ExternalIdRepository(db)
    for place, text in enumerate(NASTY):
        await keys.add_external_id("contacts", ids[place], "a system", text)
    await keys.add_external_id("contacts", ids[0], "a system", "second key")
    edge = {
        "contact_id_1": ids[1],
        "contact_id_2": ids[0],
        "relationship_type": "reports_to",
        "confidence_score": "0.25",
        "context": NASTY[0],
    }
    await RelationshipRepository(db).create_relationship(edge)
    talk = await ConversationRepository(db).create_conversation(ids[0], status="won", context={"sentiment": NASTY[2]})
    sent = {"id": uuid4(), "conversation_id": talk.id, "content": NASTY[0], "sent_at": START, "opened_at": START}
    answer = {"conversation_id": talk.id, "direction": "inbound", "in_reply_to_id": sent["id"], "content": "\n", "sent_at": START}
    assert (await TouchpointRepository(db).create_many([sent, answer])).errors == []


def _known(found: UUID | None) -> UUID:
    assert found is not None
    return found


async def exported(db: Database, entity: str, kind: Format = "csv") -> str:
    out = io.StringIO(newline="")
    await export(db, entity, out, kind)
    return out.getvalue()


async def contents(db: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows, without the times at which they were written."""
    found = {}
    for entity in ENTITIES:
        rows = [msgspec.json.decode(line) for line in (await exported(db, entity, "jsonl")).split("\n") if line]
        found[entity] = [{name: value for name, value in row.items() if name not in {"created_at", "updated_at"}} for row in rows]
    return found


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_what_was_exported_is_imported_without_loss(db: Database, other: Database, tmp_path: Path, kind: Format) -> None:
    await filled(db)
    for entity in ENTITIES:
        path = tmp_path / f"{entity}.{kind}"
        count = await export(db, entity, path, kind)
        report = await import_file(other, entity, path)
        assert (report.created, report.rejected) == (count, 0), report.reasons
    assert await contents(other) == await contents(db)


@pytest.mark.parametrize("overwrite", [False, True])
async def test_importing_an_export_where_it_came_from_changes_nothing(db: Database, tmp_path: Path, overwrite: bool) -> None:
    from accountgraph.transfer.importer import ImportOptions

    await filled(db)
    before = {entity: await exported(db, entity) for entity in ENTITIES}
    for entity in ENTITIES:
        count = await export(db, entity, tmp_path / "file.csv")
        report = await import_file(db, entity, tmp_path / "file.csv", ImportOptions(overwrite=overwrite))
        assert (report.unchanged, report.rejected) == (count, 0), (entity, report)
    assert {entity: await exported(db, entity) for entity in ENTITIES} == before


async def test_every_json_line_has_every_key(db: Database) -> None:
    await filled(db)
    rows = [msgspec.json.decode(line) for line in (await exported(db, "contacts", "jsonl")).split("\n") if line]
    assert len({tuple(row) for row in rows}) == 1


async def test_a_file_that_cannot_be_written_is_named(db: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="file"):
        await export(db, "contacts", tmp_path / "nowhere" / "file.csv")
    with pytest.raises(InvalidValueError, match="entity"):
        await export(db, "people", tmp_path / "file.csv")


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=30)


values = st.none() | st.booleans() | st.integers(-9, 9) | texts


@given(given_texts=st.tuples(texts, texts, st.lists(texts, max_size=3), st.dictionaries(texts, values, max_size=3)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_text_survives_the_round_trip(
    db: Database, tmp_path: Path, given_texts: tuple[str, str, list[str], dict[str, Any]]
) -> None:
    name, key, interests, attributes = given_texts
    repository = ContactRepository(db)
    stored = await repository.create_contact({"first_name": name, "interests": interests, "attributes": attributes})
    await ExternalIdRepository(db).add_external_id("contacts", stored.id, "crm", key)
    before = await exported(db, "contacts")
    await export(db, "contacts", tmp_path / "file.csv")
    async with db.transaction() as session:
        await session.execute("DELETE FROM contacts")
    assert (await import_file(db, "contacts", tmp_path / "file.csv")).created == 1
    restored = await repository.get_contact_by_id(stored.id)
    assert restored is not None
    assert (restored.first_name, restored.interests, restored.attributes) == (name, interests, attributes)
    assert before.split("\r\n")[0] == (await exported(db, "contacts")).split("\r\n")[0]
    assert await ExternalIdRepository(db).find_by_external_id("contacts", "crm", key) == stored.id
    async with db.transaction() as session:
        await session.execute("DELETE FROM contacts")
