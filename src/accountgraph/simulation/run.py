"""Simulating a campaign: the real engine in a throw-away workspace, on a virtual clock."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from accountgraph.campaigns.apply import apply, load_version
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.enrolment.audience import choose
from accountgraph.campaigns.enrolment.enrol import Newcomer, Version, enrol
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.db import Database
from accountgraph.errors import InvalidValueError
from accountgraph.schema import ephemeral_workspace
from accountgraph.simulation.behaviour import Behaviour
from accountgraph.simulation.clock import VirtualClock
from accountgraph.simulation.copying import copy_part, prepare
from accountgraph.simulation.course import Course
from accountgraph.simulation.report import Asked, LeftOut, Named, SimulationReport, left_out, read_report

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence
    from uuid import UUID

    from accountgraph.db import Session
    from accountgraph.simulation.course import Progress

TICK = timedelta(minutes=15)
LONGEST = timedelta(days=3660)
_AT_ONCE = 2000


async def simulate(
    db: Database,
    campaign: CampaignDefinition | UUID | str,
    *,
    start: datetime,
    until: datetime,
    contacts: Sequence[UUID] | None = None,
    behaviour: Behaviour | None = None,
    seed: int = 0,
    tick: timedelta = TICK,
    most_people: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> SimulationReport:
    """What a campaign would do between `start` and `until` (aware times). The workspace is read; nothing there changes.

    Args:
        db: the workspace whose accounts, mailboxes and rules are taken.
        campaign: by its text, id or name; it need not have been applied.
        contacts: these people, in the order in which those of one account are approached; None: the campaign's audience.
        behaviour: what people do; None: nobody answers, approvals take two hours, tasks a day.
        seed: of everything that is drawn; the same gives the same report.
        tick: the clock's step. Jitter between the messages of a mailbox that is shorter is left out, so that a batch is one
            step; a second keeps it, and takes longer.
        most_people: refuse to begin with more; None: as many as there are.
        on_progress: is told after each step.

    Raises:
        NotFoundError: no such campaign.
        InvalidValueError: the times make no span of ten years at most, a tick is not a second at least, a contact is not there, or
            there are too many.
        DefinitionError: the campaign cannot run in this workspace.
    """
    _check(start, until, tick)
    behaviour = behaviour or Behaviour()
    definition = campaign if isinstance(campaign, CampaignDefinition) else await _definition(db, campaign)
    people = await _people(db, definition, contacts, start)
    if most_people is not None and len(people.newcomers) > most_people:
        cure = f"name {most_people:,} of them at most, or simulate at the command line."
        raise InvalidValueError("contacts", f"{len(people.newcomers):,} people would be simulated; {cure}")
    clock = VirtualClock(start, tick)
    async with _throw_away(db, clock) as world:
        await copy_part(db, world, [newcomer.contact_id for newcomer in people.newcomers], start)
        await prepare(world, seed)
        await _begin(world, _without_short_jitter(definition, tick), people.newcomers, start)
        await Course(world, clock, behaviour, seed, on_progress).run(until)
        asked = Asked(campaign=definition.name, start=start, until=until, seed=seed, left_out=people.left_out)
        return await read_report(world, asked, definition.policy.sender, behaviour)


class _People(NamedTuple):
    newcomers: list[Newcomer]
    left_out: list[LeftOut]


def _check(start: datetime, until: datetime, tick: timedelta) -> None:
    if start.tzinfo is None or until.tzinfo is None:
        raise InvalidValueError("start" if start.tzinfo is None else "until", "has to have an offset; for example +00:00.")
    if not timedelta(0) < until - start <= LONGEST:
        raise InvalidValueError("until", "has to be after start, by ten years at most.")
    if tick < timedelta(seconds=1):
        raise InvalidValueError("tick", "has to be one second at least.")


async def _definition(db: Database, campaign: UUID | str) -> CampaignDefinition:
    return await load_version(db, (await find_campaign(db, campaign)).version_id)


async def _people(db: Database, definition: CampaignDefinition, contacts: Sequence[UUID] | None, start: datetime) -> _People:
    if contacts is None:
        selection = await choose(db, definition, start, is_live=True)
        excluded = {person.contact_id: person.reason for person in selection.excluded}
        named = await db.rows(Named, "campaigns.simulation.named", {"ids": list(excluded)}) if excluded else []
        return _People([Newcomer(person.contact_id, person.rank) for person in selection.chosen], left_out(named, excluded))
    ranked = await db.rows(Newcomer, "campaigns.simulation.ranked", {"contacts": list(dict.fromkeys(contacts))})
    unknown = set(contacts) - {newcomer.contact_id for newcomer in ranked}
    if unknown:
        raise InvalidValueError("contacts", f"there is no contact {min(unknown)}; look it up with `accountgraph contact search`.")
    return _People(ranked, [])


@asynccontextmanager
async def _throw_away(db: Database, clock: VirtualClock) -> AsyncGenerator[Database]:
    """An empty workspace of the same database; it is gone afterwards, also where the simulation was stopped, or not yet begun."""
    made = ephemeral_workspace(await db.url(), has_sessions=not db.settings.pooler)
    entering = asyncio.ensure_future(asyncio.to_thread(made.__enter__))
    try:
        workspace, url = await asyncio.shield(entering)
        async with Database(url, workspace=workspace.name, clock=clock, pooler=db.settings.pooler, connections=2) as world:
            yield world
    finally:
        await asyncio.wait([entering])  # a thread cannot be cancelled: what it makes has to be taken away again
        if entering.exception() is None:
            await asyncio.shield(asyncio.to_thread(made.__exit__, None, None, None))


def _without_short_jitter(definition: CampaignDefinition, tick: timedelta) -> CampaignDefinition:
    policy = definition.policy
    if policy.sender.jitter_seconds[1] > tick.total_seconds():
        return definition
    sender = msgspec.structs.replace(policy.sender, jitter_seconds=(0, 0))
    return msgspec.structs.replace(definition, policy=msgspec.structs.replace(policy, sender=sender))


async def _begin(world: Database, definition: CampaignDefinition, newcomers: Sequence[Newcomer], now: datetime) -> None:
    async def work(session: Session) -> None:
        applied = await apply(session, definition, with_audience=False)
        await session.affect("campaigns.simulation.begin_campaign", {"id": applied.campaign_id, "now": now})
        version = Version(applied.campaign_id, applied.version_id, definition)
        for place in range(0, len(newcomers), _AT_ONCE):
            await enrol(session, version, newcomers[place : place + _AT_ONCE], now, is_live=True)
        await session.execute("ANALYZE enrolments, queues")

    await world.run(work)
