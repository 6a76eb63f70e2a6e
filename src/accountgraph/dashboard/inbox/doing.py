"""What is done with a task, or with something that came in: done, skipped, put off, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.campaigns.desk import closing, queue
from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.outcomes import Sentiment, outcomes_of
from accountgraph.campaigns.desk.sheet import open_sheet
from accountgraph.campaigns.rules.who import ENDED
from accountgraph.campaigns.work.tasks import TaskKind
from accountgraph.dashboard.forms import Done, Form, Undo
from accountgraph.dashboard.inbox.times import lived_in, moment, put_off
from accountgraph.dashboard.inbox.views import View, following
from accountgraph.dashboard.undoing import undoable
from accountgraph.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from accountgraph.campaigns.desk.sheet import Sheet
    from accountgraph.dashboard.visits import Visit

    Doing = Callable[[Visit, Form], Awaitable[Done]]

_MOST_SAID = 300  # characters of what followed


def told(begin: str, effects: list[str]) -> str:
    """What was done, and what followed from it, in a sentence."""
    rest = "; ".join(one for one in effects if not one.startswith("enrolment "))
    if not rest:
        return f"{begin}."
    return f"{begin}: {rest if len(rest) <= _MOST_SAID else f'{rest[:_MOST_SAID]}…'}."


def finishing(desk: str) -> Doing:
    """Say what came of it; the next one opens. What nobody else was told of can be taken back: a task by hand."""

    async def do(visit: Visit, form: Form) -> Done:
        item = visit.id_in_path("item_id", "task")
        account = _account(visit, form, await open_sheet(visit.db, item, visit.now))
        closed, undo = await undoable(visit, lambda session: closing.complete(session, item, account, session.now()))
        begin = "It was closed before; nothing changed" if not closed.is_new else f"Done with {closed.task.person or closed.task.title}"
        to = await following(visit, View.sent(visit, desk, form), form, item)
        return Done(told(begin, closed.effects), to=to, undo=undo if closed.is_new and closed.task.kind is TaskKind.TO_DO else None)

    return do


def skipping(desk: str) -> Doing:
    """Leave it undone, and say why; the next one opens."""

    async def do(visit: Visit, form: Form) -> Done:
        item, note = visit.id_in_path("item_id", "task"), form.text("why")
        by = visit.principal.name
        closed, undo = await undoable(visit, lambda session: closing.skip(session, item, by=by, note=note, now=session.now()))
        begin = f"Skipped: {closed.task.title}" if closed.is_new else "It was closed before; nothing changed"
        to = await following(visit, View.sent(visit, desk, form), form, item)
        return Done(told(begin, closed.effects), to=to, undo=undo if closed.is_new and closed.task.enrolment_state not in ENDED else None)

    return do


def snoozing(desk: str) -> Doing:
    """Put it off; undone, it is there at once."""

    async def do(visit: Visit, form: Form) -> Done:
        item, until, by = visit.id_in_path("item_id", "task"), put_off(form, visit.now), visit.principal.name
        task = await visit.db.run(lambda session: queue.snooze(session, item, until, by=by, now=session.now()))
        view = View.sent(visit, desk, form)
        undo = Undo(f"{view.root}/{item}/wake", {"view": form.get("view")})
        said = f"{task.person or task.title} comes back on {until:%a %d %b at %H:%M} UTC, or when they write."
        return Done(said, to=await following(visit, view, form, item), undo=undo)

    return do


def waking(desk: str) -> Doing:
    """Bring back what was put off, and open it."""

    async def do(visit: Visit, form: Form) -> Done:
        item = visit.id_in_path("item_id", "task")
        await visit.db.run(lambda session: queue.wake(session, item, session.now()))
        return Done("It is back.", to=View.sent(visit, desk, form).address(item))

    return do


def _account(visit: Visit, form: Form, sheet: Sheet) -> Account:
    """What the form says of a task. A field belongs to its outcome: `at_booked`, `text_replied`."""
    by, note, word = visit.principal.name, form.text("note"), form.get("outcome")
    if form.get("left"):
        return Account(by=by, note=note, left=form.get("left") == "yes")
    zone = lived_in(sheet.whom) or form.get("zone")
    outcome = next((one for one in outcomes_of(sheet.task) if one.word == word), None)
    sentiment = form.get("sentiment") if outcome and outcome.by_sentiment else ""
    if sentiment and sentiment not in set(Sentiment):
        raise InvalidValueError("sentiment", f"is one of {', '.join(Sentiment)}.")
    return Account(
        by=by,
        note=note,
        outcome=word or None,
        at=moment(form, f"at_{word}", zone) if outcome and outcome.time else None,
        text=form.text(f"text_{word}") if outcome and outcome.reads else None,
        sentiment=Sentiment(sentiment) if sentiment else None,
    )
