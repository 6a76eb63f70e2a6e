"""The figures of the side bar are those of the lists, and say where they are none that were counted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.campaigns.desk.queue import snooze
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.inbox import assign, list_inbox
from accountgraph.campaigns.work.tasks import Wanted
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.listing.counts import Count, Precision, count_everything

if TYPE_CHECKING:
    from uuid import UUID

    from tests.db.campaigns.world import World


async def _wrote(world: World, domain: str) -> UUID:
    [person] = await world.account(domain, "Anna")
    told = Told(kind=SignalKind.REPLY_QUESTION, by="Ann", contact_id=person.id, text="What does it cost?")
    await world.db.run(lambda session: tell(session, told, world.db.now()))
    items = await list_inbox(world.db, Wanted(), world.db.now())
    return next(item.id for item in items if item.contact_id == person.id)


def _exact(count: int) -> Count:
    return Count(count, Precision.EXACT)


async def test_nothing_is_counted_where_nothing_is(world: World) -> None:
    found = await count_everything(world.db, world.db.now())
    assert {getattr(found, name) for name in found.__struct_fields__} == {_exact(0)}


async def test_what_is_open_is_counted(world: World) -> None:
    await _wrote(world, "acme.com")
    [ben] = await world.account("other.com", "Ben")
    await world.enrol(await world.campaign(policy={"requires_approval": True}), ben)
    await world.runner().run_due()
    found = await count_everything(world.db, world.db.now())
    assert (found.inbox, found.tasks, found.approvals, found.campaigns, found.accounts) == tuple(map(_exact, (1, 1, 1, 1, 2)))


@pytest.mark.parametrize("owner", ["ann@ours.com", "Ann@Ours.com", "5b1c8a52-63d7-4c3e-8a59-5a37c7d0a001"])
async def test_ones_own_tasks_are_counted_by_name_in_any_case_and_by_the_users_id(world: World, owner: str) -> None:
    item, _ = await _wrote(world, "acme.com"), await _wrote(world, "other.com")
    await world.db.run(lambda session: assign(session, item, owner, world.db.now()))
    me = ("ann@ours.com", "5b1c8a52-63d7-4c3e-8a59-5a37c7d0a001")
    found = await count_everything(world.db, world.db.now(), me=me)
    assert (found.my_tasks, found.tasks) == (_exact(1), _exact(2))


async def test_what_was_put_off_does_not_count_before_its_time(world: World) -> None:
    item, now = await _wrote(world, "acme.com"), world.db.now()
    await world.db.run(lambda session: snooze(session, item, now + timedelta(days=1), by="Ann", now=now))
    found = await count_everything(world.db, now)
    assert (found.inbox, found.tasks) == (_exact(0), _exact(0))
    later = await count_everything(world.db, now + timedelta(days=1))
    assert (later.inbox, later.tasks) == (_exact(1), _exact(1))


async def test_more_than_is_counted_says_at_least(world: World) -> None:
    for domain in ("a.com", "b.com", "c.com"):
        await _wrote(world, domain)
    found = await count_everything(world.db, world.db.now(), most=2)
    assert found.inbox == found.tasks == Count(2, Precision.AT_LEAST)


async def test_more_accounts_than_are_counted_are_the_databases_estimate(world: World) -> None:
    for domain in ("a.com", "b.com", "c.com"):
        await world.account(domain)
    unseen = await count_everything(world.db, world.db.now(), most=2)
    await world.db.run(lambda session: session.execute("ANALYZE companies"))
    seen = await count_everything(world.db, world.db.now(), most=2)
    assert (unseen.accounts, seen.accounts) == (Count(2, Precision.AT_LEAST), Count(3, Precision.ESTIMATE))
