"""What one of us did without a task is in the conversation, as a person's, and campaigns hear what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from accountgraph.campaigns.desk.talks import CAME, Talk, record_talk, remember
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.enums import Channel
from accountgraph.errors import InvalidValueError, MissingReferenceError
from accountgraph.listing import page_signals
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.models import Contact

NOW = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


async def somebody(db: Database) -> Contact:
    return await ContactRepository(db).create_contact({"first_name": "Ada", "email": "ada@acme.com"})


async def test_a_call_begins_a_conversation_where_there_is_none_and_the_next_is_in_the_same(db: Database) -> None:
    person = await somebody(db)
    for number in range(2):
        talk = Talk(contact_id=person.id, by="Bo", subject=f"Call {number}", seconds=60)
        await db.run(partial(record_talk, talk=talk, now=NOW))
    [conversation] = await ConversationRepository(db).get_conversations_by_contact(person.id)
    assert conversation.touchpoint_count == 2
    for one in await TouchpointRepository(db).get_touchpoints(conversation.id):
        assert (one.channel, one.call_duration_seconds, one.created_by_automation) == (Channel.CALL, 60, False)
        assert one.metadata["done_by"] == "Bo"


async def test_two_talks_of_one_day_are_two_signals(db: Database) -> None:
    person = await somebody(db)
    talk = Talk(contact_id=person.id, by="Bo", text="Yes.", came=SignalKind.REPLY_POSITIVE)
    kept = [await db.run(lambda session: record_talk(session, talk, NOW)) for _ in range(2)]
    assert all(one.effects for one in kept)


@pytest.mark.parametrize("came", CAME)
async def test_whatever_can_come_of_it_is_heard(db: Database, came: SignalKind) -> None:
    person = await somebody(db)
    talk = Talk(contact_id=person.id, by="Bo", came=came, until=NOW + timedelta(days=3))
    await db.run(lambda session: record_talk(session, talk, NOW))
    assert [one.kind for one in (await page_signals(db, contact_id=person.id)).items] == [came]


async def test_what_is_refused_leaves_nothing_behind(db: Database) -> None:
    person = await somebody(db)
    wrong = (
        Talk(contact_id=person.id, by="Bo", at=NOW + timedelta(hours=1)),
        Talk(contact_id=person.id, by="Bo", came=SignalKind.MEETING_BOOKED),
        Talk(contact_id=person.id, by="  "),
    )
    for talk in wrong:
        with pytest.raises(InvalidValueError):
            await db.run(partial(record_talk, talk=talk, now=NOW))
    assert await ConversationRepository(db).get_conversations_by_contact(person.id) == []
    with pytest.raises(MissingReferenceError):
        await db.run(lambda session: record_talk(session, Talk(contact_id=UUID(int=0), by="Bo"), NOW))


async def test_notes_are_kept_with_the_day_and_who_says_so(db: Database) -> None:
    person = await somebody(db)
    for text in ("Likes chess.", "Has a dog."):
        await db.run(partial(remember, contact_id=person.id, text=text, by="Bo", now=NOW))
    [conversation] = await ConversationRepository(db).get_conversations_by_contact(person.id)
    assert conversation.context["notes"] == ["2026-11-30, Bo: Likes chess.", "2026-11-30, Bo: Has a dog."]
