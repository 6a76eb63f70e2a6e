"""What came of a task becomes a touchpoint, and does what the table of outcomes says, once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import Struct

from accountgraph.campaigns.desk.account import Account
from accountgraph.campaigns.desk.closing import Closed, complete, skip
from accountgraph.campaigns.desk.outcomes import OUTCOMES, Sentiment, Time
from accountgraph.campaigns.desk.queue import Asked, take_next
from accountgraph.campaigns.desk.sheet import open_sheet
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.campaigns.work.tasks import Task, TaskKind, Wanted, list_tasks
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.models import Contact
    from tests.db.campaigns.world import World
    from tests.factories import Clock

NUMBER, PROFILE = "+15550120000", "https://www.linkedin.com/in/anna"
TEMPLATES = {"again": {"subject": "Again", "body": "Once more, {{ contact.first_name }}."}}
BY_HAND = [TaskKind.CALL, TaskKind.LINKEDIN, TaskKind.MAIL, TaskKind.MEETING]
COUNTS = """
SELECT json_build_array(
    (SELECT count(*) FROM touchpoints), (SELECT count(*) FROM events), (SELECT count(*) FROM signals), (SELECT count(*) FROM tasks),
    (SELECT count(*) FROM suppressions), (SELECT json_agg(e.state || coalesce(e.reason, '') ORDER BY e.id) FROM enrolments AS e)
)::text
"""


class Touch(Struct, frozen=True):
    channel: str
    outcome: str
    outcome_details: str | None
    response: str | None
    call_duration_seconds: int | None
    call_recording_url: str | None
    call_transcript: str | None
    call_sentiment: str | None


class Desk:
    """Anna is to be approached by hand; Ben of the same account waits for a mail of the same campaign."""

    def __init__(self, world: World, anna: Contact, ben: Contact, enrolments: list[UUID]) -> None:
        self.world, self.anna, self.ben = world, anna, ben
        self.hers, self.his = enrolments

    @classmethod
    async def begin(cls, world: World, kind: str = "call", *, is_live: bool = True) -> Desk:
        [anna, ben] = await world.account("acme.com", "Anna", "Ben")
        await ContactRepository(world.db).update_contact(anna.id, {"phone": NUMBER, "linkedin_url": PROFILE})
        steps = [
            {"key": "reach", "channel": kind, "instructions": "Say hello."},
            {"key": "after", "channel": "email", "template": "again", "wait_business_days": 2},
        ]
        version = await world.campaign(steps=steps, templates=TEMPLATES)
        enrolments = [*await world.enrol(version, anna, is_live=is_live), *await world.enrol(version, ben, is_live=is_live)]
        await world.runner().run_due()
        return cls(world, anna, ben, enrolments)

    @property
    def now(self) -> datetime:
        return self.world.db.now()

    async def tasks(self, **wanted: Any) -> list[Task]:
        found = await list_tasks(self.world.db, Wanted(**wanted), self.now)
        return [task for task in found if task.contact_id == self.anna.id]

    async def task(self, **wanted: Any) -> Task:
        [task] = await self.tasks(**wanted)
        return task

    async def done(self, task: Task, outcome: str | None = None, by: str = "Ann", **said: Any) -> Closed:
        account = Account(by=by, outcome=outcome, **said)
        return await self.world.db.run(lambda session: complete(session, task.id, account, self.now))

    async def places(self) -> list[str]:
        places = [await self.world.standing(one) for one in (self.hers, self.his)]
        return [" ".join(filter(None, (place.state, place.reason))) for place in places]

    async def touches(self) -> list[Touch]:
        found: list[Touch] = await self.world.select(Touch, "SELECT * FROM touchpoints ORDER BY sent_at, id")
        return found

    async def events(self) -> list[str]:
        found = "SELECT concat_ws(' ', kind, detail) FROM events WHERE kind NOT IN ('sent', 'delivered') ORDER BY id"
        return await self.world.select(str, found)

    async def signals(self) -> list[str]:
        return await self.world.select(str, "SELECT kind FROM signals ORDER BY recorded_at, kind")

    async def kept_off(self, channel: str) -> list[str]:
        return sorted(one.reason for one in await SuppressionRepository(self.world.db).get_suppressions(self.anna.id, channel))


def _said(desk: Desk, kind: TaskKind, word: str) -> dict[str, Any]:
    """What an outcome asks for."""
    outcome = next(one for one in OUTCOMES[kind] if one.word == word)
    return {
        **({"text": "Yes, sounds good. Let us talk."} if outcome.reads else {}),
        **({"at": desk.now + timedelta(days=3)} if outcome.time else {}),
    }


@pytest.mark.parametrize(("kind", "word"), [(kind, outcome.word) for kind in BY_HAND for outcome in OUTCOMES[kind]])
async def test_every_outcome_is_recorded_once(world: World, kind: TaskKind, word: str) -> None:
    desk = await Desk.begin(world, kind.value)
    [task] = await desk.tasks(kind=kind)
    said = _said(desk, kind, word)
    first = await desk.done(task, word, **said)
    [before] = await world.select(str, COUNTS)
    again = await desk.done(task, word, **said)
    assert (first.is_new, first.task.state, first.task.outcome, again.is_new, again.effects) == (True, "done", word, False, [])
    assert await world.select(str, COUNTS) == [before]
    assert {touch.channel for touch in await desk.touches() if touch.channel != "email"} == ({kind} if first_touches(kind, word) else set())


def first_touches(kind: TaskKind, word: str) -> bool:
    return next(one for one in OUTCOMES[kind] if one.word == word).is_touch


async def test_two_who_record_an_outcome_at_once_record_it_once(world: World) -> None:
    desk = await Desk.begin(world)
    task = await desk.task()
    both = await asyncio.gather(desk.done(task, "voicemail"), desk.done(task, "no_answer", by="Bob"))
    assert sorted(one.is_new for one in both) == [False, True]
    assert len([touch for touch in await desk.touches() if touch.channel == "call"]) == 1


async def test_all_that_is_said_of_a_call_is_kept_with_it(world: World) -> None:
    desk = await Desk.begin(world)
    recording = "https://calls.example.com/7?key=1"
    said: dict[str, Any] = {"seconds": 270, "recording": recording, "transcript": "Hello. Hello.", "sentiment": Sentiment.NEUTRAL}
    closed = await desk.done(await desk.task(), "reached", **said)
    [touch] = [one for one in await desk.touches() if one.channel == "call"]
    assert touch == Touch("call", "sent", "reached", None, 270, recording, "Hello. Hello.", "neutral")
    assert (closed.effects, await desk.events(), await desk.signals()) == (["Anna is waiting in plain"], ["answered"], [])


@pytest.mark.parametrize(
    ("sentiment", "event", "signal"), [("positive", "replied positive", "reply_positive"), ("negative", "replied other", "reply_objection")]
)
async def test_how_a_call_went_pauses_the_account_as_an_answer_does(world: World, sentiment: str, event: str, signal: str) -> None:
    desk = await Desk.begin(world)
    await desk.done(await desk.task(), "reached", sentiment=Sentiment(sentiment), note="Wants a quote")
    assert await desk.places() == ["finished replied", "paused account"]
    assert (await desk.events(), await desk.signals()) == ([event], [signal])
    assert (await desk.task(kind=TaskKind.REPLY)).said == "Wants a quote"


async def test_a_wrong_number_is_called_and_texted_no_more(world: World) -> None:
    desk = await Desk.begin(world)
    closed = await desk.done(await desk.task(), "wrong_number")
    assert closed.effects[-1] == f"{NUMBER} is suppressed on call, sms, whatsapp: bounced"
    assert [await desk.kept_off(channel) for channel in ("call", "sms", "email")] == [["bounced"], ["bounced"], []]
    assert [touch.outcome for touch in await desk.touches() if touch.channel == "call"] == ["failed"]
    await ContactRepository(world.db).update_contact(desk.anna.id, {"phone": "+15550129999"})
    assert await desk.kept_off("call") == []


async def test_who_wants_no_calls_gets_none_and_may_be_written_to_still(world: World) -> None:
    desk = await Desk.begin(world)
    await desk.done(await desk.task(), "do_not_call")
    assert (await desk.kept_off("call"), await desk.kept_off("sms"), await desk.kept_off("email")) == (
        ["do_not_contact", "unsubscribed"],
        ["do_not_contact"],
        [],
    )
    anna = await ContactRepository(world.db).get_contact_by_id(desk.anna.id)
    assert anna is not None
    assert (anna.status, (await desk.places())[0]) == ("active", "finished unsubscribed")


async def test_a_number_without_its_country_keeps_the_person_off(world: World) -> None:
    desk = await Desk.begin(world)
    await ContactRepository(world.db).update_contact(desk.anna.id, {"phone": "555 0123"})
    await desk.done(await desk.task(), "wrong_number")
    assert (await desk.kept_off("call"), await desk.kept_off("email")) == (["bounced"], [])


async def test_who_wants_to_be_called_back_is_at_that_time_and_hears_nothing_until_then(world: World, clock: Clock) -> None:
    desk = await Desk.begin(world)
    at = desk.now + timedelta(days=9)
    await desk.done(await desk.task(), "callback", at=at, note="After the fair")
    task = await desk.task()
    assert (task.title, task.body, task.owner, task.waits_until, task.due_at) == (
        "Call Anna back",
        "After the fair\n\nSay hello.",
        "Ann",
        at,
        at,
    )
    asked = Asked(by="Ann")
    assert await world.db.run(lambda session: take_next(session, asked, desk.now)) is None
    clock.forward(days=8)
    await world.runner().run_due()
    assert (await desk.places())[0] == "paused callback"
    clock.forward(days=1)
    taken = await world.db.run(lambda session: take_next(session, asked, desk.now))
    assert taken is not None
    assert taken.id == task.id
    closed = await desk.done(taken, "voicemail", seconds=20)
    assert closed.effects == ["Anna is due again: it is decided anew, within hours and caps"]
    assert [touch.outcome_details for touch in await desk.touches() if touch.channel == "call"] == ["callback", "voicemail"]


async def test_a_call_back_that_is_put_off_keeps_them_waiting(world: World) -> None:
    desk = await Desk.begin(world)
    await desk.done(await desk.task(), "callback", at=desk.now + timedelta(days=1))
    await desk.done(await desk.task(), "callback", at=desk.now + timedelta(days=2))
    assert (len(await desk.tasks()), (await desk.places())[0]) == (1, "paused callback")


async def test_without_the_call_back_they_go_on(world: World) -> None:
    desk = await Desk.begin(world)
    await desk.done(await desk.task(), "callback", at=desk.now + timedelta(days=1))
    task = await desk.task()
    await world.db.run(lambda session: skip(session, task.id, by="Ann", now=desk.now))
    assert (await desk.places())[0] == "waiting"


@pytest.mark.parametrize(
    ("text", "signal", "place"),
    [
        ("Yes, sounds good. Let us talk next week.", "reply_positive", "finished replied"),
        ("Please stop messaging me and remove me from your list.", "unsubscribe", "finished unsubscribed"),
        ("hm", "reply", "finished replied"),
    ],
)
async def test_an_answer_on_linkedin_is_understood_as_a_mail_is(world: World, text: str, signal: str, place: str) -> None:
    desk = await Desk.begin(world, "linkedin")
    await desk.done(await desk.task(), "replied", text=text)
    assert (await desk.signals(), (await desk.places())[0]) == ([signal], place)


async def test_what_comes_after_a_message_left_is_recorded_with_it(world: World) -> None:
    desk = await Desk.begin(world, "linkedin")
    task = await desk.task()
    await desk.done(task, "sent")
    assert (await desk.places())[0] == "waiting"
    later = [choice.word for choice in (await open_sheet(world.db, task.id, desk.now)).choices]
    assert later == ["accepted", "replied", "declined", "ignored", "booked"]
    accepted = await desk.done(task, "accepted")
    replied = await desk.done(task, "replied", text="Yes, sounds good.")
    again, other = await desk.done(task, "replied", text="Yes, sounds good."), await desk.done(task, "declined")
    assert [one.is_new for one in (accepted, replied, again, other)] == [True, True, False, False]
    [touch] = [one for one in await desk.touches() if one.channel == "linkedin"]
    assert (touch.outcome, touch.outcome_details, touch.response) == ("replied", "replied", "Yes, sounds good.")
    assert (await desk.places()) == ["finished replied", "paused account"]


async def test_a_profile_that_is_not_there_is_no_touch_and_is_taken_out(world: World) -> None:
    desk = await Desk.begin(world, "linkedin")
    closed = await desk.done(await desk.task(), "not_found")
    assert closed.effects == ["the step is passed over; Anna goes on to step after", f"the profile link is taken out: {PROFILE}"]
    anna = await ContactRepository(world.db).get_contact_by_id(desk.anna.id)
    assert anna is not None
    assert (anna.linkedin_url, (await world.standing(desk.hers)).touch_count) == (None, 0)


async def test_post_that_comes_back_is_sent_no_more(world: World) -> None:
    desk = await Desk.begin(world, "mail")
    task = await desk.task()
    await desk.done(task, "sent")
    await desk.done(task, "returned")
    assert (await desk.kept_off("mail"), [touch.outcome for touch in await desk.touches() if touch.channel == "mail"]) == (
        ["bounced"],
        ["failed"],
    )


async def _booked(world: World, at: datetime) -> Desk:
    desk = await Desk.begin(world)
    signal = Signal(kind=SignalKind.MEETING_BOOKED, dedupe_key="booked", source="test", contact_id=desk.anna.id, until=at)
    await world.db.run(lambda session: record_signal(session, signal, desk.now))
    return desk


async def test_a_meeting_that_was_held_is_a_touch_and_the_account_goes_on(world: World, clock: Clock) -> None:
    at = world.db.now() + timedelta(hours=30)
    desk = await _booked(world, at)
    task = await desk.task(kind=TaskKind.MEETING_OUTCOME)
    assert (task.waits_until, (await desk.places())[1]) == (at, "paused meeting")
    clock.forward(days=2)
    await desk.done(task, "held", seconds=1800)
    [touch] = [one for one in await desk.touches() if one.channel == "meeting"]
    assert (touch.outcome_details, touch.call_duration_seconds, await desk.events()) == ("held", 1800, ["meeting_held"])
    assert ((await desk.places())[1], await desk.tasks(kind=TaskKind.MEETING_OUTCOME)) == ("waiting", [])


async def test_a_meeting_that_was_moved_is_asked_about_after_its_new_time(world: World) -> None:
    desk = await _booked(world, world.db.now() + timedelta(days=1))
    task, later = await desk.task(kind=TaskKind.MEETING_OUTCOME), datetime(2026, 3, 20, 14, tzinfo=UTC)
    first, again = await desk.done(task, "rescheduled", at=later), await desk.done(task, "rescheduled", at=later)
    assert (first.is_new, again.is_new, first.task.state, first.task.waits_until) == (True, False, "open", later)
    assert first.task.due_at > later
    assert (await desk.signals(), (await desk.places())[1]) == (["meeting_booked"], "paused meeting")


@pytest.mark.parametrize("word", ["missed", "no-show", "cancelled"])
async def test_a_meeting_that_did_not_take_place_is_no_touch_and_asks_the_owner(world: World, word: str) -> None:
    desk = await _booked(world, world.db.now() + timedelta(days=1))
    await desk.done(await desk.task(kind=TaskKind.MEETING_OUTCOME), word)
    assert [touch for touch in await desk.touches() if touch.channel == "meeting"] == []
    assert await desk.signals() == ["meeting_booked", "meeting_missed"]
    assert len(await desk.tasks(kind=TaskKind.MEETING_OUTCOME)) == 1


async def test_a_call_of_somebody_who_has_ended_meanwhile_is_a_touch_and_moves_nothing(world: World) -> None:
    desk = await Desk.begin(world)
    task = await desk.task()
    signal = Signal(kind=SignalKind.MANUAL_STOP, dedupe_key="stop", source="test", contact_id=desk.anna.id)
    await world.db.run(lambda session: record_signal(session, signal, desk.now))
    await world.select(int, "UPDATE tasks SET state = 'open', closed_at = NULL WHERE id = %(id)s RETURNING 1", id=task.id)
    closed = await desk.done(task, "do_not_call")
    assert closed.effects[0] == "nothing moves: what waited for it has ended or gone on"
    assert await desk.kept_off("call") == ["do_not_contact", "unsubscribed"]
    assert [touch.outcome_details for touch in await desk.touches() if touch.channel == "call"] == ["do_not_call"]


@pytest.mark.parametrize("word", ["do_not_call", "wrong_number", "refused"])
async def test_the_outcome_of_a_dry_run_is_done_to_nobody(world: World, word: str) -> None:
    desk = await Desk.begin(world, is_live=False)
    await desk.done(await desk.task(), word)
    assert (await desk.touches(), await desk.signals(), await desk.kept_off("call")) == ([], [], [])
    assert (await desk.places())[0] == "waiting"


def test_every_outcome_that_asks_for_a_time_says_so() -> None:
    timed = [outcome for known in OUTCOMES.values() for outcome in known if outcome.time]
    assert {outcome.time for outcome in timed} == set(Time)
    assert all("--at" in outcome.says for outcome in timed)
