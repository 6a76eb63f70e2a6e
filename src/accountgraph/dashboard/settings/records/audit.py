"""The audit log: who changed what and when, what stood there before, and taking it back. And the log of who entered."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from accountgraph.access import Permission
from accountgraph.access.log import list_entries
from accountgraph.acting import ActingKind
from accountgraph.audit import get_audit, list_audit, undo_changes
from accountgraph.dashboard import reading
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import Typed, does, drawn, registry_of, shows, to
from accountgraph.dashboard.words import told
from accountgraph.errors import InvalidValueError
from accountgraph.listing.page import page_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.audit import Change
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

ROWS = 50
ACTIONS = {"insert": "added", "update": "changed", "delete": "removed"}
_DULL = frozenset({"id", "created_at", "updated_at"})
_FILTERS = ("actor", "actor_kind", "table", "row_id", "contact_id", "company_id", "transaction")


async def audit_page(visit: Visit, typed: Typed) -> Response:
    """The latest changes first."""
    asked = {name: visit.asked(name) for name in _FILTERS}
    found = await list_audit(
        visit.db,
        actor=asked["actor"],
        actor_kind=_kind(asked),
        table=asked["table"],
        row_id=asked["row_id"],
        contact_id=reading.id_of("contact_id", asked["contact_id"], "is no id."),
        account=reading.id_of("company_id", asked["company_id"], "is no id."),
        transaction=asked["transaction"],
        limit=ROWS,
        after=visit.asked("after"),
    )
    kept = {name: value for name, value in asked.items() if value}
    return drawn(
        visit,
        "records/audit",
        "Audit log",
        "audit",
        typed,
        found=[(one, brief(differences(one))) for one in found.items],
        asked=asked,
        after=visit.asked("after"),
        kinds=list(ActingKind),
        actions=ACTIONS,
        following=f"?{urlencode({**kept, 'after': found.next})}" if found.next else None,
    )


async def change_page(visit: Visit, typed: Typed) -> Response:
    """One change, and what was done with it."""
    change = await get_audit(visit.db, _number(visit))
    together = await list_audit(visit.db, transaction=change.transaction, limit=ROWS)
    others = [one for one in together.items if one.id != change.id]
    return drawn(
        visit,
        "records/change",
        "A change",
        "audit",
        typed,
        change=change,
        lines=differences(change),
        others=others,
        actions=ACTIONS,
        is_own=visit.principal.acting().is_who_did(change.actor_kind, change.actor_id, change.actor_name),
    )


async def undo(visit: Visit, form: Form) -> Done:
    """Take a change back, or all of its transaction; one's own where one may not take back others'."""
    change = await get_audit(visit.db, _number(visit))
    mine = None if visit.principal.may(Permission.SETTINGS_WRITE) else visit.principal.acting()
    whole = form.is_on("whole")
    report = await undo_changes(
        visit.db, ids=None if whole else [change.id], transaction=change.transaction if whole else None, may_touch=mine
    )
    if not report.is_done:
        why = report.refused[0]
        detail = f" ({why.detail})" if why.detail else ""
        raise InvalidValueError("undo", f"nothing was taken back: {why.why}{detail}")
    back = await get_audit(visit.db, change.id)
    again = Undo(to(visit, f"audit/{back.undone_by_id}/undo"), label="Do it again") if back.undone_by_id and not whole else None
    count = len(report.undone)
    return Done(
        "It is as it was before." if count == 1 else f"{count} changes are taken back.", to=to(visit, f"audit/{change.id}"), undo=again
    )


async def entering_page(visit: Visit, typed: Typed) -> Response:
    """Who entered, who was refused, who gave which rights to whom."""
    before = reading.row_before("before", visit.asked("before"))
    found = await list_entries(registry_of(visit), workspace=visit.principal.workspace, before=before, limit=ROWS + 1)
    page = page_of(found, ROWS, attrgetter("id"))
    following = f"?before={page.next}" if page.next else None
    return drawn(visit, "records/entering", "Who entered", "audit", typed, found=page.items, before=before, following=following)


def differences(change: Change) -> list[tuple[str, str | None, str | None]]:
    """Field by field: what was, and what is; None: it was not there. What an added or removed row left empty is left out."""
    before, after = change.before or {}, change.after or {}
    names = [name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name)]
    return [(name, _said(before, name), _said(after, name)) for name in names]


def brief(lines: list[tuple[str, str | None, str | None]]) -> list[tuple[str, str | None, str | None]]:
    """What says most of a change: without the row's own id, its times, and what is empty."""
    return [line for line in lines if line[0] not in _DULL and {line[1], line[2]} - {None, "{}", "[]", ""}]


def _said(row: dict[str, object], name: str) -> str | None:
    return None if row.get(name) is None else told(row[name])


def _kind(asked: dict[str, str | None]) -> str | None:
    """The kind, where another filter stands beside it; the log has no index for it alone."""
    others = any(value for name, value in asked.items() if name != "actor_kind")
    return asked["actor_kind"] if others else None


def _number(visit: Visit) -> int:
    return reading.row_number(visit.request.path_params["change_number"], "change in the audit log")


WAYS = (
    shows("audit", Permission.AUDIT_READ, audit_page),
    shows("audit/entering", Permission.AUDIT_READ, entering_page),
    shows("audit/{change_number}", Permission.AUDIT_READ, change_page),
    does("audit/{change_number}/undo", Permission.AUDIT_READ, undo, change_page),
)
