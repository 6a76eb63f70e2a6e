"""Writers of the same rows wait for each other and never deadlock, in whatever order they name them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from accountgraph.store.bulk import Batch, merge
from accountgraph.store.touchpoints import TouchpointRepository
from accountgraph.verify import differences
from tests.db.story import Story
from tests.factories import START

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from accountgraph.db import Database, Session

WRITERS, ROUNDS = 8, 10
_minutes = count(1)


def later() -> datetime:
    """A time that nothing happened at yet: the same event twice would be none."""
    return START + timedelta(minutes=next(_minutes))


@pytest.fixture
async def pair(db: Database) -> AsyncIterator[list[Story]]:
    """Two conversations with a message each; what the database keeps of them is right in the end."""
    yield sorted([await Story.begin(db), await Story.begin(db, email="jane@acme.com")], key=lambda story: story.conversation.id)
    assert [each async for each in differences(db)] == []


async def at_once(db: Database, works: list[Callable[[Session, int], Awaitable[Any]]]) -> None:
    async def one(number: int, start: asyncio.Barrier) -> None:
        async with db.transaction() as session:  # not tried again: a deadlock would be seen
            await start.wait()
            await works[number % len(works)](session, number)

    for _ in range(ROUNDS):
        start = asyncio.Barrier(WRITERS)
        await asyncio.gather(*(one(number, start) for number in range(WRITERS)))


async def test_replies_among_other_events_of_several_conversations(db: Database, pair: list[Story]) -> None:
    async def record(session: Session, answered: Story, opened: Story) -> None:
        reply = {"kind": "replied", "touchpoint_id": answered.message.id, "message_id": f"<{uuid4()}>"}
        await TouchpointRepository(session).record_events([reply, {"kind": "opened", "touchpoint_id": opened.message.id, "at": later()}])

    low, high = pair
    await at_once(db, [lambda session, _: record(session, low, high), lambda session, _: record(session, high, low)])


async def test_answers_to_messages_of_each_others_conversation(db: Database, pair: list[Story]) -> None:
    async def answer(session: Session, story: Story, other: Story) -> None:
        given = {"conversation_id": story.conversation.id, "direction": "inbound", "in_reply_to_id": other.message.id}
        await TouchpointRepository(session).create_touchpoint(given)

    low, high = pair
    await at_once(db, [lambda session, _: answer(session, low, high), lambda session, _: answer(session, high, low)])


async def test_changed_message_while_it_is_answered(db: Database, pair: list[Story]) -> None:
    story = pair[0]

    async def change(session: Session, _: int) -> None:
        await TouchpointRepository(session).update_touchpoint(story.message.id, {"subject": str(uuid4()), "sent_at": later()})

    async def answer(session: Session, _: int) -> None:
        await TouchpointRepository(session).record_email_replied(story.message.id, message_id=f"<{uuid4()}>")

    await at_once(db, [change, answer])


async def test_imported_times_while_messages_are_answered(db: Database, pair: list[Story]) -> None:
    story = pair[0]

    async def imported(session: Session, _: int) -> None:
        rows = [[story.message.id, story.conversation.id, str(uuid4()), later()]]
        await merge(session, Batch("touchpoints", ("id", "conversation_id", "subject", "sent_at"), rows), "overwrite")

    async def answer(session: Session, _: int) -> None:
        await TouchpointRepository(session).record_email_replied(story.message.id, message_id=f"<{uuid4()}>")

    await at_once(db, [imported, answer])
