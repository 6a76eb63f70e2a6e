"""Rows that were not imported: as a file, and put right in place."""

from __future__ import annotations

import csv
import io
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING

import msgspec

from accountgraph.api.streams.files import FileAnswer
from accountgraph.dashboard.forms import MOST_FIELDS, Done
from accountgraph.dashboard.words import counted
from accountgraph.errors import InvalidValueError
from accountgraph.transfer.reader import REJECT_COLUMNS
from accountgraph.transfer.uploads import (
    ImportSettings,
    add_chunk,
    begin_upload,
    drop_upload,
    get_import,
    queue_import,
    rejects_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

MOST = 100  # rows that are put right at once, where they have few columns
_OTHERS = 10  # fields of the form that are no cells
_FROM_FILE = ("delimiter", "encoding", "header")  # of the uploaded file; the rejected rows are written our way


async def rejects_file(visit: Visit) -> Response:
    """All of them, as a CSV file."""
    import_id = visit.id_in_path("import_id", "import")
    run = await get_import(visit.db, import_id)

    async def pieces() -> AsyncGenerator[bytes]:
        async with visit.parts.workspaces.use(visit.principal.workspace, as_agent=False) as db:
            async for piece in rejects_of(db, import_id):
                yield piece

    return await FileAnswer.of(pieces(), kind="text/csv; charset=utf-8", file_name=f"{PurePath(run.file_name).stem}.rejects.csv")


async def rejects_page(visit: Visit) -> Response:
    """The first of them, each cell to be written over."""
    import_id = visit.id_in_path("import_id", "import")
    run = await get_import(visit.db, import_id)
    header, rows = await _first_rows(visit, import_id)
    return visit.drawn("imports/rejects", "Rejected rows", run=run, header=header, rows=rows, most=MOST, aside=len(REJECT_COLUMNS))


async def send_again(visit: Visit, form: Form) -> Done:
    """Import the rows of the form, as the file was imported; those whose box is not ticked are left out."""
    run = await get_import(visit.db, visit.id_in_path("import_id", "import"))
    header, rows = await _first_rows(visit, run.id)
    columns = header[len(REJECT_COLUMNS) :]
    cells = form.fields.get("cell", ())
    if len(cells) != len(columns) * len(rows):
        raise InvalidValueError("cell", "the rows changed meanwhile; load the page again.")
    ticked = {int(one) for one in form.all("row") if one.isascii() and one.isdecimal() and len(one) < 5}
    if not ticked:
        raise InvalidValueError("row", "tick the rows that are to be imported again.")
    table = [list(cells[at * len(columns) : (at + 1) * len(columns)]) for at in range(len(rows)) if at in ticked]
    import_id = await _queued(visit, run.file_name, run.options, [columns, *table])
    visit.parts.imports.wake(visit.principal.workspace)
    return Done(f"{counted(len(table), 'row is', 'rows are')} imported again.", to=f"{visit.base}/imports/{import_id}")


async def _queued(visit: Visit, file_name: str, options: dict[str, object], table: list[list[str]]) -> UUID:
    """A file of these rows, to be imported as the first was."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows(table)
    content = written.getvalue().encode()
    kept = {name: value for name, value in options.items() if name not in {*_FROM_FILE, "dry_run"}}
    settings = msgspec.convert({"source": PurePath(file_name).stem, **kept}, ImportSettings)
    import_id = await begin_upload(visit.db, f"{PurePath(file_name).stem} again.csv", visit.principal.acting())
    try:
        await add_chunk(visit.db, import_id, 0, content)
        await queue_import(visit.db, import_id, settings, len(content))
    except BaseException:
        await drop_upload(visit.db, import_id)
        raise
    return import_id


async def _first_rows(visit: Visit, import_id: UUID) -> tuple[list[str], list[list[str]]]:
    """The header and the first rows of the rejected ones, each as wide as the header."""
    text = io.StringIO((await anext(rejects_of(visit.db, import_id), b"")).decode("utf-8-sig", "replace"), newline="")
    reader = csv.reader(text)
    header = next(reader, [])
    fitting = (MOST_FIELDS - _OTHERS) // max(len(header) - len(REJECT_COLUMNS) + 1, 1)  # each row has its cells, and its box
    rows = list(islice(reader, min(MOST, fitting)))
    return header, [[*row, *([""] * len(header))][: len(header)] for row in rows]
