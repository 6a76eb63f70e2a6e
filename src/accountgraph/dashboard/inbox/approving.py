"""Deciding on a message that waits: exactly the words that were seen may leave, and other words are seen first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.work.approvals import AfterRejection, accept_approval, edit_approval, reject_approval
from accountgraph.dashboard.forms import Done, Form
from accountgraph.dashboard.inbox.doing import told
from accountgraph.dashboard.inbox.views import View, following
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.dashboard.visits import Visit


async def edit(visit: Visit, form: Form) -> Done:
    """Other words; they wait to be accepted as they stand then."""
    item, seen = visit.id_in_path("item_id", "message"), _seen(form)
    words = {"subject": form.get("subject") if "subject" in form.fields else None, "content": form.text("content") or ""}
    by = visit.principal.name
    await visit.db.run(lambda session: edit_approval(session, item, by=by, seen=seen, **words))
    return Done("The words are changed. Look at them once more before you accept.", to=View.sent(visit, "approvals", form).address(item))


async def accept(visit: Visit, form: Form) -> Done:
    """Let exactly these words leave; the next one opens."""
    item, seen, by = visit.id_in_path("item_id", "message"), _seen(form), visit.principal.name
    ruling = await visit.db.run(lambda session: accept_approval(session, item, seen, by=by, now=session.now()))
    to = await following(visit, View.sent(visit, "approvals", form), form, item)
    return Done(told(f"Accepted for {ruling.approval.person or 'somebody'}", ruling.effects), to=to)


async def reject(visit: Visit, form: Form) -> Done:
    """Keep it from leaving, and say why; the next one opens."""
    item, note, by = visit.id_in_path("item_id", "message"), form.required("why", "say why it may not leave."), visit.principal.name
    then = AfterRejection.SKIP if form.get("then") == "skip" else AfterRejection.PAUSE
    ruling = await visit.db.run(lambda session: reject_approval(session, item, by=by, note=note, now=session.now(), then=then))
    to = await following(visit, View.sent(visit, "approvals", form), form, item)
    return Done(told(f"Rejected for {ruling.approval.person or 'somebody'}", ruling.effects), to=to)


def _seen(form: Form) -> str:
    """The hash of the words that the page showed."""
    seen = form.get("content_hash")
    if not seen:
        raise InvalidValueError("content_hash", "load the page again: it says which words you saw.")
    return seen
