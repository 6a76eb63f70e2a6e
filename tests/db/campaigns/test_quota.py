"""What counts against a mailbox's quota, who gets its slots, and what is written down about those who wait."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from typing import Any

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock


async def _people(world: World, count: int) -> list[Contact]:
    return [person for n in range(count) for person in await world.account(f"acme{n}.com", "Anna")]


async def _by_hand(world: World, count: int, **fields: Any) -> None:
    """So many messages that one of us sent from their own mail program."""
    [ben] = await world.account("elsewhere.com", "Ben")
    talk = await ConversationRepository(world.db).create_conversation(ben.id)
    for _ in range(count):
        given = {"conversation_id": talk.id, "channel": "email", "sent_at": world.db.now(), **fields}
        await TouchpointRepository(world.db).create_touchpoint(given)


async def test_message_that_a_person_sent_by_hand_counts_against_its_mailbox(world: World) -> None:
    await _by_hand(world, 6, metadata={"sender": "me@ours.com"})
    await world.enrol(await world.campaign(), *await _people(world, 4))
    await world.runner().run_due()
    assert len(world.post.sent) == 2


async def test_what_the_owner_of_a_mailbox_sends_counts_against_it(world: World) -> None:
    owner = uuid4()
    await SenderRepository(world.db).update_sender(world.senders[0].id, {"owner_user_id": owner})
    await _by_hand(world, 7, created_by_user_id=owner)
    await _by_hand_of_others(world)
    await world.enrol(await world.campaign(), *await _people(world, 4))
    await world.runner().run_due()
    assert len(world.post.sent) == 1


async def _by_hand_of_others(world: World) -> None:
    [cleo] = await world.account("others.com", "Cleo")
    talk = await ConversationRepository(world.db).create_conversation(cleo.id)
    given = {"conversation_id": talk.id, "channel": "email", "sent_at": world.db.now(), "created_by_user_id": uuid4()}
    await TouchpointRepository(world.db).create_touchpoint(given)


async def test_campaigns_of_one_mailbox_share_its_quota(world: World) -> None:
    people = await _people(world, 12)
    await world.enrol(await world.campaign(name="one"), *people[:6])
    await world.enrol(await world.campaign(name="two"), *people[6:])
    await world.runner().run_due()
    assert len(world.post.sent) == 8


async def test_overflow_goes_out_in_the_order_it_was_due(world: World, clock: Clock) -> None:
    people, version = await _people(world, 12), await world.campaign()
    for person in reversed(people):
        await world.enrol(version, person)
        clock.forward(minutes=1)
    runner = world.runner()
    for _ in range(2):
        await runner.run_due()
        clock.forward(minutes=61)
    assert len(set(world.post.recipients)) == 12
    assert set(world.post.recipients[:8]) == {person.email for person in people[4:]}


async def test_same_deferral_again_is_one_row_that_counts(world: World, clock: Clock) -> None:
    await world.select(int, "UPDATE senders SET inbound_synced_at = current_moment() RETURNING 1")
    await world.enrol(await world.campaign(), *await world.account("acme.com", "Anna"))
    runner = world.runner()
    await runner.run_due()
    clock.forward(days=2)
    for _ in range(3):  # the follow-up is due, and replies may lie unread
        await runner.run_due()
        clock.forward(minutes=61)
    deferrals = "SELECT concat_ws(' ', rule, count, last_at - first_at) FROM decisions WHERE verdict = 'defer'"
    assert await world.select(str, deferrals) == ["inbound_sync 3 02:02:00"]
