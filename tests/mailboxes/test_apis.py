"""What is new in a mailbox behind its service's own interface is taken once, whatever happens in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from accountgraph.channels.asking import LARGEST_ANSWER
from accountgraph.intake import take_mail
from accountgraph.mailboxes.run import sync_mailbox
from accountgraph.mailboxes.sent import SentMail
from accountgraph.store.outreach.senders import SenderRepository
from tests.mailboxes.conftest import ApiPlace, Killed, Taker, ids, mail

JUNK = {"gmail": "SPAM", "graph": "junkemail"}
DRAFT = {"gmail": "DRAFT", "graph": "drafts"}
REPORT = {"Auto_Submitted": "auto-replied"}


async def count(box: ApiPlace, statement: str) -> int:
    """The rows that a statement gives or touches."""
    return await box.db.run(lambda session: session.execute(statement))


async def test_a_new_mail_is_taken_and_the_time_before_is_not(box: ApiPlace) -> None:
    box.arrive(mail("old"))
    await box.sync()
    box.arrive(mail("new"))
    await box.sync()
    assert box.take.taken == [("new@acme.com", "inbound")]


async def test_a_second_run_takes_nothing_again(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail(1))
    assert ((await box.sync()).taken, (await box.sync()).taken) == (1, 0)


async def test_many_mails_are_taken_page_by_page_in_their_order(box: ApiPlace) -> None:
    await box.sync()
    for number in range(120):
        box.arrive(mail(number))
    assert (await box.sync()).taken == 120
    assert sorted(box.take.ids, key=str) == sorted(ids(*range(120)))


async def test_a_mail_that_comes_while_the_history_is_read_is_taken(box: ApiPlace) -> None:
    box.arrive(mail("old"))
    await box.sync(on_progress=lambda _: box.take.taken or box.arrive(mail("new")))
    await box.sync()
    assert box.take.ids == ids("new")


async def test_a_program_that_dies_between_two_mails_takes_each_once(box: ApiPlace) -> None:
    await box.sync()
    for number in range(5):
        box.arrive(mail(number))
    dying = Taker(breaks_after=2)
    with pytest.raises(Killed):
        await box.sync(take=dying)
    await box.sync()
    assert dying.ids + box.take.ids == ids(*range(5))


async def test_two_readers_at_once_take_each_mail_once(box: ApiPlace) -> None:
    await box.sync()
    for number in range(20):
        box.arrive(mail(number))
    mailbox = await box.mailbox()
    both = await asyncio.gather(*(sync_mailbox(box.db, mailbox, box.tokens, box.take) for _ in range(2)))
    assert sorted(box.take.ids, key=str) == sorted(ids(*range(20)))
    assert sum(one.taken for one in both) == 20


async def test_a_cursor_that_is_too_old_reads_what_came_since_and_takes_nothing_twice(box: ApiPlace) -> None:
    box.arrive(mail("old"))
    await box.sync()
    box.arrive(mail("taken"))
    await box.sync()
    for number in range(110):
        box.arrive(mail(number))
    box.fake.forgotten = len(box.fake.log)
    done = await box.sync()
    assert done.taken == 110
    assert sorted(box.take.ids, key=str) == sorted(ids("taken", *range(110)))
    box.arrive(mail("next"))
    assert (await box.sync()).taken == 1


async def test_a_program_that_dies_while_it_begins_again_takes_each_once(box: ApiPlace) -> None:
    await box.sync()
    for number in range(4):
        box.arrive(mail(number))
    box.fake.forgotten = len(box.fake.log)
    dying = Taker(breaks_after=2)
    with pytest.raises(Killed):
        await box.sync(take=dying)
    await box.sync()
    assert sorted(dying.ids + box.take.ids, key=str) == ids(*range(4))


async def test_the_same_mail_twice_has_no_effect(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail(1))
    await box.sync(take=take_mail)
    box.arrive(mail(1))
    await box.sync(take=take_mail)
    assert await count(box, "SELECT 1 FROM mails") == 1


async def test_a_mail_by_hand_is_seen_among_what_was_sent(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail("mine", sender="me@ours.com", to="sarah@acme.com"), box.fake.sent_label)
    done = await box.sync()
    assert (box.take.taken, done.by_hand) == ([("mine@acme.com", "outbound")], 1)


async def test_what_the_engine_sent_is_passed_over(box: ApiPlace) -> None:
    await box.sync()
    sent = mail("ours", sender="me@ours.com", to="sarah@acme.com", X_AccountGraph_Intent="11111111-2222-4333-8444-555555555555")
    box.arrive(sent, box.fake.sent_label)
    done = await box.sync()
    assert (box.take.taken, done.ours, done.by_hand) == ([], 1, 0)


async def test_drafts_are_not_taken(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail("draft"), DRAFT[box.protocol])
    assert (await box.sync()).taken == 0


async def test_junk_is_read_for_reports_alone_and_only_where_it_is_wanted(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail("away", **REPORT), JUNK[box.protocol])
    assert (await box.sync()).taken == 0
    await box.put(reads_junk=True)
    await box.sync()
    box.arrive(mail("offer"), JUNK[box.protocol])
    box.arrive(mail("back", **REPORT), JUNK[box.protocol])
    await box.sync()
    assert box.take.ids == (ids("back") if box.protocol == "gmail" else [])


async def test_a_long_mail_is_read_up_to_its_limit(box: ApiPlace) -> None:
    await box.put(most_bytes=65_536)
    await box.sync()
    box.arrive(mail("long", body="x" * LARGEST_ANSWER))
    done = await box.sync()
    assert (done.cut, box.take.longest, box.take.ids) == (1, 65_536, ids("long"))


async def test_headers_of_the_last_180_days_are_read(box: ApiPlace) -> None:
    ago = box.db.now() - timedelta(days=200)
    box.fake.arrive(mail("long-ago", sender="past@acme.com"), at=ago)
    box.arrive(mail("in"))
    box.arrive(mail("out", sender="me@ours.com", to="tom@acme.com"), box.fake.sent_label)
    box.arrive(mail("list", sender="news@acme.com", List_ID="<news>"))
    box.arrive(mail("junk", sender="spam@acme.com"), JUNK[box.protocol])
    done = await box.sync()
    people = "SELECT 1 FROM mail_headers WHERE direction || ' ' || email_key IN ('inbound sarah@acme.com', 'outbound tom@acme.com')"
    assert (done.history, await count(box, people), await count(box, "SELECT 1 FROM mail_headers")) == (3, 2, 2)
    assert box.take.taken == []


async def test_the_health_says_how_far_it_was_read(box: ApiPlace) -> None:
    await box.sync()
    mailbox = await box.mailbox()
    lag = mailbox.lag(box.db.now())
    assert lag is not None
    assert (lag < timedelta(minutes=1), mailbox.error) == (True, None)


async def test_a_mailbox_that_was_read_in_another_way_misses_nothing(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail("between"))
    await count(box, "DELETE FROM mailbox_folders")
    await box.sync()
    assert box.take.ids == ids("between")


async def test_what_left_is_found_and_what_is_missing_did_not_leave(box: ApiPlace) -> None:
    await SenderRepository(box.db).update_sender(box.sender_id, {"transport": box.protocol, "settings": box.settings})
    box.arrive(mail("left"), box.fake.sent_label)
    look = SentMail(box.db, box.tokens).look
    left, missing = await look(box.sender_id, "<left@acme.com>"), await look(box.sender_id, "<other@acme.com>")
    assert left is not None
    assert missing is not None
    assert (left.outcome, missing.outcome) == ("sent", "retry")
    assert await look(box.sender_id, "<no' or 'id@acme.com>") is None


async def test_what_goes_through_a_provider_is_not_missed_in_the_mailbox(box: ApiPlace) -> None:
    await SenderRepository(box.db).update_sender(box.sender_id, {"transport": "resend"})
    assert await SentMail(box.db, box.tokens).look(box.sender_id, "<other@acme.com>") is None
