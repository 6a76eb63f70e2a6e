"""What is new in a mailbox behind its service's own interface is taken once, whatever happens in between."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.channels.asking import LARGEST_ANSWER
from accountgraph.intake import take_mail
from accountgraph.mailboxes.errors import LoginRefusedError, MailboxError
from accountgraph.mailboxes.reading import api
from accountgraph.mailboxes.run import sync_mailbox
from accountgraph.mailboxes.sent import SentMail
from tests.channels.providers.service import Asked, Said
from tests.mailboxes.conftest import ApiPlace, Killed, Taker, mail

if TYPE_CHECKING:
    from collections.abc import Callable


JUNK = {"gmail": "SPAM", "graph": "junkemail"}
DRAFT = {"gmail": "DRAFT", "graph": "drafts"}
REPORT = {"Auto_Submitted": "auto-replied"}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "FIRST_PAUSE", 0.01)


def ids(*names: object) -> list[str]:
    return [f"{name}@acme.com" for name in names]


def instead(box: ApiPlace, fits: Callable[[Asked], bool], said: Callable[[], Said | None]) -> None:
    """What the service says to some requests in place of its answer; None: what it says anyway."""
    answer = box.service.answer
    box.service.answer = lambda asked: (fits(asked) and said()) or answer(asked)


async def count(box: ApiPlace, statement: str) -> int:
    """The rows that a statement gives or touches."""
    return await box.db.run(lambda session: session.execute(statement))


def is_content(asked: Asked) -> bool:
    return asked.query.get("format") == "raw" or asked.path.endswith("$value")


def is_page(asked: Asked) -> bool:
    return asked.path.endswith(("/history", "/delta"))


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


async def test_a_line_that_drops_in_the_middle_loses_nothing(box: ApiPlace) -> None:
    await box.sync()
    for number in range(5):
        box.arrive(mail(number))
    answer = box.service.answer
    box.service.answer = lambda asked: answer(asked) if box.asked("raw") + box.asked("$value") < 3 else lost()
    with pytest.raises(MailboxError, match="cannot be reached"):
        await box.sync()
    box.service.answer = answer
    await box.sync()
    assert box.take.ids == ids(*range(5))


def lost() -> Said:
    raise ConnectionError


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


async def test_a_service_that_forgets_at_once_is_asked_again_later(box: ApiPlace) -> None:
    await box.sync()
    gone = {"error": {"code": "SyncStateNotFound", "message": "gone"}}
    instead(box, is_page, lambda: Said(404 if box.protocol == "gmail" else 410, gone))
    if box.protocol == "gmail":
        instead(box, lambda asked: asked.path.endswith("/messages"), lambda: Said(json={}))
    with pytest.raises(MailboxError):
        await box.sync()
    assert (await box.mailbox()).failing_since is not None


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


async def test_a_token_that_runs_out_in_the_middle_is_renewed(box: ApiPlace) -> None:
    await box.sync()
    for number in range(3):
        box.arrive(mail(number))
    instead(box, is_content, lambda: box.fake.good.discard("t-1"))  # after the first mail it is over
    done = await box.sync()
    assert (done.taken, box.tokens.token) == (3, "t-2")


async def test_a_grant_that_was_withdrawn_is_said_in_the_health(box: ApiPlace) -> None:
    box.fake.good = set()
    with pytest.raises(LoginRefusedError, match="mailbox add"):
        await box.sync()
    mailbox = await box.mailbox()
    assert mailbox.failing_since is not None
    assert "t-1" not in (mailbox.error or "")


async def test_a_service_that_asks_for_patience_is_waited_for(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail(1))
    throttled = iter([Said(429, {"error": {}}, {"Retry-After": "0"}), Said(503)])
    instead(box, is_content, lambda: next(throttled, None))
    assert (await box.sync()).taken == 1


async def test_a_service_that_asks_for_more_patience_is_left_alone(box: ApiPlace) -> None:
    await box.sync()
    box.arrive(mail(1))
    box.service.instead = Said(429, {"error": {}}, {"Retry-After": "600"})
    with pytest.raises(MailboxError, match="asked again later"):
        await box.sync()
    box.service.instead = None
    assert (await box.sync()).taken == 1


async def test_a_mail_that_cannot_be_read_is_kept_for_a_person_and_keeps_no_other_from_being_taken(box: ApiPlace) -> None:
    await box.sync()
    bad = box.arrive(mail("bad"))
    box.arrive(mail("good"))
    instead(box, lambda asked: is_content(asked) and bad.id in asked.path, lambda: Said(500, {"error": {"message": "boom"}}))
    done = await box.sync()
    assert (done.flagged, box.take.ids) == (1, ids("good"))


async def test_a_mail_that_was_deleted_meanwhile_is_passed_over(box: ApiPlace) -> None:
    await box.sync()
    gone = box.arrive(mail("gone"))
    box.arrive(mail("there"))
    del box.fake.kept[gone.id]
    await box.sync()
    assert box.take.ids == ids("there")


async def test_a_mail_that_is_deleted_while_it_is_read_is_passed_over(box: ApiPlace) -> None:
    await box.sync()
    gone = box.arrive(mail("gone"))
    instead(box, lambda asked: is_content(asked) and gone.id in asked.path, lambda: Said(404, {"error": {"code": "x"}}))
    done = await box.sync()
    assert (done.taken, done.flagged) == (0, 0)


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
    box.arrive(mail("left"), box.fake.sent_label)
    look = SentMail(box.db, box.tokens).look
    left, missing = await look(box.sender_id, "<left@acme.com>"), await look(box.sender_id, "<other@acme.com>")
    assert left is not None
    assert missing is not None
    assert (left.outcome, missing.outcome) == ("sent", "retry")
