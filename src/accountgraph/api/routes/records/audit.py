"""Who changed what, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from accountgraph.access import Permission
from accountgraph.acting import ActingKind
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.audit import Change, UndoReport, get_audit, history_of, list_audit, undo_changes, undo_last
from accountgraph.errors import NotFoundError
from accountgraph.listing import Page

audit = Routes("audit")
Moment = Annotated[datetime, Meta(tz=True)]


class Undo(Struct, frozen=True, forbid_unknown_fields=True):
    """What to take back: these changes, or all of one transaction."""

    ids: Annotated[list[int], Meta(max_length=1000)] | None = None
    transaction: Annotated[str, Meta(max_length=40)] | None = None


@audit.get("/audit", needs=Permission.AUDIT_READ)
async def list_changes(
    call: Call,
    *,
    actor: str | None = None,
    actor_kind: ActingKind | None = None,
    table: str | None = None,
    row_id: str | None = None,
    company_id: UUID | None = None,
    contact_id: UUID | None = None,
    transaction: str | None = None,
    since: Moment | None = None,
    until: Moment | None = None,
    limit: Limit = A_PAGE,
    after: After = None,
) -> Page[Change]:
    """Who changed what, the latest first.

    `actor_kind` goes with another filter.
    """
    return await list_audit(
        call.db,
        actor=actor,
        actor_kind=actor_kind,
        table=table,
        row_id=row_id,
        account=company_id,
        contact_id=contact_id,
        transaction=transaction,
        since=since,
        until=until,
        limit=limit,
        after=after,
    )


@audit.get("/audit/{change_id}", needs=Permission.AUDIT_READ)
async def get_change(call: Call, change_id: int) -> Change:
    """One change, with what stood there before and after."""
    return await get_audit(call.db, change_id)


@audit.get("/audit/rows/{table}/{row_id}", needs=Permission.AUDIT_READ)
async def get_row_history(call: Call, table: str, row_id: str, *, limit: Limit = A_PAGE, after: After = None) -> Page[Change]:
    """What became of one row, from its beginning."""
    page = await history_of(call.db, table, row_id, limit=limit, after=after)
    if not page.items and after is None:
        raise NotFoundError(f"The audit log tells of no row {row_id} in {table}.")
    return page


@audit.post("/audit/undo", needs=Permission.SETTINGS_WRITE)
async def undo(call: Call, body: Undo) -> UndoReport:
    """Take changes back: all of them, or none where a later change stands in the way.

    It is logged itself, and can be taken back in turn. A message that has left stays sent.
    """
    return await undo_changes(call.db, ids=body.ids, transaction=body.transaction)


@audit.post("/audit/undo-mine", needs=Permission.GRAPH_MERGE)
async def undo_mine(call: Call, body: Undo) -> UndoReport:
    """Take back changes of one's own; an agent has its tool `undo` for that."""
    return await undo_changes(call.db, ids=body.ids, transaction=body.transaction, may_touch=call.principal.acting())


@audit.post("/audit/undo-last", needs=Permission.GRAPH_MERGE)
async def undo_my_last(call: Call) -> UndoReport:
    """Take back your own last change, with all that was changed together with it.

    What you took back before is passed over: sent again, it takes back the change before that.
    """
    return await undo_last(call.db, call.principal.acting())
