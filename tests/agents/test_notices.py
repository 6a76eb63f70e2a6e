"""People are told that an agent has used its budget of the day: once a day, and only where it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.notices import NoticeKind, gather
from accountgraph.tools import update_agent
from tests.agents.office import WORDS

if TYPE_CHECKING:
    from tests.agents.office import Office
    from tests.factories import Clock


async def told(office: Office) -> list[str | None]:
    db = office.world.db
    return [one.about for one in await gather(db, db.now(), kinds=[NoticeKind.BUDGET_SPENT])]


async def test_spent_touches_are_told_once_a_day(office: Office, clock: Clock) -> None:
    await office.world.db.run(lambda session: update_agent(session, "scout", touches_a_day=1))
    assert await told(office) == []
    assert (await office.tools().send_message("anna@acme.com", **WORDS)).outcome == "on_its_way"
    assert await told(office) == ["agent scout has used its 1 touches of the day"]
    [today] = await gather(office.world.db, clock(), kinds=[NoticeKind.BUDGET_SPENT])
    clock.forward(days=1)
    assert await told(office) == []
    assert (await office.tools().send_message("bob@acme.com", **WORDS)).outcome == "on_its_way"
    [tomorrow] = await gather(office.world.db, clock(), kinds=[NoticeKind.BUDGET_SPENT])
    assert today.key != tomorrow.key, "another day is news"


async def test_spent_proposals_are_told(office: Office) -> None:
    await office.world.db.run(lambda session: update_agent(session, "scout", proposals_a_day=1))
    await office.tools().propose_message("anna@acme.com", **WORDS)
    assert await told(office) == ["agent scout has used its 1 proposals of the day"]


async def test_touch_that_is_taken_back_is_not_spent(office: Office) -> None:
    await office.world.db.run(lambda session: update_agent(session, "scout", touches_a_day=1))
    await office.tools().send_message("anna@acme.com", **WORDS)
    await office.tools().undo()
    assert await told(office) == []


async def test_paused_agent_and_one_that_may_not_send_have_spent_nothing(office: Office) -> None:
    await office.world.db.run(lambda session: update_agent(session, "scout", touches_a_day=1))
    await office.tools().send_message("anna@acme.com", **WORDS)
    await office.world.db.run(lambda session: update_agent(session, "scout", may_send=False))
    assert await told(office) == []
    await office.world.db.run(lambda session: update_agent(session, "scout", may_send=True, is_paused=True))
    assert await told(office) == []
