"""Imports: a file is uploaded, and brought in by whatever process is there."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import PurePath
from typing import Annotated, Any, ClassVar
from uuid import UUID

import msgspec
from fastapi import Response

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.streams.events import EventStream
from accountgraph.api.streams.files import FileAnswer
from accountgraph.api.streams.sources import ProgressOf
from accountgraph.api.streams.uploads import previewed, taken
from accountgraph.listing import Page
from accountgraph.transfer.uploads import (
    ImportPreview,
    ImportRun,
    ImportSettings,
    cancel_import,
    delete_import,
    get_import,
    list_imports,
    rejects_of,
)
from accountgraph.transfer.uploads.models import State

imports = Routes("imports")
FORM = "multipart/form-data"
CSV = "text/csv; charset=utf-8"


def _form() -> type[msgspec.Struct]:
    """The form of an upload."""
    file = Annotated[str, msgspec.Meta(description="The file: CSV or JSON Lines.", extra_json_schema={"format": "binary"})]
    options = [
        (one.name, one.type) if one.required else (one.name, one.type, _default(one)) for one in msgspec.structs.fields(ImportSettings)
    ]
    fields: list[Any] = [("file", file), *options]
    made = msgspec.defstruct("ImportForm", fields, kw_only=True, forbid_unknown_fields=True)
    made.__doc__ = ImportSettings.__doc__
    return made


def _default(field: msgspec.structs.FieldInfo) -> Any:  # noqa: ANN401 - whatever the option has
    return field.default if field.default_factory is msgspec.NODEFAULT else msgspec.field(default_factory=field.default_factory)


ImportForm = _form()


class RejectsFile(FileAnswer):
    """The rows that were not imported."""

    media: ClassVar[tuple[str, ...]] = ("text/csv",)


@imports.post(
    "/imports", needs=Permission.IMPORTS_WRITE, status=202, writes=False, body=ImportForm, media=FORM, location="/api/v1/imports/{id}"
)
async def create_import(call: Call) -> ImportRun:
    """Upload a file and have it imported.

    The answer comes once the file is here as a whole; it is imported in the background, under your name, and goes on where a server
    is stopped. `dry_run=true` does everything, reports, and undoes it. A file that is imported twice changes nothing the second time.
    Compressed files are refused: unpack them first.
    """
    answer = await taken(call, call.parts.uploads)
    call.parts.imports.wake(call.principal.workspace)
    return answer  # type: ignore[return-value] # it is kept with the key already


@imports.post("/imports/preview", needs=Permission.IMPORTS_WRITE, writes=False, body=ImportForm, media=FORM)
async def preview_an_import(call: Call) -> ImportPreview:
    """What would come of a file: how it is written, what its columns become, what would become of its first rows.

    Nothing is written. The file may be sent as a whole or only its beginning.
    """
    return await previewed(call, call.parts.uploads)  # type: ignore[return-value] # as above


@imports.get("/imports", needs=Permission.IMPORTS_WRITE)
async def get_imports(
    call: Call,
    state: State | None = None,
    after: Annotated[UUID | None, msgspec.Meta(description="The `next` of the page before.")] = None,
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50,
) -> Page[ImportRun]:
    """Imports, the latest first."""
    items, more = await list_imports(call.db, state=state, after=after, limit=limit)
    return Page(items=items, next=str(more) if more else None)


@imports.get("/imports/{import_id}", needs=Permission.IMPORTS_WRITE)
async def get_an_import(call: Call, import_id: UUID) -> ImportRun:
    """One import: how far it is, and what became of it."""
    return await get_import(call.db, import_id)


@imports.get("/imports/{import_id}/progress", needs=Permission.IMPORTS_WRITE)
async def watch_import(call: Call, import_id: UUID) -> EventStream:
    """How far an import is, as it goes on: server-sent events `progress`, and `finished` as the last.

    Each has the import as its data. `Last-Event-ID` goes on where a stream broke off; who has seen the last is answered 204.
    """
    found = await get_import(call.db, import_id)
    call.parts.streams.check(call.principal)
    feed = call.parts.streams.feed(
        (call.principal.workspace, "import", str(import_id)),
        lambda: ProgressOf(call.parts.workspaces, call.principal.workspace, import_id),
    )
    after = call.request.headers.get("last-event-id")
    if after is not None and feed.source.order(after) >= (found.step,) and found.is_over:
        return Response(status_code=204)  # type: ignore[return-value] # by which a browser's EventSource ends, too
    return EventStream(call.parts.streams, feed, call.principal, after)


@imports.get("/imports/{import_id}/rejects", needs=Permission.IMPORTS_WRITE)
async def get_rejects(call: Call, import_id: UUID) -> RejectsFile:
    """The rows that were not imported, as a CSV file: line, field and reason, then their own cells.

    Corrected, it can be imported again. It is there once the import is over, and empty where no row was rejected.
    """
    found = await get_import(call.db, import_id)

    async def pieces() -> AsyncGenerator[bytes]:
        async with call.parts.workspaces.use(call.principal.workspace, as_agent=False) as db:
            async for piece in rejects_of(db, import_id):
                yield piece

    return await RejectsFile.of(pieces(), kind=CSV, file_name=f"{PurePath(found.file_name).stem}.rejects.csv")


@imports.post("/imports/{import_id}/cancel", needs=Permission.IMPORTS_WRITE)
async def cancel_an_import(call: Call, import_id: UUID) -> ImportRun:
    """End an import: at once where it waits, within seconds where it runs. Rows that are in stay."""
    return await cancel_import(call.db, import_id)


@imports.delete("/imports/{import_id}", needs=Permission.IMPORTS_WRITE)
async def delete_an_import(call: Call, import_id: UUID) -> None:
    """Forget an import that is over, with its rejected rows. What it imported stays."""
    await delete_import(call.db, import_id)
