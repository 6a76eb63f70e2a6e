"""Events: who acted, the first time of each kind, one reply once, in any order and any number at once."""

from __future__ import annotations

import asyncio
import itertools
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from accountgraph.errors import InvalidValueError, NotFoundError, UnknownFieldError
from accountgraph.graph import CompanyGraph
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.db.story import Story
from tests.factories import START

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from accountgraph.models import Event
    from tests.factories import Clock


@pytest.fixture
async def story(timed: Database) -> Story:
    return await Story.begin(timed)


async def told(db: Database) -> list[Event]:
    return [event async for event in TouchpointRepository(db).events()]


async def actor_of(db: Database, kind: str) -> tuple[str | None, str | None]:
    event = next(event for event in await told(db) if event.kind == kind)
    return event.actor, event.actor_reason


def at(**after: float) -> datetime:
    return START + timedelta(**after)


class TestWhoActed:
    async def test_open_within_two_seconds_is_prefetch(self, story: Story) -> None:
        await story.opened(seconds=2)
        assert await actor_of(story.db, "opened") == ("prefetch", "opened within 2 s of sending or delivery")

    async def test_open_after_two_seconds_is_human(self, story: Story) -> None:
        await story.opened(seconds=2.1)
        assert await actor_of(story.db, "opened") == ("human", None)

    async def test_open_right_after_a_late_delivery_is_prefetch(self, story: Story) -> None:
        await story.event("delivered", minutes=30)
        await story.opened(minutes=30, seconds=1)
        assert (await actor_of(story.db, "opened"))[0] == "prefetch"

    async def test_delivery_reported_late_reclassifies_the_open_before(self, story: Story) -> None:
        await story.opened(minutes=30, seconds=1)
        assert (await story.contact()).engagement_score > 0
        await story.event("delivered", minutes=30)
        assert (await actor_of(story.db, "opened"))[0] == "prefetch"
        assert (await story.contact()).engagement_score == 0

    async def test_click_within_sixty_seconds_is_a_scanner(self, story: Story) -> None:
        await story.clicked(seconds=60)
        assert (await actor_of(story.db, "clicked"))[0] == "scanner"

    async def test_click_within_ten_minutes_is_unverified(self, story: Story) -> None:
        await story.clicked(minutes=10)
        assert (await actor_of(story.db, "clicked"))[0] == "unverified"

    async def test_unverified_click_becomes_human_when_a_human_act_follows(self, story: Story) -> None:
        await story.clicked(minutes=5)
        assert (await story.contact()).engagement_score == 0
        await story.replied(hours=5)
        assert await actor_of(story.db, "clicked") == ("human", "a human act followed")

    async def test_scanner_click_is_not_saved_by_a_human_act(self, story: Story) -> None:
        await story.clicked(seconds=30)
        await story.replied(hours=5)
        assert (await actor_of(story.db, "clicked"))[0] == "scanner"

    async def test_click_after_ten_minutes_is_human(self, story: Story) -> None:
        await story.clicked(minutes=11)
        assert (await actor_of(story.db, "clicked"))[0] == "human"

    async def test_every_link_at_once_is_a_scanner(self, story: Story) -> None:
        await story.clicked(hours=2, url="https://a.example/1")
        assert (await actor_of(story.db, "clicked"))[0] == "human"
        await story.clicked(hours=2, seconds=1, url="https://a.example/2")
        assert {event.actor for event in await told(story.db) if event.kind == "clicked"} == {"scanner"}

    async def test_known_tool_is_a_scanner_whenever_it_comes(self, story: Story) -> None:
        await story.clicked(days=3, user_agent="Mozilla/5.0 (compatible; Mimecast URL scanner)")
        assert await actor_of(story.db, "clicked") == ("scanner", "known tool: Mimecast")

    async def test_actor_that_the_reporter_knows_is_kept(self, story: Story) -> None:
        await story.opened(seconds=1, actor="human", actor_reason="seen by the provider")
        assert await actor_of(story.db, "opened") == ("human", "seen by the provider")

    async def test_raw_and_human_rates_stand_side_by_side(self, story: Story) -> None:
        await story.opened(seconds=1)
        await story.clicked(seconds=1)
        metrics = await story.touchpoints.get_engagement_metrics(story.conversation.id)
        assert (metrics["open_rate"], metrics["click_rate"]) == (100.0, 100.0)
        assert (metrics["human_open_rate"], metrics["human_click_rate"]) == (0.0, 0.0)


class TestTimesAndOutcome:
    async def test_times_keep_the_first_of_each_kind(self, story: Story) -> None:
        await story.opened(hours=5)
        await story.opened(hours=2)
        await story.opened(hours=9)
        assert (await story.touchpoint()).opened_at == at(hours=2)

    async def test_outcome_is_the_furthest_in_every_order(self, story: Story) -> None:
        steps = {"delivered": 1, "opened": 2, "clicked": 3, "replied": 4}
        for order in itertools.islice(itertools.permutations(steps), 0, None, 3):
            message = await story.send()
            for kind in order:
                await story.touchpoints.record_event(message.id, kind, at=at(hours=steps[kind]))
            assert (await story.touchpoint(message.id)).outcome == "replied", order

    async def test_bounce_ends_a_message_whatever_was_reported_before(self, story: Story) -> None:
        await story.opened(hours=1)
        await story.event("bounced", hours=2, detail="policy")
        assert (await story.touchpoint()).outcome == "bounced"

    async def test_soft_bounce_does_not_end_a_message(self, story: Story) -> None:
        await story.event("bounced", hours=2, detail="soft")
        found = await story.touchpoint()
        assert (found.outcome, found.bounced_at) == ("sent", None)

    async def test_times_given_at_creation_become_events(self, story: Story) -> None:
        given = {"conversation_id": story.conversation.id, "sent_at": at(days=1), "opened_at": at(days=1, hours=1)}
        created = await story.touchpoints.create_touchpoint(given)
        kinds = [event.kind for event in await told(story.db) if event.touchpoint_id == created.id]
        assert sorted(kinds) == ["opened", "sent"]

    async def test_time_given_in_an_update_becomes_an_event(self, story: Story) -> None:
        updated = await story.touchpoints.update_touchpoint(story.message.id, {"opened_at": at(hours=3), "subject": "Hi"})
        assert (updated.opened_at, updated.subject, updated.outcome) == (at(hours=3), "Hi", "opened")


class TestOnce:
    async def test_event_reported_twice_changes_nothing(self, story: Story) -> None:
        for _ in range(2):
            await story.opened(hours=1)
        assert len([event for event in await told(story.db) if event.kind == "opened"]) == 1

    async def test_provider_event_id_makes_an_event_the_same(self, story: Story) -> None:
        for minutes in (30, 31):
            await story.opened(minutes=minutes, provider="sendgrid", provider_event_id="x1")
        assert len([event for event in await told(story.db) if event.kind == "opened"]) == 1

    async def test_second_reply_with_same_message_id_changes_nothing(self, story: Story) -> None:
        await story.replied(hours=1, message_id="<a@x>")
        before = await story.contact()
        await story.replied(hours=2, message_id="<a@x>")
        assert await story.contact() == before

    async def test_replies_that_a_provider_tells_apart_are_two(self, story: Story) -> None:
        for number in (1, 2, 2):
            await story.replied(hours=number, provider="sendgrid", provider_event_id=f"r{number}")
        assert len([event for event in await told(story.db) if event.kind == "replied"]) == 2

    async def test_reply_recorded_by_hand_and_then_received_is_one_reply(self, story: Story) -> None:
        await story.replied(hours=2)
        await story.receive(hours=1, message_id="<a@x>")
        conversation = await story.reread()
        assert conversation.response_count == 1
        assert len([event for event in await told(story.db) if event.kind == "replied"]) == 1
        assert (await story.touchpoint()).replied_at == at(hours=1)

    async def test_reply_received_and_then_recorded_by_hand_is_one_reply(self, story: Story) -> None:
        await story.receive(hours=1, message_id="<a@x>")
        await story.replied(hours=2)
        await story.replied(hours=1, message_id="<a@x>")
        assert (await story.reread()).response_count == 1
        assert len([event for event in await told(story.db) if event.kind == "replied"]) == 1

    async def test_message_matched_to_what_it_answers_later_is_one_reply(self, story: Story) -> None:
        inbound = await story.receive(hours=1, answers=None)
        assert (await story.reread()).response_count == 0
        await story.touchpoints.update_touchpoint(inbound.id, {"in_reply_to_id": story.message.id})
        assert (await story.reread()).response_count == 1
        assert "received" not in {event.kind for event in await told(story.db)}

    async def test_message_answered_twice_counts_once_and_remembers_the_last(self, story: Story) -> None:
        await story.receive(hours=1, message_id="<a@x>")
        await story.receive(hours=5, message_id="<b@x>")
        conversation = await story.reread()
        assert (conversation.response_count, conversation.last_response_at) == (1, at(hours=5))
        assert float(conversation.avg_response_time_hours or 0) == 1.0


class TestEngagement:
    async def test_points_fade_by_half_in_fourteen_days(self, story: Story) -> None:
        await story.clicked(hours=1)
        contacts = ContactRepository(story.db)
        now = await contacts.get_engagement_score(story.person.id, as_of=at(hours=1))
        later = await contacts.get_engagement_score(story.person.id, as_of=at(hours=1, days=14))
        assert (now, later) == (18, 10)  # 100 (1 - e^(-3/15)), 100 (1 - e^(-1.5/15))

    async def test_at_most_three_opens_of_a_message_count(self, story: Story) -> None:
        for hours in (5, 3, 9, 1, 7):
            await story.opened(hours=hours)
        light = await story.light_points(at(hours=9))
        assert light == pytest.approx(sum(2 ** (-(9 - hours) / 24 / 14) for hours in (1, 3, 5)), rel=1e-9)

    async def test_order_of_events_does_not_matter(self, timed: Database) -> None:
        acts = [("opened", 3), ("clicked", 4), ("opened", 30), ("replied", 50), ("clicked", 0.1), ("opened", 0.0001), ("opened", 9)]
        scores = set()
        for seed in range(6):
            story = await Story.begin(timed, email=f"p{seed}@acme.com")
            for kind, hours in random.Random(seed).sample(acts, len(acts)):
                await story.event(kind, hours=hours)
            found = await story.contact()
            scores.add((found.engagement_score, found.last_engaged_at, round(await story.light_points(at(days=3)), 9)))
        assert len(scores) == 1

    async def test_refusal_adds_nothing_and_excludes(self, story: Story) -> None:
        await story.replied(hours=1, detail="refusal")
        found = await story.contact()
        assert (found.engagement_score, found.engagement_excluded, found.status) == (0, "refused", "active")

    @pytest.mark.parametrize(
        ("kind", "excluded", "status"),
        [("unsubscribed", "unsubscribed", "unsubscribed"), ("complained", "complained", "unsubscribed"), ("bounced", "bounced", "bounced")],
    )
    async def test_end_of_contact_is_kept(self, story: Story, kind: str, excluded: str, status: str) -> None:
        await story.event(kind, hours=1)
        found = await story.contact()
        assert (found.engagement_excluded, found.status) == (excluded, status)

    async def test_last_engaged_moves_with_the_contact_not_with_us(self, story: Story) -> None:
        await story.send()
        assert (await story.contact()).last_engaged_at is None
        await story.replied(hours=4)
        assert (await story.contact()).last_engaged_at == at(hours=4)

    async def test_reply_of_a_copied_colleague_scores_the_colleague(self, story: Story) -> None:
        colleague = await story.colleague("cc@acme.com")
        await story.replied(hours=1, contact_id=colleague.id)
        found = await ContactRepository(story.db).get_contact_by_id(colleague.id)
        assert found is not None
        assert found.engagement_score == 33
        assert (await story.contact()).engagement_score == 0

    async def test_inbound_message_that_answers_nothing_is_worth_eight_points(self, story: Story) -> None:
        await story.receive(hours=1, answers=None)
        assert (await story.contact()).engagement_score == 41  # 100 (1 - e^(-8/15))

    async def test_reclassified_reply_is_counted_anew(self, story: Story, url: str) -> None:
        import psycopg

        await story.replied(hours=1)
        with psycopg.connect(url) as connection:
            connection.execute("SET search_path = abm")
            connection.execute("UPDATE events SET detail = 'not_now' WHERE kind = 'replied'")
        assert (await story.contact()).engagement_score == 12  # 100 (1 - e^(-2/15))


class TestStream:
    async def test_stream_resumes_after_a_cursor(self, story: Story) -> None:
        first = await told(story.db)
        await story.opened(hours=1)
        later = [event async for event in story.touchpoints.events(after=first[-1].cursor)]
        assert [event.kind for event in later] == ["opened"]

    async def test_stream_waits_for_what_may_still_come_before(self, story: Story) -> None:
        async with story.db.transaction() as slow:
            await TouchpointRepository(slow).record_email_opened(story.message.id, at=at(hours=1))
            other = await Story.begin(story.db, email="fast@acme.com")
            seen = {event.touchpoint_id for event in await told(story.db)}
            assert other.message.id not in seen
        assert other.message.id in {event.touchpoint_id for event in await told(story.db)}

    async def test_cursor_of_a_server_that_was_left_behind_goes_on_after_a_restore(self, story: Story, url: str) -> None:
        import psycopg

        await story.opened(hours=1)
        with psycopg.connect(url) as connection:  # as a restore leaves them
            connection.execute("SET session_replication_role = replica; UPDATE abm.events SET recorded_in = '0'")
        known = await told(story.db)
        await story.opened(hours=2)
        later = [event async for event in story.touchpoints.events(after=f"99999999999-{known[0].id}")]
        assert [event.kind for event in later] == ["opened", "opened"]

    async def test_bad_cursor_is_refused(self, story: Story) -> None:
        with pytest.raises(InvalidValueError, match="after"):
            [event async for event in story.touchpoints.events(after="yesterday")]


class TestRefusals:
    async def test_unknown_touchpoint_is_named(self, story: Story) -> None:
        with pytest.raises(NotFoundError, match=str(story.person.id)):
            await story.touchpoints.record_email_opened(story.person.id)

    async def test_unknown_kind_lists_the_kinds(self, story: Story) -> None:
        with pytest.raises(InvalidValueError, match=r"kind.*opened"):
            await story.touchpoints.record_event(story.message.id, "looked")

    async def test_unknown_field_is_named(self, story: Story) -> None:
        with pytest.raises(UnknownFieldError, match=r"user_agnt.*user_agent"):
            await story.opened(hours=1, user_agnt="x")

    async def test_one_bad_event_of_many_records_none(self, story: Story) -> None:
        before = len(await told(story.db))
        good: dict[str, object] = {"kind": "opened", "touchpoint_id": story.message.id, "at": at(hours=1)}
        with pytest.raises(Exception, match="touchpoint_id"):
            await story.touchpoints.record_events([good, good | {"touchpoint_id": story.person.id}])
        assert len(await told(story.db)) == before


async def test_opens_and_deliveries_of_one_message_at_once_never_deadlock(db: Database) -> None:
    story = await Story.begin(db)

    async def one(number: int) -> None:
        async with db.transaction() as session:  # not tried again: a deadlock would be seen
            kind = ["opened", "delivered", "clicked", "bounced"][number % 4]
            await TouchpointRepository(session).record_event(story.message.id, kind, at=at(hours=number))

    await asyncio.gather(*(one(number) for number in range(48)))


async def test_events_of_one_message_at_once_lose_nothing(timed: Database, clock: Clock) -> None:
    story = await Story.begin(timed)
    ids: list[UUID] = [story.message.id, (await story.send()).id]
    await asyncio.gather(
        *(story.touchpoints.record_event(ids[n % 2], ["opened", "clicked", "replied"][n % 3], at=at(hours=n + 1)) for n in range(30))
    )
    contact = await story.contact()
    fresh = await ContactRepository(timed).get_engagement_score(contact.id, as_of=contact.last_engaged_at)
    assert contact.engagement_score == fresh
    assert (await story.reread()).response_count == 2


@pytest.mark.parametrize("year", [1, 1970, 9999])
async def test_event_with_a_wrong_date_breaks_no_answer(timed: Database, year: int) -> None:
    story = await Story.begin(timed)
    event = {"kind": "replied", "touchpoint_id": story.message.id, "at": datetime(year, 1, 2, tzinfo=UTC)}
    await timed.write(int, "touchpoints.record_many", {"events": msgspec.json.encode([event]).decode()})  # as SQL of anybody's own
    assert await ContactRepository(timed).get_engagement_score(story.person.id) in {0, 100}
    overview = await CompanyGraph(timed).get_account_overview(story.company.id)
    assert overview["summary"]["total_contacts"] == 1
    await story.replied(hours=1, message_id="<b@x>")


async def test_what_is_still_to_come_is_not_recorded(timed: Database, clock: Clock) -> None:
    story = await Story.begin(timed)
    ahead = clock() + timedelta(days=8)
    with pytest.raises(InvalidValueError, match=r"at: .* is still to come"):
        await story.touchpoints.record_email_opened(story.message.id, at=ahead)
    with pytest.raises(InvalidValueError, match=r"at: .* is still to come"):
        await story.touchpoints.record_events([{"kind": "opened", "touchpoint_id": story.message.id, "at": ahead}])
    assert [event.kind for event in await told(timed)] == ["sent"]
