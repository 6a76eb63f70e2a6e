"""The pages of an account and of a person say what is known, honestly, and what others wrote stays text."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.graph import CompanyGraph
from accountgraph.schema import create_workspace
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.exclusions import ExclusionReason, ExclusionRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.dashboard.conftest import OUR_SCRIPTS, Browser, W

if TYPE_CHECKING:
    from accountgraph.db import Database
    from accountgraph.demo import DemoAccount
    from accountgraph.models import Company, Contact
    from tests.dashboard.html import Page

NOBODY = "00000000-0000-4000-8000-000000000000"  # the same in every process that collects tests


def hostile(mark: str) -> str:
    """What would run, if it were taken for more than text; each with a mark of its own."""
    return f"""{mark}"'><script>alert(1)</script><img src=x onerror=alert(1)>{{{{ 7 * 12345 }}}}&amp;"""


def account(key: object) -> str:
    return f"{W}/accounts/{key}"


def person(key: object) -> str:
    return f"{W}/people/{key}"


@pytest.mark.parametrize("role", ["owner", "admin", "member", "viewer"])
async def test_every_role_sees_accounts_and_people(browser: Browser, demo: DemoAccount, role: str) -> None:
    ada = await browser.as_role(role)
    assert "Acme Medical Group" in (await ada.page(account(demo.company_id))).text
    for key in (demo.williams_id, demo.chen_id, demo.anderson_id):
        assert "Before you call" in (await ada.page(person(key))).text


@pytest.mark.parametrize("path", [account(NOBODY), person(NOBODY), account("x"), person("x"), account("%00")])
async def test_what_is_not_there_is_said_and_strangers_log_in_first(browser: Browser, path: str) -> None:
    await (await browser.as_role("viewer")).page(path, 404)
    assert (await browser.get(path)).headers["location"].startswith("/app/login?next=")
    await (await browser.member_without()).page(path, 403)


async def test_another_workspace_shows_nothing_of_this_one(browser: Browser, demo: DemoAccount, url: str) -> None:
    await asyncio.to_thread(create_workspace, url, "second")
    ada = await browser.as_role("owner", "second")
    await ada.page(f"/app/w/second/accounts/{demo.company_id}", 404)
    await ada.page(account(demo.company_id), 403)


async def test_health_shows_its_parts_and_why(browser: Browser, db: Database, demo: DemoAccount) -> None:
    shown = flat(await (await browser.as_role("viewer")).page(account(demo.company_id)))
    health = await CompanyGraph(db).get_account_health_score(demo.company_id)
    assert f"{health['total_score']:.1f}".removesuffix(".0") + " of 100" in shown
    for part in health["why"]:
        assert part["because"] in shown
    for one in health["recommendations"]:
        assert one["text"] in shown


async def test_next_people_come_with_their_reasons(browser: Browser, db: Database, demo: DemoAccount) -> None:
    shown = flat(await (await browser.as_role("viewer")).page(account(demo.company_id)))
    best = (await CompanyGraph(db).find_expansion_targets(demo.williams_id))[0]
    assert best["contact"].name in shown
    assert f"why {best['priority_score']:.1f}".removesuffix(".0") in shown
    for part in best["why"]:
        assert part["because"] in shown


async def test_what_a_machine_did_is_shown_and_said_not_to_count(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada = await browser.as_role("viewer")
    for path in (account(demo.company_id), person(demo.williams_id)):
        assert "not counted" in flat(await ada.page(path))
        assert "now, a person" not in flat(await ada.page(path))
    await TouchpointRepository(db).record_email_replied(
        demo.williams_email_id, "Please call me.", at=datetime.now(UTC) + timedelta(seconds=1)
    )
    assert "replied Sarah Williams" in flat(await ada.page(account(demo.company_id)))
    assert "a person · other" in flat(await ada.page(account(demo.company_id)))
    assert "replied just now, a person" in flat(await ada.page(person(demo.williams_id)))


async def test_who_must_not_be_written_to_is_said_with_the_reason(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, stops = await browser.as_role("viewer"), SuppressionRepository(db)
    assert "not to be written to" not in flat(await ada.page(account(demo.company_id)))
    await stops.suppress(contact_id=demo.chen_id, channel="email", reason="complained")
    await stops.suppress(address="lisa.anderson@acmemedical.com", reason="objection")
    await ContactRepository(db).update_contact(demo.williams_id, {"communication_preferences": {"do_not_contact": True}})
    shown = flat(await ada.page(account(demo.company_id)))
    for words in ("complained: this person, email", "objection: this address, every channel", "asked not to be contacted"):
        assert words in shown
    assert "E-mail complained this person" in flat(await ada.page(person(demo.chen_id)))
    assert "nothing known against it" not in shown


async def test_consents_are_shown_also_those_that_were_revoked(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, consents = await browser.as_role("viewer"), ConsentRepository(db)
    assert "No consent is on record" in flat(await ada.page(person(demo.chen_id)))
    await consents.record_consent(demo.chen_id, "email", "consent", wording="Yes, write to me.")
    shown = flat(await ada.page(person(demo.chen_id)))
    assert "email: consent, just now" in shown
    assert "Yes, write to me." in shown
    await consents.revoke_consent(demo.chen_id, "email")
    assert "revoked" in flat(await ada.page(person(demo.chen_id)))


async def test_an_account_that_campaigns_leave_out_says_so(browser: Browser, db: Database, demo: DemoAccount) -> None:
    await ExclusionRepository(db).exclude_account(demo.company_id, ExclusionReason.COMPETITOR, "of ours")
    assert "left out of campaigns competitor: of ours" in flat(await (await browser.as_role("viewer")).page(account(demo.company_id)))


async def test_an_account_without_anybody_says_what_to_do(browser: Browser, db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Empty"})
    shown = flat(await (await browser.as_role("viewer")).page(account(company.id)))
    for words in (
        "Nobody is known here yet",
        "Nothing went to or came from here yet",
        "No primary contact is named",
        "No conversation goes on here",
    ):
        assert words in shown


async def test_people_of_whom_nobody_knows_whom_they_know_say_what_that_would_show(browser: Browser, db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Strangers"})
    await ContactRepository(db).create_contact({"company_id": company.id, "first_name": "Kim"})
    assert "not known who knows whom" in flat(await (await browser.as_role("viewer")).page(account(company.id)))


async def test_a_way_to_a_decision_maker_leads_over_who_is_active(browser: Browser, db: Database, demo: DemoAccount) -> None:
    boss = await ContactRepository(db).create_contact({"company_id": demo.company_id, "first_name": "Bo", "is_decision_maker": True})
    ada = await browser.as_role("viewer")
    assert "nobody who was active in the last half year" in flat(await ada.page(account(demo.company_id)))
    edge = {"contact_id_1": demo.williams_id, "contact_id_2": boss.id, "relationship_type": "colleagues", "strength": "strong"}
    await RelationshipRepository(db).create_relationship(edge)
    await TouchpointRepository(db).record_email_replied(demo.williams_email_id, "Yes", at=datetime.now(UTC) + timedelta(seconds=1))
    for path in (account(demo.company_id), person(boss.id)):
        assert "— strong, colleagues → Bo" in flat(await ada.page(path))


async def test_many_people_are_shown_in_part_and_all_on_demand(browser: Browser, db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Big"})
    await ContactRepository(db).create_many({"company_id": company.id, "last_name": f"P{n:03}"} for n in range(130))
    ada = await browser.as_role("viewer")
    shown = await ada.page(account(company.id))
    assert "12 of 130 are shown" in flat(shown)
    everybody = await ada.page(f"{account(company.id)}?people=all")
    assert [
        sum(link.startswith(f"{account(company.id)}/people/") for link in one.links) >= count
        for one, count in ((shown, 12), (everybody, 130))
    ] == [
        True,
        True,
    ]
    assert "are shown" not in flat(everybody)


async def test_a_few_more_than_the_first_are_shown_at_once(browser: Browser, db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Middling"})
    await ContactRepository(db).create_many({"company_id": company.id, "last_name": f"P{n:03}"} for n in range(16))
    assert "are shown" not in flat(await (await browser.as_role("viewer")).page(account(company.id)))


async def test_conversations_that_wait_for_us_are_listed_first(browser: Browser, db: Database) -> None:
    company = await CompanyRepository(db).create_company({"name": "Talkative"})
    for name in ("Silent", "Answered"):
        one = await ContactRepository(db).create_contact({"company_id": company.id, "first_name": name})
        talk = await ConversationRepository(db).create_conversation(one.id, company.id)
        letter = {"conversation_id": talk.id, "subject": "Hello", "sent_at": datetime.now(UTC) - timedelta(hours=2)}
        sent = await TouchpointRepository(db).create_touchpoint(letter)
        if name == "Answered":
            await TouchpointRepository(db).record_email_replied(sent.id, "Tell me more", at=datetime.now(UTC) - timedelta(hours=1))
    talks = flat(await (await browser.as_role("viewer")).page(account(company.id))).rpartition("Conversations 2 active of 2")[2]
    assert 0 < talks.index("Answered waiting on us") < talks.index("Silent waiting on them")


async def test_history_goes_back_page_by_page(browser: Browser, db: Database, demo: DemoAccount) -> None:
    touchpoints = TouchpointRepository(db)
    for number in range(45):
        await touchpoints.create_touchpoint({"conversation_id": demo.chen_conversation_id, "subject": f"Letter {number:02}"})
    ada, path, seen = await browser.as_role("viewer"), person(demo.chen_id), ""
    for _ in range(3):
        shown = await ada.page(path)
        seen += flat(shown)
        path = next((link for link in shown.links if "after=" in link), "")
    assert path == ""
    assert all(seen.count(f"Letter {number:02}") == 1 for number in range(45))
    await ada.page(f"{person(demo.chen_id)}?after=rubbish", 422)


async def everywhere(db: Database) -> tuple[Company, list[Contact], list[str]]:
    """An account in which every text that the pages show would run; and the marks of those texts."""
    marks = iter(f"m{n:02}" for n in range(100))
    used: list[str] = []

    def text() -> str:
        used.append(next(marks))
        return hostile(used[-1])

    research = {"research_data": {text(): text(), "list": [text()]}}
    company = await CompanyRepository(db).create_company({"name": text(), "industry": text(), "headquarters_location": text(), **research})
    people = []
    for is_first in (True, False):
        given: dict[str, Any] = {
            name: text() for name in ("first_name", "last_name", "title", "department", "phone", "role", "buying_role")
        }
        given |= {
            "linkedin_url": f"javascript:{text()}",
            "personal_website": text(),
            "interests": [text()],
            "research_data": {text(): text()},
        }
        preferences = {"best_time": text(), "preferred_channel": "call"}
        given |= {"company_id": company.id, "is_primary_contact": is_first, "communication_preferences": preferences}
        people.append(await ContactRepository(db).create_contact(given))
    edge = {"contact_id_1": people[0].id, "contact_id_2": people[1].id, "relationship_type": "colleagues", "strength": "strong"}
    await RelationshipRepository(db).create_relationship(edge)
    for one in people:
        talk = await ConversationRepository(db).create_conversation(one.id, company.id, context={text(): text()}, campaign_name=text())
        letter = {"conversation_id": talk.id, "subject": text(), "content": text(), "sent_at": datetime.now(UTC) - timedelta(days=1)}
        sent = await TouchpointRepository(db).create_touchpoint(letter)
        await TouchpointRepository(db).record_email_replied(sent.id, text(), at=datetime.now(UTC))
        await ConsentRepository(db).record_consent(one.id, "email", "consent", wording=text(), evidence=text())
    await ExclusionRepository(db).exclude_account(company.id, ExclusionReason.OWNER, text())
    return company, people, used


async def test_what_others_wrote_is_text_in_every_field(browser: Browser, db: Database) -> None:
    company, people, marks = await everywhere(db)
    ada, shown = await browser.as_role("viewer"), ""
    for path in (account(company.id), *(person(one.id) for one in people)):
        found = await ada.page(path)
        assert found.tags.count("script") == OUR_SCRIPTS
        assert found.tags.count("img") == 1  # our own mark
        assert str(7 * 12345) not in found.text  # no time of day looks like it
        shown += found.text
    assert [mark for mark in marks if hostile(mark) not in shown and hostile(mark).replace("_", " ") not in shown] == []


def flat(shown: Page) -> str:
    """The text of a page, with single spaces."""
    return " ".join(shown.text.split())
