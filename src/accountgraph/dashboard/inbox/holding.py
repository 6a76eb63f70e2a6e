"""Who is at something: taken when it is opened, held while it is open, left, handed over, taken over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.responses import Response

from accountgraph.access.people.memberships import list_members
from accountgraph.campaigns.work.approvals import get_approval
from accountgraph.campaigns.work.claiming import ItemKind, claim, leave
from accountgraph.campaigns.work.inbox import assign
from accountgraph.campaigns.work.tasks import get_task
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.inbox.views import View, is_anothers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from uuid import UUID

    from accountgraph.campaigns.work.approvals import Approval
    from accountgraph.campaigns.work.tasks import Task
    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit

HOLD = timedelta(minutes=10)  # longer than the time after which an open page asks again


async def members_of(visit: Visit) -> dict[str, str]:
    """Who may be given work: names by id, in the order of their addresses."""
    members = await list_members(visit.parts.recognise.registry, visit.principal.workspace)
    return {str(one.user_id): one.name or one.email for one in members if one.disabled_at is None}


async def names_of(visit: Visit) -> dict[str, str]:
    """What people are called, by what a row may call them: an id, or an address in small letters."""
    members = await list_members(visit.parts.recognise.registry, visit.principal.workspace)
    return {key: one.name or one.email for one in members for key in (str(one.user_id), one.email.lower())}


def called(names: Mapping[str, str], who: str | None) -> str | None:
    """What people call somebody."""
    return names.get(who.lower(), who) if who else None


def held_page(desk: str) -> Callable[[Visit], Awaitable[Response]]:
    """The part of a page that says who is at something, alone."""

    async def draw(visit: Visit) -> Response:
        item = visit.id_in_path("item_id", "item")
        return await _held(visit, desk, await _item(visit, desk, item))

    return draw


def claiming(desk: str) -> Callable[[Visit, Form], Awaitable[Done | Response]]:
    """Be at something, or still; or take it over from somebody."""
    kind = ItemKind.APPROVAL if desk == "approvals" else ItemKind.TASK

    async def do(visit: Visit, form: Form) -> Done | Response:
        item, name, takes = visit.id_in_path("item_id", "item"), visit.principal.name, form.is_on("take_over")
        await visit.db.run(lambda session: claim(session, kind, item, by=name, hold=HOLD, take_over=takes))
        if takes or not visit.is_partial:
            return Done("It is yours now.", to=View.sent(visit, desk, form).address(item))
        return await _held(visit, desk, await _item(visit, desk, item))

    return do


def leaving(desk: str) -> Callable[[Visit, Form], Awaitable[Done | Response]]:
    """Be at something no more: a browser says so when its page goes away, and waits for no answer."""
    kind = ItemKind.APPROVAL if desk == "approvals" else ItemKind.TASK

    async def do(visit: Visit, form: Form) -> Response:
        del form
        item, name = visit.id_in_path("item_id", "item"), visit.principal.name
        await visit.db.run(lambda session: leave(session, kind, item, by=name))
        return Response(status_code=204)

    return do


def handing(desk: str) -> Callable[[Visit, Form], Awaitable[Done | Response]]:
    """Give something to somebody; undone, it is given back to whose it was."""

    async def do(visit: Visit, form: Form) -> Done:
        item, owner = visit.id_in_path("item_id", "item"), form.required("owner", "choose who does it.")
        before = await get_task(visit.db, item, visit.now)
        after = await visit.db.run(lambda session: assign(session, item, owner, session.now()))
        view, name = View.sent(visit, desk, form), called(await names_of(visit), after.owner)
        undo = {"owner": before.owner, "view": form.get("view")} if before.owner else None
        return Done(f"{name} does it.", to=view.address(item), undo=Undo(f"{view.root}/{item}/assign", undo) if undo else None)

    return do


async def _item(visit: Visit, desk: str, item: UUID) -> Task | Approval:
    return await (get_approval(visit.db, item) if desk == "approvals" else get_task(visit.db, item, visit.now))


async def _held(visit: Visit, desk: str, item: Task | Approval) -> Response:
    waits = item.state in {"open", "pending"}
    return visit.part(
        "inbox/held",
        view=View.of(visit.base, desk, visit.request.query_params.get),
        item=item,
        waits=waits,
        holder=called(await names_of(visit), item.held_by) if is_anothers(visit, item.held_by) else None,
    )
