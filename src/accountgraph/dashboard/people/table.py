"""All people: a table whose search and filters stand in the address, a page at a time, and the file of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from accountgraph.access import Permission
from accountgraph.api.streams.files import FileAnswer
from accountgraph.enums import ContactStatus
from accountgraph.listing.people_chosen import choose_people
from accountgraph.transfer.exporter import exported

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.responses import Response

    from accountgraph.dashboard.visits import Visit

ROWS = 50  # of a page
SORTS = {"-created_at": "added last", "created_at": "added first"}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the table shows, as its address says: `decides` and `mail` are `yes` or nothing."""

    path: str
    q: str | None
    status: str | None
    role: str | None
    decides: str | None
    mail: str | None
    sort: str
    after: str | None

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Each filter in words, and the address without it."""
        found = {
            "q": f"“{self.q}”" if self.q else "",
            "status": f"status is {self.status}" if self.status else "",
            "role": f"role is {self.role}" if self.role else "",
            "decides": "decision makers" if self.decides else "",
            "mail": "may be mailed" if self.mail else "",
        }
        return [(words, self.address(**{name: None})) for name, words in found.items() if words]

    def address(self, **changes: str | None) -> str:
        """The address of the same table with other filters; it begins with the first page, unless `after` is given."""
        wanted = {name: getattr(self, name) for name in ("q", "status", "role", "decides", "mail")}
        wanted |= {"sort": self.sort if self.sort != "-created_at" else None, **changes}
        said = urlencode({name: value for name, value in wanted.items() if value})
        return f"{self.path}?{said}" if said else self.path


async def people_page(visit: Visit) -> Response:
    """The table."""
    shown = _shown(visit)
    found = await choose_people(
        visit.db,
        visit.now,
        q=shown.q,
        status=shown.status,
        role=shown.role,
        decides=shown.decides is not None,
        may_be_mailed=shown.mail is not None,
        sort=shown.sort,
        limit=ROWS,
        after=shown.after,
    )
    return visit.drawn(
        "people/list",
        "People",
        shown=shown,
        people=found.items,
        next_page=shown.address(after=found.next) if found.next else None,
        statuses=list(ContactStatus),
        sorts=SORTS,
        may_export=visit.principal.may(Permission.EXPORTS_READ),
        may_write=visit.principal.may(Permission.GRAPH_WRITE),
    )


async def people_file(visit: Visit) -> Response:
    """All people as CSV for a spreadsheet: no text in it is a formula."""
    workspaces, workspace, gate = visit.parts.workspaces, visit.principal.workspace, visit.parts.exports

    async def pieces() -> AsyncGenerator[bytes]:
        with gate.enter():
            async with workspaces.use(workspace, as_agent=False) as db:
                async for piece in exported(db, "contacts", "csv", for_spreadsheet=True):
                    yield piece.text.encode()

    return await FileAnswer.of(pieces(), kind="text/csv; charset=utf-8", file_name="people.csv")


def _shown(visit: Visit) -> Shown:
    asked = {name: visit.asked(name) for name in ("q", "status", "role", "after")}
    boxes = {name: "yes" if visit.asked(name) else None for name in ("decides", "mail")}
    sort = visit.asked("sort")
    return Shown(path=f"{visit.base}/people", sort=sort if sort in SORTS else "-created_at", **asked, **boxes)
