"""Tasks by hand: about a person, an account or neither, for somebody or for whoever takes it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import complete
from accountgraph.campaigns.desk.queue import Asked, take_next
from accountgraph.campaigns.desk.sheet import open_sheet
from accountgraph.campaigns.work.giving import LONGEST_TITLE, ToDo, give_task
from accountgraph.campaigns.work.tasks import Task, TaskKind, Wanted, escalate, list_tasks
from accountgraph.errors import InvalidInputError
from accountgraph.merging import merge_contacts
from accountgraph.store.contacts import ContactRepository

if TYPE_CHECKING:
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def given(world: World, title: str = "Send the plan", **fields: Any) -> Task:
    to_do = ToDo(title=title, **{"due_at": world.db.now() + timedelta(days=1), **fields})
    return await world.db.run(lambda session: give_task(session, to_do, session.now()))


async def open_tasks(world: World) -> list[Task]:
    return await list_tasks(world.db, Wanted(), world.db.now())


async def test_task_about_a_person_is_of_their_account_too(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    task = await given(world, "  Send   the plan ", contact_id=anna.id, body="As they asked.", owner="Ann")
    assert (task.kind, task.title, task.body, task.owner) == (TaskKind.TO_DO, "Send the plan", "As they asked.", "Ann")
    assert (task.contact_id, task.company_id, task.state) == (anna.id, anna.company_id, "open")
    assert await open_tasks(world) == [task]


async def test_task_is_about_an_account_or_about_nobody(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    about = await given(world, company_id=anna.company_id)
    assert (about.company_id, about.contact_id) == (anna.company_id, None)
    alone = await given(world)
    assert (alone.company_id, alone.contact_id, alone.owner) == (None, None, None)


async def test_task_for_a_user_is_theirs_by_id(world: World) -> None:
    user = uuid4()
    assert (await given(world, owner=str(user))).owner == str(user)


async def test_who_asks_for_work_gets_it_and_closes_it_in_any_words(world: World) -> None:
    task = await given(world, due_at=world.db.now())
    taken = await world.db.run(lambda session: take_next(session, Asked(by="Ann"), session.now()))
    assert taken is not None
    assert taken.id == task.id
    sheet = await open_sheet(world.db, task.id, world.db.now())
    assert sheet.why == f"Somebody of ours wrote it down on {task.created_at:%Y-%m-%d}."
    account = Account(by="Ann", outcome="sent by post")
    closed = await world.db.run(lambda session: complete(session, task.id, account, session.now()))
    assert (closed.is_new, closed.task.state, closed.task.outcome, closed.effects) == (True, "done", "sent by post", [])


async def test_done_task_is_no_touch_of_the_person(world: World) -> None:
    [anna] = await world.account("acme.com", "Anna")
    task = await given(world, contact_id=anna.id)
    await world.db.run(lambda session: complete(session, task.id, Account(by="Ann", outcome="done"), session.now()))
    found = await ContactRepository(world.db).get_contact_by_id(anna.id)
    assert found is not None
    assert found.total_touchpoints == 0


async def test_what_is_not_done_a_day_after_its_time_is_escalated(world: World, clock: Clock) -> None:
    await given(world, due_at=world.db.now())
    clock.forward(hours=23)
    assert await world.db.run(lambda session: escalate(session, session.now())) == 0
    clock.forward(hours=2)
    assert await world.db.run(lambda session: escalate(session, session.now())) == 1


async def test_task_about_somebody_who_was_merged_is_about_who_is_left(world: World) -> None:
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    await merge_contacts(world.db, anna.id, ben.id, by="Ann")
    assert (await given(world, contact_id=ben.id)).contact_id == anna.id


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "   "}, "title"),
        ({"title": "x" * (LONGEST_TITLE + 1)}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"body": "x" * 10_001}, "body"),
        ({"owner": " "}, "owner"),
        ({"contact_id": uuid4()}, "contact_id"),
        ({"company_id": uuid4()}, "company_id"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_given(world: World, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await given(world, **fields)
    assert caught.value.field == field
    assert await open_tasks(world) == []


async def test_time_without_its_offset_is_refused(world: World) -> None:
    with pytest.raises(InvalidInputError, match="offset"):
        await given(world, due_at=world.db.now().replace(tzinfo=None))


async def test_person_of_another_company_is_refused(world: World) -> None:
    [anna], [zoe] = await world.account("acme.com", "Anna"), await world.account("zeta.com", "Zoe")
    with pytest.raises(InvalidInputError, match=r"Anna is not of zeta\.com"):
        await given(world, contact_id=anna.id, company_id=zoe.company_id)
