"""The table as a file for a spreadsheet: all accounts with all that is known of them, or those that the filters leave."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from accountgraph.api.streams.files import FileAnswer
from accountgraph.dashboard.accounts.asked import shown
from accountgraph.dashboard.accounts.page import rows_of
from accountgraph.dashboard.accounts.words import last_engagement, next_step
from accountgraph.transfer.exporter import exported, harmless_cell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable

    from starlette.responses import Response

    from accountgraph.dashboard.accounts.asked import Shown
    from accountgraph.dashboard.visits import Visit
    from accountgraph.listing.accounts.table import AccountRow

ROWS = 200  # that are read at once
_HEAD = (
    "id", "name", "domain", "industry", "country", "tier", "stage", "health", "people", "decision makers", "last engagement", "next step",
)  # fmt: skip


async def accounts_file(visit: Visit) -> Response:
    """The file; no text in it is a formula."""
    table = replace(shown(visit), after=None)
    gate, workspaces, workspace = visit.parts.exports, visit.parts.workspaces, visit.principal.workspace

    async def pieces() -> AsyncGenerator[bytes]:
        with gate.enter():
            async with workspaces.use(workspace, as_agent=False) as db:
                here = replace(visit, db=db)
                async for piece in _filtered(here, table) if table.wanted.is_filtered else _all(here):
                    yield piece

    return await FileAnswer.of(pieces(), kind="text/csv; charset=utf-8", file_name="accounts.csv")


async def _all(visit: Visit) -> AsyncGenerator[bytes]:
    async for piece in exported(visit.db, "companies", "csv", for_spreadsheet=True):
        yield piece.text.encode()


async def _filtered(visit: Visit, table: Shown) -> AsyncGenerator[bytes]:
    """Page by page, as the table shows them."""
    yield _lines([_HEAD])
    while True:
        page = await rows_of(visit, table, limit=ROWS)
        yield _lines([_cells(visit, one) for one in page.items])
        if page.next is None:
            return
        table = replace(table, after=page.next)


def _cells(visit: Visit, one: AccountRow) -> list[object]:
    step = next_step(one.next_step, visit.now) if one.next_step else None
    known = [one.id, one.name, one.domain, one.industry, one.country, one.account_tier, one.account_status, one.health, one.people]
    return [*known, one.decision_makers, last_engagement(one.last_engagement, visit.now), step]


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode()
