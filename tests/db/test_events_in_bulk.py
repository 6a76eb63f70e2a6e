"""Many events at once end as the same one by one, and a message answered twice in a batch is answered once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.story import Story
from tests.db.test_events import at, told

if TYPE_CHECKING:
    from accountgraph.db import Database


async def test_bulk_and_one_by_one_end_the_same(timed: Database) -> None:
    acts = [("delivered", 1), ("opened", 2), ("opened", 3), ("clicked", 3), ("opened", 4), ("opened", 5), ("replied", 9), ("clicked", 0.05)]
    single, bulk = await Story.begin(timed), await Story.begin(timed, email="bulk@acme.com")
    for kind, hours in acts:
        await single.event(kind, hours=hours)
    rows: list[dict[str, object]] = [{"kind": kind, "touchpoint_id": bulk.message.id, "at": at(hours=hours)} for kind, hours in acts]
    assert await bulk.touchpoints.record_events(rows) == len(acts)
    one, other = await single.contact(), await bulk.contact()
    assert (one.engagement_score, one.last_engaged_at) == (other.engagement_score, other.last_engaged_at)
    assert (await single.touchpoint()).opened_at == (await bulk.touchpoint()).opened_at
    assert (await single.reread()).response_count == (await bulk.reread()).response_count


async def test_replies_in_bulk_are_paired_like_single_ones(timed: Database) -> None:
    story = await Story.begin(timed)
    reply: dict[str, object] = {"kind": "replied", "touchpoint_id": story.message.id, "message_id": "<a@x>", "response": "Yes"}
    assert (
        await story.touchpoints.record_events(
            [reply | {"at": at(hours=1)}, {"kind": "opened", "touchpoint_id": story.message.id, "at": at(hours=1)}]
        )
        == 2
    )
    await story.replied(hours=2, message_id="<a@x>")
    await story.replied(hours=3)
    assert len([event for event in await told(timed) if event.kind == "replied"]) == 1
    assert (await story.touchpoint()).response == "Yes"


@pytest.mark.parametrize("first", ["by hand", "with its id"])
async def test_answer_by_hand_beside_the_same_with_its_id_in_one_batch_is_one_answer(timed: Database, first: str) -> None:
    story = await Story.begin(timed)
    by_hand: dict[str, object] = {"kind": "replied", "touchpoint_id": story.message.id, "at": at(hours=1)}
    batch = [by_hand, by_hand | {"message_id": "<a@x>", "at": at(hours=2)}]
    assert await story.touchpoints.record_events(batch if first == "by hand" else batch[::-1]) == 1
    assert [event.at for event in await told(timed) if event.kind == "replied"] == [at(hours=2)]
    assert (await story.reread()).response_count == 1


async def test_two_answers_by_hand_to_one_message_in_one_batch_are_one(timed: Database) -> None:
    story = await Story.begin(timed)
    by_hand: dict[str, object] = {"kind": "replied", "touchpoint_id": story.message.id}
    assert await story.touchpoints.record_events([by_hand | {"at": at(hours=1)}, by_hand | {"at": at(hours=2)}]) == 1
    assert (await story.reread()).response_count == 1
