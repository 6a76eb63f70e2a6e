"""Tasks and approvals: a sheet, an outcome, the next one; exactly the words that were seen may leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from accountgraph.campaigns.work.approvals import get_approval
from accountgraph.campaigns.work.tasks import get_task
from accountgraph.store.contacts import ContactRepository
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.test_people_page import undone
from tests.dashboard.waiting import CALL, Office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.campaigns.work.approvals import Approval
    from accountgraph.campaigns.work.tasks import Task


@pytest.fixture
async def office(url: str) -> AsyncIterator[Office]:
    office = await Office.open(url)
    yield office
    await office.close()


async def again(office: Office, task: Task) -> Task:
    return await get_task(office.world.db, task.id, office.world.db.now())


async def approval_again(office: Office, approval: Approval) -> Approval:
    return await get_approval(office.world.db, approval.id)


def monday() -> datetime:
    """An hour to come in which mail may leave."""
    now = datetime.now(UTC)
    return now.replace(hour=16, minute=0) + timedelta(days=7 - now.weekday())


async def test_a_call_shows_what_to_say_and_the_number(browser: Browser, office: Office) -> None:
    await office.calls("Cleo")
    [task] = await office.tasks()
    shown = await (await browser.as_role("member")).page(f"{W}/tasks/{task.id}")
    assert "Ask Cleo about the audit." in shown.text
    assert "+15550120000" in shown.text
    assert "We were not in touch before." in shown.text


async def test_what_came_in_is_not_among_the_tasks(browser: Browser, office: Office) -> None:
    await office.wrote("acme.com", "Anna")
    assert "There is nothing to do." in (await (await browser.as_role("member")).page(f"{W}/tasks")).text


async def test_a_call_is_done_with_a_note_and_the_next_one_opens(browser: Browser, office: Office) -> None:
    await office.calls("Cleo", "Dan")
    first, second = await office.tasks()
    path = f"{W}/tasks/{first.id}"
    fields = {"outcome": "no_answer", "note": "Rang twice", "next": str(second.id)}
    shown = await (await browser.as_role("member")).do(f"{path}/done", fields, back=path)
    assert "Done with Cleo" in shown.text
    assert "Ask Dan about the audit." in shown.text
    done = await again(office, first)
    assert (done.outcome, done.note, done.closed_by) == ("no_answer", "Rang twice", "member.0@ours.com")


async def test_a_meeting_is_booked_by_the_clock_of_the_person(browser: Browser, office: Office) -> None:
    [cleo] = await office.calls("Cleo")
    await ContactRepository(office.world.db).update_contact(cleo.id, {"communication_preferences": {"timezone": "America/New_York"}})
    await office.world.select(int, "UPDATE enrolments SET zone = 'America/New_York' RETURNING 1")
    [task] = await office.tasks()
    path = f"{W}/tasks/{task.id}"
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    ada = await browser.as_role("member")
    assert "America/New_York" in (await ada.page(path)).text
    await ada.do(f"{path}/done", {"outcome": "booked", "at_booked": f"{day}T10:00", "zone": "Asia/Tokyo"}, back=path)
    [meeting] = await office.world.select(datetime, "SELECT waits_until FROM tasks WHERE kind = 'meeting_outcome'")
    assert meeting == datetime(day.year, day.month, day.day, 10, tzinfo=ZoneInfo("America/New_York"))


@pytest.mark.parametrize("when", ["", "nonsense", "2001-01-01T10:00"], ids=["empty", "no time", "past"])
async def test_a_meeting_without_a_time_to_come_stays_open(browser: Browser, office: Office, when: str) -> None:
    await office.calls("Cleo")
    [task] = await office.tasks()
    ada = await browser.as_role("member")
    csrf = (await ada.page(f"{W}/tasks/{task.id}")).hidden["csrf"]
    answer = await ada.post(f"{W}/tasks/{task.id}/done", {"csrf": csrf, "outcome": "booked", "at_booked": when})
    assert answer.status_code == 422
    assert (await again(office, task)).state == "open"


async def test_a_task_is_skipped_with_its_reason(browser: Browser, office: Office) -> None:
    await office.calls("Cleo")
    [task] = await office.tasks()
    path = f"{W}/tasks/{task.id}"
    shown = await (await browser.as_role("member")).do(f"{path}/skip", {"why": "On leave"}, back=path)
    assert "Skipped: Call Cleo" in shown.text
    skipped = await again(office, task)
    assert (skipped.state, skipped.note) == ("skipped", "On leave")


async def test_a_skipped_task_is_open_again_when_it_is_undone(browser: Browser, office: Office) -> None:
    await office.calls("Cleo", steps=[*CALL, {"key": "again", "channel": "call", "template": "script", "wait_business_days": 2}])
    [task] = await office.tasks()
    path = f"{W}/tasks/{task.id}"
    ada = await browser.as_role("member")
    await undone(ada, await ada.do(f"{path}/skip", {"why": "On leave"}, back=path), path)
    assert ((await again(office, task)).state, len(await office.tasks())) == ("open", 1)


async def test_a_skip_that_ended_a_campaign_for_somebody_offers_no_undo(browser: Browser, office: Office) -> None:
    await office.calls("Cleo")
    [task] = await office.tasks()
    path = f"{W}/tasks/{task.id}"
    shown = await (await browser.as_role("member")).do(f"{path}/skip", {"why": "On leave"}, back=path)
    assert shown.undo == ("", {})


async def test_a_day_that_is_past_puts_nothing_off(browser: Browser, office: Office) -> None:
    await office.calls("Cleo")
    [task] = await office.tasks()
    ada = await browser.as_role("member")
    csrf = (await ada.page(f"{W}/tasks/{task.id}")).hidden["csrf"]
    answer = await ada.post(f"{W}/tasks/{task.id}/snooze", {"csrf": csrf, "until": "day", "day": "2001-01-01"})
    assert answer.status_code == 422
    assert (await again(office, task)).snoozed_by is None


async def test_a_message_is_shown_as_it_leaves_and_why(browser: Browser, office: Office) -> None:
    await office.asks("Fay")
    [approval] = await office.approvals()
    shown = await (await browser.as_role("member")).page(f"{W}/approvals/{approval.id}")
    assert "Hello Fay, a word about asks0.example." in shown.text
    assert "1 Road, Town" in shown.text
    assert "A person approves the message." in shown.text
    assert "It names no colleague." in shown.text


async def test_an_edited_message_is_accepted_only_as_it_stands_then(browser: Browser, office: Office) -> None:
    await office.asks("Fay", "Gil")
    first, second = await office.approvals()
    path = f"{W}/approvals/{first.id}"
    ada = await browser.as_role("member")
    seen = {"content_hash": first.content_hash}
    shown = await ada.do(f"{path}/edit", {**seen, "subject": "A word", "content": "In my own words."}, back=path)
    assert "In my own words." in shown.text
    assert (await ada.post(f"{path}/accept", {"csrf": shown.hidden["csrf"], **seen})).status_code == 409
    fields = {"content_hash": shown.hidden["content_hash"], "next": str(second.id)}
    after = await ada.do(f"{path}/accept", fields, back=path)
    assert "Accepted for Fay" in after.text
    assert "Hello Gil" in after.text
    office.clock.time = monday()
    await office.world.runner().run_due()
    assert [(one.subject, one.content) for one in office.world.post.sent] == [("A word", "In my own words.")]


async def test_nothing_is_accepted_that_was_not_seen(browser: Browser, office: Office) -> None:
    await office.asks("Fay")
    [approval] = await office.approvals()
    ada = await browser.as_role("member")
    csrf = (await ada.page(f"{W}/approvals/{approval.id}")).hidden["csrf"]
    assert (await ada.post(f"{W}/approvals/{approval.id}/accept", {"csrf": csrf})).status_code == 422
    assert (await approval_again(office, approval)).state == "pending"


async def test_a_message_is_rejected_with_its_reason(browser: Browser, office: Office) -> None:
    await office.asks("Fay")
    [approval] = await office.approvals()
    path = f"{W}/approvals/{approval.id}"
    shown = await (await browser.as_role("member")).do(f"{path}/reject", {"why": "Too pushy", "then": "skip"}, back=path)
    assert "No message waits for you." in shown.text
    rejected = await approval_again(office, approval)
    assert (rejected.state, rejected.note) == ("rejected", "Too pushy")


async def test_an_accepted_message_waits_again_when_it_is_undone_and_leaves_once_when_accepted(browser: Browser, office: Office) -> None:
    await office.asks("Fay")
    [approval] = await office.approvals()
    path = f"{W}/approvals/{approval.id}"
    ada, seen = await browser.as_role("member"), {"content_hash": approval.content_hash}
    await undone(ada, await ada.do(f"{path}/accept", seen, back=path), path)
    assert (await approval_again(office, approval)).state == "pending"
    office.clock.time = monday()
    await office.world.runner().run_due()
    assert office.world.post.sent == []
    await ada.do(f"{path}/accept", seen, back=path)
    await office.world.runner().run_due()
    assert office.world.post.recipients == ["fay@asks0.example"]


async def test_an_accepted_message_that_has_left_is_not_taken_back(browser: Browser, office: Office) -> None:
    await office.asks("Fay")
    [approval] = await office.approvals()
    path = f"{W}/approvals/{approval.id}"
    ada = await browser.as_role("member")
    action, fields = (await ada.do(f"{path}/accept", {"content_hash": approval.content_hash}, back=path)).undo
    office.clock.time = monday()
    await office.world.runner().run_due()
    answer = await ada.post(action, fields | {"csrf": (await ada.page(path)).hidden["csrf"]})
    assert (answer.status_code, "message has left" in answer.text) == (409, True)
    assert (await approval_again(office, approval)).state == "accepted"


async def test_a_rejected_message_waits_again_when_it_is_undone(browser: Browser, office: Office) -> None:
    await office.asks("Fay")
    [approval] = await office.approvals()
    path = f"{W}/approvals/{approval.id}"
    ada = await browser.as_role("member")
    await undone(ada, await ada.do(f"{path}/reject", {"why": "Too pushy", "then": "skip"}, back=path), path)
    again = await approval_again(office, approval)
    assert (again.state, again.note, again.enrolment_state, again.enrolment_reason) == ("pending", None, "paused", "approval")


async def test_who_opens_a_message_second_cannot_decide_on_it(browser: Browser, office: Office) -> None:
    await office.asks("Fay")
    [approval] = await office.approvals()
    path = f"{W}/approvals/{approval.id}"
    ada, bob = await browser.as_role("member"), await browser.as_role("admin")
    await ada.do(f"{path}/claim", {}, back=path)
    shown = await bob.page(path)
    assert "The member is at this" in shown.text
    fields = {"csrf": shown.hidden["csrf"], "content_hash": approval.content_hash}
    assert (await bob.post(f"{path}/accept", fields)).status_code == 409


async def test_a_viewer_decides_nothing(browser: Browser, office: Office) -> None:
    await office.calls("Cleo")
    await office.asks("Fay")
    [task], [approval] = await office.tasks(), await office.approvals()
    eve = await browser.as_role("viewer")
    for path, actions in (
        (f"{W}/tasks/{task.id}", ("done", "skip", "snooze")),
        (f"{W}/approvals/{approval.id}", ("accept", "reject", "edit")),
    ):
        shown = await eve.page(path)
        assert shown.tags.count("button") == 1  # that logs them out
        for action in actions:
            assert (await eve.post(f"{path}/{action}", {"csrf": shown.hidden["csrf"]})).status_code == 403, action


async def test_what_a_message_says_is_text(browser: Browser, office: Office) -> None:
    await office.asks(
        "Fay",
        templates={
            "hello": {"subject": HOSTILE.replace("{{ 7 * 12345 }}", str(7 * 12345)), "body": "<script>x</script>"},
            "again": {"subject": "a", "body": "b"},
        },
    )
    [approval] = await office.approvals()
    shown = await (await browser.as_role("member")).page(f"{W}/approvals/{approval.id}")
    assert shown.tags.count("script") == OUR_SCRIPTS
    assert "<script>x</script>" in shown.text


# --- tasks by hand


async def test_task_is_given_on_the_page_of_a_person_and_taken_back(browser: Browser, office: Office) -> None:
    [anna] = await office.world.account("acme.com", "Anna")
    ada = await browser.as_role("member")
    assert "Anna &lt;anna@acme.com&gt;" in (await ada.get(f"{W}/tasks/new?person={anna.id}")).text
    given = {"title": "Send the plan", "person": "Anna <anna@acme.com>", "day": "2031-05-02", "zone": "Europe/Berlin", "owner": ""}
    shown = await ada.do(f"{W}/tasks/new", given, back=f"{W}/tasks/new")
    assert "Send the plan: by Fri 02 May." in shown.text
    [task] = await office.tasks()
    assert (task.contact_id, task.due_at) == (anna.id, datetime(2031, 5, 2, 15, tzinfo=UTC))
    await ada.do(f"{W}/accounts/undo", {"batch": shown.hidden["batch"]}, back=f"{W}/tasks")
    assert await office.tasks() == []


async def test_task_that_is_not_right_yet_is_drawn_again_with_what_was_typed(browser: Browser, office: Office) -> None:
    ada = await browser.as_role("member")
    csrf = (await ada.page(f"{W}/tasks/new")).hidden["csrf"]
    answer = await ada.post(f"{W}/tasks/new", {"csrf": csrf, "title": "Send it", "person": "Nobody Here", "day": "2031-05-02"})
    assert answer.status_code == 422
    assert "Nobody is called Nobody Here" in answer.text
    assert 'value="Send it"' in answer.text
    assert await office.tasks() == []


async def test_task_by_hand_is_shown_with_its_words_and_done_and_that_is_taken_back(browser: Browser, office: Office) -> None:
    ada = await browser.as_role("member")
    await ada.do(f"{W}/tasks/new", {"title": HOSTILE, "day": "2031-05-02", "body": HOSTILE}, back=f"{W}/tasks/new")
    [task] = await office.tasks()
    shown = await ada.page(f"{W}/tasks/{task.id}")
    assert shown.text.count(HOSTILE) >= 2
    assert shown.tags.count("script") == OUR_SCRIPTS
    shown = await ada.do(f"{W}/tasks/{task.id}/done", {"outcome": "done"}, back=f"{W}/tasks/{task.id}")
    assert (await again(office, task)).state == "done"
    await undone(ada, shown, back=f"{W}/tasks")
    assert (await again(office, task)).state == "open"
