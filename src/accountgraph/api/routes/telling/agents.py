"""AI agents that work in this workspace: their budgets, and what they asked for. Their tools are served over MCP at `/mcp`."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from accountgraph import tools
from accountgraph.access import Permission
from accountgraph.api.asked import A_PAGE, After, Limit
from accountgraph.api.call import Call
from accountgraph.api.operation import Routes
from accountgraph.listing import Page
from accountgraph.tools.agents import Added, Agent, AgentMessage
from accountgraph.tools.channels import AgentChannel

agents = Routes("agents")
Number = Annotated[int, Meta(ge=0, le=10_000)]


class NewAgent(Struct, frozen=True, forbid_unknown_fields=True):
    """An agent's name and budget."""

    name: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,79}$")]
    may_send: bool = False
    touches_a_day: Number = 0
    proposals_a_day: Number = 100
    timezone: str | None = None


class AgentChanges(Struct, frozen=True, forbid_unknown_fields=True):
    """What is not sent stays."""

    may_send: bool | None = None
    touches_a_day: Number | None = None
    proposals_a_day: Number | None = None
    timezone: str | None = None
    is_paused: bool | None = None


@agents.get("/agents", needs=Permission.SETTINGS_READ)
async def list_all_agents(call: Call) -> Page[Agent]:
    """The agents by name, with what they have used of today."""
    return Page(await tools.list_agents(call.db))


@agents.post("/agents", needs=Permission.SETTINGS_WRITE, status=201)
async def add_an_agent(call: Call, body: NewAgent) -> Added:
    """Add an agent; a key of the role `agent` that names it lets it in."""
    return await tools.add_agent(
        call.db,
        body.name,
        may_send=body.may_send,
        touches_a_day=body.touches_a_day,
        proposals_a_day=body.proposals_a_day,
        timezone=body.timezone,
    )


@agents.get("/agents/messages", needs=Permission.CAMPAIGNS_READ)
async def list_agent_messages(
    call: Call, *, agent: str | None = None, open_only: bool = False, limit: Limit = A_PAGE, after: After = None
) -> Page[AgentMessage]:
    """What agents asked to be sent, the newest first."""
    return await tools.page_messages(call.db, agent=agent, open_only=open_only, limit=limit, after=after)


@agents.get("/agents/channels", needs=Permission.SETTINGS_READ)
async def list_agent_channels(call: Call) -> Page[AgentChannel]:
    """The channels that agents have; dry runs until a person starts them live."""
    return Page(await tools.list_channels(call.db))


@agents.get("/agents/{name}", needs=Permission.SETTINGS_READ)
async def get_one_agent(call: Call, name: str) -> Agent:
    """One agent."""
    return await tools.get_agent(call.db, name)


@agents.patch("/agents/{name}", needs=Permission.SETTINGS_WRITE)
async def update_one_agent(call: Call, name: str, body: AgentChanges) -> Agent:
    """Change an agent's budget, pause it or let it go on."""
    return await tools.update_agent(
        call.db,
        name,
        may_send=body.may_send,
        touches_a_day=body.touches_a_day,
        proposals_a_day=body.proposals_a_day,
        timezone=body.timezone,
        is_paused=body.is_paused,
    )


@agents.delete("/agents/{name}", needs=Permission.SETTINGS_WRITE)
async def remove_one_agent(call: Call, name: str) -> None:
    """An agent works no more; what it asked for stays."""
    await tools.remove_agent(call.db, name)
