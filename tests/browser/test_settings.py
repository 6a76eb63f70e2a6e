"""The settings at a browser: who is invited comes in, a key is seen once, a mailbox is tried, words are previewed as one types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from playwright.async_api import expect

from accountgraph.campaigns.apply import apply
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from tests.api.outreach.outside import DEFINITION
from tests.browser.conftest import Tab, W, opened
from tests.dashboard.test_settings_sending import NoDns
from tests.mailboxes.imap_server import PASSWORD, USER, ImapServer
from tests.mailboxes.test_commands import Office

if TYPE_CHECKING:
    import pytest
    from playwright.async_api import Browser

    from accountgraph.models import Contact
    from tests.browser.conftest import House

S = f"{W}/settings"
GOOD = "a violet ladder sings quietly"


async def a_campaign(site: House) -> Contact:
    """A campaign of this test's own, with an account that nobody else looks at."""
    settings = SettingsRepository(site.db)
    identity = await settings.put_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road"})
    sender = {"address": "preview@ours.com", "timezone": "America/New_York", "legal_identity_id": identity.id}
    await SenderRepository(site.db).add_sender(sender)
    company = await CompanyRepository(site.db).create_company({"name": "Preview Ltd", "domain": "preview.example"})
    person = {"company_id": company.id, "first_name": "Sarah", "last_name": "Preview", "email": "sarah@preview.example", "country": "US"}
    sarah = await ContactRepository(site.db).create_contact(person)
    whole = {**DEFINITION, "name": "preview", "senders": ["preview@ours.com"], "audience": {"companies": ["preview.example"]}}
    whole["steps"] = [DEFINITION["steps"][0]]
    definition = msgspec.convert(whole, CampaignDefinition)
    await site.db.run(lambda session: apply(session, definition))
    return sarah


async def test_who_is_invited_comes_in_and_logs_in_again(tab: Tab, chromium: Browser, site: House) -> None:
    page = await tab.go(f"{S}/members")
    await page.get_by_label("E-mail address").fill("grace@ours.com")
    await page.get_by_label("Role", exact=True).select_option("viewer")
    await page.get_by_role("button", name="Make the link").click()
    link = await page.locator(".secret code").inner_text()
    await tab.check_access()
    async with opened(chromium, site, None, (1280, 800), "light") as other:
        await other.page.goto(link)
        await other.check()
        await other.page.get_by_label("Your name").fill("Grace")
        await other.page.get_by_label("Password").fill(GOOD)
        await other.page.get_by_role("button", name="Come in").click()
        await expect(other.page.locator("h1")).to_contain_text("Accounts")
        await other.page.get_by_role("button", name="Log out").click()
        await other.page.get_by_label("E-mail address").fill("grace@ours.com")
        await other.page.get_by_label("Password").fill(GOOD)
        await other.page.get_by_role("button", name="Log in").click()
        await expect(other.page.locator(".who")).to_contain_text("Grace, viewer")
    await tab.go(f"{S}/members")
    await expect(page.locator("main")).not_to_contain_text(link)


async def test_a_key_is_made_and_seen_once(tab: Tab) -> None:
    page = await tab.go(f"{S}/keys")
    await page.get_by_label("What it is for").fill("laptop")
    await page.get_by_role("button", name="Make the key").click()
    shown = page.locator(".secret code")
    await expect(shown).to_have_text(re.compile("^agk_"))
    await expect(page.get_by_role("button", name="Copy")).to_be_visible()
    await tab.check_access()
    await tab.go(f"{S}/keys")
    await expect(page.locator("main")).to_contain_text("laptop")
    await expect(shown).to_have_count(0)


async def test_the_buttons_that_sign_a_mailbox_in_come_with_the_client_and_go_with_it(tab: Tab) -> None:
    page = await tab.go(f"{S}/connect")
    await page.get_by_text("Sign in with Google: what to set up once").click()
    await page.locator("#client-google-client_id").fill("ours.apps.example")
    await page.locator("#client-google-client_secret").fill("made up")
    await page.locator("#client-google").get_by_role("button", name="Keep the client").click()
    await expect(page.locator("#said")).to_contain_text("signed in with Google")
    await expect(page.get_by_role("button", name="Sign in with Google")).to_be_visible()
    await tab.go(f"{S}/connect")
    await tab.check()
    await page.get_by_text("Another client at Google").click()
    await page.get_by_role("button", name="Forget the client at Google").click()
    await expect(page.get_by_role("button", name="Sign in with Google")).to_have_count(0)


async def test_a_mailbox_is_connected_and_its_test_says_step_by_step_what_happened(tab: Tab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accountgraph.dashboard.settings.sending.mailboxes.Dns", NoDns)
    office = Office()
    office.imap = ImapServer()
    async with office.imap.open(), office.open(auth_require_tls=False):
        page = await tab.go(f"{S}/connect")
        await page.get_by_label("Address", exact=True).fill(USER)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.locator("#connect summary").click()
        for name, port in (("IMAP", office.imap.port), ("SMTP", office.port)):
            await page.get_by_label(f"{name} host").fill("127.0.0.1")
            await page.get_by_label(f"{name} port").fill(str(port))
            await page.get_by_label(f"{name} encryption").select_option("none")
        await page.get_by_role("button", name="Try both logins").click()
        await expect(page.locator("#said")).to_contain_text("Both logins work")
        await tab.ready()
        await page.get_by_role("button", name="Test the mailbox").click()
        await expect(page.locator("#checks li").first).to_contain_text("Reading (IMAP)")
        await expect(page.locator("#checks")).to_contain_text("the login works")
        await tab.check()


async def test_words_are_previewed_as_one_types(tab: Tab, site: House) -> None:
    sarah = await a_campaign(site)
    page = await tab.go(f"{S}/templates/preview/hello?contact_id={sarah.id}")
    await page.get_by_label("Text", exact=True).fill("Dear {{ contact.first_name }}, how is it at {{ company.name }}?")
    await expect(page.locator("#preview")).to_contain_text("Dear Sarah, how is it at Preview Ltd?")
    await page.get_by_label("Text", exact=True).fill("{{ contact.phone }}")
    await expect(page.locator("#preview")).to_contain_text("contact.phone is not known")
    await page.get_by_label("Text", exact=True).fill("Other words")
    await page.get_by_role("button", name="Save the words").click()
    await expect(page.locator("#said")).to_contain_text("has new words, in version 2")
    await tab.check()


async def test_what_is_on_the_policys_page_fits_and_is_accessible(tab: Tab, site: House) -> None:
    if not any(one.address == "preview@ours.com" for one in await SenderRepository(site.db).list_senders()):
        await a_campaign(site)
    await tab.go(f"{S}/policy?campaign=preview")
    await tab.check()


async def test_dark_is_chosen_and_stays(tab: Tab) -> None:
    page = await tab.go(f"{S}/account")
    await page.get_by_label("This browser shows pages").select_option("dark")
    await page.get_by_role("button", name="Change", exact=True).click()
    await expect(page.locator("html")).to_have_attribute("data-look", "dark")
    await tab.go(f"{W}/accounts")
    await expect(page.locator("html")).to_have_attribute("data-look", "dark")
