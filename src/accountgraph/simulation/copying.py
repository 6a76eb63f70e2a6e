"""Copying the part of a workspace that a simulation needs into a throw-away one: rows as they are, none that the engine does not ask for.

What the database keeps (counters, engagement) is copied like the rest, so that triggers rest meanwhile. Other campaigns stay behind:
whom they approach is left out by the audience, what they sent of late counts against the caps.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from accountgraph.db import Database, Session

AT_ONCE = 2000  # rows read as one JSON text
SENDS_BACK = timedelta(days=8)  # the longest cap is one of 7 days
MESSAGES_BACK = timedelta(days=200)  # the longest look back of an audience's default exclusions, and a little
_TRIGGERED = ("companies", "contacts", "relationships", "conversations", "touchpoints", "events")
_FILLED = (*_TRIGGERED, "senders", "consents", "suppressions", "holds", "sends")
_GROWING = (
    "enrolments",
    "queues",
    "intents",
    "attempts",
    "decisions",
    "sends",
    "approvals",
    "tasks",
    "conversations",
    "touchpoints",
    "events",
)
# Whoever inserts gives an id of chance.
_SEQUENTIAL_IDS = """
CREATE SEQUENCE simulated_ids;
CREATE FUNCTION simulated_id() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.id := md5('{seed} ' || nextval('simulated_ids'))::uuid;
    RETURN NEW;
END
$$;
CREATE TRIGGER simulated_id BEFORE INSERT ON enrolments FOR EACH ROW EXECUTE FUNCTION simulated_id();
"""


class Surroundings(Struct, frozen=True):
    """The people and companies that come along."""

    contacts: list[UUID]
    companies: list[UUID]


async def copy_part(source: Database, target: Database, contacts: Collection[UUID], now: datetime) -> Surroundings:
    """Copy these people with everybody and everything around them; gives who and what that is."""
    async with source.transaction(is_snapshot=True) as there, target.transaction() as here:
        around = await there.row(Surroundings, "campaigns.simulation.surroundings", {"contacts": list(contacts)})
        assert around is not None  # noqa: S101 - an aggregate gives its row
        await _triggers(here, "DISABLE")
        sends = await _copy_settings(there, here, now)
        for ids in _parts(around.companies):
            await _copy(there, here, "companies", {"ids": ids})
        for ids in _parts(around.companies):
            await _copy(there, here, "parents", {"ids": ids})
        for ids in _parts(around.contacts):
            await _copy(there, here, "people", {"ids": ids, "since": now - MESSAGES_BACK})
        for ids in _parts(around.contacts):
            await _copy(there, here, "relationships", {"ids": ids, "contacts": around.contacts})
            await _copy(there, here, "participants", {"ids": ids, "contacts": around.contacts})
        await here.affect("campaigns.simulation.write_sends", {"rows": sends})
        await _triggers(here, "ENABLE")
    return around


async def prepare(target: Database, seed: int) -> None:
    """Let ids of enrolments follow from the seed, for they break ties; and let the planner know what has been filled in."""

    async def work(session: Session) -> None:
        await session.execute(_SEQUENTIAL_IDS.format(seed=seed))
        await session.execute(f"ANALYZE {', '.join(_FILLED)}")

    await target.run(work)


async def let_planner_know(target: Database) -> None:
    """What was planned while tables were small is planned anew for what they have become."""
    await target.run(lambda session: session.execute(f"ANALYZE {', '.join(_GROWING)}"))


async def _triggers(session: Session, change: str) -> None:
    for table in _TRIGGERED:
        await session.execute(f"ALTER TABLE {table} {change} TRIGGER USER")


async def _copy_settings(there: Session, here: Session, now: datetime) -> str:
    rows: str = await there.value("campaigns.simulation.read_settings", {"since": now - SENDS_BACK})
    await here.value("campaigns.simulation.clear_settings")
    await here.value("campaigns.simulation.write_settings", {"rows": rows})
    return rows


async def _copy(there: Session, here: Session, what: str, params: dict[str, object]) -> None:
    rows = await there.value(f"campaigns.simulation.read_{what}", params)
    await here.affect(f"campaigns.simulation.write_{what}", {"rows": rows})


def _parts(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    return (list(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))
