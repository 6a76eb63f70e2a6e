"""The three pages: a list, and beside it what is opened of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from accountgraph.access import Permission
from accountgraph.campaigns.desk.outcomes import Sentiment, outcomes_of
from accountgraph.campaigns.desk.sheet import open_sheet
from accountgraph.campaigns.signals.reactions import REPLIES
from accountgraph.campaigns.signals.words import label_of
from accountgraph.campaigns.work.approvals import show_approval
from accountgraph.campaigns.work.correcting import MEANINGS
from accountgraph.campaigns.work.inbox import open_item
from accountgraph.campaigns.work.tasks import TaskKind
from accountgraph.dashboard.inbox.answering import written_from
from accountgraph.dashboard.inbox.holding import called, members_of, names_of
from accountgraph.dashboard.inbox.times import clock_in, lived_in
from accountgraph.dashboard.inbox.views import CHIPS, WHOSE, View, is_anothers, next_of
from accountgraph.listing import page_decisions
from accountgraph.store.events import events_of

if TYPE_CHECKING:
    from uuid import UUID

    from starlette.responses import Response

    from accountgraph.campaigns.desk.outcomes import Outcome
    from accountgraph.campaigns.work.tasks import Task
    from accountgraph.dashboard.visits import Visit

_TITLES = {"inbox": "Inbox", "tasks": "Tasks", "approvals": "Approvals"}
_KEYS = "1234567890"  # of outcomes, in their order; `done` has a letter


async def inbox_page(visit: Visit) -> Response:
    """What came in; nothing of it is opened."""
    return await _drawn(visit, "inbox")


async def tasks_page(visit: Visit) -> Response:
    """Everything else that somebody has to do."""
    return await _drawn(visit, "tasks")


async def approvals_page(visit: Visit) -> Response:
    """The messages that wait for a person."""
    return await _drawn(visit, "approvals")


async def inbox_item(visit: Visit) -> Response:
    """Something that came in: what it is, the conversation, who stands still because of it, and what can be done."""
    item = visit.id_in_path("item_id", "item")
    opened, sheet = await asyncio.gather(open_item(visit.db, item, visit.now), open_sheet(visit.db, item, visit.now))
    events, offered = await asyncio.gather(events_of(visit.db, [one.id for one in opened.history]), written_from(visit, item))
    history = [one for one in reversed(opened.history) if one.content or one.response or one.subject]
    more = {
        "opened": opened,
        "history": history,
        "events": events,
        "meanings": [kind for kind in MEANINGS if kind != opened.came.kind] if opened.came.kind in REPLIES | set(MEANINGS) else [],
        "can_answer": opened.task.kind is not TaskKind.MEETING_OUTCOME and opened.task.answer not in {"calling", "unknown"},
        "is_barred": sheet.whom is not None and any(one.partition(":")[0] in {"all", "email"} for one in sheet.whom.barred),
        **offered,
        "can_resume": any(one.state == "paused" for one in opened.standings),
    }
    return await _drawn(visit, "inbox", item=opened.task, sheet=sheet, **_closing(visit, opened.task, lived_in(sheet.whom)), **more)


async def tasks_item(visit: Visit) -> Response:
    """A task, with everything needed for it."""
    sheet = await open_sheet(visit.db, visit.id_in_path("item_id", "task"), visit.now)
    closing = _closing(visit, sheet.task, lived_in(sheet.whom))
    return await _drawn(visit, "tasks", item=sheet.task, sheet=sheet, **closing)


async def approvals_item(visit: Visit) -> Response:
    """A message as it would leave, and why it waits."""
    shown = await show_approval(visit.db, visit.id_in_path("item_id", "message"), visit.now)
    decided = await page_decisions(visit.db, enrolment_id=shown.approval.enrolment_id, sort="-id", limit=4)
    return await _drawn(visit, "approvals", item=shown.approval, shown=shown, decisions=decided.items)


def _closing(visit: Visit, task: Task, zone: str | None) -> dict[str, Any]:
    """What can come of a task, each with its key, and the clock where the person is."""
    known = [one for one in outcomes_of(task) if task.state == "open" or task.outcome in one.follows]
    keys = iter(_KEYS)
    outcomes: list[tuple[Outcome, str]] = [(one, "d" if one.word == "done" else next(keys, "")) for one in known]
    return {
        "outcomes": outcomes,
        "asks_left": task.state == "open" and (task.kind is TaskKind.RESOLVE_UNKNOWN or task.answer == "unknown"),
        "has_sentiment": any(one.by_sentiment for one, _ in outcomes),
        "sentiments": list(Sentiment),
        "their_clock": clock_in(zone, visit.now),
        "zone": zone or "",
    }


async def _drawn(visit: Visit, desk: str, item: Any = None, **known: Any) -> Response:  # noqa: ANN401 - a task or an approval, or nothing
    """The page, or the list alone where a script asks for it."""
    view = View.of(visit.base, desk, visit.asked)
    page, names = await asyncio.gather(view.read(visit), names_of(visit))
    needs = Permission.MESSAGES_APPROVE if desk == "approvals" else Permission.TASKS_WORK
    title = f"{item.person or item.company or 'Somebody'} · {_TITLES[desk]}" if item is not None else _TITLES[desk]
    return visit.drawn(
        f"inbox/{desk}",
        title,
        view=view,
        chips=CHIPS[desk],
        whose=WHOSE,
        items=page.items,
        next_page=page.next,
        item=item,
        open_id=str(item.id) if item is not None else visit.asked("open"),
        following=_next(visit, page.items, item),
        waits=item is not None and item.state in {"open", "pending"},
        holder=called(names, item.held_by) if item is not None and is_anothers(visit, item.held_by) else None,
        members=await members_of(visit) if item is not None and desk != "approvals" else {},
        called=lambda who: called(names, who),
        is_anothers=lambda who: is_anothers(visit, who),
        label_of=label_of,
        may_work=visit.principal.may(needs),
        may_answer=visit.principal.may(Permission.MESSAGES_APPROVE),
        **known,
    )


def _next(visit: Visit, items: Any, item: Any) -> UUID | None:  # noqa: ANN401 - tasks or approvals
    return next_of(visit, items, item.id) if item is not None else None
