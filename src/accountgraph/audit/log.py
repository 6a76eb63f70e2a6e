"""The audit log, read: a page at a time, one change, the history of a row."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct

from accountgraph.acting import ActingKind
from accountgraph.errors import NotFoundError
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.store.given import moment, optional_member

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session


class Change(Struct, frozen=True, kw_only=True):
    """One row of one table that somebody changed, or (`row_id` None) `row_count` rows by one statement, which are only counted.

    `before`, `after`: of an update the changed columns alone. `company_id`, `contact_id`: whom it is about, where that is known.
    `is_redacted`: the person was erased, and what it said with them. `undoes_id`: the change that it took back; `undone_by_id`: the one
    that took it back. `transaction`: what was done with it has the same.
    """

    id: int
    at: datetime
    actor_kind: ActingKind
    actor_id: str | None
    actor_name: str
    request_id: str | None
    transaction: str
    table: str
    row_id: str | None
    row_count: int
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    company_id: UUID | None
    contact_id: UUID | None
    is_redacted: bool
    undoes_id: int | None
    undone_by_id: int | None


_AT = ("at",)
CHANGES = Listing(
    kind=Change,
    query="audit.log.changes",
    key="a.id",
    key_type=Type.NUMBER,
    sorts={"at": Sort("a.at", Type.MOMENT, "at")},
    filters={
        "row_id": Filter("a.row_id = %(row_id)s", is_narrow=True),
        "contact_id": Filter("a.contact_id = %(contact_id)s", is_narrow=True),
        "transaction": Filter("a.transaction_id = %(transaction)s::xid8", is_narrow=True),
        "actor": Filter("a.actor_name = %(actor)s", sorts=_AT),
        "table": Filter("a.table_name = %(table)s", sorts=_AT),
        "company_id": Filter("a.company_id = %(company_id)s", sorts=_AT),
        "since": Filter("a.at >= %(since)s", sorts=_AT),
        "until": Filter("a.at < %(until)s", sorts=_AT),
        "actor_kind": Filter("a.actor_kind = %(actor_kind)s"),
    },
)


async def list_audit(
    db: Connectable,
    *,
    actor: str | None = None,
    actor_kind: str | None = None,
    table: str | None = None,
    row_id: str | None = None,
    account: UUID | None = None,
    contact_id: UUID | None = None,
    transaction: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    sort: str | None = None,
    limit: int = 100,
    after: str | None = None,
) -> Page[Change]:
    """Changes, the latest first (`-at`), or the oldest (`at`). `actor`: the name as it was logged; `actor_kind` only with another filter.

    Raises:
        InvalidValueError: as of `listing.reading.read_page`; a time without its offset.
    """
    filters = {
        "actor": actor,
        "actor_kind": optional_member(ActingKind, "actor_kind", actor_kind),
        "table": table,
        "row_id": row_id,
        "company_id": account,
        "contact_id": contact_id,
        "transaction": _transaction(transaction),
        "since": moment("since", since),
        "until": moment("until", until),
    }
    return await read_page(db, CHANGES, filters, sort=sort or "-at", limit=limit, after=after)


async def history_of(db: Connectable, table: str, row_id: str, *, limit: int = 100, after: str | None = None) -> Page[Change]:
    """What became of one row, from its beginning."""
    return await list_audit(db, table=table, row_id=row_id, sort="at", limit=limit, after=after)


async def get_audit(db: Connectable, change_id: int) -> Change:
    """One change.

    Raises:
        NotFoundError: there is none with this id.
    """
    found = await changes_by_id(db, [change_id])
    if not found:
        raise NotFoundError(f"There is no change {change_id} in the audit log.")
    return found[0]


async def changes_by_id(db: Connectable, ids: list[int]) -> list[Change]:
    """Those of these changes that are there, the latest first."""
    known = [one for one in ids if 0 < one < 2**63]
    return await db.rows(Change, "audit.log.by_ids", {"ids": known})


async def forget_audit(db: Connectable, older_than: datetime) -> int:
    """Forget what is older than a moment, for good; gives how many changes that were."""
    return int(await db.value("audit.log.forget", {"older_than": moment("older_than", older_than)}))


async def redact_audit(session: Session, contact_id: UUID) -> int:
    """Take out what the log says of a person who is being erased; gives how many changes lost their words.

    Called at the end of the transaction that erases them: all that it changed or deleted is taken out too.
    """
    return int(await session.value("audit.log.redact", {"contact_id": contact_id}))


def _transaction(said: str | None) -> str | None:
    return said if said is None or (said.isascii() and said.isdigit() and len(said) < 20) else "0"  # none has this number
