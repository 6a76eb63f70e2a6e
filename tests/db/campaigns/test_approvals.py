"""Approvals: what a person accepts goes out word for word, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.messages import content_hash
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.approvals import (
    AfterRejection,
    Approval,
    Ruling,
    accept_approval,
    edit_approval,
    get_approval,
    list_approvals,
    reject_approval,
    show_approval,
)
from accountgraph.campaigns.work.errors import WorkStateError
from accountgraph.campaigns.work.resume import resume
from accountgraph.errors import InvalidValueError
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock

ASKING: dict[str, Any] = {"policy": {"requires_approval": True}}


async def _asked(world: World, **campaign: Any) -> tuple[Contact, UUID, Approval]:
    """Anna's first message waits for a person."""
    [anna] = await world.account("acme.com", "Anna")
    [enrolment] = await world.enrol(await world.campaign(**{**ASKING, **campaign}), anna)
    await world.runner().run_due()
    [approval] = await list_approvals(world.db)
    return anna, enrolment, approval


async def _accept(world: World, approval: Approval, seen: str | None = None) -> Ruling:
    return await world.db.run(
        lambda session: accept_approval(session, approval.id, seen or approval.content_hash, by="Ann", now=world.db.now())
    )


async def _reject(world: World, approval: Approval, then: AfterRejection = AfterRejection.PAUSE) -> Ruling:
    return await world.db.run(
        lambda session: reject_approval(session, approval.id, by="Ann", note="Too pushy", now=world.db.now(), then=then)
    )


async def _edit(world: World, approval: Approval, **words: Any) -> Approval:
    return await world.db.run(lambda session: edit_approval(session, approval.id, by="Ann", **words))


@pytest.mark.parametrize("words", [{"content": "Dear {{ contact.first_name }}"}, {"subject": "{% if x %}Hi{% endif %}"}])
async def test_a_placeholder_that_nobody_fills_in_any_more_is_refused(world: World, words: dict[str, str]) -> None:
    _, _, approval = await _asked(world)
    with pytest.raises(InvalidValueError, match="would leave as it stands"):
        await _edit(world, approval, **words)


async def test_message_that_waits_says_with_whom_and_why(world: World) -> None:
    _, _, approval = await _asked(world)
    assert (approval.person, approval.company, approval.campaign) == ("Anna", "acme.com", "plain")
    assert (approval.why, approval.subject) == ("A person approves the message.", "Hello Anna")


async def test_shown_message_has_its_footer_and_what_is_known(world: World) -> None:
    _, _, approval = await _asked(world)
    shown = await show_approval(world.db, approval.id, world.db.now())
    assert "Acme Ltd" in shown.footer
    assert shown.known["contact so far"] == "none: this would be the first message"


async def test_list_can_be_of_one_campaign(world: World) -> None:
    await _asked(world)
    other = await world.campaign(name="other")
    assert await list_approvals(world.db, campaign_id=other.campaign_id) == []


async def test_accepted_message_leaves_at_once_word_for_word(world: World) -> None:
    _, _, approval = await _asked(world)
    edited = await _edit(world, approval, subject="A word", content="Dear Anna,\n\nin my own words.")
    await _accept(world, edited)
    await world.runner().run_due()
    [message] = world.post.sent
    assert (message.subject, message.content) == ("A word", "Dear Anna,\n\nin my own words.")


async def test_accepted_message_waits_for_the_hours(world: World, clock: Clock) -> None:
    _, _, approval = await _asked(world)
    clock.forward(hours=10)
    await _accept(world, approval)
    await world.runner().run_due()
    assert world.post.sent == []


async def test_edited_message_has_another_hash_and_says_so(world: World) -> None:
    _, _, approval = await _asked(world)
    edited = await _edit(world, approval, content="Other words.")
    assert edited.content_hash == content_hash("Hello Anna", "Other words.") != approval.content_hash
    assert edited.is_edited


async def test_what_changed_since_it_was_seen_is_not_accepted(world: World) -> None:
    _, _, approval = await _asked(world)
    await _edit(world, approval, content="Other words.")
    with pytest.raises(WorkStateError, match="was changed since"):
        await _accept(world, approval)
    await world.runner().run_due()
    assert world.post.sent == []


async def test_accepting_twice_changes_nothing_and_says_so(world: World) -> None:
    _, _, approval = await _asked(world)
    first, second = await _accept(world, approval), await _accept(world, approval)
    assert (first.is_new, second.is_new) == (True, False)
    assert second.approval.decided_at == first.approval.decided_at


async def test_rejected_message_does_not_leave_and_the_person_waits(world: World, clock: Clock) -> None:
    _, enrolment, approval = await _asked(world)
    await _reject(world, approval)
    clock.forward(days=20)
    await world.runner().run_due()
    standing = await world.standing(enrolment)
    assert (standing.state, standing.reason, world.post.sent) == ("paused", "rejected", [])


async def test_resuming_after_a_rejection_asks_anew(world: World) -> None:
    anna, _, approval = await _asked(world)
    await _reject(world, approval)
    await world.db.run(lambda session: resume(session, contact_id=anna.id, now=world.db.now()))
    await world.runner().run_due()
    [anew] = await list_approvals(world.db)
    assert (anew.id != approval.id, world.post.sent) == (True, [])


async def test_rejection_can_pass_over_the_step(world: World) -> None:
    _, enrolment, approval = await _asked(world)
    ruling = await _reject(world, approval, AfterRejection.SKIP)
    standing = await world.standing(enrolment)
    assert (standing.state, standing.step_key, standing.touch_count) == ("waiting", "second", 0)
    assert "goes on to step second" in ruling.effects[0]


async def test_what_was_rejected_cannot_be_accepted(world: World) -> None:
    _, _, approval = await _asked(world)
    await _reject(world, approval)
    with pytest.raises(WorkStateError, match="rejected by Ann: Too pushy"):
        await _accept(world, approval)


async def test_what_a_reply_withdrew_cannot_be_accepted(world: World) -> None:
    anna, _, approval = await _asked(world)
    signal = Signal(kind=SignalKind.REPLY, dedupe_key="r", source="test", contact_id=anna.id)
    await world.db.run(lambda session: record_signal(session, signal, world.db.now()))
    with pytest.raises(WorkStateError, match="withdrawn"):
        await _accept(world, approval)


async def test_removing_the_person_withdraws_what_waits(world: World) -> None:
    anna, _, approval = await _asked(world)
    await world.select(int, "DELETE FROM contacts WHERE id = %(id)s RETURNING 1", id=anna.id)
    assert (await get_approval(world.db, approval.id)).state == "withdrawn"


async def test_blank_words_are_refused(world: World) -> None:
    _, _, approval = await _asked(world)
    with pytest.raises(InvalidValueError, match="content"):
        await _edit(world, approval, content="  \n")


async def test_message_that_names_a_colleague_still_does_after_an_edit(world: World) -> None:
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    talk = await ConversationRepository(world.db).create_conversation(ben.id)
    said = {"conversation_id": talk.id, "direction": "inbound", "content": "Tell me more", "sent_at": world.db.now()}
    await TouchpointRepository(world.db).create_touchpoint(said)
    templates = {"hello": {"subject": "Hello", "body": "Your colleague {{ colleague.first_name }} {{ colleague.verb }}."}}
    steps = [{"key": "first", "channel": "email", "template": "hello"}]
    await world.enrol(await world.campaign(steps=steps, templates=templates), anna)
    await world.runner().run_due()
    [approval] = await list_approvals(world.db)
    edited = await _edit(world, approval, content="Ben asked us for more.")
    assert (approval.mentions, edited.mentions_id) == ("Ben", ben.id)


async def test_accepted_mail_does_not_leave_by_another_channel(world: World) -> None:
    """Its address is suppressed before it leaves: the SMS that takes its place is asked for anew."""
    templates = {"hello": {"subject": "Hello", "body": "Hello {{ contact.first_name }}."}}
    anna, _, approval = await _asked(world, steps=[{"key": "first", "template": "hello"}], templates=templates)
    await _accept(world, approval)
    await world.sender("+15550100", channel="sms")
    await world.select(int, "UPDATE contacts SET phone = '+15550123' WHERE id = %(id)s RETURNING 1", id=anna.id)
    await world.select(
        int,
        "INSERT INTO consents (contact_id, channel, basis, captured_at) VALUES (%(id)s, 'sms', 'consent', current_moment()) RETURNING 1",
        id=anna.id,
    )
    await world.select(
        int, "INSERT INTO suppressions (contact_id, channel, reason) VALUES (%(id)s, 'email', 'manual') RETURNING 1", id=anna.id
    )
    await world.runner().run_due()
    [anew] = await list_approvals(world.db)
    assert (anew.channel, anew.note, world.post.sent) == ("sms", "accepted for email by Ann", [])
    shown = await show_approval(world.db, anew.id, world.db.now())
    assert shown.size is not None
    assert (shown.size.segments, shown.size.units) == (1, len(f"{anew.content}\n{shown.footer}"))
