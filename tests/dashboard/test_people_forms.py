"""People and accounts are added, edited and merged: an error stands at its field, nothing is lost, and everything is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.merging import list_merges
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W
from tests.dashboard.html import page
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.test_people_page import flat, person, undone

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.demo import DemoAccount
    from accountgraph.models import Contact
    from tests.dashboard.html import Page


async def refused(browser: Browser, path: str, fields: dict[str, str], status: int = 422) -> Page:
    """Send a form that is drawn again."""
    csrf = (await browser.page(path)).hidden["csrf"]
    answer = await browser.post(path, {"csrf": csrf, **fields})
    assert answer.status_code == status, answer.text
    return page(answer.text)


async def known(db: Database, key: object) -> Contact:
    found = await ContactRepository(db).get_contact_by_id(key)  # type: ignore[arg-type]
    assert found is not None
    return found


async def test_a_person_is_edited_and_the_change_undone(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), person(demo.chen_id, "/edit")
    version = (await ada.page(path)).hidden["version"]
    fields = {
        "version": version,
        "title": "Head of Medicine",
        "interests": "golf\n\n sailing ",
        "country": "de",
        "timezone": "Europe/Berlin",
    }
    shown = await ada.do(path, {**fields, "boxes": "is_champion", "is_champion": "yes"}, path)
    assert "Saved: title, country, time zone and 2 more." in flat(shown)
    after = await known(db, demo.chen_id)
    assert (after.title, after.interests, after.country, after.is_champion) == ("Head of Medicine", ["golf", "sailing"], "DE", True)
    assert after.communication_preferences.timezone == "Europe/Berlin"
    await undone(ada, shown, path)
    before = await known(db, demo.chen_id)
    assert (before.title, before.interests, before.country, before.is_champion) == ("Senior Physician", [], None, False)
    assert before.communication_preferences.timezone is None


async def test_a_field_that_the_form_does_not_have_stays(browser: Browser, db: Database, demo: DemoAccount) -> None:
    wishes = {"communication_preferences": {"best_time": "noon", "do_not_reference": True}}
    await ContactRepository(db).update_contact(demo.chen_id, wishes)
    ada, path = await browser.as_role("member"), person(demo.chen_id, "/edit")
    version = (await ada.page(path)).hidden["version"]
    await ada.do(path, {"version": version, "timezone": "Europe/Paris"}, path)
    after = (await known(db, demo.chen_id)).communication_preferences
    assert (after.best_time, after.do_not_reference, after.timezone) == ("noon", True, "Europe/Paris")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("email", "nonsense"), "nonsense"),
        (("email", "sarah.williams@acmemedical.com"), "has it already"),
        (("timezone", "Mars/Olympus"), "no time zone"),
        (("country", "Germany"), "two letters"),
        (("company_id", "Nobody Inc"), "No account is called Nobody Inc"),
        (("research_data", "{"), "This is no JSON"),
        (("attributes", "[1]"), "object in braces"),
        (("collected_at", "today"), "is no day; write one like"),
        (("seniority_level", "boss"), "one of"),
        (("status", ""), "Say the status"),
        (("owner_user_id", "me"), "Choose one of the list"),
    ],
)
async def test_an_error_stands_at_its_field_and_what_was_typed_stays(
    browser: Browser, db: Database, demo: DemoAccount, typed: tuple[str, str], said: str
) -> None:
    ada, path = await browser.as_role("member"), person(demo.chen_id, "/edit")
    version = (await ada.page(path)).hidden["version"]
    shown = await refused(ada, path, {"version": version, "title": "Another", typed[0]: typed[1]})
    assert said in flat(shown)
    assert f"{typed[0]}-error" in shown.described_by
    assert (await known(db, demo.chen_id)).title == "Senior Physician"
    assert shown.hidden["version"] == version


async def test_every_error_is_told_at_once(browser: Browser, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), person(demo.chen_id, "/edit")
    shown = await refused(ada, path, {"version": (await ada.page(path)).hidden["version"], "country": "x", "timezone": "y"})
    assert "2 things are not right yet" in flat(shown)


async def test_what_somebody_else_changed_meanwhile_is_not_written_over(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), person(demo.chen_id, "/edit")
    version = (await ada.page(path)).hidden["version"]
    await ContactRepository(db).update_contact(demo.chen_id, {"title": "Dean"})
    shown = await refused(ada, path, {"version": version, "title": "Chair"}, 409)
    assert "Title: Dean" in flat(shown)
    assert (await known(db, demo.chen_id)).title == "Dean"
    await ada.do(path, {"version": shown.hidden["version"], "title": "Chair"}, path)
    assert (await known(db, demo.chen_id)).title == "Chair"


async def test_what_the_engine_counts_meanwhile_does_not_stand_in_the_way(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), person(demo.chen_id, "/edit")
    version = (await ada.page(path)).hidden["version"]
    await TouchpointRepository(db).record_email_replied(demo.chen_email_id, "Yes")
    shown = await ada.do(path, {"version": version, "title": "Chair"}, path)
    assert "Saved: title." in flat(shown)


async def test_a_person_is_added_at_an_account_by_its_name_or_domain(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), f"{W}/people/new"
    for number, account in enumerate(("acme medical group", "acmemedical.com", "https://www.acmemedical.com/team")):
        await ada.do(path, {"first_name": f"New{number}", "company_id": account, "status": "active"}, path)
    found = await ContactRepository(db).search_contacts("New")
    assert [one.company_id for one in found] == [demo.company_id] * 3


async def test_the_account_page_leads_to_a_form_that_knows_the_account(browser: Browser, demo: DemoAccount) -> None:
    ada = await browser.as_role("member")
    link = f"{W}/people/new?account={demo.company_id}"
    assert link in (await ada.page(f"{W}/accounts/{demo.company_id}")).links
    assert 'value="acmemedical.com"' in (await ada.get(link)).text
    assert link not in (await (await browser.as_role("viewer")).page(f"{W}/accounts/{demo.company_id}")).links


async def test_a_person_without_any_name_is_not_added(browser: Browser) -> None:
    shown = await refused(await browser.as_role("member"), f"{W}/people/new", {"title": "CEO", "status": "active"})
    assert "so that one can tell who it is" in flat(shown)


async def test_two_accounts_of_one_name_have_to_be_told_apart(browser: Browser, db: Database) -> None:
    for domain in ("one.example", "two.example"):
        await CompanyRepository(db).create_company({"name": "Twin", "domain": domain})
    ada = await browser.as_role("member")
    shown = await refused(ada, f"{W}/people/new", {"first_name": "Ada", "company_id": "twin", "status": "active"})
    assert "write the domain" in flat(shown)


async def test_an_account_is_added_and_a_wrong_one_refused(browser: Browser, db: Database) -> None:
    ada, path = await browser.as_role("member"), f"{W}/accounts/new"
    shown = await refused(ada, path, {"name": " ", "account_status": "prospecting"})
    assert "Say the name" in flat(shown)
    shown = await refused(ada, path, {"name": "Mail", "domain": "gmail.com", "account_status": "prospecting"})
    assert "domain-error" in shown.described_by
    shown = await ada.do(path, {"name": "Globex", "domain": "globex.example", "account_tier": "tier1", "account_status": "engaged"}, path)
    assert "Globex was added." in flat(shown)
    made = await CompanyRepository(db).get_company_by_domain("globex.example")
    assert made is not None
    assert made.account_tier == "tier1"


async def test_a_relationship_is_added_with_undo_and_refused_with_its_reason(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path, edges = await browser.as_role("member"), f"{W}/people/relationships/new", RelationshipRepository(db)
    fields = {"one": "Michael Chen <michael.chen@acmemedical.com>", "other": "lisa anderson", "strength": "strong"}
    shown = await ada.do(path, {**fields, "relationship_type": "collaborators", "context": "a paper"}, path)
    assert "Michael Chen works with Lisa Anderson: strong." in flat(shown)
    wrong = await refused(ada, path, {**fields, "relationship_type": "reports_to"})
    assert "relationship_type-error" in wrong.described_by
    await undone(ada, shown, path)
    assert await edges.get_relationship(demo.chen_id, demo.anderson_id) is None
    for given, field in (({"one": ""}, "one"), ({"other": "nobody"}, "other"), ({"other": fields["one"]}, "other")):
        wrong = await refused(ada, path, {**fields, "relationship_type": "colleagues", **given})
        assert f"{field}-error" in wrong.described_by


async def twin(db: Database, demo: DemoAccount) -> Contact:
    given = {"company_id": demo.company_id, "first_name": "Michael", "last_name": "chen", "title": "Surgeon", "phone": "+1 415 555 0100"}
    made = await ContactRepository(db).create_contact(given)
    await SuppressionRepository(db).suppress(contact_id=made.id, channel="call", reason="objection")
    return made


async def test_who_may_be_the_same_is_offered_and_merged_and_undone(browser: Browser, db: Database, demo: DemoAccount) -> None:
    other = await twin(db, demo)
    ada, path = await browser.as_role("member"), person(demo.chen_id)
    assert "1 may be the same" in flat(await ada.page(path))
    assert "the same name" in flat(await ada.page(f"{path}/merge"))
    preview = await ada.page(f"{path}/merge?with={other.id}")
    assert "+1 415 555 0100" in flat(preview)
    assert "suppressed call Michael chen" in flat(preview)
    fields: dict[str, str | list[str]] = {
        "keep": str(demo.chen_id),
        "drop": str(other.id),
        "take.title": "dropped",
        "take.last_name": "kept",
    }
    shown = await ada.do(f"{path}/merge", fields, f"{path}/merge?with={other.id}")
    assert "Michael chen is one with Michael Chen now." in flat(shown)
    merged = await known(db, demo.chen_id)
    assert (merged.title, merged.last_name, merged.phone) == ("Surgeon", "Chen", "+1 415 555 0100")
    assert len(await SuppressionRepository(db).get_suppressions(demo.chen_id, "call")) == 1
    shown = await undone(ada, shown, path)
    assert "Michael chen is a person of their own again." in flat(shown)
    assert (await known(db, demo.chen_id)).title == "Senior Physician"
    assert (await known(db, other.id)).title == "Surgeon"
    assert [one.undone_by for one in await list_merges(db, "contacts")] == ["member.0@ours.com"]


async def test_the_other_one_may_be_kept(browser: Browser, db: Database, demo: DemoAccount) -> None:
    other = await twin(db, demo)
    shown = await (await browser.as_role("member")).page(person(demo.chen_id, f"/merge?with={other.id}&keep={other.id}"))
    assert (shown.hidden["keep"], shown.hidden["drop"]) == (str(other.id), str(demo.chen_id))


@pytest.mark.parametrize(
    ("who", "said"), [("nobody", "Nobody is called nobody"), ("michael.chen@acmemedical.com", "This is Michael Chen already")]
)
async def test_whom_one_cannot_merge_with_is_told(browser: Browser, demo: DemoAccount, who: str, said: str) -> None:
    shown = await (await browser.as_role("member")).page(person(demo.chen_id, f"/merge?with={who}"), 422)
    assert said in flat(shown)


async def test_what_is_typed_is_offered(browser: Browser, demo: DemoAccount) -> None:
    ada = await browser.as_role("viewer")
    assert 'value="acmemedical.com"' in (await ada.get(f"{W}/people/offered?of=accounts&company_id=acm")).text
    assert "michael.chen@acmemedical.com" in (await ada.get(f"{W}/people/offered?of=people&one=chen")).text
    assert "option" not in (await ada.get(f"{W}/people/offered?of=people&one=c")).text


async def test_the_palette_offers_to_add_for_who_may(browser: Browser) -> None:
    for role, is_offered in (("member", True), ("viewer", False)):
        links = (await (await browser.as_role(role)).page(f"{W}/palette?q=new+p")).links
        assert (f"{W}/people/new" in links) is is_offered


@pytest.mark.parametrize("path", ["people/new", "accounts/new", "people/relationships/new"])
async def test_a_viewer_gets_no_form(browser: Browser, path: str) -> None:
    await (await browser.as_role("viewer")).page(f"{W}/{path}", 403)


async def test_what_others_wrote_is_text_in_every_form(browser: Browser, db: Database, demo: DemoAccount) -> None:
    texts = ("first_name", "last_name", "phone", "title", "role", "department", "buying_role", "linkedin_url", "twitter_url")
    given = dict.fromkeys((*texts, "personal_website", "source"), HOSTILE)
    given |= {"interests": [HOSTILE], "research_data": {HOSTILE: HOSTILE}, "attributes": {HOSTILE: HOSTILE}, "company_id": demo.company_id}  # type: ignore[dict-item]
    made = [await ContactRepository(db).create_contact(given) for _ in range(2)]
    ada, key = await browser.as_role("owner"), made[0].id
    merge = f"/merge?with={made[1].id}"
    for path in (person(key), person(key, "/edit"), person(key, "/merge"), person(key, merge), person(key, "/erase"), f"{W}/people"):
        shown = await ada.page(path)
        assert HOSTILE in shown.text or "edit" in path, path
        assert shown.tags.count("script") == OUR_SCRIPTS
        assert shown.tags.count("img") == 1
    typed = await refused(ada, person(key, "/edit"), {"version": "x", "country": HOSTILE, "timezone": HOSTILE, "email": HOSTILE}, 409)
    assert typed.tags.count("script") == OUR_SCRIPTS
