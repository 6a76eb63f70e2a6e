"""Agents as people let them work: who there is, what each may do in a day, and on which channels they ask for messages."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from accountgraph.campaigns.rules.calendar import is_zone
from accountgraph.enums import Channel
from accountgraph.errors import DuplicateError, InvalidValueError, NotFoundError
from accountgraph.listing.page import Page, Type
from accountgraph.listing.reading import Filter, Listing, Sort, read_page
from accountgraph.tools.channels import AgentChannel, list_channels, open_channels

if TYPE_CHECKING:
    from accountgraph.db import Connectable, Session

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
MOST_A_DAY = 10_000


class Agent(Struct, frozen=True, kw_only=True):
    """An agent and its budget.

    `touches_a_day`: messages that leave without a person, where `may_send`; `proposals_a_day`: messages it asks for in all. `day`: the
    current one in its zone (ISO date), with what it has used of it.
    """

    name: str
    may_send: bool
    touches_a_day: int
    proposals_a_day: int
    timezone: str
    is_paused: bool
    day: str
    touches_today: int
    proposals_today: int
    created_at: datetime

    @property
    def touches_left(self) -> int:
        """Messages that may still leave without a person today."""
        return max(self.touches_a_day - self.touches_today, 0) if self.may_send and not self.is_paused else 0


class AgentMessage(Struct, frozen=True, kw_only=True):
    """A message that an agent asked for. `decision`: of its approval. `state`, `reason`: of its enrolment."""

    id: UUID
    agent: str
    why: str | None
    asked_at: datetime
    released_at: datetime | None
    withdrawn_at: datetime | None
    approval_id: UUID
    decision: str
    decided_by: str | None
    note: str | None
    channel: Channel
    subject: str | None
    content_hash: str
    contact_id: UUID | None
    person: str | None
    state: str
    reason: str | None
    is_live: bool


MESSAGES = Listing(
    kind=AgentMessage,
    query="agents.messages.listing",
    key="m.id",
    params={"open_only": False},
    sorts={"asked_at": Sort("m.asked_at", Type.MOMENT, "asked_at")},
    filters={"agent": Filter("m.agent = %(agent)s", sorts=("asked_at",))},
)


class Added(Struct, frozen=True, kw_only=True):
    """A new agent, and the channels that agents have; `closed`: why the others have none."""

    agent: Agent
    channels: list[AgentChannel]
    closed: dict[str, str]


async def add_agent(
    db: Connectable,
    name: str,
    *,
    may_send: bool = False,
    touches_a_day: int = 0,
    proposals_a_day: int = 100,
    timezone: str | None = None,
) -> Added:
    """Let an agent work, and open the channels that the workspace has senders for. `timezone` None: the workspace's.

    Raises:
        InvalidValueError: no such zone, or a budget or name that cannot be.
        DuplicateError: there is one of this name.
    """
    if not _NAME.fullmatch(name):
        raise InvalidValueError("name", f"{name!r} cannot be an agent's name; use a-z, 0-9, - and _, 80 characters at most.")
    given = _checked(touches_a_day=touches_a_day, proposals_a_day=proposals_a_day, timezone=timezone)

    async def work(session: Session) -> Added:
        if await session.value("agents.agents.add", {"name": name, "may_send": may_send, **given}) is None:
            raise DuplicateError("name", f"there is an agent {name!r} already; change it with `agent budget`.")
        closed = await open_channels(session)
        return Added(agent=await get_agent(session, name), channels=await list_channels(session), closed=closed)

    return await db.run(work)


async def list_agents(db: Connectable) -> list[Agent]:
    """All agents by name, with what they have used of today."""
    return await db.rows(Agent, "agents.agents.listing", {"name": None, "now": db.now()})


async def get_agent(db: Connectable, name: str) -> Agent:
    """One agent.

    Raises:
        NotFoundError: there is none of this name.
    """
    found = await db.row(Agent, "agents.agents.listing", {"name": name, "now": db.now()})
    if found is None:
        raise NotFoundError(f"There is no agent {name!r}; a person adds it with `accountgraph agent add {name}`.")
    return found


async def update_agent(
    db: Connectable,
    name: str,
    *,
    may_send: bool | None = None,
    touches_a_day: int | None = None,
    proposals_a_day: int | None = None,
    timezone: str | None = None,
    is_paused: bool | None = None,
) -> Agent:
    """Change what an agent may do, from now on; what is not given stays. A paused one asks for nothing, and reads on.

    Raises:
        NotFoundError: there is none of this name.
        InvalidValueError: no such zone, or a budget that cannot be.
    """
    given = _checked(touches_a_day=touches_a_day, proposals_a_day=proposals_a_day, timezone=timezone)
    await db.value("agents.agents.update", {"name": name, "may_send": may_send, "is_paused": is_paused, **given})
    return await get_agent(db, name)


async def remove_agent(db: Connectable, name: str) -> None:
    """An agent that works no more. What it asked for stays, and what waits for a person still does.

    Raises:
        NotFoundError: there is none of this name.
    """
    if await db.value("agents.agents.remove", {"name": name}) is None:
        await get_agent(db, name)


async def page_messages(
    db: Connectable, *, agent: str | None = None, open_only: bool = False, limit: int = 100, after: str | None = None
) -> Page[AgentMessage]:
    """What agents asked for, the newest first. `open_only`: what neither left nor was decided against. Raises as `read_page`."""
    listing = replace(MESSAGES, params={"open_only": open_only})
    return await read_page(db, listing, {"agent": agent}, sort="-asked_at", limit=limit, after=after)


def _checked(*, touches_a_day: int | None, proposals_a_day: int | None, timezone: str | None) -> dict[str, Any]:
    for field, value in (("touches_a_day", touches_a_day), ("proposals_a_day", proposals_a_day)):
        if value is not None and not 0 <= value <= MOST_A_DAY:
            raise InvalidValueError(field, f"must be 0 to {MOST_A_DAY:,}.")
    if timezone is not None and not is_zone(timezone):
        raise InvalidValueError("timezone", f"there is no time zone {timezone!r}; give an IANA name like Europe/Berlin.")
    return {"touches_a_day": touches_a_day, "proposals_a_day": proposals_a_day, "timezone": timezone}
