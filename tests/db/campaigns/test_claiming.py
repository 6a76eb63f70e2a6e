"""Who opened something is at it for a while: others see who and until when, and can neither answer nor decide."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest

from accountgraph.acting import Acting, ActingKind
from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import complete
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.work.answers import Answer, answer
from accountgraph.campaigns.work.approvals import Approval, accept_approval, edit_approval, get_approval, list_approvals, reject_approval
from accountgraph.campaigns.work.claiming import Claim, ItemKind, claim, leave
from accountgraph.campaigns.work.errors import HeldError, WorkStateError
from accountgraph.campaigns.work.inbox import list_inbox
from accountgraph.campaigns.work.tasks import Task, Wanted, get_task
from accountgraph.campaigns.work.telling import Told, tell
from accountgraph.errors import InvalidValueError, NotFoundError

if TYPE_CHECKING:
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def _claim(world: World, kind: ItemKind, item_id: UUID, by: str, **more: Any) -> Claim:
    return await world.db.run(lambda session: claim(session, kind, item_id, by=by, **more))


async def _leave(world: World, kind: ItemKind, item_id: UUID, by: str) -> Claim:
    return await world.db.run(lambda session: leave(session, kind, item_id, by=by))


async def _tell(world: World, who: Contact, text: str) -> None:
    told = Told(kind=SignalKind.REPLY_QUESTION, by="Ann", contact_id=who.id, text=text)
    await world.db.run(lambda session: tell(session, told, world.db.now()))


async def _wrote(world: World) -> tuple[Contact, Task]:
    """Anna was written to and answered."""
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await world.runner().run_due()
    await _tell(world, anna, "What does it cost?")
    [item] = await list_inbox(world.db, Wanted(), world.db.now())
    return anna, item


async def _waiting(world: World) -> Approval:
    """A message to Anna waits for a person."""
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(policy={"requires_approval": True}), anna)
    await world.runner().run_due()
    [approval] = await list_approvals(world.db)
    return approval


async def test_who_opened_it_is_at_it_for_ten_minutes(world: World) -> None:
    _, item = await _wrote(world)
    made = await _claim(world, ItemKind.TASK, item.id, "Ann")
    assert (made.is_yours, made.held_by, made.held_until) == (True, "Ann", world.db.now() + timedelta(minutes=10))


@pytest.mark.parametrize("kind", ItemKind)
async def test_of_two_who_open_it_at_once_one_is_at_it_and_the_other_sees_who(world: World, kind: ItemKind) -> None:
    item_id = (await _wrote(world))[1].id if kind is ItemKind.TASK else (await _waiting(world)).id
    claims = await asyncio.gather(*(_claim(world, kind, item_id, by) for by in ("Ann", "Bob", "Cid", "Dee")))
    [winner] = {one.held_by for one in claims}
    assert [one.is_yours for one in claims].count(True) == 1
    assert next(by for by, one in zip(("Ann", "Bob", "Cid", "Dee"), claims, strict=True) if one.is_yours) == winner


async def test_who_has_it_open_says_so_again_and_it_lasts_on(world: World, clock: Clock) -> None:
    _, item = await _wrote(world)
    await _claim(world, ItemKind.TASK, item.id, "Ann")
    clock.forward(minutes=8)
    again = await _claim(world, ItemKind.TASK, item.id, "ann")
    assert (again.is_yours, again.held_until) == (True, clock() + timedelta(minutes=10))


async def test_a_longer_hold_is_not_shortened(world: World, clock: Clock) -> None:
    _, item = await _wrote(world)
    await _claim(world, ItemKind.TASK, item.id, "Ann", hold=timedelta(hours=2))
    again = await _claim(world, ItemKind.TASK, item.id, "Ann")
    assert again.held_until == clock() + timedelta(hours=2)


async def test_a_claim_ends_by_itself(world: World, clock: Clock) -> None:
    approval = await _waiting(world)
    await _claim(world, ItemKind.APPROVAL, approval.id, "Ann")
    clock.forward(minutes=10)
    assert (await get_approval(world.db, approval.id)).held_by is None
    assert (await _claim(world, ItemKind.APPROVAL, approval.id, "Bob")).is_yours


async def test_who_leaves_it_lets_the_next_one_in(world: World) -> None:
    _, item = await _wrote(world)
    await _claim(world, ItemKind.TASK, item.id, "Ann")
    left = await _leave(world, ItemKind.TASK, item.id, "Ann")
    assert (left.is_yours, left.held_by) == (False, None)
    assert (await _claim(world, ItemKind.TASK, item.id, "Bob")).is_yours


async def test_nobody_leaves_for_another(world: World) -> None:
    approval = await _waiting(world)
    await _claim(world, ItemKind.APPROVAL, approval.id, "Ann")
    assert (await _leave(world, ItemKind.APPROVAL, approval.id, "Bob")).held_by == "Ann"


async def test_what_somebody_is_at_is_taken_over_only_where_that_is_said(world: World) -> None:
    _, item = await _wrote(world)
    await _claim(world, ItemKind.TASK, item.id, "Ann")
    assert not (await _claim(world, ItemKind.TASK, item.id, "Bob")).is_yours
    assert (await _claim(world, ItemKind.TASK, item.id, "Bob", take_over=True)).held_by == "Bob"
    with pytest.raises(HeldError, match="Bob is at task"):
        await world.db.run(lambda session: complete(session, item.id, Account(by="Ann"), world.db.now()))


async def test_an_answer_to_what_another_is_at_is_refused_and_nothing_leaves(world: World) -> None:
    _, item = await _wrote(world)
    world.post.sent.clear()
    await _claim(world, ItemKind.TASK, item.id, "Ann")
    with pytest.raises(HeldError, match="Ann is at task"):
        await answer(world.db, world.transport, item.id, Answer(content="Ten.", by="Bob"))
    assert world.post.sent == []


@pytest.mark.parametrize("what", ["accept", "reject", "edit"])
async def test_a_message_that_another_is_at_is_neither_edited_nor_decided_on(world: World, what: str) -> None:
    approval = await _waiting(world)
    await _claim(world, ItemKind.APPROVAL, approval.id, "Ann")
    now = world.db.now()
    doing: dict[str, Any] = {
        "accept": lambda session: accept_approval(session, approval.id, approval.content_hash, by="Bob", now=now),
        "reject": lambda session: reject_approval(session, approval.id, by="Bob", note="No.", now=now),
        "edit": lambda session: edit_approval(session, approval.id, by="Bob", content="Other words."),
    }
    with pytest.raises(HeldError, match="Ann is at approval"):
        await world.db.run(doing[what])
    after = await get_approval(world.db, approval.id)
    assert (after.state, after.content, after.held_by) == ("pending", approval.content, "Ann")


async def test_who_is_at_a_message_decides_on_it_and_is_at_it_no_more(world: World) -> None:
    approval = await _waiting(world)
    await _claim(world, ItemKind.APPROVAL, approval.id, "Ann")
    ruling = await world.db.run(lambda session: accept_approval(session, approval.id, approval.content_hash, by="Ann", now=world.db.now()))
    assert (ruling.approval.state, ruling.approval.held_by) == ("accepted", None)


async def test_a_reply_that_comes_in_counts_whoever_is_at_the_message(world: World) -> None:
    approval = await _waiting(world)
    await _claim(world, ItemKind.APPROVAL, approval.id, "Ann")
    [anna] = await world.select(UUID, "SELECT contact_id FROM enrolments")
    told = Told(kind=SignalKind.REPLY_POSITIVE, by="the mailbox", contact_id=anna, text="Yes.")
    await world.db.run(lambda session: tell(session, told, world.db.now()))
    assert (await get_approval(world.db, approval.id)).state == "withdrawn"


async def test_what_is_closed_is_nobodys_to_be_at(world: World) -> None:
    _, item = await _wrote(world)
    await world.db.run(lambda session: complete(session, item.id, Account(by="Ann"), world.db.now()))
    with pytest.raises(WorkStateError, match="waits for nobody any more"):
        await _claim(world, ItemKind.TASK, item.id, "Bob")


async def test_what_is_not_there_is_said(world: World) -> None:
    with pytest.raises(NotFoundError, match="There is no approval"):
        await _claim(world, ItemKind.APPROVAL, uuid4(), "Ann")


async def test_a_hold_of_no_length_is_refused(world: World) -> None:
    _, item = await _wrote(world)
    with pytest.raises(InvalidValueError, match="1 minute to 12 hours"):
        await _claim(world, ItemKind.TASK, item.id, "Ann", hold=timedelta(seconds=59))
    assert (await get_task(world.db, item.id, world.db.now())).held_by is None


async def test_to_be_at_something_is_no_change_in_the_log(world: World) -> None:
    approval = await _waiting(world)
    _, item = approval, (await _wrote_beside(world))
    before = await world.select(int, "SELECT count(*) FROM audit_log")
    acting = world.db.acting_as(Acting(kind=ActingKind.USER, id=None, name="ann@ours.com"))
    await acting.run(lambda session: claim(session, ItemKind.APPROVAL, approval.id, by="Ann"))
    await acting.run(lambda session: claim(session, ItemKind.TASK, item.id, by="Ann"))
    assert await world.select(int, "SELECT count(*) FROM audit_log") == before


async def _wrote_beside(world: World) -> Task:
    """Somebody of another account wrote."""
    [ben] = await world.account("other.com", "Ben")
    await _tell(world, ben, "Hello?")
    [item] = await list_inbox(world.db, Wanted(), world.db.now())
    return item
