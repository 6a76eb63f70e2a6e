"""The list of people, narrowed by what part they have and by whether one may write to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from accountgraph.enums import ContactStatus
from accountgraph.listing.page import Page, written
from accountgraph.listing.people import PEOPLE, PersonRow, _may_be_mailed
from accountgraph.listing.reading import Filter, ask
from accountgraph.queries import beside
from accountgraph.store.companies import searchable
from accountgraph.store.given import optional_member

if TYPE_CHECKING:
    from datetime import datetime

    from accountgraph.db import Connectable

# As `may_be_mailed` of a row, for those who come in the order of an index; it does not say who may not be.
_MAY_BE_MAILED = (
    "contacts.status = 'active' AND contacts.email IS NOT NULL "
    "AND coalesce(contacts.communication_preferences ->> 'do_not_contact', '') <> 'true' "
    "AND NOT EXISTS (SELECT FROM suppressions_of(contacts.id) AS s WHERE s.channel IN ('all', 'email'))"
)
CHOSEN = replace(
    PEOPLE,
    filters={
        **PEOPLE.filters,
        "role": Filter("contacts.role = %(role)s", is_narrow=True),
        "may_be_mailed": Filter(f"(%(may_be_mailed)s AND {_MAY_BE_MAILED})"),
    },
)


async def choose_people(
    db: Connectable,
    now: datetime,
    *,
    q: str | None = None,
    status: str | None = None,
    role: str | None = None,
    decides: bool = False,
    may_be_mailed: bool = False,
    sort: str = "-created_at",
    limit: int = 50,
    after: str | None = None,
) -> Page[PersonRow]:
    """People by `-created_at` or `created_at`; `q` anywhere in name or address. Who decides, or may be mailed, of those who are active
    unless another status is asked for. Raises as `read_page`.
    """
    filters = {
        "q": searchable(q) if q is not None else None,
        "status": optional_member(ContactStatus, "status", status or ("active" if decides or may_be_mailed else None)),
        "role": role,
        "is_decision_maker": decides or None,
        "may_be_mailed": may_be_mailed or None,
    }
    asked = ask(CHOSEN, filters, sort=sort, limit=limit, after=after)
    rows = await db.rows(PersonRow, beside(asked.query, "listing.people.beside"), {**asked.params, "now": now})
    items = [replace(row, may_be_mailed=_may_be_mailed(row)) for row in rows[:limit]]
    return Page(items, written(CHOSEN.order(sort), items[-1].created_at, items[-1].id) if len(rows) > limit else None)
