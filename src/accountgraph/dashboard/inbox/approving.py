"""Deciding on a message that waits: exactly the words that were seen may leave, and other words are seen first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.rules.who import ENDED
from accountgraph.campaigns.work.approvals import AfterRejection, accept_approval, edit_approval, reject_approval
from accountgraph.dashboard.forms import Done, Form
from accountgraph.dashboard.inbox.doing import told
from accountgraph.dashboard.inbox.views import View, following
from accountgraph.dashboard.undoing import undoable
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from accountgraph.campaigns.work.approvals import Ruling
    from accountgraph.dashboard.forms import Undo
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
    ruling, undo = await undoable(visit, lambda session: accept_approval(session, item, seen, by=by, now=session.now()))
    to = await following(visit, View.sent(visit, "approvals", form), form, item)
    return _done("Accepted", ruling, to, undo)


async def reject(visit: Visit, form: Form) -> Done:
    """Keep it from leaving, and say why; the next one opens."""
    item, note, by = visit.id_in_path("item_id", "message"), form.required("why", "say why it may not leave."), visit.principal.name
    then = AfterRejection.SKIP if form.get("then") == "skip" else AfterRejection.PAUSE
    ruling, undo = await undoable(visit, lambda session: reject_approval(session, item, by=by, note=note, now=session.now(), then=then))
    to = await following(visit, View.sent(visit, "approvals", form), form, item)
    return _done("Rejected", ruling, to, undo)


def _done(word: str, ruling: Ruling, to: str, undo: Undo | None) -> Done:
    """What was decided; taken back, it waits again, unless it has left."""
    is_open = ruling.is_new and ruling.approval.enrolment_state not in ENDED
    return Done(told(f"{word} for {ruling.approval.person or 'somebody'}", ruling.effects), to=to, undo=undo if is_open else None)


def _seen(form: Form) -> str:
    """The hash of the words that the page showed."""
    seen = form.get("content_hash")
    if not seen:
        raise InvalidValueError("content_hash", "load the page again: it says which words you saw.")
    return seen
