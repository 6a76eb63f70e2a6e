"""The day's paths through the room of people, in a real browser."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from tests.browser.conftest import Tab, W

if TYPE_CHECKING:
    from accountgraph.models import Contact

_numbers = count(1)


async def somebody(tab: Tab, **given: object) -> Contact:
    """A person of this test's own."""
    number = next(_numbers)
    fields = {"first_name": f"Kim{number}", "last_name": "Trial", "email": f"kim{number}@trial.example", "title": "Buyer", **given}
    return await ContactRepository(tab.site.db).create_contact(fields)


async def known(tab: Tab, person: Contact) -> Contact:
    found = await ContactRepository(tab.site.db).get_contact_by_id(person.id)
    assert found is not None
    return found


async def test_a_person_is_edited_with_an_error_and_then_right(tab: Tab) -> None:
    person = await somebody(tab)
    page = await tab.go(f"{W}/people/{person.id}")
    await page.keyboard.press("e")
    await page.get_by_label("Title").fill("Head of Buying")
    await page.get_by_label("Time zone").fill("Nowhere")
    async with page.expect_response(lambda answer: answer.status == 422):
        await page.get_by_role("button", name="Save").click()
    tab.problems.clear()  # the browser says of every 422 that it is one
    await expect(page.get_by_label("Time zone")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_label("Title")).to_have_value("Head of Buying")
    await tab.check_access()
    await page.get_by_label("Time zone").fill("Europe/Berlin")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#said")).to_contain_text("Saved: title, time zone.")
    await expect(page.locator("#before").locator("..")).to_contain_text("Europe/Berlin")
    await page.keyboard.press("z")
    await expect(page.locator("#said")).to_contain_text("Saved")
    assert (await known(tab, person)).title == "Buyer"


async def test_two_are_merged_and_become_two_again(tab: Tab) -> None:
    keep = await somebody(tab, phone="+1 415 555 0199")
    drop = await somebody(tab, phone="+14155550199", title="Chief Buyer")
    page = await tab.go(f"{W}/people/{keep.id}")
    await page.keyboard.press("m")
    await page.get_by_role("link", name="Compare").first.click()
    await page.get_by_label("Chief Buyer").check()
    await tab.check_access()
    await page.get_by_role("button", name="Merge").click()
    await expect(page.locator("#said")).to_contain_text("is one with")
    assert (await known(tab, keep)).title == "Chief Buyer"
    await tab.ready()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.locator("#said")).to_contain_text("is a person of their own again")
    assert ((await known(tab, keep)).title, (await known(tab, drop)).title) == ("Buyer", "Chief Buyer")


async def test_a_suppression_is_added_and_undone(tab: Tab) -> None:
    person = await somebody(tab)
    page = await tab.go(f"{W}/people/{person.id}")
    await page.get_by_text("Add a suppression").click()
    await page.locator("#stop-channel").select_option("email")
    await page.locator("#stop-note").fill("asked on the phone")
    await page.get_by_role("button", name="Write to them no more").click()
    await expect(page.locator("#said")).to_contain_text("is not written to any more by email")
    await expect(page.locator("#writing-part")).to_contain_text("asked on the phone")
    await tab.ready()
    await page.keyboard.press("z")
    await expect(page.locator("#said")).to_contain_text("The suppression is gone")
    assert await SuppressionRepository(tab.site.db).get_suppressions(person.id, "email") == []


async def test_the_list_is_searched_as_one_types_and_walked_by_keys(tab: Tab) -> None:
    person = await somebody(tab, last_name="Zephyrine")
    page = await tab.go(f"{W}/people")
    await page.keyboard.press("/")
    await page.keyboard.type("zephyrine")
    await expect(page.locator("#people [data-item]")).to_have_count(1)
    await expect(page).to_have_url(f"{tab.site.address}{W}/people?q=zephyrine&status=&role=&sort=-created_at")
    await page.keyboard.press("Escape")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text(person.name)


async def test_an_account_is_offered_while_it_is_typed(tab: Tab) -> None:
    page = await tab.go(f"{W}/people/new")
    await page.get_by_role("combobox", name="Account").press_sequentially("acme")
    await expect(page.locator("#company_id-offered option[value='acmemedical.com']")).to_be_attached()


@pytest.mark.parametrize("more", ["", "/edit", "/merge", "/merge?with={other}", "/erase"])
async def test_the_pages_of_one_person_are_valid_accessible_and_fit(tab: Tab, more: str) -> None:
    research = {"focus": {"text": "shorter queues", "source": "https://trial.example"}}
    given = {"phone": "+1 415 555 0188", "country": "US", "research_data": research}
    person, other = await somebody(tab, **given), await somebody(tab, **given, interests=["chess"])
    await SuppressionRepository(tab.site.db).suppress(contact_id=person.id, channel="sms", note="a very long note " * 20)
    page = await tab.go(f"{W}/people/{person.id}{more.format(other=other.id)}")
    for summary in await page.locator("main summary").all():
        await summary.click()
    await tab.check()
