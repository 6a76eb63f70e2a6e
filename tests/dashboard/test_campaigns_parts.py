"""The parts of a campaign: people, audience, messages, ledger, variants, what is in the way, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.engine.transport import Result, Sent
from accountgraph.campaigns.enrolment.audience import choose
from accountgraph.campaigns.work.enrolled import get_enrolment
from accountgraph.campaigns.work.ledger import get_entry
from accountgraph.listing import page_enrolments, page_intents
from accountgraph.store.outreach.exclusions import ExclusionRepository
from tests.dashboard.campaign_forms import fields_of, press
from tests.dashboard.campaigns import POLICY, at, kept, office, started
from tests.db.campaigns.world import definition

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.campaigns.engine.transport import Message
    from accountgraph.db import Database
    from tests.dashboard.conftest import Browser


async def run_due(who: Browser, campaign_id: UUID) -> None:
    await who.do(at(campaign_id, "run"), {}, back=at(campaign_id))


# ---- people ---------------------------------------------------------------------------------------------------------------


async def test_people_are_listed_a_page_at_a_time_each_once(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    await world.account("big.com", *(f"Person{n:03}" for n in range(120)))
    campaign_id = await started(db, audience={"companies": ["big.com"]})
    ada = await browser.as_role("member")
    path, seen = at(campaign_id, "people"), []
    for _ in range(5):
        shown = await ada.page(path)
        seen += [word for word in shown.text.split() if word.startswith("Person") and len(word) == 9]
        following = [link for link in shown.links if "after=" in link]
        if not following:
            break
        [path] = following
    names = [name for name in seen if name[6:].isdigit()]
    assert set(names) == {f"Person{n:03}" for n in range(120)}


async def test_a_person_is_paused_let_go_on_and_taken_out_with_a_way_back(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db)
    ada = await browser.as_role("member")
    one = (await page_enrolments(db, campaign_id=campaign_id)).items[0]
    people = at(campaign_id, "people")
    shown = await ada.do(f"{people}/{one.id}/pause", {}, back=people)
    assert "pauses until somebody lets them go on" in shown.text
    assert (await get_enrolment(db, one.id)).state == "paused"
    shown = await ada.do(f"{people}/{one.id}/resume", {}, back=people)
    assert (await get_enrolment(db, one.id)).state == "waiting"
    shown = await ada.do(f"{people}/{one.id}/remove", {}, back=people)
    assert "is out of the campaign" in shown.text
    assert "Bring them in again" in shown.text
    assert (await get_enrolment(db, one.id)).reason == "removed"


async def test_somebody_is_found_and_brought_in_by_hand(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    [zoe] = await world.account("other.com", "Zoe")
    campaign_id = await started(db)
    ada = await browser.as_role("member")
    shown = await ada.page(at(campaign_id, "people?q=zoe"))
    assert "Zoe" in shown.text
    shown = await ada.do(at(campaign_id, "enrol"), {"contact": str(zoe.id)}, back=at(campaign_id, "people"))
    assert "1 person begins" in shown.text
    assert [one.contact_id for one in (await page_enrolments(db, contact_id=zoe.id)).items] == [zoe.id]
    shown = await ada.do(at(campaign_id, "enrol"), {"contact": str(zoe.id)}, back=at(campaign_id, "people"))
    assert "Nobody was brought in" in shown.text


async def test_a_lead_is_taken_in_with_account_and_message(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db)
    ada = await browser.as_role("member")
    fields = {"email": "kim@new.com", "first_name": "Kim", "message": "What does it cost?"}
    shown = await ada.do(at(campaign_id, "lead"), fields, back=at(campaign_id, "people"))
    assert "kim@new.com begins with the first step" in shown.text
    assert "Kim" in shown.text
    csrf = (await ada.page(at(campaign_id, "people"))).hidden["csrf"]
    assert (await ada.post(at(campaign_id, "lead"), {"csrf": csrf, "email": "nobody"})).status_code == 422


# ---- audience -------------------------------------------------------------------------------------------------------------


async def test_the_audience_pages_hold_everybody_once_with_the_reason(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    await world.account("big.com", *(f"Person{n:03}" for n in range(60)))
    await world.account("closed.com", "Cid", "Dee", account_status="customer")
    campaign_id = await kept(db, audience={"companies": ["big.com", "closed.com"], "most_per_account": 55})
    ada = await browser.as_role("member")
    first, second = [await ada.page(at(campaign_id, f"audience?page={page}")) for page in (1, 2)]
    names = [word for word in (first.text + " " + second.text).split() if word.startswith("Person0")]
    assert len(names) == len(set(names)) == 55
    assert "Page 2 of 2" in second.text
    customers = await ada.page(at(campaign_id, "audience?show=left_out&reason=customer"))
    assert "Cid" in customers.text
    assert "Dee" in customers.text
    assert "Person0" not in customers.text
    others = await ada.page(at(campaign_id, "audience?show=left_out&reason=most_per_account"))
    assert others.text.count("others of their account come first") == 5 + 2  # once in the list of reasons, once in the heading


async def test_the_editor_counts_an_audience_that_is_not_kept_yet(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    await world.account("closed.com", "Cid", account_status="customer")
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    fields = fields_of((await ada.get(at(campaign_id, "edit"))).text)
    shown = await press(ada, at(campaign_id, "edit"), {**fields, "audience.companies": ["acme.com\nclosed.com"]}, "count")
    assert "<strong>2 people</strong> would begin now, 1 person is left out" in " ".join(shown.text.split())
    wanted = definition(policy=POLICY, audience={"companies": ["acme.com", "closed.com"]})
    assert len((await choose(db, wanted, db.now())).chosen) == 2


# ---- messages -------------------------------------------------------------------------------------------------------------


async def test_messages_are_drawn_as_they_would_go_out(browser: Browser, db: Database) -> None:
    _, people = await office(db)
    campaign_id = await kept(db)
    shown = await (await browser.as_role("member")).page(at(campaign_id, f"messages?contact={people[0].id}"))
    assert "Hello Ada, a word about acme.com." in shown.text
    assert "Acme Ltd" in shown.text  # who we are before the law
    assert "Once more, Ada." in shown.text


async def test_a_message_that_would_not_leave_says_why(browser: Browser, db: Database) -> None:
    _, people = await office(db)
    campaign_id = await kept(db, templates={"hello": {"subject": "Hello", "body": "{{ contact.title }}"}, "again": {"body": "Again"}})
    shown = await (await browser.as_role("member")).page(at(campaign_id, f"messages?contact={people[0].id}"))
    assert "It would not leave" in shown.text


@pytest.mark.parametrize("who", ["nobody", "00000000-0000-0000-0000-000000000000"])
async def test_messages_for_nobody_are_not_there(browser: Browser, db: Database, who: str) -> None:
    await office(db)
    campaign_id = await kept(db)
    assert (await (await browser.as_role("member")).get(at(campaign_id, f"messages?contact={who}"))).status_code == 404


# ---- ledger ---------------------------------------------------------------------------------------------------------------


async def test_the_ledger_of_one_campaign_shows_its_own_alone(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    await world.account("other.com", "Zoe")
    one = await started(db)
    other = await started(db, name="other", audience={"companies": ["other.com"]}, templates=_other_words())
    ada = await browser.as_role("member")
    await run_due(ada, one)
    await run_due(ada, other)
    assert "Zoe" not in (await ada.page(at(one, "ledger"))).text
    shown = await ada.page(at(other, "ledger"))
    assert "Zoe" in shown.text
    assert "Ada" not in shown.text.replace("The member", "").replace("Ada Owner", "")
    intent = (await page_intents(db, campaign_id=other)).items[0]
    assert (await ada.get(at(one, f"ledger/{intent.id}"))).status_code == 404


def _other_words() -> dict[str, Any]:
    return {"hello": {"subject": "Other words", "body": "Hello"}, "again": {"body": "Again"}}


async def test_a_row_of_the_ledger_opens_its_decision_rule_inputs_and_version(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db)
    ada = await browser.as_role("member")
    await run_due(ada, campaign_id)
    intent = (await page_intents(db, campaign_id=campaign_id)).items[0]
    shown = await ada.page(at(campaign_id, f"ledger/{intent.id}"))
    assert "Nothing speaks against touch 1 by e-mail." in shown.text
    assert "attempt" in shown.text
    assert "by the policy of version" in shown.text
    assert f"{at(campaign_id, 'versions')}?number=1" in shown.links
    assert "person, name" in shown.text  # a fact of that time


async def unknown_one(db: Database) -> tuple[UUID, UUID]:
    """A live campaign, and its message of which nobody knows whether it left."""
    world, people = await office(db)
    version = await world.campaign(policy=POLICY)
    await world.select(str, "UPDATE campaigns SET is_live = true, started_at = now() RETURNING name")
    await world.select(str, "UPDATE senders SET transport = 'post' RETURNING address")
    await world.enrol(version, people[0])

    async def answer(_: Message) -> Result:
        return Result(outcome=Sent.UNKNOWN, detail="closed after DATA")

    world.post.answer = answer
    await world.runner().run_due()
    [intent] = (await page_intents(db, campaign_id=version.campaign_id)).items
    assert intent.state == "unknown"
    return version.campaign_id, intent.id


@pytest.mark.parametrize(("left", "said", "state"), [("yes", "it left", "sent"), ("no", "it did not leave", "planned")])
async def test_an_unknown_message_is_resolved_by_who_found_out(browser: Browser, db: Database, left: str, said: str, state: str) -> None:
    campaign_id, intent_id = await unknown_one(db)
    ada = await browser.as_role("member")
    path = at(campaign_id, f"ledger/{intent_id}")
    assert path in (await ada.page(at(campaign_id, "ledger?state=unknown"))).links
    assert "nobody knows whether they left" in (await ada.page(at(campaign_id))).text
    shown = await ada.do(f"{path}/resolve", {"left": left, "note": "Looked into the sent mail"}, back=path)
    assert f"Written down: {said}" in shown.text
    assert (await get_entry(db, intent_id)).state == state


async def test_it_is_asked_whether_it_was_sent_or_not(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db)
    ada = await browser.as_role("member")
    await run_due(ada, campaign_id)
    intent = (await page_intents(db, campaign_id=campaign_id)).items[0]
    csrf = (await ada.page(at(campaign_id, "ledger"))).hidden["csrf"]
    path = at(campaign_id, f"ledger/{intent.id}/resolve")
    assert (await ada.post(path, {"csrf": csrf, "left": "perhaps"})).status_code == 422
    assert (await ada.post(path, {"csrf": csrf, "left": "yes"})).status_code == 409  # it is known that it was sent


# ---- variants, versions, what is in the way -------------------------------------------------------------------------------


async def test_variants_are_compared_with_their_intervals(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    people = [(await world.account(f"of{n}.com", "Ada"))[0] for n in range(24)]
    both = [{"key": "a", "body": "One"}, {"key": "b", "body": "Other"}]
    version = await world.campaign(
        templates={"hello": {"subject": "Hello", "variants": both}, "again": {"body": "Again"}},
        policy={**POLICY, "sender": {"per_day": 1000, "per_hour": 1000, "jitter_seconds": [0, 0]}},
    )
    await world.enrol(version, *people)
    await world.select(str, "UPDATE campaigns SET is_live = true, started_at = now() RETURNING name")
    await world.select(str, "UPDATE senders SET transport = 'post' RETURNING address")
    await world.runner().run_due()
    shown = await (await browser.as_role("member")).page(at(version.campaign_id, "variants"))
    assert "cannot be told apart yet" in shown.text
    assert "95 % intervals" in shown.text
    assert "Nothing to compare yet" not in shown.text


async def test_without_variants_it_is_said_how_to_compare(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    assert "No step has variants" in (await (await browser.as_role("member")).page(at(campaign_id, "variants"))).text


async def test_two_versions_are_compared_key_by_key(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    await kept(db, description="Of spring")
    await kept(db, description="Of autumn")
    ada = await browser.as_role("member")
    shown = await ada.page(at(campaign_id, "versions?number=3&against=1"))
    assert "What version 3 changed against version 1" in shown.text
    assert "Of autumn" in shown.text
    assert "Of spring" not in shown.text
    assert (await ada.get(at(campaign_id, "versions?number=9"))).status_code == 404


async def test_a_hold_stands_is_lifted_and_set_again(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db)
    ada = await browser.as_role("member")
    page, fields = at(campaign_id, "standing"), {"scope": "workspace", "reason": "stop"}
    shown = await ada.do(at(campaign_id, "holds/set"), fields, back=page)
    assert "is held: what is not being sent at this moment stays" in shown.text
    assert "Lift" in shown.text
    shown = await ada.do(at(campaign_id, "holds/lift"), fields, back=page)
    assert "is lifted" in shown.text
    assert "nothing is stopped" in shown.text


async def test_accounts_that_are_left_alone_are_listed(browser: Browser, db: Database) -> None:
    _, people = await office(db)
    campaign_id = await kept(db)
    assert people[0].company_id is not None
    await ExclusionRepository(db).exclude_account(people[0].company_id, "competitor", note="They build the same")
    shown = await (await browser.as_role("viewer")).page(at(campaign_id, "standing"))
    assert "They build the same" in shown.text


async def test_somebody_and_a_step_of_another_campaign_are_not_there(browser: Browser, db: Database) -> None:
    await office(db)
    here, there = await started(db), await kept(db, name="other")
    ada = await browser.as_role("member")
    await run_due(ada, here)
    one = (await page_enrolments(db, campaign_id=here)).items[0]
    intent = (await page_intents(db, campaign_id=here)).items[0]
    csrf = (await ada.page(at(there))).hidden["csrf"]
    for path, fields in (
        *((f"people/{one.id}/{do}", {}) for do in ("pause", "resume", "remove")),
        (f"ledger/{intent.id}/resolve", {"left": "yes"}),
    ):
        assert (await ada.post(at(there, path), {"csrf": csrf, **fields})).status_code == 404
    assert (await get_enrolment(db, one.id)).state == one.state


async def test_a_reason_is_taken_away_alone_and_stays_with_other_filters(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await started(db)
    ada = await browser.as_role("member")
    path = at(campaign_id, "people")
    asked = "state=paused&reason=by_hand&stage=enrolled&live=no"
    shown = await ada.page(f"{path}?{asked}")
    assert f"{path}?{asked.replace('&reason=by_hand', '')}" in shown.links
    assert shown.hidden["reason"] == "by_hand"
