"""A mail comes in: it is kept, finds its conversation, and moves campaigns as what it means says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.signals.meanings import day_in
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.db.campaigns.world import World
from tests.db.intake.letters import Correspondence

if TYPE_CHECKING:
    from accountgraph.db import Database

OUT: dict[str, Any] = {"Auto_Submitted": "auto-replied", "subject": "Automatic reply: Hello Anna"}


async def test_reply_in_the_thread_is_matched_by_its_headers(letters: Correspondence) -> None:
    taken = await letters.take(letters.mail("That sounds great, can we talk on Tuesday?"))
    assert (taken.state, taken.matched_by, taken.contact_id) == ("matched", "headers", letters.anna.id)


async def test_positive_reply_ends_the_person_and_pauses_the_account(letters: Correspondence) -> None:
    await letters.take(letters.mail("Yes, I am interested. Please send me more information."))
    assert await letters.kinds() == ["reply_positive"]
    assert await letters.places() == ["finished replied", "paused account"]


async def test_same_mail_again_changes_nothing_and_tells_what_it_did(letters: Correspondence) -> None:
    first = await letters.take(letters.mail("Yes, I am interested."))
    again = await letters.take(letters.mail("Yes, I am interested."), source="another mailbox")
    assert (again.is_new, again.id, again.effects) == (False, first.id, first.effects)
    assert len(await letters.kinds()) == 1


async def test_mail_is_kept_byte_for_byte_with_what_was_understood(letters: Correspondence) -> None:
    raw = letters.mail("Please remove me from your list.")
    await letters.take(raw)
    [kept] = await letters.world.select(bytes, "SELECT raw FROM mails")
    [found] = await letters.world.select(dict, "SELECT understood FROM mails")
    assert bytes(kept) == raw
    assert found["meaning"]["kind"] == "unsubscribe"
    assert found["meaning"]["evidence"]


async def test_reply_without_a_thread_is_matched_by_the_address(letters: Correspondence) -> None:
    taken = await letters.take(letters.mail("Who is this?", answers=None))
    assert (taken.state, taken.matched_by) == ("matched", "address")
    assert taken.touchpoint_id is not None


async def test_reply_to_an_alias_is_matched_by_it(letters: Correspondence) -> None:
    raw = letters.mail("Fine with me.", answers=None, sender="x@elsewhere.org", to=f"me+{letters.first.intent_id.hex}@ours.com")
    taken = await letters.take(raw)
    assert (taken.matched_by, taken.contact_id) == ("alias", letters.anna.id)


async def test_an_answer_to_the_address_that_a_message_gives_belongs_to_it(timed: Database) -> None:
    world = await World.begin(timed)
    [sender] = await SenderRepository(world.db).list_senders(channel="email")
    await SenderRepository(world.db).update_sender(sender.id, {"alias_replies": True})
    letters = await Correspondence.begin(world)
    assert letters.first.reply_to is not None
    taken = await letters.take(letters.mail("Fine.", answers=None, sender="x@elsewhere.org", to=letters.first.reply_to))
    assert (taken.matched_by, taken.contact_id) == ("alias", letters.anna.id)


async def test_words_from_an_address_nobody_knows_are_not_acted_upon_but_read(letters: Correspondence) -> None:
    await letters.take(letters.mail("Please remove me from your list.", sender="somebody@elsewhere.org"))
    assert await letters.kinds() == ["reply"]
    assert await letters.world.select(int, "SELECT count(*) FROM suppressions") == [0]


async def test_colleague_who_answers_in_the_thread_joins_the_conversation_and_scores_themselves(letters: Correspondence) -> None:
    taken = await letters.take(letters.mail("I can help with that.", sender="Ben <ben@acme.com>"))
    assert taken.contact_id == letters.ben.id
    joined = "SELECT count(*) FROM conversation_participants AS p WHERE p.contact_id = %(id)s"
    assert await letters.world.select(int, joined, id=letters.ben.id) == [1]
    [actor] = await letters.world.select(object, "SELECT e.contact_id FROM events AS e WHERE e.kind = 'replied'")
    assert actor == letters.ben.id


async def test_colleague_whom_nobody_knew_becomes_a_contact_of_the_account(letters: Correspondence) -> None:
    taken = await letters.take(letters.mail("Anna forwarded this to me.", sender="Carla Diaz <carla@acme.com>"))
    found = "SELECT c.first_name || ' ' || c.last_name || ' ' || c.source FROM contacts AS c WHERE c.id = %(id)s"
    assert await letters.world.select(str, found, id=taken.contact_id) == ["Carla Diaz wrote to us"]


async def test_stranger_without_a_thread_is_kept_and_moves_nobody(letters: Correspondence) -> None:
    taken = await letters.take(letters.mail("Buy our carpets.", sender="x@elsewhere.org", answers=None))
    assert (taken.state, await letters.kinds()) == ("unmatched", [])
    assert await letters.places() == ["waiting", "pending"]


async def test_two_conversations_without_a_thread_are_ambiguous_and_a_person_is_asked(letters: Correspondence) -> None:
    other = await ConversationRepository(letters.world.db).create_conversation(letters.anna.id)
    await TouchpointRepository(letters.world.db).record_email_sent(other.id, "Another matter", "Something else.")
    taken = await letters.take(letters.mail("What is this about?", answers=None))
    assert (taken.state, taken.touchpoint_id) == ("ambiguous", None)
    assert await letters.world.select(int, "SELECT count(*) FROM tasks WHERE title LIKE 'Which conversation%%'") == [1]
    assert (await letters.places())[0] == "finished replied"


async def test_out_of_office_waits_until_the_day_they_are_back_where_they_live(letters: Correspondence) -> None:
    back = (letters.world.db.now() + timedelta(days=9)).date()
    text = f"I am out of the office and will be back on {back:%d %B %Y}."
    await letters.take(letters.mail(text, **OUT))
    [zone] = await letters.world.select(str, "SELECT zone FROM enrolments WHERE id = %(id)s", id=letters.enrolments[0])
    standing = await letters.world.standing(letters.enrolments[0])
    assert (standing.state, standing.reason, standing.paused_until) == ("paused", "out_of_office", day_in(zone, back))


async def test_out_of_office_is_no_reply_and_leaves_the_account_alone(letters: Correspondence) -> None:
    await letters.take(letters.mail("I am out of the office this week.", **OUT))
    assert await letters.kinds() == ["out_of_office"]
    assert (await letters.places())[1] == "pending"


async def test_stand_in_is_proposed(letters: Correspondence) -> None:
    text = "I am out of the office until further notice. In urgent cases please contact Dora Lane (dora@acme.com)."
    await letters.take(letters.mail(text, **OUT))
    assert await letters.world.select(str, "SELECT title FROM tasks WHERE kind = 'proposal'") == ["Write to Dora Lane, whom Anna named"]


def _bounce(letters: Correspondence, status: str, words: str) -> bytes:
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.acme.com>\r\nTo: me@ours.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Message-ID: <bounce@mx.acme.com>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n<anna@acme.com>: {words}\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.acme.com\r\n\r\n"
        f"Final-Recipient: rfc822; anna@acme.com\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letters.first.message_id}\r\n"
        f"X-AccountGraph-Intent: {letters.first.intent_id}\r\nTo: anna@acme.com\r\n\r\n--b--\r\n"
    ).encode()


async def test_hard_bounce_fails_the_person_and_suppresses_the_address(letters: Correspondence) -> None:
    taken = await letters.take(_bounce(letters, "5.1.1", "550 5.1.1 User unknown"))
    assert (taken.kind, taken.matched_by) == ("bounce", "alias")
    assert (await letters.places())[0] == "failed bounced"
    assert await letters.world.select(str, "SELECT reason FROM suppressions") == ["bounced"]


def _forged(letters: Correspondence, whom: str) -> bytes:
    """A report that names somebody, and no message of ours."""
    raw = _bounce(letters, "5.1.1", "550 5.1.1 User unknown").decode()
    named = f"Message-ID: {letters.first.message_id}\r\nX-AccountGraph-Intent: {letters.first.intent_id}\r\n"
    assert named in raw
    return raw.replace(named, "").replace("anna@acme.com", whom).encode()


async def test_report_about_somebody_we_never_wrote_to_suppresses_nobody(letters: Correspondence) -> None:
    taken = await letters.take(_forged(letters, "ben@acme.com"))
    assert (taken.state, "anybody can write such a report" in taken.effects[-1]) == ("ignored", True)
    assert await letters.world.select(int, "SELECT count(*) FROM suppressions") == [0]


async def test_report_that_names_no_message_is_believed_of_somebody_we_wrote_to_lately(letters: Correspondence) -> None:
    await letters.take(_forged(letters, "anna@acme.com"))
    assert await letters.world.select(str, "SELECT reason FROM suppressions") == ["bounced"]


async def test_policy_bounce_holds_the_mailbox_and_suppresses_nobody(letters: Correspondence) -> None:
    await letters.take(_bounce(letters, "5.7.1", "550 5.7.1 Message rejected due to DMARC policy"))
    assert await letters.world.select(str, "SELECT scope FROM holds") == ["sender"]
    assert await letters.world.select(int, "SELECT count(*) FROM suppressions") == [0]


async def test_bounce_of_a_message_of_which_nobody_knew_tells_that_it_left(timed: Database) -> None:
    from tests.db.intake.letters import Correspondence as Letters

    world = await World.begin(timed)
    anna, ben = await world.account("acme.com", "Anna", "Ben")
    enrolments = await world.enrol(await world.campaign(), anna)

    async def silence(message: object) -> Result:
        world.post.sent.append(message)  # type: ignore[arg-type]
        return Result(outcome=Sent.UNKNOWN, detail="no answer")

    world.post.answer = silence
    await world.runner().run_due()
    letters = Letters(world, anna, ben, enrolments, world.post.sent[0])
    assert await letters.places() == ["paused unknown"]
    await letters.take(_bounce(letters, "4.2.2", "452 4.2.2 Mailbox full"))
    assert await world.select(str, "SELECT state FROM intents") == ["sent"]
    assert await world.select(str, "SELECT state FROM tasks WHERE kind = 'resolve_unknown'") == ["done"]


async def test_unsubscribe_by_our_mailto_suppresses_before_the_next_send(letters: Correspondence) -> None:
    raw = letters.mail("", answers=None, subject=f"unsubscribe {letters.first.intent_id}", sender="private@gmail.com")
    taken = await letters.take(raw)
    assert (taken.kind, taken.contact_id) == ("unsubscribe", letters.anna.id)
    assert (await letters.places())[0] == "finished unsubscribed"


def _accepted(letters: Correspondence, sender: str = "anna@acme.com", **more: Any) -> bytes:
    start = datetime(2031, 3, 4, 9, tzinfo=UTC)
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:one@ours.com\r\nSEQUENCE:0\r\n"
        f"DTSTART:{start:%Y%m%dT%H%M%SZ}\r\nSUMMARY:A talk\r\nORGANIZER:mailto:me@ours.com\r\n"
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{sender}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    raw = letters.mail("Accepted.", sender=sender, **more)
    raw = raw.replace(b'Content-Type: text/plain; charset="utf-8"', b"Content-Type: text/calendar; method=REPLY")
    return raw.replace(b"Accepted.\n", calendar.encode())


async def test_accepted_invitation_books_the_meeting(letters: Correspondence) -> None:
    await letters.take(_accepted(letters))
    assert await letters.kinds() == ["meeting_booked"]
    assert await letters.places() == ["finished meeting", "paused meeting"]


async def test_everybody_who_accepts_an_invitation_books_the_meeting(letters: Correspondence) -> None:
    [zoe] = await letters.world.account("zoe.com", "Zoe")
    await letters.take(_accepted(letters))
    taken = await letters.take(_accepted(letters, "zoe@zoe.com", number=2, answers=None))
    assert taken.contact_id == zoe.id
    booked = "SELECT contact_id FROM signals WHERE kind = 'meeting_booked' ORDER BY recorded_at"
    assert set(await letters.world.select(UUID, booked)) == {letters.anna.id, zoe.id}


async def test_mail_sent_by_hand_is_in_the_conversation_and_pauses_whom_it_went_to(letters: Correspondence) -> None:
    raw = letters.mail("A word from me, Anna.", sender="Me <me@ours.com>", to="anna@acme.com", number=7)
    taken = await letters.take(raw, direction="outbound", source="Sent of me@ours.com")
    assert taken.kind == "manual"
    assert await letters.places() == ["paused manual", "pending"]
    assert await letters.world.select(int, "SELECT count(*) FROM touchpoints WHERE metadata ? 'by_hand'") == [1]


async def test_mail_that_the_engine_sent_is_not_taken_for_one_by_hand(letters: Correspondence) -> None:
    raw = letters.mail("x", sender="Me <me@ours.com>", to="anna@acme.com", X_AccountGraph_Intent=str(letters.first.intent_id))
    taken = await letters.take(raw, direction="outbound")
    assert (taken.state, await letters.kinds()) == ("ignored", [])


async def test_reply_keeps_what_was_learned_for_the_next_message(letters: Correspondence) -> None:
    await letters.take(letters.mail("It is too expensive for us."))
    [context] = await letters.world.select(dict, "SELECT context FROM conversations WHERE contact_id = %(id)s", id=letters.anna.id)
    assert context["objections_raised"] == ["It is too expensive for us."]


async def test_reply_is_an_event_of_our_message_with_what_it_meant(letters: Correspondence) -> None:
    taken = await letters.take(letters.mail("Yes, I am interested."))
    assert taken.touchpoint_id is not None
    touchpoint = await TouchpointRepository(letters.world.db).get_touchpoint_by_id(taken.touchpoint_id)
    assert touchpoint is not None
    assert touchpoint.replied_at is not None
    assert await letters.world.select(str, "SELECT detail FROM events WHERE kind = 'replied'") == ["positive"]


@pytest.mark.parametrize("raw", [b"", b"\0\0", b"From: \0\nSubject: =?utf-8?b?AAA=?=\n\n\0\\u0000 \0", b"\xff" * 5000])
async def test_whatever_the_bytes_are_they_are_kept(letters: Correspondence, raw: bytes) -> None:
    taken = await letters.take(raw)
    assert (taken.is_new, taken.state) == (True, "unmatched")
    assert json.dumps(taken.effects)
