"""Uploaded files and their imports, as they stand in the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import msgspec

from accountgraph.errors import AccountGraphError, InvalidValueError, NotFoundError
from accountgraph.transfer.uploads.models import ImportRun
from accountgraph.transfer.uploads.names import safe_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.acting import Acting
    from accountgraph.db import Connectable
    from accountgraph.transfer.uploads.models import ImportSettings, State

MOST_OPEN = 20  # imports of a workspace that are not over
KEPT = timedelta(days=30)  # what is over is forgotten then, with its rejected rows
UPLOAD_HOURS = 6  # an upload that takes longer broke off
_FIRST = (datetime(9999, 12, 31, tzinfo=UTC), UUID(int=2**128 - 1))


class TooManyImportsError(AccountGraphError):
    """So many imports of this workspace are not over that no other is taken; wait for one, or cancel it."""


async def begin_upload(db: Connectable, file_name: str, acting: Acting, *, most_open: int = MOST_OPEN) -> UUID:
    """Make room for a file that is about to come; gives its import's id.

    Raises:
        TooManyImportsError: others have to be over before.
    """
    params = {"id": uuid4(), "file_name": safe_name(file_name), "acting": msgspec.json.encode(acting).decode(), "now": db.now()}
    made = await db.write(UUID, "imports.imports.begin", {**params, "most": most_open})
    if made is None:
        raise TooManyImportsError
    return made


async def add_chunk(db: Connectable, import_id: UUID, number: int, content: bytes) -> None:
    """Keep the part of a file with this number (from 0)."""
    await db.value("imports.imports.add_chunk", {"id": import_id, "number": number, "content": content})


async def queue_import(db: Connectable, import_id: UUID, settings: ImportSettings, size: int) -> ImportRun:
    """The file of `size` bytes is here as a whole: it is imported as soon as a process takes it up.

    Raises:
        NotFoundError: the upload was dropped meanwhile.
    """
    params = {
        "id": import_id,
        "entity": settings.entity,
        "options": msgspec.json.encode(settings).decode(),
        "is_dry_run": settings.dry_run,
        "bytes": size,
    }
    return _there(await db.write(ImportRun, "imports.imports.queue", params), import_id)


async def drop_upload(db: Connectable, import_id: UUID) -> None:
    """Forget a file that did not come as a whole."""
    await db.value("imports.imports.drop_upload", {"id": import_id})


async def get_import(db: Connectable, import_id: UUID) -> ImportRun:
    """One import.

    Raises:
        NotFoundError: there is none, or it is still being uploaded.
    """
    return _there(await db.row(ImportRun, "imports.imports.by_id", {"id": import_id}), import_id)


async def list_imports(
    db: Connectable, *, state: State | None = None, after: UUID | None = None, limit: int = 50
) -> tuple[list[ImportRun], UUID | None]:
    """Imports, the latest first; and what to give as `after` for those before them, None where there are no more.

    Raises:
        InvalidValueError: `limit` is not from 1 to 200.
        NotFoundError: there is no import `after`.
    """
    if not 1 <= limit <= 200:
        raise InvalidValueError("limit", f"{limit} is not from 1 to 200.")
    before_at, before_id = _FIRST
    if after is not None:
        found = await get_import(db, after)
        before_at, before_id = found.created_at, found.id
    params = {"before_at": before_at, "before_id": before_id, "state": state, "limit": limit + 1}
    rows = await db.rows(ImportRun, "imports.imports.listing", params)
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


async def cancel_import(db: Connectable, import_id: UUID) -> ImportRun:
    """Ask for an import's end: one that waits ends at once, one that runs within seconds. Rows that are in stay.

    Raises:
        NotFoundError: there is none.
        AccountGraphError: it is over already.
    """
    asked = await db.write(UUID, "imports.imports.cancel", {"id": import_id, "now": db.now()})
    found = await get_import(db, import_id)
    if asked is None:
        raise AccountGraphError(f"This import is {found.state} already; there is nothing to cancel.")
    return found


async def delete_import(db: Connectable, import_id: UUID) -> None:
    """Forget an import that is over, with its rejected rows. What it imported stays.

    Raises:
        NotFoundError: there is none.
        AccountGraphError: it is not over yet.
    """
    if await db.write(UUID, "imports.imports.delete", {"id": import_id}) is None:
        found = await get_import(db, import_id)
        raise AccountGraphError(f"This import is {found.state}; cancel it first.")


async def rejects_of(db: Connectable, import_id: UUID) -> AsyncIterator[bytes]:
    """The rows that were not imported, as a CSV file: line, field and reason before their own cells. Nothing: none was rejected."""
    number = 0
    while (content := await db.value("imports.imports.rejects", {"id": import_id, "number": number})) is not None:
        yield bytes(content)
        number += 1


async def sweep(db: Connectable) -> int:
    """Forget uploads that broke off, and what was over long ago; gives how many."""
    now = db.now()
    before = {"uploads_before": now - timedelta(hours=UPLOAD_HOURS), "finished_before": now - KEPT}
    return int(await db.value("imports.imports.sweep", before) or 0)


def _there(found: ImportRun | None, import_id: UUID) -> ImportRun:
    if found is None:
        raise NotFoundError(f"There is no import {import_id} in this workspace.")
    return found
