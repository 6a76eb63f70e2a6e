"""A day's work by keyboard: an answer, a call and the next, a message that is edited and accepted, and two who are at one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
from playwright.async_api import expect

from tests.browser.conftest import DESKTOP, House, Tab, W, opened
from tests.channels.post_office import PostOffice
from tests.dashboard.waiting import Office

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def post() -> AsyncIterator[PostOffice]:
    async with PostOffice().open() as post:
        yield post


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def office(site: House, post: PostOffice) -> AsyncIterator[Office]:
    """Campaigns of the demo workspace, with somebody for each test: all before anything is answered, from when on the mailbox is newer."""
    office = await Office.open(await site.db.url(), post.port)
    for domain, name, text in (
        ("keyboard.example", "Anna", "Keyboard: what does it cost?"),
        ("two.example", "Bea", "Two: who answers?"),
        ("live.example", "Hal", "Live: the first."),
    ):
        await office.wrote(domain, name, text=text)
        office.clock.forward(minutes=5)
    await office.calls("Cleo", "Dan")
    await office.asks("Fay", "Gil")
    yield office
    await office.close()


async def test_an_answer_is_written_and_sent_by_keyboard_alone(tab: Tab, office: Office, post: PostOffice) -> None:
    page = await tab.go(f"{W}/inbox")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Anna")
    await page.keyboard.press("r")
    await page.keyboard.type("Ten a month.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("#said")).to_contain_text("The answer has left")
    assert [mail["To"] for mail in post.mails] == ["Anna <anna@keyboard.example>"]


async def test_the_second_who_opens_it_takes_over(tab: Tab, chromium: Browser, site: House, office: Office) -> None:
    item = next(one for one in await office.inbox() if one.person == "Bea")
    page = await tab.go(f"{W}/inbox/{item.id}")
    await expect(page.locator("#held form[hx-trigger='every 240s']")).to_be_attached()
    async with opened(chromium, site, "admin", DESKTOP, "light") as other:
        second = await other.go(f"{W}/inbox/{item.id}")
        await expect(second.locator("#held")).to_contain_text("Ada Owner is at this")
        await page.locator("#content").fill("Half an answer")
        await other.check_access()
        await second.keyboard.press("t")
        await expect(second.locator("#said")).to_contain_text("It is yours now.")
        await expect(page.locator("#held")).to_contain_text("Ada Admin is at this", timeout=20_000)
        await expect(page.locator("#content")).to_have_value("Half an answer")


async def test_a_call_is_done_by_a_key_and_the_next_opens(tab: Tab, office: Office) -> None:
    task = next(one for one in await office.tasks() if one.person == "Cleo")
    page = await tab.go(f"{W}/tasks/{task.id}")
    await tab.check()
    await page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    await page.keyboard.press("3")
    await expect(page.locator("h1")).to_have_text("Dan")
    await expect(page.locator("#said")).to_contain_text("Done with Cleo")


async def test_a_message_is_edited_and_accepted_by_keyboard(tab: Tab, office: Office) -> None:
    waiting = await office.approvals()
    approval = next(one for one in waiting if one.person == "Fay")
    after = waiting[(waiting.index(approval) + 1) % len(waiting)].person or ""
    page = await tab.go(f"{W}/approvals/{approval.id}")
    await tab.check()
    await page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    await page.keyboard.press("e")
    await page.locator("#edit-content").press("Control+a")
    await page.keyboard.type("In my own words.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".letter").first).to_have_text("In my own words.")
    await page.keyboard.press("a")
    await expect(page.locator("h1")).to_have_text(after)


async def test_a_new_answer_appears_while_one_writes(tab: Tab, office: Office) -> None:
    item = next(one for one in await office.inbox() if one.person == "Hal")
    page = await tab.go(f"{W}/inbox/{item.id}")
    await tab.check()
    await page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    await page.keyboard.press("r")
    await page.keyboard.type("While I write ")
    [ivy] = await office.world.account("live-too.example", "Ivy")
    await office.tells(ivy, "reply_positive", "Live: the second.")
    await expect(page.locator("#rows")).to_contain_text("Live: the second.", timeout=20_000)
    await page.keyboard.type("this.")
    await expect(page.locator("#content")).to_have_value("While I write this.")


async def test_half_an_answer_is_there_again_after_a_look_elsewhere(tab: Tab, office: Office) -> None:
    item = next(one for one in await office.inbox() if one.person == "Hal")
    page = await tab.go(f"{W}/inbox/{item.id}")
    await page.keyboard.press("r")
    await page.keyboard.type("Half of it")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await expect(page.locator("h1")).to_have_text("Inbox")
    await page.go_back()
    await expect(page.locator("#content")).to_have_value("Half of it")
