"""The page of a person: what one needs before a call, and what is changed from there, each with its undo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.campaigns.signals.record import Signal, record_signal
from accountgraph.store.consents import ConsentRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.dashboard.conftest import Browser, W
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from accountgraph.demo import DemoAccount
    from tests.dashboard.html import Page


def person(key: object, more: str = "") -> str:
    return f"{W}/people/{key}{more}"


def flat(shown: Page) -> str:
    return " ".join(shown.text.split())


async def undone(browser: Browser, shown: Page, back: str) -> Page:
    """Press Undo on the page that has just said what was done."""
    action, fields = shown.undo
    return await browser.do(action, fields, back)


async def test_their_own_clock_is_shown_and_whose_it_is(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada = await browser.as_role("viewer")
    assert "UTC, your workspace's time zone; theirs is not known" in flat(await ada.page(person(demo.chen_id)))
    wishes = {"communication_preferences": {"timezone": "Asia/Tokyo", "best_time": "after lunch"}}
    await ContactRepository(db).update_contact(demo.chen_id, wishes)
    shown = flat(await ada.page(person(demo.chen_id)))
    assert "Asia/Tokyo, their own time zone" in shown
    assert "best: after lunch" in shown


async def test_what_was_promised_and_what_to_leave_alone_are_told(browser: Browser, db: Database, demo: DemoAccount) -> None:
    learned = {"next_steps": ["Send the price list"], "objections_raised": ["Too dear"], "topics_discussed": ["waiting times"]}
    await ConversationRepository(db).update_conversation_context(demo.chen_conversation_id, learned)
    await ContactRepository(db).update_contact(demo.williams_id, {"communication_preferences": {"do_not_reference": True}})
    shown = flat(await (await browser.as_role("viewer")).page(person(demo.chen_id)))
    assert "Send the price list" in shown
    assert "They objected already: Too dear" in shown
    assert "Sarah Williams does not want to be named." in shown
    assert "waiting times" in shown


async def test_research_comes_with_its_source(browser: Browser, db: Database, demo: DemoAccount) -> None:
    research = {
        "focus": {"text": "shorter queues", "source": "https://acme.example/news"},
        "bad": {"text": "x", "source": "javascript:alert(1)"},
    }
    await ContactRepository(db).update_contact(demo.chen_id, {"research_data": research})
    shown = await (await browser.as_role("viewer")).page(person(demo.chen_id))
    assert "shorter queues source" in flat(shown)
    assert "https://acme.example/news" in shown.links


async def test_each_channel_says_whether_it_may_be_used(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada = await browser.as_role("viewer")
    await ContactRepository(db).update_contact(demo.chen_id, {"country": "DE", "phone": "+4930123456"})
    shown = flat(await ada.page(person(demo.chen_id)))
    assert "E-mailnot to be usedNo consent to it is recorded." in shown
    assert "LinkedInno address" in shown
    await ConsentRepository(db).record_consent(demo.chen_id, "email", "consent")
    assert "E-mailmay be usedA consent is on record." in flat(await ada.page(person(demo.chen_id)))


async def test_a_suppression_is_added_and_undone_and_lifted_and_undone(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path, stops = await browser.as_role("member"), person(demo.chen_id), SuppressionRepository(db)
    shown = await ada.do(f"{path}/stops", {"what": "person", "channel": "email", "reason": "manual", "note": "asked on the phone"}, path)
    assert "Michael Chen is not written to any more by email." in flat(shown)
    assert "asked on the phone" in flat(shown)
    shown = await undone(ada, shown, path)
    assert "The suppression is gone." in flat(shown)
    assert await stops.get_suppressions(demo.chen_id, "email") == []
    await undone(ada, shown, path)
    [again] = await stops.get_suppressions(demo.chen_id, "email")
    assert (again.channel, again.note, again.contact_id) == ("email", "asked on the phone", demo.chen_id)


@pytest.mark.parametrize(("what", "expected"), [("address", "michael.chen@acmemedical.com"), ("domain", None), ("number", "+14155550100")])
async def test_an_address_a_domain_and_a_number_are_suppressed(
    browser: Browser, db: Database, demo: DemoAccount, what: str, expected: str | None
) -> None:
    await ContactRepository(db).update_contact(demo.chen_id, {"phone": "+1 415 555 0100"})
    ada, path = await browser.as_role("member"), person(demo.chen_id)
    await ada.do(f"{path}/stops", {"what": what, "channel": "all", "reason": "objection"}, path)
    found = await SuppressionRepository(db).get_suppressions(demo.chen_id, "call" if what == "number" else "email")
    assert [(one.address, one.domain) for one in found] == [(expected, None if expected else "acmemedical.com")]


async def test_a_number_that_is_not_known_cannot_be_suppressed(browser: Browser, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), person(demo.chen_id)
    csrf = (await ada.page(path)).hidden["csrf"]
    answer = await ada.post(f"{path}/stops", {"csrf": csrf, "what": "number", "channel": "all", "reason": "manual"})
    assert answer.status_code == 422
    assert "no number of theirs is known" in answer.text


async def test_a_consent_is_recorded_and_revoked_with_undo(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path, consents = await browser.as_role("member"), person(demo.chen_id), ConsentRepository(db)
    shown = await ada.do(f"{path}/consents", {"channel": "sms", "basis": "consent", "wording": "Text me."}, path)
    assert "may be written to by sms" in flat(shown)
    shown = await undone(ada, shown, path)
    assert await consents.get_consents(demo.chen_id) == []
    await undone(ada, shown, path)
    [again] = await consents.get_consents(demo.chen_id)
    assert (again.channel, again.wording) == ("sms", "Text me.")


async def test_a_wish_is_ticked_on_the_page_and_undone(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path, contacts = await browser.as_role("member"), person(demo.chen_id), ContactRepository(db)
    version = (await ada.page(path)).hidden["version"]
    shown = await ada.do(f"{path}/edit", {"version": version, "boxes": "do_not_contact", "do_not_contact": "yes"}, path)
    assert "Michael Chen is not to be contacted." in flat(shown)
    await undone(ada, shown, path)
    after = await contacts.get_contact_by_id(demo.chen_id)
    assert after is not None
    assert not after.communication_preferences.do_not_contact


async def test_a_call_is_written_down_and_what_came_of_it_reaches_campaigns(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), person(demo.chen_id)
    fields = {
        "kind": "call",
        "direction": "outbound",
        "minutes": "7",
        "subject": "First call",
        "text": "Likes it.",
        "came": "reply_positive",
    }
    shown = await ada.do(f"{path}/happened", {**fields, "came": "reply_positive"}, path)
    assert "Written down: call with Michael Chen." in flat(shown)
    assert "First call call, from us, by hand, 7 min" in flat(shown)
    latest = (await TouchpointRepository(db).get_touchpoints(demo.chen_conversation_id, channel="call"))[0]
    assert (latest.content, latest.call_duration_seconds, latest.created_by_automation) == ("Likes it.", 420, False)
    assert "interested" in flat(await ada.page(path))


async def test_a_time_is_taken_by_the_persons_clock(browser: Browser, db: Database, demo: DemoAccount) -> None:
    await ContactRepository(db).update_contact(demo.chen_id, {"communication_preferences": {"timezone": "Asia/Tokyo"}})
    ada, path = await browser.as_role("member"), person(demo.chen_id)
    await ada.do(f"{path}/happened", {"kind": "meeting", "at": "2026-01-05T10:00"}, path)
    [met] = await TouchpointRepository(db).get_touchpoints(demo.chen_conversation_id, channel="meeting")
    assert met.sent_at == datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


async def test_a_note_stands_with_what_the_conversation_has_taught(browser: Browser, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("member"), person(demo.anderson_id)
    shown = await ada.do(f"{path}/happened", {"kind": "note", "text": "Her son plays chess."}, path)
    assert f"{datetime.now(UTC):%Y-%m-%d}, member.0@ours.com: Her son plays chess." in flat(shown)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "call", "at": "2999-01-01T10:00"}, "not ahead"),
        ({"kind": "call", "at": "yesterday"}, "is no time"),
        ({"kind": "pigeon"}, "is none of"),
        ({"kind": "call", "came": "meeting_booked"}, "say when"),
        ({"kind": "call", "minutes": "9999"}, "0 to 1,440"),
        ({"kind": "note", "text": "   "}, "write down 1 to"),
    ],
)
async def test_what_cannot_have_happened_is_refused(
    browser: Browser, db: Database, demo: DemoAccount, fields: dict[str, str], said: str
) -> None:
    ada, path = await browser.as_role("member"), person(demo.chen_id)
    csrf = (await ada.page(path)).hidden["csrf"]
    answer = await ada.post(f"{path}/happened", {"csrf": csrf, **fields})
    assert answer.status_code == 422
    assert said in answer.text
    assert len(await TouchpointRepository(db).get_touchpoints(demo.chen_conversation_id)) == 1


async def test_a_relationship_is_made_weaker_and_removed_with_undo(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path, edges = await browser.as_role("member"), person(demo.williams_id), RelationshipRepository(db)
    edge = await edges.get_relationship(demo.williams_id, demo.chen_id)
    assert edge is not None
    shown = await ada.do(f"{W}/people/relationships/change", {"id": str(edge.id), "strength": "weak"}, path)
    assert "It is weak now." in flat(shown)
    await undone(ada, shown, path)
    shown = await ada.do(f"{W}/people/relationships/remove", {"id": str(edge.id)}, path)
    assert await edges.get_relationship(demo.williams_id, demo.chen_id) is None
    await undone(ada, shown, path)
    again = await edges.get_relationship(demo.williams_id, demo.chen_id)
    assert again is not None
    assert (again.strength, again.relationship_type) == ("strong", "colleagues")


async def test_how_somebody_stands_to_the_person_reads_from_either_side(browser: Browser, demo: DemoAccount) -> None:
    ada = await browser.as_role("viewer")
    assert "Lisa Anderson Practice Administratormedium reports to them" in flat(await ada.page(person(demo.williams_id)))
    assert "Sarah Williams Chief Medical Officermedium their manager" in flat(await ada.page(person(demo.anderson_id)))


async def test_what_came_in_is_told_with_its_reason(browser: Browser, db: Database, demo: DemoAccount) -> None:
    signal = Signal(
        kind=SignalKind.REPLY_NOT_NOW, dedupe_key="k", source="Ada", contact_id=demo.chen_id, until=datetime.now(UTC) + timedelta(days=30)
    )
    await db.run(lambda session: record_signal(session, signal, datetime.now(UTC)))
    shown = flat(await (await browser.as_role("viewer")).page(person(demo.chen_id)))
    assert "What came in of them and their account" in shown
    assert "reply not now" in shown


async def test_a_viewer_is_offered_nothing_that_would_be_refused(browser: Browser, demo: DemoAccount) -> None:
    ada = await browser.as_role("viewer")
    path = person(demo.chen_id)
    shown = await ada.page(path)
    words = ("Add a suppression", "Record a consent", "Write down what happened", "Add a relationship", "Erase them", "as a file")
    assert [word for word in words if word in flat(shown)] == []
    assert f"{path}/edit" not in shown.links
    csrf = shown.hidden["csrf"]
    for action in ("stops", "stops/remove", "consents", "consents/revoke", "topics", "happened", "campaigns", "edit", "merge", "erase"):
        assert (await ada.post(f"{path}/{action}", {"csrf": csrf})).status_code == 403, action


async def test_all_that_is_known_is_a_file_for_who_may(browser: Browser, demo: DemoAccount) -> None:
    path = person(demo.chen_id, "/data.json")
    await (await browser.as_role("member")).page(path, 403)
    answer = await (await browser.as_role("admin")).get(path)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="Michael Chen')
    assert answer.json()["tables"]["contacts"][0]["email"] == "michael.chen@acmemedical.com"


async def test_an_erasure_asks_for_the_name(browser: Browser, db: Database, demo: DemoAccount) -> None:
    ada, path = await browser.as_role("admin"), person(demo.chen_id, "/erase")
    csrf = (await ada.page(path)).hidden["csrf"]
    wrong = await ada.post(path, {"csrf": csrf, "confirm": "Chen"})
    assert wrong.status_code == 422
    assert "This is not the name" in wrong.text
    assert await ContactRepository(db).get_contact_by_id(demo.chen_id) is not None
    shown = await ada.do(path, {"confirm": "michael  chen"}, path)
    assert "The person is erased" in flat(shown)
    assert await gone(db, demo.chen_id)


async def gone(db: Database, key: UUID) -> bool:
    return await ContactRepository(db).get_contact_by_id(key) is None


async def test_somebodys_way_through_a_campaign_is_paused_undone_and_ended(browser: Browser, db: Database) -> None:
    world = await World.begin(db)
    [kim] = await world.account("acme.example", "Kim")
    [enrolled] = await world.enrol(await world.campaign(), kim)
    ada, path, given = await browser.as_role("member"), person(kim.id), {"id": str(enrolled)}
    assert "plain pending" in flat(await ada.page(path))
    shown = await ada.do(f"{path}/campaigns", {**given, "do": "pause"}, path)
    assert "is paused in plain." in flat(shown)
    shown = await undone(ada, shown, path)
    assert "goes on in plain." in flat(shown)
    shown = await ada.do(f"{path}/campaigns", {**given, "do": "remove"}, path)
    assert "is out of plain" in flat(shown)
    assert "plain finished" in flat(shown)


async def test_a_place_in_a_campaign_of_somebody_else_is_not_there(browser: Browser, db: Database) -> None:
    world = await World.begin(db)
    kim, lee = await world.account("acme.example", "Kim", "Lee")
    [enrolled] = await world.enrol(await world.campaign(), kim)
    ada, path = await browser.as_role("member"), person(lee.id)
    csrf = (await ada.page(path)).hidden["csrf"]
    for do in ("pause", "resume", "remove"):
        assert (await ada.post(f"{path}/campaigns", {"csrf": csrf, "id": str(enrolled), "do": do})).status_code == 404
    assert "plain pending" in flat(await ada.page(person(kim.id)))
