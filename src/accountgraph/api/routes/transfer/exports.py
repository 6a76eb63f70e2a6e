"""Exports: everything of an entity as a file, the same that the command line writes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from accountgraph.access import Permission
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.api.streams.files import FileAnswer
from accountgraph.transfer.exporter import exported
from accountgraph.transfer.uploads.models import EntityName

exports = Routes("exports")
_KINDS = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}


class ExportFile(FileAnswer):
    """All rows of an entity."""

    media: ClassVar[tuple[str, ...]] = ("text/csv", "application/x-ndjson")


@exports.get("/exports/{entity}", needs=Permission.EXPORTS_READ)
async def export_entity(
    call: Call,
    entity: EntityName,
    format: Annotated[Literal["csv", "jsonl"], Meta(description="CSV, or JSON Lines.")] = "csv",  # noqa: A002 - a parameter of the query
    spreadsheet: Annotated[bool, Meta(description="For people who open it in a spreadsheet: no text in it can be a formula.")] = False,
) -> ExportFile:
    """All rows of an entity as a file that an import reads, by id and as of one moment.

    Cells are written as they are, so that an import brings back the same. A file for a spreadsheet is another one: ask for it by
    `spreadsheet=true`, and texts that would be formulas begin with an apostrophe.
    """

    async def pieces() -> AsyncGenerator[bytes]:
        with call.parts.exports.enter():
            async with call.parts.workspaces.use(call.principal.workspace, as_agent=False) as db:
                async for piece in exported(db, entity, format, for_spreadsheet=spreadsheet):
                    yield piece.text.encode()

    return await ExportFile.of(pieces(), kind=_KINDS[format], file_name=f"{entity}.{format}")
