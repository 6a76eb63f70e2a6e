"""The addresses of these pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.access import Permission
from accountgraph.dashboard.inbox import answering, approving, doing, giving, holding, pages
from accountgraph.dashboard.inbox.counts import counts_page

if TYPE_CHECKING:
    from starlette.routing import Route

    from accountgraph.dashboard.visits import Visits

_LOOKS = {"inbox": Permission.TASKS_READ, "tasks": Permission.TASKS_READ, "approvals": Permission.CAMPAIGNS_READ}
_ACTS = {"inbox": Permission.TASKS_WORK, "tasks": Permission.TASKS_WORK, "approvals": Permission.MESSAGES_APPROVE}
_LISTS = {"inbox": pages.inbox_page, "tasks": pages.tasks_page, "approvals": pages.approvals_page}
_ITEMS = {"inbox": pages.inbox_item, "tasks": pages.tasks_item, "approvals": pages.approvals_item}


def routes(visits: Visits) -> list[Route]:
    """All of them."""
    look, act = visits.shows, visits.does
    made = [look("/counts", Permission.GRAPH_READ, counts_page)]
    made += [look("/tasks/new", Permission.TASKS_WORK, giving.new_task_page), act("/tasks/new", Permission.TASKS_WORK, giving.new_task)]
    for desk, needs in _LOOKS.items():
        one = f"/{desk}/{{item_id}}"
        made += [look(f"/{desk}", needs, _LISTS[desk]), look(one, needs, _ITEMS[desk]), look(f"{one}/held", needs, holding.held_page(desk))]
        made += [act(f"{one}/claim", _ACTS[desk], holding.claiming(desk)), act(f"{one}/leave", _ACTS[desk], holding.leaving(desk))]
    for desk in ("inbox", "tasks"):
        one = f"/{desk}/{{item_id}}"
        ways = {"assign": holding.handing, "snooze": doing.snoozing, "wake": doing.waking, "skip": doing.skipping, "done": doing.finishing}
        made += [act(f"{one}/{word}", Permission.TASKS_WORK, way(desk)) for word, way in ways.items()]
    return [
        *made,
        act("/inbox/{item_id}/reply", Permission.MESSAGES_APPROVE, answering.reply),
        act("/inbox/{item_id}/correct", Permission.TASKS_WORK, answering.correct_meaning),
        act("/inbox/{item_id}/resume", Permission.TASKS_WORK, answering.let_go_on),
        act("/approvals/{item_id}/edit", Permission.MESSAGES_APPROVE, approving.edit),
        act("/approvals/{item_id}/accept", Permission.MESSAGES_APPROVE, approving.accept),
        act("/approvals/{item_id}/reject", Permission.MESSAGES_APPROVE, approving.reject),
    ]
