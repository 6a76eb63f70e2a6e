"""AccountOrchestrator's calls."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from accountgraph.campaigns.messages import MissingVariableError
from accountgraph.channels import Transports
from accountgraph.enums import Channel
from accountgraph.errors import NotFoundError
from accountgraph.orchestrator import AccountOrchestrator
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock

REFERRING = {
    "steps": [{"key": "first", "channel": "email", "template": "hello"}],
    "templates": {
        "hello": {"subject": "Hello", "body": "Hello {{ contact.first_name }}, {{ colleague.first_name }} {{ colleague.verb }}."}
    },
}


@pytest.fixture
def orchestrator(world: World) -> AccountOrchestrator:
    return AccountOrchestrator(world.db, Transports(world.db.now, {"post": lambda _: world.post, "console": lambda _: world.console}))


async def _wrote_to_us(world: World, person: Contact) -> None:
    talk = await ConversationRepository(world.db).create_conversation(person.id)
    said = {"conversation_id": talk.id, "direction": "inbound", "content": "Tell me more", "sent_at": world.db.now()}
    await TouchpointRepository(world.db).create_touchpoint(said)


async def test_execute_campaign_step_does_what_is_due_in_that_campaign_alone(world: World, orchestrator: AccountOrchestrator) -> None:
    [anna, ben] = [*await world.account("acme.com", "Anna"), *await world.account("other.com", "Ben")]
    await world.enrol(await world.campaign(), anna)
    await world.enrol(await world.campaign(name="another"), ben)
    done = await orchestrator.execute_campaign_step("another")
    assert (done.sent, world.post.recipients) == (1, ["ben@other.com"])


async def test_select_channel_is_that_of_the_next_step(world: World, orchestrator: AccountOrchestrator) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    assert (await orchestrator.select_channel("plain", anna.id)).channel == Channel.EMAIL


async def test_select_channel_of_somebody_who_is_not_in_it_is_refused(world: World, orchestrator: AccountOrchestrator) -> None:
    await world.campaign()
    with pytest.raises(NotFoundError, match="not under way"):
        await orchestrator.select_channel("plain", uuid4())


async def test_generate_message_needs_no_enrolment_and_sends_nothing(world: World, orchestrator: AccountOrchestrator) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.campaign()
    composed = await orchestrator.generate_message("plain", anna.id)
    assert (composed.subject, world.post.sent) == ("Hello Anna", [])


async def test_colleague_message_tells_what_the_colleague_did(world: World, orchestrator: AccountOrchestrator) -> None:
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    await world.campaign(**REFERRING)
    await _wrote_to_us(world, ben)
    composed = await orchestrator.generate_colleague_message("plain", anna.id, ben.id)
    assert (composed.content, composed.mentions_id) == ("Hello Anna, Ben inquired.", ben.id)


async def test_colleague_who_did_nothing_is_not_named(world: World, orchestrator: AccountOrchestrator) -> None:
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    await world.campaign(**REFERRING)
    with pytest.raises(MissingVariableError):
        await orchestrator.generate_colleague_message("plain", anna.id, ben.id)


async def test_conflict_names_the_other_campaign(world: World, orchestrator: AccountOrchestrator) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await world.enrol(await world.campaign(name="another"), anna)
    [conflict] = await orchestrator.check_conflicts("plain")
    assert (conflict.kind, conflict.detail) == ("elsewhere", "another")


async def test_immediate_makes_what_waits_due_now(world: World, orchestrator: AccountOrchestrator, clock: Clock) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await orchestrator.execute_campaign_step("plain")
    assert (await orchestrator.schedule_next_touchpoint("plain") or clock()) > clock()
    assert await orchestrator.schedule_next_touchpoint("plain", immediate=True) == clock()


async def test_why_tells_every_decision_with_its_rule(world: World, orchestrator: AccountOrchestrator) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await orchestrator.execute_campaign_step("plain")
    told = await orchestrator.why("anna@acme.com")
    assert [(line.kind, line.rule) for line in told.story] == [("allow", "allow"), ("sent", "email")]


async def test_why_not_names_the_suppression(world: World, orchestrator: AccountOrchestrator) -> None:
    [anna] = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(), anna)
    await world.select(
        int, "INSERT INTO suppressions (contact_id, channel, reason) VALUES (%(id)s, 'all', 'unsubscribed') RETURNING 1", id=anna.id
    )
    await orchestrator.execute_campaign_step("plain")
    told = await orchestrator.why(anna.id)
    assert ([line.rule for line in told.story], told.barriers[0].kind, told.enrolments[0].state) == (
        ["suppressed"],
        "suppressed",
        "finished",
    )
