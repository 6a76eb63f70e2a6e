"""States: the database lets an enrolment and an intent go only where they may, whoever asks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from accountgraph.errors import AccountGraphError

if TYPE_CHECKING:
    from uuid import UUID

    from tests.db.campaigns.world import World

ENROLMENT_MOVES = {
    "pending": {"active", "waiting", "paused", "finished", "failed"},
    "active": {"pending", "waiting", "paused", "finished", "failed"},
    "waiting": {"active", "paused", "finished", "failed"},
    "paused": {"pending", "waiting", "finished", "failed"},
    "finished": set(),
    "failed": set(),
}
INTENT_MOVES = {
    "planned": {"calling", "withdrawn"},
    "calling": {"planned", "sent", "refused", "unknown"},
    "unknown": {"planned", "sent", "refused"},
    "withdrawn": {"planned"},
    "sent": set(),
    "refused": set(),
}
_ENROLMENT = """
    UPDATE enrolments SET state = %(state)s, reason = 'test',
        finished_at = CASE WHEN %(state)s IN ('finished', 'failed') THEN current_moment() END WHERE id = %(id)s RETURNING 1"""
_INTENT = """
    UPDATE intents SET state = %(state)s, lease = gen_random_uuid(), lease_until = current_moment(), called_at = current_moment(),
        settled_at = current_moment() WHERE id = %(id)s RETURNING 1"""
_BARE = "ALTER TABLE {0} DISABLE TRIGGER {1}; UPDATE {0} SET {2}; ALTER TABLE {0} ENABLE TRIGGER {1}"


async def _allowed(world: World, statement: str, row: UUID, states: set[str]) -> set[str]:
    """Where a row may go from where it is; it goes nowhere."""
    found = set()
    for state in states:

        async def goes(session: object, state: str = state) -> None:
            await session._connection.execute(statement, {"id": row, "state": state})  # type: ignore[attr-defined]
            raise _StaysError

        try:
            await world.db.run(goes)
        except _StaysError:
            found.add(state)
        except AccountGraphError:
            pass
    return found


class _StaysError(Exception):
    """Nothing is kept of what was tried."""


async def _enrolled(world: World) -> UUID:
    [enrolment] = await world.enrol(await world.campaign(), *await world.account("acme.com", "Anna"))
    return enrolment


async def _put(world: World, table: str, trigger: str, change: str) -> None:
    for statement in _BARE.format(table, trigger, change).split("; "):
        await world.db.run(lambda session, statement=statement: session.execute(statement))  # type: ignore[misc]


@pytest.mark.parametrize("state", ENROLMENT_MOVES)
async def test_database_refuses_every_other_move_of_an_enrolment(world: World, state: str) -> None:
    enrolment = await _enrolled(world)
    ended = ", finished_at = current_moment()" if state in {"finished", "failed"} else ""
    await _put(world, "enrolments", "keep_enrolment_states", f"state = '{state}', reason = 'test'{ended}")
    assert await _allowed(world, _ENROLMENT, enrolment, set(ENROLMENT_MOVES) - {state}) == ENROLMENT_MOVES[state]


@pytest.mark.parametrize("state", INTENT_MOVES)
async def test_database_refuses_every_other_move_of_an_intent(world: World, state: str) -> None:
    await _enrolled(world)
    await world.runner().run_due()
    lease = "lease = gen_random_uuid(), lease_until = current_moment(), called_at = current_moment()"
    await _put(world, "intents", "keep_intent_states", f"state = '{state}', {lease}")
    [intent] = await world.select(object, "SELECT id FROM intents")
    assert await _allowed(world, _INTENT, intent, set(INTENT_MOVES) - {state}) == INTENT_MOVES[state]


async def test_two_who_enrol_the_same_person_at_once_make_one_enrolment(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    version = await world.campaign(policy={"reentry": "not_while_active"})
    made = await asyncio.gather(*(world.enrol(version, anna) for _ in range(4)))
    assert sum(len(one) for one in made) == 1
    assert await world.select(int, "SELECT count(*) FROM enrolments") == [1]


async def test_removing_a_person_cancels_what_is_to_come_and_keeps_the_history(world: World) -> None:
    enrolment = await _enrolled(world)
    await world.runner().run_due()
    await world.select(int, "DELETE FROM contacts WHERE first_name = 'Anna' RETURNING 1")
    standing = await world.standing(enrolment)
    assert (standing.state, standing.reason, standing.touch_count) == ("finished", "contact_removed", 1)
    assert await world.select(str, "SELECT state FROM intents") == ["sent"]


async def test_enrolment_records_which_zone_was_chosen(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    preferences = '{"timezone": "Europe/Berlin"}'
    await world.select(int, "UPDATE contacts SET communication_preferences = %(p)s::jsonb RETURNING 1", p=preferences)
    await world.enrol(await world.campaign(), anna)
    assert await world.select(str, "SELECT zone || ' ' || zone_source FROM enrolments") == ["Europe/Berlin contact"]
