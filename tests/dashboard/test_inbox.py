"""The inbox: what came in is read, answered once, put right, put off and handed over, and the next one opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.campaigns.work.tasks import get_task
from accountgraph.store.outreach.senders import SenderRepository
from tests.channels.post_office import PostOffice
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.waiting import Office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from uuid import UUID

    from accountgraph.campaigns.work.tasks import Task


@pytest.fixture
async def office(url: str) -> AsyncIterator[Office]:
    office = await Office.open(url)
    yield office
    await office.close()


async def task_of(office: Office, task_id: UUID) -> Task:
    return await get_task(office.world.db, task_id, office.world.db.now())


async def test_an_answer_is_shown_with_what_it_did_and_the_conversation_before(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna", "Ben")
    [item] = await office.inbox()
    shown = await (await browser.as_role("member")).page(f"{W}/inbox/{item.id}")
    assert "What does it cost?" in shown.text
    assert "Read as a question, told by the mailbox" in " ".join(shown.text.split())
    assert "Hello Anna, a word about acme.com." in shown.text
    assert "Let all of acme.com go on" in shown.text


async def test_an_empty_inbox_says_what_comes_there(browser: Browser) -> None:
    assert "The inbox is empty." in (await (await browser.as_role("viewer")).page(f"{W}/inbox")).text


async def test_a_viewer_reads_it_and_sees_nothing_to_press(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    [item] = await office.inbox()
    eve = await browser.as_role("viewer")
    shown = await eve.page(f"{W}/inbox/{item.id}")
    assert "What does it cost?" in shown.text
    assert "textarea" not in shown.tags
    assert shown.tags.count("button") == 1  # that logs them out
    for action in ("claim", "leave", "reply", "assign", "snooze", "wake", "skip", "done", "correct", "resume"):
        answer = await eve.post(f"{W}/inbox/{item.id}/{action}", {"csrf": shown.hidden["csrf"]})
        assert answer.status_code == 403, action


async def test_what_others_wrote_is_text_and_no_link(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    [anna] = await office.world.account("hostile.example", "Eve", name=HOSTILE)
    await office.tells(anna, "referral", f"{HOSTILE} https://evil.example/x", person={"name": HOSTILE})
    ada = await browser.as_role("member")
    for item in await office.inbox():
        shown = await ada.page(f"{W}/inbox/{item.id}")
        assert shown.tags.count("script") == OUR_SCRIPTS
        assert "img" not in shown.tags[shown.tags.index("main") :]
        assert not any("evil.example" in link for link in shown.links)
        assert HOSTILE in shown.text


async def test_chips_leave_out_what_means_something_else(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna", text="A question of Anna")
    [ben] = await office.world.account("other.example", "Ben")
    await office.tells(ben, "reply_objection", "An objection of Ben")
    ada = await browser.as_role("member")
    shown = await ada.page(f"{W}/inbox?what=objection")
    assert "An objection of Ben" in shown.text
    assert "A question of Anna" not in shown.text
    assert "Nothing here fits that." in (await ada.page(f"{W}/inbox?what=later")).text


async def test_an_answer_leaves_in_the_thread_and_the_next_one_opens(browser: Browser, url: str) -> None:
    async with PostOffice().open() as post:
        office = await Office.open(url, post.port)
        await office.wrote("acme.com", "Anna")
        [ben] = await office.world.account("other.example", "Ben")
        office.clock.forward(minutes=5)
        await office.tells(ben, "reply_positive", "Yes, call me.")
        first, second = await office.inbox()
        ada = await browser.as_role("member")
        path = f"{W}/inbox/{first.id}"
        shown = await ada.do(f"{path}/reply", {"content": "Ten a month.", "next": str(second.id)}, back=path)
        assert "The answer has left" in shown.text
        assert "Yes, call me." in shown.text
        [mail] = post.mails
        assert (mail["Subject"], mail["To"]) == ("Re: Hello Anna", "Anna <anna@acme.com>")
        assert (await task_of(office, first.id)).outcome == "answered"
        await office.close()


async def test_where_no_mailbox_wrote_before_somebody_chooses_one_and_a_subject(browser: Browser, url: str) -> None:
    async with PostOffice().open() as post:
        office = await Office.open(url, post.port)
        [anna] = await office.world.account("acme.com", "Anna")
        mailbox = {"channel": "email", "address": "bob@ours.com", "transport": "smtp"}
        await SenderRepository(office.world.db).add_sender(mailbox | {"settings": office.world.senders[0].settings})
        await office.tells(anna, "reply_positive", "Yes, call me.")
        [item] = await office.inbox()
        ada, path = await browser.as_role("member"), f"{W}/inbox/{item.id}"
        shown = await ada.page(path)
        assert "choose a mailbox" in shown.text
        assert "there is no thread to go on in" in shown.text
        await ada.do(f"{path}/reply", {"content": "On Monday.", "sender": "bob@ours.com", "subject": "Your call"}, back=path)
        [mail] = post.mails
        assert (mail["Subject"], "bob@ours.com" in mail["From"]) == ("Your call", True)
        await office.close()


async def test_an_answer_that_is_refused_says_so_and_stays_open(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    [item] = await office.inbox()
    ada = await browser.as_role("member")
    csrf = (await ada.page(f"{W}/inbox/{item.id}")).hidden["csrf"]
    answer = await ada.post(f"{W}/inbox/{item.id}/reply", {"csrf": csrf, "content": "  "})
    assert answer.status_code == 422
    assert (await task_of(office, item.id)).state == "open"


async def test_who_opens_it_second_is_told_who_is_at_it_and_takes_over(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    [item] = await office.inbox()
    path = f"{W}/inbox/{item.id}"
    ada, bob = await browser.as_role("member"), await browser.as_role("admin")
    await ada.do(f"{path}/claim", {}, back=path)
    shown = await bob.page(path)
    assert "The member is at this" in shown.text
    refused = await bob.post(f"{path}/done", {"csrf": shown.hidden["csrf"], "outcome": "done"})
    assert refused.status_code == 409
    assert "It is yours now." in (await bob.do(f"{path}/claim", {"take_over": "yes"}, back=path)).text
    assert "The admin is at this" in (await ada.get(f"{path}/held")).text


async def test_who_goes_away_lets_go(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    [item] = await office.inbox()
    path = f"{W}/inbox/{item.id}"
    ada, bob = await browser.as_role("member"), await browser.as_role("admin")
    csrf = (await ada.page(path)).hidden["csrf"]
    await ada.post(f"{path}/claim", {"csrf": csrf}, **{"HX-Request": "true"})
    assert (await ada.post(f"{path}/leave", {"csrf": csrf})).status_code == 204
    assert "is at this" not in (await bob.page(path)).text


async def test_a_meaning_that_was_wrong_is_put_right_once(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna", "Ben", kind="reply", text="Talk to Omar.")
    [item] = await office.inbox()
    path = f"{W}/inbox/{item.id}"
    fields = {"kind": "referral", "person_name": "Omar Haddad", "person_email": "omar@acme.com"}
    shown = await (await browser.as_role("member")).do(f"{path}/correct", fields, back=path)
    assert "Read as a referral" in shown.text
    assert (await task_of(office, item.id)).outcome == "read as a referral"
    assert {one.signal for one in await office.inbox()} == {"referral"}
    replies = await office.world.select(int, "SELECT count(*) FROM events WHERE kind = 'replied'")
    assert replies == [1]


@pytest.mark.parametrize(("kind", "says"), [("referral", "whom they named"), ("reply", "already"), ("nonsense", "choose one")])
async def test_a_meaning_that_cannot_be_changes_nothing(browser: Browser, office: Office, kind: str, says: str) -> None:
    await office.wrote("acme.com", "Anna", kind="reply", text="Hm.")
    [item] = await office.inbox()
    path = f"{W}/inbox/{item.id}"
    ada = await browser.as_role("member")
    answer = await ada.post(f"{path}/correct", {"csrf": (await ada.page(path)).hidden["csrf"], "kind": kind})
    assert answer.status_code == 422
    assert says in answer.text
    assert (await task_of(office, item.id)).state == "open"


async def test_what_is_put_off_is_gone_until_it_is_brought_back(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    [item] = await office.inbox()
    path = f"{W}/inbox/{item.id}"
    ada = await browser.as_role("member")
    shown = await ada.do(f"{path}/snooze", {"until": "tomorrow", "zone": "Europe/Berlin"}, back=path)
    assert "The inbox is empty." in shown.text
    assert "Anna comes back" in shown.text
    assert "Anna" in (await ada.page(f"{W}/inbox?snoozed=yes")).text
    assert "It is back." in (await ada.do(f"{path}/wake", {}, back=f"{W}/inbox")).text
    assert "What does it cost?" in (await ada.page(f"{W}/inbox")).text


async def test_it_is_handed_to_a_member_and_stands_among_theirs(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    [item] = await office.inbox()
    path = f"{W}/inbox/{item.id}"
    ada, bob = await browser.as_role("member"), await browser.as_role("admin")
    page = await ada.get(path)
    key = next(part.split('"')[1] for part in page.text.split("<option value=")[1:] if "The admin" in part.split("</option>")[0])
    assert "The admin does it." in (await ada.do(f"{path}/assign", {"owner": key}, back=path)).text
    assert "Anna" in (await bob.page(f"{W}/inbox?whose=mine")).text
    assert "Anna" not in (await ada.page(f"{W}/inbox?whose=mine")).text
    assert "Anna" not in (await ada.page(f"{W}/inbox?whose=nobody")).text


async def test_the_whole_account_goes_on_when_somebody_says_so(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna", "Ben")
    [item] = await office.inbox()
    path = f"{W}/inbox/{item.id}"
    shown = await (await browser.as_role("member")).do(f"{path}/resume", {"whom": "account"}, back=path)
    assert "Ben goes on" in shown.text or "Anna, Ben goes on" in shown.text


async def test_the_side_bar_tells_how_much_waits(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    await office.calls("Cleo", "Dan")
    ada = await browser.as_role("member")
    told = (await ada.get(f"{W}/counts")).text
    assert 'id="count-inbox" hx-swap-oob="true">1<' in told
    assert 'id="count-tasks" hx-swap-oob="true">2<' in told


async def test_who_may_not_be_written_to_is_not_offered_an_answer(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna", kind="unsubscribe", text="Take me off.")
    [item] = await office.inbox()
    shown = await (await browser.as_role("member")).page(f"{W}/inbox/{item.id}")
    assert "Anna may not be written to" in shown.text
    assert "Send the answer" not in shown.text


@pytest.mark.parametrize("query", ["whose=nonsense&what=nonsense", "after=nonsense", "snoozed=&whose="])
async def test_an_address_that_says_nonsense_shows_the_whole_inbox(browser: Browser, office: Office, query: str) -> None:
    await office.wrote("acme.com", "Anna")
    assert "What does it cost?" in (await (await browser.as_role("viewer")).page(f"{W}/inbox?{query}")).text


@pytest.mark.parametrize("desk", ["inbox", "tasks", "approvals"])
async def test_what_is_not_there_is_said(browser: Browser, desk: str) -> None:
    ada = await browser.as_role("member")
    for one in ("nonsense", "00000000-0000-0000-0000-000000000000"):
        assert (await ada.get(f"{W}/{desk}/{one}")).status_code == 404
