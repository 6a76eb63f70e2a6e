"""Answering what came in, saying what it means, and letting people go on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.api.routes.sending_by import transports_over
from accountgraph.campaigns.engine.transport import Sent
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.words import label_of
from accountgraph.campaigns.work.answers import Answer, answer, thread_of
from accountgraph.campaigns.work.correcting import Meant, correct
from accountgraph.campaigns.work.resume import resume
from accountgraph.campaigns.work.tasks import get_task
from accountgraph.dashboard.forms import Done, Form
from accountgraph.dashboard.inbox.doing import told
from accountgraph.dashboard.inbox.times import moment
from accountgraph.dashboard.inbox.views import View, following
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError
from accountgraph.http.problems import ProblemError
from accountgraph.store.outreach.senders import SenderRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.dashboard.visits import Visit


async def reply(visit: Visit, form: Form) -> Done:
    """Send a person's words in the thread; the next one opens once they left."""
    item, view = visit.id_in_path("item_id", "item"), View.sent(visit, "inbox", form)
    content = form.text("content") or ""
    given = Answer(content=content, by=visit.principal.name, subject=form.get("subject") or None, sender=form.get("sender") or None)
    async with transports_over(visit.db) as transports:
        done = await answer(visit.db, transports.transport_for, item, given)
    if done.outcome is Sent.UNKNOWN:
        said = "Nobody knows whether the answer left. Look into the Sent folder, then say so here."
        return Done(said, to=view.address(item))
    if done.outcome is not Sent.SENT:
        raise ProblemError(409, "The answer was not sent.", detail=f"{done.detail or 'The mailbox refused it'}. It stays open.")
    begin = "The answer has left" if done.is_new else "Nothing was sent: the same words left before"
    return Done(told(begin, done.effects), to=await following(visit, view, form, item))


async def written_from(visit: Visit, item: UUID) -> dict[str, Any]:
    """From which mailboxes an answer can leave, and with which subject, where the thread says: else somebody chooses.

    `mailbox`: that which wrote before, else one's own.
    """
    mailboxes, thread = await asyncio.gather(
        SenderRepository(visit.db).list_senders(channel=Channel.EMAIL, active_only=True), thread_of(visit.db, item)
    )
    kept = thread.sender_id if thread else None
    own = next((one.address for one in mailboxes if one.address.lower() == visit.signed_in.email.lower()), None)
    return {
        "mailboxes": [one.address for one in mailboxes],
        "mailbox": next((one.address for one in mailboxes if one.id == kept), own),
        "has_subject": bool(thread and thread.subject),
    }


async def correct_meaning(visit: Visit, form: Form) -> Done:
    """Say what an answer means; the task that follows from it opens, else the next one."""
    item, view = visit.id_in_path("item_id", "item"), View.sent(visit, "inbox", form)
    word = form.required("kind", "choose what it means.")
    if word not in set(SignalKind):
        raise InvalidValueError("kind", "choose one of the list.")
    person = {name: value for name in ("name", "email") if (value := form.get(f"person_{name}"))}
    until = moment(form, "back_until", form.get("zone"))
    meant = Meant(kind=SignalKind(word), by=visit.principal.name, person=person or None, until=until)
    done = await visit.db.run(lambda session: correct(session, item, meant, session.now()))
    to = view.address(done.task_id) if done.task_id else await following(visit, view, form, item)
    return Done(told(f"Read as {label_of(word)}", done.effects), to=to)


async def let_go_on(visit: Visit, form: Form) -> Done:
    """Let the person, or everybody of the account, go on in their campaigns."""
    item = visit.id_in_path("item_id", "item")
    task = await get_task(visit.db, item, visit.now)
    whom = {"company_id": task.company_id} if form.get("whom") == "account" and task.company_id else {"contact_id": task.contact_id}
    done = await visit.db.run(lambda session: resume(session, now=session.now(), **whom))
    going = ", ".join(dict.fromkeys(one.person for one in done.going_on))
    left = "; ".join(f"{one.standing.person} {one.why}" for one in done.left)
    return Done(
        told(f"{going} goes on" if going else "Nobody goes on", [left] if left else []), to=View.sent(visit, "inbox", form).address(item)
    )
