"""Agents: which may work here, and how much of it without a person."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypedDict

from accountgraph import tools
from accountgraph.access import Permission
from accountgraph.dashboard.forms import Done, Undo
from accountgraph.dashboard.settings.room import Typed, does, drawn, shows, to

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def agents_page(visit: Visit, typed: Typed) -> Response:
    """The page."""
    agents, channels = await asyncio.gather(tools.list_agents(visit.db), tools.list_channels(visit.db))
    return drawn(visit, "people/agents", "Agents", "agents", typed, agents=agents, channels=channels)


async def add(visit: Visit, form: Form) -> Done:
    """Add an agent."""
    name = form.required("name", "give it a name, like researcher.")
    added = await tools.add_agent(visit.db, name, timezone=form.get("timezone") or None, **_budget(form))
    closed = f" It has no {' and no '.join(added.closed)} until there is a sender." if added.closed else ""
    return Done(f"{name} may work. A key of the role agent that names it lets it in.{closed}", to=to(visit, "agents"))


async def change(visit: Visit, form: Form) -> Done:
    """Another budget."""
    name = visit.request.path_params["name"]
    changed = await tools.update_agent(visit.db, name, **_budget(form))
    left = f"{changed.touches_a_day} messages a day without a person" if changed.may_send else "nothing without a person"
    return Done(f"{name} asks for {changed.proposals_a_day} messages a day, and sends {left}.", to=to(visit, "agents"))


async def pause(visit: Visit, form: Form) -> Done:
    """Let it ask for nothing; it reads on."""
    del form
    name = visit.request.path_params["name"]
    await tools.update_agent(visit.db, name, is_paused=True)
    return Done(f"{name} is paused.", to=to(visit, "agents"), undo=Undo(to(visit, f"agents/{name}/resume")))


async def resume(visit: Visit, form: Form) -> Done:
    """Let it go on."""
    del form
    name = visit.request.path_params["name"]
    await tools.update_agent(visit.db, name, is_paused=False)
    return Done(f"{name} works again.", to=to(visit, "agents"), undo=Undo(to(visit, f"agents/{name}/pause")))


async def remove(visit: Visit, form: Form) -> Done:
    """It works no more."""
    del form
    name = visit.request.path_params["name"]
    await tools.remove_agent(visit.db, name)
    return Done(f"{name} works no more; what it asked for stays. Its keys are revoked under API keys.", to=to(visit, "agents"))


class _Budget(TypedDict):
    may_send: bool
    proposals_a_day: int
    touches_a_day: int


def _budget(form: Form) -> _Budget:
    proposals, touches = form.number("proposals_a_day"), form.number("touches_a_day")
    return _Budget(may_send=form.is_on("may_send"), proposals_a_day=100 if proposals is None else proposals, touches_a_day=touches or 0)


WAYS = (
    shows("agents", Permission.SETTINGS_READ, agents_page),
    does("agents", Permission.SETTINGS_WRITE, add, agents_page),
    does("agents/{name}", Permission.SETTINGS_WRITE, change, agents_page),
    does("agents/{name}/pause", Permission.SETTINGS_WRITE, pause),
    does("agents/{name}/resume", Permission.SETTINGS_WRITE, resume),
    does("agents/{name}/remove", Permission.SETTINGS_WRITE, remove),
)
