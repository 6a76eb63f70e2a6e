"""What somebody put off is out of the way until its time, comes back by itself, and at once when the person writes again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import complete
from accountgraph.campaigns.desk.queue import snooze, wake
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.inbox import list_inbox
from accountgraph.campaigns.work.tasks import Task, Wanted, get_task
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.listing import page_tasks

if TYPE_CHECKING:
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def _tell(world: World, who: Contact, kind: SignalKind = SignalKind.REPLY_QUESTION, **said: Any) -> None:
    told = Told(kind=kind, by="Ann", contact_id=who.id, **said)
    await world.db.run(lambda session: tell(session, told, world.db.now()))


async def _wrote(world: World, domain: str = "acme.com", name: str = "Anna") -> tuple[Contact, Task]:
    [person] = await world.account(domain, name)
    await _tell(world, person, text="What does it cost?")
    items = await list_inbox(world.db, Wanted(), world.db.now())
    return person, next(item for item in items if item.contact_id == person.id)


async def _snoozed(world: World, item: Task, **after: Any) -> datetime:
    until = world.db.now() + timedelta(**after or {"days": 3})
    await world.db.run(lambda session: snooze(session, item.id, until, by="Ann", now=world.db.now()))
    return until


async def _listed(world: World, **wanted: Any) -> list[Any]:
    """What the inbox and the list of tasks show, which is the same."""
    inbox = [one.id for one in await list_inbox(world.db, Wanted(**wanted), world.db.now())]
    tasks = [one.id for one in (await page_tasks(world.db, world.db.now(), **wanted)).items]
    assert inbox == tasks
    return inbox


async def test_what_was_put_off_is_out_of_the_lists_until_its_time(world: World, clock: Clock) -> None:
    _, item = await _wrote(world)
    _, other = await _wrote(world, "other.com", "Ben")
    await _snoozed(world, item)
    assert await _listed(world) == [other.id]
    clock.forward(days=3)
    assert set(await _listed(world)) == {item.id, other.id}


async def test_whoever_asks_for_it_sees_what_was_put_off_and_by_whom(world: World) -> None:
    _, item = await _wrote(world)
    until = await _snoozed(world, item)
    assert await _listed(world, include_snoozed=True) == [item.id]
    shown = await get_task(world.db, item.id, world.db.now())
    assert (shown.snoozed_by, shown.waits_until) == ("Ann", until)


async def test_what_has_come_back_says_no_more_that_it_was_put_off(world: World, clock: Clock) -> None:
    _, item = await _wrote(world)
    await _snoozed(world, item, hours=1)
    clock.forward(hours=1)
    assert (await get_task(world.db, item.id, world.db.now())).snoozed_by is None


async def test_it_is_back_at_once_when_the_person_writes_again(world: World, clock: Clock) -> None:
    anna, item = await _wrote(world)
    await _snoozed(world, item)
    clock.forward(hours=2)
    await _tell(world, anna, text="Are you there?")
    assert item.id in await _listed(world)
    back = await get_task(world.db, item.id, world.db.now())
    assert (back.waits_until, back.due_at <= clock()) == (None, True)
    assert back.escalate_at is not None
    assert item.escalate_at is not None
    assert back.escalate_at - back.due_at == item.escalate_at - item.due_at


async def test_another_persons_words_wake_nothing(world: World) -> None:
    _, item = await _wrote(world)
    ben, _ = await _wrote(world, "other.com", "Ben")
    await _snoozed(world, item)
    await _tell(world, ben, text="Hello?")
    assert item.id not in await _listed(world)


async def test_an_absence_note_wakes_nothing(world: World, clock: Clock) -> None:
    anna, item = await _wrote(world)
    await _snoozed(world, item)
    await _tell(world, anna, SignalKind.OUT_OF_OFFICE, until=clock() + timedelta(days=9))
    assert item.id not in await _listed(world)


async def test_what_waits_for_something_to_come_is_listed_and_does_not_wake(world: World, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    at = clock() + timedelta(days=5)
    await _tell(world, anna, SignalKind.MEETING_BOOKED, until=at)
    [asked] = [one for one in await list_inbox(world.db, Wanted(), clock()) if one.kind == "meeting_outcome"]
    await _tell(world, anna, text="Looking forward to it.")
    still = await get_task(world.db, asked.id, clock())
    assert (still.waits_until, still.snoozed_by) == (at, None)


async def test_who_put_it_off_may_bring_it_back(world: World, clock: Clock) -> None:
    _, item = await _wrote(world)
    await _snoozed(world, item)
    back = await world.db.run(lambda session: wake(session, item.id, clock()))
    assert (back.waits_until, back.snoozed_by, await _listed(world)) == (None, None, [item.id])


@pytest.mark.parametrize("state", ["done", None])
async def test_what_was_put_off_and_then_done_is_among_what_is_done(world: World, state: str | None) -> None:
    _, item = await _wrote(world)
    await _snoozed(world, item)
    await world.db.run(lambda session: complete(session, item.id, Account(by="Ann"), world.db.now()))
    assert await _listed(world, state=state) == [item.id]
