"""What campaigns do is listed: people, messages, calls to providers, tasks, approvals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.listing import (
    page_approvals,
    page_attempts,
    page_campaigns,
    page_enrolments,
    page_intents,
    page_mailboxes,
    page_tasks,
    page_templates,
)
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.outreach.mailboxes import MailboxRepository
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock

CALL = {"key": "first", "channel": "call", "template": "hello"}
MAIL = {"key": "second", "channel": "email", "template": "again"}


async def test_lists_hold_what_a_campaign_does(timed: Database, clock: Clock) -> None:
    world = await World.begin(timed)
    people = await world.account("acme.com", "John", "Jane")
    version = await world.campaign()
    first, _ = await world.enrol(version, *people)
    await world.runner().run_due()
    enrolments = await page_enrolments(timed, campaign_id=version.campaign_id, limit=1)
    more = await page_enrolments(timed, campaign_id=version.campaign_id, limit=1, after=enrolments.next)
    assert {one.contact_id for one in (*enrolments.items, *more.items)} == {person.id for person in people}
    assert more.next is None
    [intent] = (await page_intents(timed, enrolment_id=first, is_live=True)).items
    assert intent.state == "sent"
    assert intent.id in {one.id for one in (await page_intents(timed, state="sent", sort="-planned_at")).items}
    [attempt] = (await page_attempts(timed, intent_id=intent.id)).items
    assert attempt.outcome == "sent"
    assert [one.name for one in (await page_campaigns(timed, status="active", is_live=False)).items] == ["plain"]
    assert [one.name for one in (await page_templates(timed, sort="-name")).items] == ["plain/hello", "plain/again"]


async def test_what_waits_for_people_is_listed_by_state(timed: Database, clock: Clock) -> None:
    world = await World.begin(timed)
    people = [*await world.account("acme.com", "John"), *await world.account("beta.com", "Jane")]
    await ContactRepository(timed).update_contact(people[1].id, {"phone": "+12125550100"})
    asking = await world.campaign(policy={"requires_approval": True})
    calling = await world.campaign(name="calls", steps=[CALL, MAIL])
    await world.enrol(asking, people[0])
    await world.enrol(calling, people[1])
    await world.runner().run_due()
    [approval] = (await page_approvals(timed, campaign_id=asking.campaign_id)).items
    assert approval.person == "John"
    assert (await page_approvals(timed, state="accepted")).items == []
    [task] = (await page_tasks(timed, clock(), kind="call")).items
    assert task.person == "Jane"
    assert (await page_tasks(timed, clock(), owner="nobody")).items == []
    assert (await page_tasks(timed, clock(), state=None, contact_id=people[1].id)).items == [task]


async def test_mailboxes_are_listed_by_address(timed: Database) -> None:
    world = await World.begin(timed)
    for sender in (world.senders[0], await world.sender("another@ours.com")):
        await MailboxRepository(timed).put_mailbox(sender.id, "imap", {"host": "localhost"})
    page = await page_mailboxes(timed, protocol="imap", is_failing=False, limit=1)
    assert [one.address for one in page.items] == ["another@ours.com"]
    assert [one.address for one in (await page_mailboxes(timed, protocol="imap", is_failing=False, after=page.next)).items] == [
        "me@ours.com"
    ]
