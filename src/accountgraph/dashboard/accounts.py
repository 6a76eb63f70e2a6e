"""The accounts: a table whose filters and order stand in the address, a page at a time, and the file of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from accountgraph.access import Permission
from accountgraph.api.streams.files import FileAnswer
from accountgraph.enums import AccountStatus, AccountTier
from accountgraph.listing import page_companies
from accountgraph.listing.beside import last_engagements
from accountgraph.transfer.exporter import exported

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit

ROWS = 50  # of a page
_ORDERS = ("name", "-name", "created_at", "-created_at")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the table shows, as its address says: `q` a text in name or domain, `sort` a column, with `-` the other way round."""

    path: str
    q: str | None
    tier: str | None
    status: str | None
    sort: str
    after: str | None

    @property
    def is_filtered(self) -> bool:
        """Whether accounts are left out."""
        return bool(self.q or self.tier or self.status)

    @property
    def can_be_by_date(self) -> bool:
        """Whether an index holds these accounts by date: not where a tier or a status alone leaves accounts out."""
        return bool(self.q) or not (self.tier or self.status)

    def address(self, **changes: str | None) -> str:
        """The address of the same table with other filters or another order; it begins with the first page, unless `after` is given."""
        wanted = {"q": self.q, "tier": self.tier, "status": self.status, "sort": self.sort if self.sort != "name" else None, **changes}
        said = urlencode({name: value for name, value in wanted.items() if value})
        return f"{self.path}?{said}" if said else self.path


async def accounts_page(visit: Visit) -> Response:
    """The table."""
    shown = _shown(visit)
    found = await page_companies(
        visit.db, text=shown.q, tier=shown.tier, status=shown.status, sort=shown.sort, limit=ROWS, after=shown.after
    )
    engaged = await last_engagements(visit.db, [company.id for company in found.items])
    return visit.drawn(
        "accounts",
        "Accounts",
        shown=shown,
        companies=found.items,
        engaged=engaged,
        next_page=shown.address(after=found.next) if found.next else None,
        tiers=list(AccountTier),
        statuses=list(AccountStatus),
        may_export=visit.principal.may(Permission.EXPORTS_READ),
        may_write=visit.principal.may(Permission.GRAPH_WRITE),
    )


async def accounts_file(visit: Visit) -> Response:
    """All accounts as CSV for a spreadsheet: no text in it is a formula."""
    workspaces, workspace, gate = visit.parts.workspaces, visit.principal.workspace, visit.parts.exports

    async def pieces() -> AsyncGenerator[bytes]:
        with gate.enter():
            async with workspaces.use(workspace, as_agent=False) as db:
                async for piece in exported(db, "companies", "csv", for_spreadsheet=True):
                    yield piece.text.encode()

    return await FileAnswer.of(pieces(), kind="text/csv; charset=utf-8", file_name="accounts.csv")


def _shown(visit: Visit) -> Shown:
    """As the address says. An order that these accounts cannot have gives way to that by name."""
    sort = visit.asked("sort") or "name"
    asked = {name: visit.asked(name) for name in ("q", "tier", "status", "after")}
    shown = Shown(path=f"{visit.base}/accounts", sort=sort, **asked)
    if sort in _ORDERS and (shown.can_be_by_date or sort.endswith("name")):
        return shown
    return Shown(path=shown.path, sort="name", **{**asked, "after": None})
