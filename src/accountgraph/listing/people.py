"""All people of a workspace as a list: whose they are, what part they have, how engaged they are, whether one may write to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from accountgraph.enums import ContactStatus, Seniority
from accountgraph.listing.graph import CONTACTS
from accountgraph.listing.page import Page, written
from accountgraph.listing.reading import Filter, Listing, ask
from accountgraph.queries import beside
from accountgraph.store.companies import searchable
from accountgraph.store.given import optional_member

if TYPE_CHECKING:
    from accountgraph.db import Connectable

# The expression of the index for searching, literally.
_NAMED = (
    "(coalesce(contacts.first_name, '') || ' ' || coalesce(contacts.last_name, '') || ' ' || coalesce(contacts.email, '')) "
    r"ILIKE '%%' || regexp_replace(%(q)s, '([\\%%_])', '\\\1', 'g') || '%%'"
)
_ANY_MAIL = ("all: ", "email: ")


class PersonRow(Struct, frozen=True, kw_only=True):
    """A person of the list. `engagement`: 0-100, as of now; 0 for whoever refused, bounced or complained.

    `suppressed`: on which channels and why (`email: bounced`). `may_be_mailed`: they are active, have an address, and neither they nor a
    suppression keep us from writing to it; what the law says is asked before each message.
    """

    id: UUID
    name: str | None
    email: str | None
    company_id: UUID | None
    company: str | None
    title: str | None
    role: str | None
    department: str | None
    seniority_level: Seniority | None
    status: ContactStatus
    is_primary_contact: bool
    is_decision_maker: bool
    is_champion: bool
    engagement: int
    last_engaged_at: datetime | None
    created_at: datetime
    do_not_contact: bool
    suppressed: list[str]
    may_be_mailed: bool = False


PEOPLE: Listing[PersonRow] = Listing(
    kind=PersonRow,
    query="listing.people.page",
    key="contacts.id",
    sorts=CONTACTS.sorts,
    filters={
        "q": Filter(_NAMED, is_narrow=True),
        "company_id": CONTACTS.filters["company_id"],
        "status": CONTACTS.filters["status"],
        "is_decision_maker": Filter("contacts.is_decision_maker = %(is_decision_maker)s"),
    },
)


async def page_people(
    db: Connectable,
    now: datetime,
    *,
    q: str | None = None,
    company_id: UUID | None = None,
    status: str | None = None,
    is_decision_maker: bool | None = None,
    sort: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> Page[PersonRow]:
    """People by `-created_at`, the newest first, or `created_at`. `q`: anywhere in name or address, literally.

    Who decides only with another filter. Raises as `read_page`.
    """
    filters = {
        "q": searchable(q) if q is not None else None,
        "company_id": company_id,
        "status": optional_member(ContactStatus, "status", status),
        "is_decision_maker": is_decision_maker,
    }
    sort = sort or "-created_at"
    asked = ask(PEOPLE, filters, sort=sort, limit=limit, after=after)
    rows = await db.rows(PersonRow, beside(asked.query, "listing.people.beside"), {**asked.params, "now": now})
    items = [replace(row, may_be_mailed=_may_be_mailed(row)) for row in rows[:limit]]
    return Page(items, written(PEOPLE.order(sort), items[-1].created_at, items[-1].id) if len(rows) > limit else None)


def _may_be_mailed(row: PersonRow) -> bool:
    if row.email is None or row.status is not ContactStatus.ACTIVE or row.do_not_contact:
        return False
    return not any(reason.startswith(_ANY_MAIL) for reason in row.suppressed)
