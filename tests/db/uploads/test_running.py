"""Imports of uploaded files: run once, taken up where who ran them is gone, counted truly."""

from __future__ import annotations

import asyncio
import csv
import io
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from accountgraph.acting import Acting, ActingKind
from accountgraph.errors import AccountGraphError, NotFoundError
from accountgraph.transfer import chunks
from accountgraph.transfer.uploads import (
    ImportSettings,
    TooManyImportsError,
    add_chunk,
    begin_upload,
    cancel_import,
    delete_import,
    get_import,
    list_imports,
    queue_import,
    rejects_of,
    run_next,
    sweep,
)
from tests.db.uploads.looking import value

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock

ADA = Acting(kind=ActingKind.USER, id=str(uuid4()), name="ada@acme.com", request_id="request-1")


async def uploaded(
    db: Database, text: str, *, name: str = "people.csv", part: int = 50_000, content: bytes | None = None, **settings: Any
) -> UUID:
    import_id = await begin_upload(db, name, ADA)
    content = content or text.encode()
    for number, start in enumerate(range(0, len(content), part)):
        await add_chunk(db, import_id, number, content[start : start + part])
    await queue_import(db, import_id, ImportSettings(**{"entity": "contacts", **settings}), len(content))
    return import_id


def people(count: int, first: int = 0) -> str:
    return "email,first_name\n" + "".join(f"p{number}@acme.com,Ada\n" for number in range(first, first + count))


async def contacts(db: Database) -> int:
    return int(await value(db, "SELECT count(*) FROM contacts"))


async def test_file_in_parts_is_imported_whole(db: Database) -> None:
    import_id = await uploaded(db, people(300), part=1000)
    assert await run_next(db) == import_id
    found = await get_import(db, import_id)
    assert (found.state, found.rows, found.created, found.rejected) == ("done", 300, 300, 0)
    assert found.bytes_done == found.bytes_total == len(people(300))
    assert await contacts(db) == 300
    assert await run_next(db) is None


async def test_bytes_are_dropped_once_they_are_in(db: Database) -> None:
    await uploaded(db, people(3))
    assert await value(db, "SELECT count(*) FROM import_chunks") == 1
    await run_next(db)
    assert await value(db, "SELECT count(*) FROM import_chunks") == 0


async def test_changes_stand_under_the_name_of_who_started_it(db: Database) -> None:
    await uploaded(db, people(3))
    await run_next(db)
    logged = await value(db, "SELECT array_agg(DISTINCT actor_name || ' ' || request_id) FROM audit_log WHERE table_name = 'contacts'")
    assert logged == ["ada@acme.com request-1"]


async def test_rejected_rows_come_back_with_line_field_and_reason(db: Database) -> None:
    import_id = await uploaded(db, "email,first_name\nada@acme.com,Ada\nnobody,Bob\n")
    await run_next(db)
    text = b"".join([part async for part in rejects_of(db, import_id)]).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [(row["rejected_line"], row["rejected_field"], row["email"], row["first_name"]) for row in rows] == [
        ("3", "email", "nobody", "Bob")
    ]
    found = await get_import(db, import_id)
    assert [(one.field, one.rows) for one in found.reasons] == [("email", 1)]


async def test_dry_run_reports_and_keeps_nothing(db: Database) -> None:
    import_id = await uploaded(db, people(30), dry_run=True)
    await run_next(db)
    found = await get_import(db, import_id)
    assert (found.state, found.created, await contacts(db)) == ("done", 30, 0)


async def test_import_whose_runner_is_gone_is_taken_up_and_counts_each_row_once(
    timed: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "FIRST_ROWS", 100)
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 100)
    import_id = await uploaded(timed, people(1000))
    run = asyncio.create_task(run_next(timed))
    while (await get_import(timed, import_id)).created < 300:  # noqa: ASYNC110 - only the database tells
        await asyncio.sleep(0.005)
    await _die(run, timed, import_id)
    half_way = await contacts(timed)
    assert 300 <= half_way < 1000
    assert await run_next(timed) is None  # its lease is not over
    clock.forward(seconds=61)
    assert await run_next(timed) == import_id
    found = await get_import(timed, import_id)
    assert (found.state, found.tries, found.rows) == ("done", 2, 1000)
    assert (found.created, found.unchanged, await contacts(timed)) == (1000, 0, 1000)


async def _die(run: asyncio.Task[UUID | None], db: Database, import_id: UUID) -> None:
    """End a run without its farewell: what a graceful end gives back is taken again, as a killed process would have left it."""
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run
    await value(
        db,
        "UPDATE imports SET state = 'running', tries = 1, lease = gen_random_uuid(), lease_until = current_moment() + interval '60 seconds'"
        f" WHERE id = '{import_id}' RETURNING 1",
    )


async def test_who_lost_the_lease_commits_no_other_row(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FIRST_ROWS", 50)
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 50)
    import_id = await uploaded(db, people(5000))
    run = asyncio.create_task(run_next(db))
    while (await get_import(db, import_id)).created < 50:  # noqa: ASYNC110 - only the database tells
        await asyncio.sleep(0.005)
    stolen = f"UPDATE imports SET lease = '{uuid4()}' WHERE id = '{import_id}' RETURNING created_count"
    created = await value(db, stolen)
    await run
    assert await contacts(db) == created < 5000
    assert (await get_import(db, import_id)).state == "running"  # whose it is now


async def test_run_that_is_stopped_gives_the_import_back_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FIRST_ROWS", 50)
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 50)
    import_id = await uploaded(db, people(3000))
    run = asyncio.create_task(run_next(db))
    while (await get_import(db, import_id)).created < 50:  # noqa: ASYNC110 - only the database tells
        await asyncio.sleep(0.005)
    run.cancel()
    with suppress(asyncio.CancelledError):
        await run
    assert (await get_import(db, import_id)).state == "pending"
    assert await run_next(db) == import_id
    assert (await get_import(db, import_id)).created == await contacts(db) == 3000


async def test_import_that_runs_is_cancelled_within_a_chunk(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FIRST_ROWS", 50)
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 50)
    import_id = await uploaded(db, people(5000))
    run = asyncio.create_task(run_next(db))
    while (await get_import(db, import_id)).created < 50:  # noqa: ASYNC110 - only the database tells
        await asyncio.sleep(0.005)
    await cancel_import(db, import_id)
    await run
    found = await get_import(db, import_id)
    assert found.state == "cancelled"
    assert found.created == await contacts(db) < 5000
    with pytest.raises(AccountGraphError, match="cancelled already"):
        await cancel_import(db, import_id)


async def test_import_that_waits_is_cancelled_at_once(db: Database) -> None:
    import_id = await uploaded(db, people(5))
    assert (await cancel_import(db, import_id)).state == "cancelled"
    assert await run_next(db) is None


async def test_import_is_deleted_only_once_it_is_over(db: Database) -> None:
    import_id = await uploaded(db, people(5))
    with pytest.raises(AccountGraphError, match="cancel it first"):
        await delete_import(db, import_id)
    await run_next(db)
    await delete_import(db, import_id)
    with pytest.raises(NotFoundError):
        await get_import(db, import_id)
    assert await contacts(db) == 5


async def test_only_so_many_run_at_once(db: Database) -> None:
    for number in range(6):
        await uploaded(db, people(400, first=number * 1000))
    ran = await asyncio.gather(*(run_next(db, at_once=2) for _ in range(6)))
    assert len([one for one in ran if one]) == 2


async def test_import_that_kills_whoever_runs_it_is_given_up(timed: Database, clock: Clock) -> None:
    import_id = await uploaded(timed, people(5))
    await value(
        timed,
        "UPDATE imports SET state = 'running', tries = 5, lease = gen_random_uuid(), lease_until = current_moment()"
        f" WHERE id = '{import_id}' RETURNING 1",
    )
    clock.forward(seconds=1)
    assert await run_next(timed) is None
    found = await get_import(timed, import_id)
    assert found.state == "failed"
    assert "5 times" in str(found.error)


async def test_file_that_cannot_be_read_fails_with_its_reason(db: Database) -> None:
    import_id = await uploaded(db, "Nickname\nada\n")
    await run_next(db)
    found = await get_import(db, import_id)
    assert found.state == "failed"
    assert "--" not in str(found.error)


async def test_no_more_imports_are_taken_than_fit(db: Database) -> None:
    for _ in range(3):
        await begin_upload(db, "a.csv", ADA, most_open=3)
    with pytest.raises(TooManyImportsError):
        await begin_upload(db, "a.csv", ADA, most_open=3)


async def test_uploads_that_broke_off_are_swept(timed: Database, clock: Clock) -> None:
    await begin_upload(timed, "a.csv", ADA)
    kept = await uploaded(timed, people(5))
    clock.forward(hours=7)
    assert await sweep(timed) == 1
    assert (await get_import(timed, kept)).state == "pending"


async def test_imports_are_listed_in_pages_the_latest_first(timed: Database, clock: Clock) -> None:
    made = []
    for _ in range(5):
        made.append(await uploaded(timed, people(1)))
        clock.forward(seconds=1)
    first, after = await list_imports(timed, limit=3)
    second, end = await list_imports(timed, limit=3, after=after)
    assert [one.id for one in first + second] == list(reversed(made))
    assert end is None
