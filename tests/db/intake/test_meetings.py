"""What calendars say of meetings, by webhook and by mail, goes one road: booked once, moved with what is asked about it, called off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.work.tasks import Task, TaskKind, Wanted, list_tasks
from accountgraph.channels.providers.known import webhook_for
from accountgraph.intake import take_told
from tests.channels.calendars.samples import NOW, START, Sample, calcom, calendly

if TYPE_CHECKING:
    from accountgraph.channels.providers.event import Told
    from accountgraph.db import Session
    from tests.db.intake.letters import Correspondence

LATER = START + timedelta(days=2)
OLD = "https://api.calendly.com/scheduled_events/EV1/invitees/INV1"
BOOKED = {"calendly": calendly("invitee.created", "booked"), "calcom": calcom("BOOKING_CREATED", "booked")}
MOVED = {
    "calendly": calendly("invitee.created", "moved", uid="EV2", start=LATER, at=NOW + timedelta(minutes=5), old_invitee=OLD),
    "calcom": calcom(
        "BOOKING_RESCHEDULED", "moved", uid="new", start=LATER, at=NOW + timedelta(minutes=5), rescheduleUid="bFJeNb2uX8ANpT3JL5EfXw"
    ),
}
CANCELLED = {
    "calendly": calendly("invitee.canceled", "cancelled", uid="EV2", at=NOW + timedelta(minutes=9), status="canceled"),
    "calcom": calcom("BOOKING_CANCELLED", "cancelled", uid="new", at=NOW + timedelta(minutes=9), cancellationReason="ill"),
}


async def _certificates(url: str) -> bytes:
    raise OSError(url)


async def _told(letters: Correspondence, name: str, *samples: Sample) -> list[str]:
    hook, effects = webhook_for(name, _certificates), []
    for sample in samples:
        effects += await letters.world.db.run(partial(_taken, hook.events(sample.body, {})))
    return effects


async def _taken(told: list[Told], session: Session) -> list[str]:
    return await take_told(session, told, NOW + timedelta(hours=1))


async def _asked(letters: Correspondence, **wanted: Any) -> list[Task]:
    return await list_tasks(letters.world.db, Wanted(kind=TaskKind.MEETING_OUTCOME, **wanted), letters.world.db.now())


@pytest.fixture(params=["calendly", "calcom"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_a_booking_ends_it_for_the_person_and_pauses_the_account(letters: Correspondence, name: str) -> None:
    await _told(letters, name, BOOKED[name], BOOKED[name])
    [task] = await _asked(letters)
    assert (task.waits_until, task.title) == (START, "What came of the meeting with Anna?")
    assert (await letters.kinds(), await letters.places()) == (["meeting_booked"], ["finished meeting", "paused meeting"])


async def test_a_meeting_that_was_moved_is_asked_about_after_its_new_time(letters: Correspondence, name: str) -> None:
    said = await _told(letters, name, BOOKED[name], MOVED[name], MOVED[name])
    [task] = await _asked(letters)
    assert (task.waits_until, task.due_at > LATER, await letters.kinds()) == (LATER, True, ["meeting_booked"])
    assert said[-3:] == [
        f"the meeting is on {LATER:%Y-%m-%d %H:%M} UTC; what came of it is asked afterwards",
        said[-2],
        "nothing new: the meeting is known",
    ]


async def test_a_meeting_that_was_called_off_is_asked_about_no_more_and_the_owner_hears_of_it(letters: Correspondence, name: str) -> None:
    await _told(letters, name, BOOKED[name], MOVED[name], CANCELLED[name], CANCELLED[name])
    [over] = await _asked(letters, state="done")
    [asked] = await _asked(letters)
    assert (over.outcome, over.closed_by, asked.signal) == ("cancelled", name, "meeting_missed")
    assert sorted(await letters.kinds()) == ["meeting_booked", "meeting_missed"]


@pytest.mark.parametrize("order", [one for one in permutations(range(3)) if one != (0, 1, 2)])
async def test_in_whatever_order_it_is_heard_what_was_called_off_stays_so(
    letters: Correspondence, name: str, order: tuple[int, ...]
) -> None:
    said = [BOOKED[name], MOVED[name], CANCELLED[name]]
    await _told(letters, name, *(said[number] for number in order), *said)
    assert [task.signal for task in await _asked(letters)] == ["meeting_missed"]


async def test_a_meeting_with_nobody_we_know_is_kept_and_does_nothing(letters: Correspondence, name: str) -> None:
    stranger = (calendly if name == "calendly" else calcom)(
        "invitee.created" if name == "calendly" else "BOOKING_CREATED", "booked", email="x@y.com"
    )
    assert await _told(letters, name, stranger) == [
        f"{stranger.payload.get('event') or 'BOOKING_CREATED'} of {name}: nobody we know is invited"
    ]
    assert (await _asked(letters), await letters.kinds()) == ([], [])


async def test_what_means_nothing_to_us_is_kept(letters: Correspondence) -> None:
    assert await _told(letters, "calcom", calcom("MEETING_ENDED", "unknown")) == ["MEETING_ENDED of calcom: kept, nothing to act on"]


def _calendar(letters: Correspondence, method: str, sequence: int, start: datetime, number: int) -> bytes:
    event = (
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:one@acme.com\r\nSEQUENCE:{sequence}\r\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nSUMMARY:A talk\r\nORGANIZER:mailto:anna@acme.com\r\n"
        "ATTENDEE:mailto:me@ours.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    kind = f"Content-Type: text/calendar; method={method}".encode()
    raw = letters.mail("Here.", number=number).replace(b'Content-Type: text/plain; charset="utf-8"', kind)
    return raw.replace(b"Here.\n", event.encode())


async def test_an_invitation_by_mail_that_is_moved_and_called_off_goes_the_same_road(letters: Correspondence) -> None:
    first, second = datetime(2031, 3, 4, 9, tzinfo=UTC), datetime(2031, 3, 6, 9, tzinfo=UTC)
    await letters.take(_calendar(letters, "REQUEST", 0, first, 1))
    await letters.take(_calendar(letters, "REQUEST", 2, second, 2))
    late = await letters.take(_calendar(letters, "REQUEST", 1, first, 3))
    [task] = await _asked(letters)
    assert (task.waits_until, late.effects[-1]) == (second, "nothing: something later is known of this meeting")
    await letters.take(_calendar(letters, "CANCEL", 3, second, 4))
    assert [one.outcome for one in await _asked(letters, state="done")] == ["cancelled"]
    assert sorted(await letters.kinds()) == ["meeting_booked", "meeting_missed"]
