"""Where a file is dropped, and what was imported before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.api.streams.forms import read_form
from accountgraph.api.streams.uploads import Kept
from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.visits import check_csrf
from accountgraph.errors import InvalidValueError
from accountgraph.transfer.uploads import drop_upload, list_imports

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit

ROWS = 20


async def imports_page(visit: Visit) -> Response:
    """The page."""
    after = visit.id_in_query("after", "import")
    runs, more = await list_imports(visit.db, after=after, limit=ROWS)
    return visit.drawn("imports/list", "Import", runs=runs, after=after, more=more)


async def take(visit: Visit) -> Done:
    """Keep a file until it is said what it is; of one that is refused nothing stays."""
    uploads = visit.parts.uploads
    with uploads.gate.enter():
        kept = Kept(visit.db, visit.principal.acting(), uploads.most_open)
        try:
            fields = await read_form(visit.request, kept, largest=uploads.largest, pace=uploads.pace)
            check_csrf(visit.request, fields.get("csrf", [""])[-1])
            await kept.end()
            _check(kept.size)
        except BaseException:
            if kept.import_id is not None:
                await drop_upload(visit.db, kept.import_id)
            raise
    return Done(f"{kept.file_name} is here. Nothing is imported yet.", to=f"{visit.base}/imports/{kept.import_id}/choose")


def _check(size: int) -> None:
    if size == 0:
        raise InvalidValueError("file", "is empty; choose one with a row of column names and rows below.")
