"""Settings of words: the policy in sentences, templates with their preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from accountgraph.campaigns.apply import apply, load_version
from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.campaigns.lifecycle import find_campaign
from accountgraph.campaigns.templates import template_versions
from accountgraph.dashboard.settings.room import state_of
from accountgraph.dashboard.settings.sending.policy_words import SECTIONS
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from tests.api.outreach.outside import DEFINITION
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.test_settings import S
from tests.dashboard.test_settings_people import sent

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from tests.dashboard.conftest import Browser


async def a_campaign(db: Database, **changes: Any) -> UUID:
    """A campaign, with what it needs; gives a person of its audience."""
    settings = SettingsRepository(db)
    identity = await settings.add_legal_identity({"name": "Ours Ltd", "postal_address": "1 Road"})
    await settings.update_settings({"legal_identity_id": identity.id, "country": "US", "timezone": "America/New_York"})
    await SenderRepository(db).add_sender({"address": "me@ours.com", "timezone": "America/New_York"})
    company = await CompanyRepository(db).create_company({"name": "Acme", "domain": "acme.com"})
    person = await ContactRepository(db).create_contact(
        {"company_id": company.id, "first_name": "Sarah", "email": "sarah@acme.com", "country": "US"}
    )
    definition = msgspec.convert({**DEFINITION, **changes}, CampaignDefinition)
    await db.run(lambda session: apply(session, definition))
    return person.id


async def test_without_a_campaign_the_policy_shows_its_defaults(browser: Browser) -> None:
    shown = await (await browser.as_role("owner")).page(f"{S}/policy")
    assert "these are the defaults" in shown.text
    assert "A person is approached at most 7 times." in " ".join(shown.text.split())


def policy_form(policy: Any, **changes: str) -> dict[str, str | list[str]]:
    """The form of the page as a browser would send it."""
    fields: dict[str, str | list[str]] = {"form": "policy", "campaign": "plain", "seen": state_of(policy)}
    for _, sentences in SECTIONS:
        for one in sentences:
            value = one.value(policy)
            if one.kind == "box":
                fields |= {one.path: "yes"} if value else {}
            else:
                fields[one.path] = value if isinstance(value, list) else str(value)
    return fields | changes


async def test_the_policy_as_it_is_changes_nothing(browser: Browser, db: Database) -> None:
    await a_campaign(db)
    before = await find_campaign(db, "plain")
    policy = (await load_version(db, before.version_id)).policy
    shown = await (await browser.as_role("member")).do(f"{S}/policy", policy_form(policy), f"{S}/policy")
    assert "Nothing was changed." in shown.text
    assert (await find_campaign(db, "plain")).number == before.number


async def test_a_sentence_of_the_policy_is_changed_in_a_new_version(browser: Browser, db: Database) -> None:
    await a_campaign(db)
    before = await find_campaign(db, "plain")
    policy = (await load_version(db, before.version_id)).policy
    changed = policy_form(policy, **{"pace.most_touchpoints": "4", "pace.gaps_business_days": "1, 2", "schedule.email.end": "18:00"})
    shown = await (await browser.as_role("member")).do(f"{S}/policy", changed, f"{S}/policy")
    assert "default: 7" in shown.text
    after = await find_campaign(db, "plain")
    found = (await load_version(db, after.version_id)).policy
    assert after.number == before.number + 1
    assert (found.pace.most_touchpoints, found.pace.gaps_business_days, found.schedule.email.end) == (4, (1, 2), "18:00")
    assert found.sender == policy.sender


@pytest.mark.parametrize(
    ("path", "value"),
    [("pace.most_touchpoints", "0"), ("pace.gaps_business_days", "two"), ("schedule.email.end", HOSTILE), ("reentry", "sometimes")],
)
async def test_a_policy_that_cannot_be_is_refused_at_its_sentence(browser: Browser, db: Database, path: str, value: str) -> None:
    await a_campaign(db)
    policy = (await load_version(db, (await find_campaign(db, "plain")).version_id)).policy
    text = await sent(await browser.as_role("member"), f"{S}/policy", policy_form(policy, **{path: value}), 422)
    assert 'role="alert"' in text or 'class="error"' in text
    assert "<img src=x" not in text
    assert (await find_campaign(db, "plain")).number == 1


async def test_templates_are_listed_and_previewed_for_a_person(browser: Browser, db: Database) -> None:
    person = await a_campaign(db, templates={"hello": {"subject": "Hi", "body": f"Hello {{{{ contact.first_name }}}} {HOSTILE[:39]}"}})
    for role in ("viewer", "member"):
        ada = await browser.as_role(role)
        assert f"{S}/templates/plain/hello" in (await ada.page(f"{S}/templates")).links
        shown = await ada.page(f"{S}/templates/plain/hello?contact_id={person}")
        assert f"Hello Sarah {HOSTILE[:39]}" in shown.text
        assert "1 Road" in shown.text


async def test_words_are_previewed_without_being_kept_and_what_is_missing_is_said(browser: Browser, db: Database) -> None:
    person = await a_campaign(db)
    ada, path = await browser.as_role("member"), f"{S}/templates/plain/hello"
    words = {"contact_id": str(person), "subject": "Hi", "body": "Dear {{ contact.first_name }}, {{ contact.phone }}"}
    text = await sent(ada, f"{path}/preview", dict(words), 200, path)
    assert "contact.phone is not known" in text
    text = await sent(ada, f"{path}/preview", {**words, "body": "Dear {{ contact.first_name }}"}, 200, path)
    assert "Dear Sarah" in text
    text = await sent(ada, f"{path}/preview", {**words, "body": "{{ contact.shoe_size }} {% if %}"}, 200, path)
    assert "notice bad" in text
    assert len(await template_versions(db, "plain", "hello")) == 1


async def test_other_words_are_a_version_whose_changes_are_shown(browser: Browser, db: Database) -> None:
    await a_campaign(db)
    ada, path = await browser.as_role("member"), f"{S}/templates/plain/hello"
    fields: dict[str, str | list[str]] = {
        "form": "words",
        "seen": (await ada.page(path)).hidden["seen"],
        "subject": "New",
        "body": "Other\r\nwords",
        "new_key": "b",
        "variant.new.body": "Of b",
        "variant.new.weight": "1",
    }
    shown = await ada.do(path, fields, path)
    assert "has new words, in version 2" in shown.text
    assert {"ins", "del"} <= set(shown.tags)
    newest = (await template_versions(db, "plain", "hello"))[0].definition
    assert (newest.subject, newest.body, [one.key for one in newest.variants]) == ("New", "", ["a", "b"])
    assert newest.variants[0].body == "Other\nwords"


async def test_words_that_cannot_be_are_refused_and_stay_in_the_form(browser: Browser, db: Database) -> None:
    await a_campaign(db)
    ada, path = await browser.as_role("member"), f"{S}/templates/plain/hello"
    seen = (await ada.page(path)).hidden["seen"]
    text = await sent(ada, path, {"form": "words", "seen": seen, "subject": "Hi", "body": "{{ contact.nothing }}"}, 422)
    assert "{{ contact.nothing }}" in text
    assert "contact" in text[text.index('role="alert"') :][:300]
    assert len(await template_versions(db, "plain", "hello")) == 1
    text = await sent(ada, path, {"form": "words", "body": "x", "variant.new.body": "y"}, 422)
    assert 'id="words-new_key-error"' in text


async def test_a_template_that_is_not_there_is_said_so(browser: Browser, db: Database) -> None:
    await a_campaign(db)
    await (await browser.as_role("owner")).page(f"{S}/templates/plain/nothing", 404)


async def test_a_policy_that_somebody_changed_meanwhile_is_not_written_over_before_one_has_seen_it(browser: Browser, db: Database) -> None:
    await a_campaign(db)
    ada, bob = await browser.as_role("member"), await browser.as_role("admin")
    policy = (await load_version(db, (await find_campaign(db, "plain")).version_id)).policy
    await bob.do(f"{S}/policy", policy_form(policy, **{"pace.most_touchpoints": "3"}), f"{S}/policy")
    mine = policy_form(policy, **{"pace.most_touchpoints": "5"})
    shown = await ada.page_of(f"{S}/policy", mine, f"{S}/policy", 409)
    said = " ".join(shown.text.split())
    assert "Somebody changed this while you were writing" in said
    assert "A person is approached at most: 3 times." in said
    assert (await find_campaign(db, "plain")).number == 2
    await ada.do(f"{S}/policy", {**mine, "seen": shown.hidden["seen"]}, f"{S}/policy")
    newest = await load_version(db, (await find_campaign(db, "plain")).version_id)
    assert newest.policy.pace.most_touchpoints == 5


async def test_words_that_somebody_changed_meanwhile_are_shown_beside_ones_own(browser: Browser, db: Database) -> None:
    await a_campaign(db)
    ada, bob, path = await browser.as_role("member"), await browser.as_role("admin"), f"{S}/templates/plain/hello"
    seen = (await ada.page(path)).hidden["seen"]
    await bob.do(path, {"form": "words", "seen": seen, "subject": "Theirs", "body": "Their words"}, path)
    mine: dict[str, str | list[str]] = {"form": "words", "seen": seen, "subject": "Mine", "body": "My words"}
    text = await sent(ada, path, mine, 409)
    assert "Their words</span>" in text
    assert "My words</textarea>" in text
    assert (await template_versions(db, "plain", "hello"))[0].definition.body == "Their words"
    again = (await ada.page_of(path, mine, path, 409)).hidden["seen"]
    await ada.do(path, {**mine, "seen": again}, path)
    assert (await template_versions(db, "plain", "hello"))[0].definition.body == "My words"


async def test_a_form_that_was_refused_for_its_words_goes_on_from_what_it_was_made_from(browser: Browser, db: Database) -> None:
    await a_campaign(db)
    ada, path = await browser.as_role("member"), f"{S}/templates/plain/hello"
    wrong: dict[str, str | list[str]] = {"form": "words", "seen": "as it was", "subject": "x", "body": "y", "variant.new.body": "z"}
    shown = await ada.page_of(path, wrong, path, 422)
    assert shown.hidden["seen"] == "as it was"
