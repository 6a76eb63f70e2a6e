"""What an answer was taken for is put right: the campaigns hear what it means, and nobody is counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.claiming import ItemKind, claim
from accountgraph.campaigns.work.correcting import Corrected, Meant, correct
from accountgraph.campaigns.work.errors import HeldError, WorkStateError
from accountgraph.campaigns.work.inbox import list_inbox
from accountgraph.campaigns.work.tasks import Task, Wanted, get_task
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.errors import InvalidValueError, NotFoundError
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World


async def _wrote(world: World, kind: SignalKind = SignalKind.REPLY) -> tuple[Contact, Task]:
    """Anna was written to and answered."""
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    told = Told(kind=kind, by="Ann", contact_id=anna.id, text="Take me off.")
    await world.db.run(lambda session: tell(session, told, world.db.now()))
    [item] = await list_inbox(world.db, Wanted(), world.db.now())
    return anna, item


async def _correct(world: World, task_id: UUID, kind: SignalKind, **more: Any) -> Corrected:
    meant = Meant(kind=kind, by="Ann", **more)
    return await world.db.run(lambda session: correct(session, task_id, meant, world.db.now()))


async def test_what_it_means_is_done(world: World) -> None:
    anna, item = await _wrote(world)
    await _correct(world, item.id, SignalKind.UNSUBSCRIBE)
    assert [one.reason for one in await SuppressionRepository(world.db).get_suppressions(anna.id, "email")] == ["unsubscribed"]
    assert [one.signal for one in await list_inbox(world.db, Wanted(), world.db.now())] == ["unsubscribe"]


async def test_the_task_of_the_right_meaning_takes_the_place_of_the_other(world: World) -> None:
    _, item = await _wrote(world)
    done = await _correct(world, item.id, SignalKind.REPLY_QUESTION)
    [now_open] = await list_inbox(world.db, Wanted(), world.db.now())
    assert (now_open.id, now_open.signal, now_open.said) == (done.task_id, "reply_question", "Take me off.")
    before = await get_task(world.db, item.id, world.db.now())
    assert (before.state, before.outcome, before.closed_by) == ("done", "read as a question", "Ann")


async def test_it_is_one_answer(world: World) -> None:
    _, item = await _wrote(world)
    await _correct(world, item.id, SignalKind.REPLY_QUESTION)
    assert await world.select(int, "SELECT count(*) FROM events WHERE kind = 'replied'") == [1]


async def test_a_meaning_is_put_right_again(world: World) -> None:
    _, item = await _wrote(world)
    first = await _correct(world, item.id, SignalKind.REPLY_QUESTION)
    assert first.task_id is not None
    second = await _correct(world, first.task_id, SignalKind.REPLY_POSITIVE)
    [now_open] = await list_inbox(world.db, Wanted(), world.db.now())
    assert (now_open.id, now_open.signal) == (second.task_id, "reply_positive")


async def test_what_somebody_else_is_at_is_left_alone(world: World) -> None:
    _, item = await _wrote(world)
    await world.db.run(lambda session: claim(session, ItemKind.TASK, item.id, by="Bob"))
    with pytest.raises(HeldError, match="Bob is at task"):
        await _correct(world, item.id, SignalKind.REPLY_QUESTION)


async def test_what_is_closed_is_not_read_again(world: World) -> None:
    _, item = await _wrote(world)
    await _correct(world, item.id, SignalKind.REPLY_QUESTION)
    with pytest.raises(WorkStateError, match="nothing left to read"):
        await _correct(world, item.id, SignalKind.REPLY_POSITIVE)


async def test_a_task_that_is_not_there_is_not_read(world: World) -> None:
    anna, _ = await _wrote(world)
    with pytest.raises(NotFoundError):
        await _correct(world, anna.id, SignalKind.REPLY_QUESTION)


@pytest.mark.parametrize(
    ("kind", "more", "says"),
    [
        (SignalKind.REPLY, {}, "already"),
        (SignalKind.REFERRAL, {}, "whom they named"),
        (SignalKind.REPLY_QUESTION, {"person": {"name": "Omar"}}, "belongs to a referral"),
        (SignalKind.DEAL_WON, {}, "is one of"),
    ],
    ids=["same", "nobody named", "somebody named", "no meaning"],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(world: World, kind: SignalKind, more: dict[str, Any], says: str) -> None:
    _, item = await _wrote(world)
    with pytest.raises(InvalidValueError, match=says):
        await _correct(world, item.id, kind, **more)
    assert (await get_task(world.db, item.id, world.db.now())).state == "open"
