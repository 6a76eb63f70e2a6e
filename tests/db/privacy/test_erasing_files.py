"""Who is erased while a file waits to be imported does not come back by it, and rejected rows say nothing of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from accountgraph.privacy import erase_person
from accountgraph.store.contacts import ContactRepository
from accountgraph.transfer import chunks
from accountgraph.transfer.uploads import get_import, rejects_of, run_next
from tests.db.uploads.looking import value
from tests.db.uploads.test_running import people, uploaded

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database

GIVEN = {"first_name": "Ada", "last_name": "Lovelace"}
FILE = "email,first_name,last_name,phone,note\n{row}\nbob@acme.com,Bob,Bell,+49 30 901821,knows ada@acme.co\nbad,Cid,Carr,,\n"


async def rejects(db: Database, import_id: UUID) -> str:
    return b"".join([part async for part in rejects_of(db, import_id)]).decode()


async def names(db: Database) -> list[str]:
    found: list[str] = await value(db, "SELECT array_agg(first_name ORDER BY first_name) FROM contacts")
    return found


@pytest.mark.parametrize(
    "row",
    ["ada@acme.com,Ada,Lovelace,,", " ADA@Acme.com ,A.,L.,,", "ada@acme.com,Ada,Lovelace,+49 30 901899,", ",Ada,Lovelace,+49 (30) 901820,"],
    ids=["address", "spelling", "number of others", "number"],
)
async def test_rows_of_who_was_erased_while_the_file_waited_are_left_out(db: Database, row: str) -> None:
    person = await ContactRepository(db).create_contact({**GIVEN, "email": "ada@acme.com", "phone": "+49 30 901820"})
    import_id = await uploaded(db, FILE.format(row=row), key="phone")
    await erase_person(db, person.id)
    await run_next(db)
    found = await get_import(db, import_id)
    assert (found.rows, found.created, found.rejected) == (3, 1, 2)
    assert await names(db) == ["Bob"]
    text = await rejects(db, import_id)
    assert "2,row,names somebody who was erased while the file waited; it is left out\r\n" in text
    assert "Ada" not in text
    assert "bad,Cid,Carr" in text


async def test_row_that_names_the_erased_by_the_key_of_another_system_is_left_out(db: Database) -> None:
    text = "key,first_name,last_name\ncrm-1,Ada,Lovelace\ncrm-2,Bob,Bell\n"
    await uploaded(db, text, key="key", source="crm")
    await run_next(db)
    again = await uploaded(db, text, key="key", source="crm")
    person = await value(db, "SELECT id FROM contacts WHERE first_name = 'Ada'")
    await erase_person(db, person)
    await run_next(db)
    assert await names(db) == ["Bob"]
    assert (await get_import(db, again)).rejected == 1


async def test_address_that_the_import_itself_would_make_is_left_out(db: Database) -> None:
    await uploaded(db, "first_name,last_name\nAda,Lovelace\nBob,Bell\n", derive=["email={first_name}.{last_name}@acme.com"])
    await erase_person(db, email="ada.lovelace@acme.com")
    await run_next(db)
    assert await names(db) == ["Bob"]


async def test_file_in_another_encoding_is_understood(db: Database) -> None:
    text = "email,first_name\nada@acme.com,Ada\nzoe@acme.com,Zoë\n"
    await uploaded(db, text, encoding="utf-16-le", content=text.encode("utf-16-le"))
    await erase_person(db, email="ada@acme.com")
    await run_next(db)
    assert await names(db) == ["Zoë"]


async def test_who_is_brought_by_a_later_file_comes_in_again(db: Database) -> None:
    await erase_person(db, email="ada@acme.com")
    await uploaded(db, "email,first_name\nada@acme.com,Ada\n")
    await run_next(db)
    assert await names(db) == ["Ada"]


async def test_rejected_rows_of_imports_that_are_over_say_nothing_of_the_erased(db: Database) -> None:
    await ContactRepository(db).create_contact({**GIVEN, "email": "ada@acme.com"})
    import_id = await uploaded(db, "email,company_domain,note\nzoë@acme.com x,,met Ada Lovelace\nada@acme.com,none.example,\n")
    await run_next(db)
    assert "ada@acme.com" in await rejects(db, import_id)
    await erase_person(db, email="ada@acme.com")
    text = await rejects(db, import_id)
    assert "ada@acme.com" not in text
    assert "zoë@acme.com x,,met [erased]" in text


async def test_part_of_rejected_rows_that_begins_within_a_letter_stops_no_erasure(db: Database) -> None:
    import_id = await uploaded(db, "email\nnobody\n")
    await run_next(db)
    content = "ë,ada@acme.com\n".encode()[1:].hex()
    await value(db, f"INSERT INTO import_rejects VALUES ('{import_id}', 1, '\\x{content}') RETURNING 1")
    await erase_person(db, email="ada@acme.com")
    assert bytes(await value(db, "SELECT content FROM import_rejects WHERE number = 1")) == "ë,[erased]\n".encode()[1:]


@pytest.mark.parametrize("after", [0, 0.02, 0.05, 0.1, 0.2, 0.4])
async def test_who_is_erased_while_the_rows_come_in_does_not_stay(db: Database, monkeypatch: pytest.MonkeyPatch, after: float) -> None:
    monkeypatch.setattr(chunks, "FIRST_ROWS", 50)
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 50)
    rows = people(1_000).splitlines(keepends=True)
    text = "".join(["email,first_name\n", "bad ada@acme.com,A\n", *rows[1:300], "ada@acme.com,Ada\n", *rows[300:], "ada@acme.com,Ada\n"])
    import_id = await uploaded(db, text)

    async def erase() -> None:
        await asyncio.sleep(after)
        await erase_person(db, email="ada@acme.com")

    await asyncio.gather(run_next(db), erase())
    assert await value(db, "SELECT count(*) FROM contacts WHERE email_key = 'ada@acme.com'") == 0
    assert "ada@acme.com" not in await rejects(db, import_id)
    found = await get_import(db, import_id)
    assert (found.state, found.rows) == ("done", 1_003)
    assert not any("ada" in one.reason for one in found.reasons)
    assert await value(db, "SELECT count(*) FROM import_erasures") == 0
