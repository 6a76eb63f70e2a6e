"""Messages of agents go through the arbiter and a person, or through the arbiter and a budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.access import Permission
from accountgraph.campaigns.work.approvals import edit_approval, reject_approval, show_approval
from accountgraph.errors import InvalidValueError
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.tools import RefusedError, add_agent, get_agent, page_messages, update_agent
from tests.agents.office import WORDS, Office
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock


async def test_proposal_waits_for_a_person_and_leaves_word_for_word_when_accepted(office: Office) -> None:
    asked = await office.tools().propose_message("anna@acme.com", **WORDS, why="She asked for it")
    assert (asked.outcome, asked.is_live) == ("waits_for_a_person", True)
    assert await office.run() == []
    [approval] = await office.approvals()
    assert (approval.content_hash, approval.person, approval.campaign) == (asked.content_hash, "Anna", "agents-email")
    assert (approval.why, approval.written_by) == ("The agent scout proposes it: She asked for it", "agent scout")
    await office.accept(approval)
    assert await office.run() == ["anna@acme.com"]
    [sent] = office.world.post.sent
    assert sent.subject == "A word"
    assert sent.content.startswith(WORDS["body"])


async def test_approver_sees_footer_and_what_is_known(office: Office) -> None:
    await office.tools().propose_message("anna@acme.com", **WORDS)
    [approval] = await office.approvals()
    shown = await show_approval(office.world.db, approval.id, office.world.db.now())
    assert "Acme Ltd" in shown.footer


async def test_edited_proposal_leaves_as_it_was_edited(office: Office) -> None:
    await office.tools().propose_message("anna@acme.com", **WORDS)
    [approval] = await office.approvals()
    edited = await office.world.db.run(lambda session: edit_approval(session, approval.id, by="Ann", content="Hello Anna, shorter."))
    await office.accept(edited)
    await office.run()
    assert office.world.post.sent[0].content.startswith("Hello Anna, shorter.")


async def test_rejected_proposal_never_leaves(office: Office, clock: Clock) -> None:
    await office.tools().propose_message("anna@acme.com", **WORDS)
    [approval] = await office.approvals()
    await office.world.db.run(lambda session: reject_approval(session, approval.id, by="Ann", note="No", now=clock()))
    clock.forward(days=30)
    assert await office.run() == []


async def test_message_within_budget_leaves_without_a_person(office: Office) -> None:
    asked = await office.tools().send_message("anna@acme.com", **WORDS)
    assert (asked.outcome, asked.why_a_person, asked.touches_left_today) == ("on_its_way", None, 1)
    assert await office.approvals() == []
    assert await office.run() == ["anna@acme.com"]
    [approval] = await office.approvals(None)
    assert approval.decided_by == "agent scout"


async def test_message_outside_hours_leaves_when_they_begin(office: Office, clock: Clock) -> None:
    clock.forward(hours=12)
    asked = await office.tools().send_message("anna@acme.com", **WORDS)
    assert asked.outcome == "on_its_way"
    assert asked.not_before is not None
    assert await office.run() == []
    clock.time = asked.not_before
    assert await office.run() == ["anna@acme.com"]


async def test_agent_that_may_not_send_proposes_instead_and_is_told_why(office: Office) -> None:
    await office.world.db.run(lambda session: add_agent(session, "shy"))
    asked = await office.tools("shy").send_message("anna@acme.com", **WORDS)
    assert (asked.outcome, asked.why_a_person) == ("waits_for_a_person", "this agent may not send by itself")
    assert len(await office.approvals()) == 1


async def test_budget_is_of_the_day_in_the_agents_zone(office: Office, clock: Clock) -> None:
    await office.world.db.run(lambda session: update_agent(session, "scout", touches_a_day=1, timezone="America/New_York"))
    people = [*await office.world.account("globex.com", "Gil"), *await office.world.account("initech.com", "Ina")]
    outcomes = [(await office.tools().send_message(str(one.email), **WORDS)).outcome for one in people]
    assert outcomes == ["on_its_way", "waits_for_a_person"]
    clock.forward(hours=18)  # three in the morning, UTC; ten at night in New York
    assert (
        await office.tools().send_message("anna@acme.com", **WORDS)
    ).why_a_person == "the agent has used its budget of touches for today"
    clock.forward(hours=3)
    assert (await office.tools().budget()).touches_left == 1


async def test_who_is_suppressed_is_refused_at_once_and_nobody_is_asked(office: Office) -> None:
    await SuppressionRepository(office.world.db).suppress(contact_id=office.anna.id, reason="unsubscribed")
    for call in (office.tools().propose_message, office.tools().send_message):
        with pytest.raises(RefusedError, match="suppressed"):
            await call("anna@acme.com", **WORDS)
    assert await office.approvals(None) == []
    assert (await page_messages(office.world.db)).items == []


async def test_messages_are_listed_a_page_at_a_time_the_newest_first(office: Office, clock: Clock) -> None:
    people = [office.anna, *await office.world.account("globex.com", "Gil"), *await office.world.account("initech.com", "Ina")]
    for one in people:
        await office.tools().propose_message(str(one.email), **WORDS)
        clock.forward(minutes=1)
    found, after = [], None
    for _ in people:
        page = await page_messages(office.world.db, agent="scout", open_only=True, limit=1, after=after)
        found += [message.contact_id for message in page.items]
        after = page.next
    assert (found, after) == ([one.id for one in reversed(people)], None)
    assert (await page_messages(office.world.db, agent="shy")).items == []


async def _somebody(office: Office, domain: str, country: str | None, source: str | None) -> str:
    """The address of somebody at a new account."""
    made = await CompanyRepository(office.world.db).create_company({"name": domain, "domain": domain, "country": country})
    person = {"company_id": made.id, "first_name": "Nia", "email": f"nia@{domain}", "country": country, "source": source}
    return str((await ContactRepository(office.world.db).create_contact(person)).email)


async def test_person_decides_where_the_country_is_not_known(office: Office) -> None:
    nia = await _somebody(office, "nowhere.com", None, "their web site")
    asked = await office.tools().send_message(nia, **WORDS)
    assert asked.outcome == "waits_for_a_person"
    assert "country is not known" in (asked.why_a_person or "")


async def test_person_decides_where_a_colleague_is_named(office: Office) -> None:
    asked = await office.tools().send_message("anna@acme.com", channel="email", subject="Hello", body="Bob told me to write.")
    assert (asked.outcome, asked.why_a_person) == ("waits_for_a_person", "it names somebody else of the account")


async def test_second_message_waits_until_the_first_is_done(office: Office) -> None:
    await office.tools().propose_message("anna@acme.com", **WORDS)
    with pytest.raises(RefusedError, match="under way"):
        await office.tools().propose_message("anna@acme.com", **WORDS)


async def test_next_message_can_be_asked_for_once_the_first_has_left(office: Office) -> None:
    await office.tools().send_message("anna@acme.com", **WORDS)
    await office.run()
    asked = await office.tools().propose_message("anna@acme.com", channel="email", subject="Again", body="Once more.")
    assert asked.not_before is not None
    assert "2 business days" in asked.arbiter


async def test_undo_takes_back_what_has_not_left_and_gives_the_budget_back(office: Office) -> None:
    await office.tools().send_message("anna@acme.com", **WORDS)
    undone = await office.tools().undo()
    assert undone.undone == ["email to Anna, A word"]
    assert (await get_agent(office.world.db, "scout")).touches_left == 2
    assert await office.run() == []
    assert (await office.tools().propose_message("anna@acme.com", **WORDS)).outcome == "waits_for_a_person"


async def test_undo_does_not_take_back_what_has_left(office: Office) -> None:
    await office.tools().send_message("anna@acme.com", **WORDS)
    await office.run()
    assert (await office.tools().undo()).text == "There was nothing to take back."
    assert (await get_agent(office.world.db, "scout")).touches_left == 1


async def test_undo_takes_back_the_last_first_and_nobody_elses(office: Office, clock: Clock) -> None:
    await office.world.db.run(lambda session: add_agent(session, "other"))
    await office.tools().propose_message("anna@acme.com", **WORDS)
    clock.forward(minutes=1)
    [gil] = await office.world.account("globex.com", "Gil")
    await office.tools("other").propose_message(str(gil.email), **WORDS)
    clock.forward(minutes=1)
    await office.tools().propose_message("bob@acme.com", **WORDS)
    assert (await office.tools().undo(1)).undone == ["email to Bob, A word"]
    assert [one.person for one in await office.approvals()] == ["Anna", "Gil"]


async def test_words_for_a_call_become_a_task_once_they_are_accepted(office: Office) -> None:
    await office.world.select(str, "UPDATE contacts SET phone = '+15551234567' WHERE id = %(id)s RETURNING id::text", id=office.anna.id)
    await office.go_live("agents-call")
    await office.tools().propose_message("anna@acme.com", "call", "Ask about the quarter.")
    [approval] = await office.approvals()
    await office.accept(approval)
    await office.run()
    [task] = (await office.tools().list_tasks()).tasks
    assert (task.kind, task.title, task.untrusted_words) == ("call", "Call Anna", "Ask about the quarter.")


async def test_agents_rehearse_until_their_campaign_is_live(timed: Database, desk: Database) -> None:
    office = await Office.begin(await World.begin(timed), desk, live=False, may_send=True, touches_a_day=2)
    asked = await office.tools().send_message("anna@acme.com", **WORDS)
    assert "rehearse" in asked.text
    assert await office.run() == []
    assert office.world.console.recipients == ["anna@acme.com"]


async def test_paused_agent_asks_for_nothing(office: Office) -> None:
    await office.world.db.run(lambda session: update_agent(session, "scout", is_paused=True))
    with pytest.raises(RefusedError, match="pause"):
        await office.tools().propose_message("anna@acme.com", **WORDS)
    assert (await office.tools().brief("acme.com")).name == "acme.com"


async def test_proposals_of_a_day_are_limited(office: Office) -> None:
    await office.world.db.run(lambda session: update_agent(session, "scout", proposals_a_day=1))
    await office.tools().propose_message("anna@acme.com", **WORDS)
    with pytest.raises(RefusedError, match="proposals_a_day"):
        await office.tools().propose_message("bob@acme.com", **WORDS)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"body": " "}, "body"), ({"subject": None}, "subject"), ({"channel": "linkedin"}, "subject"), ({"body": "a\0b"}, "body")],
    ids=str,
)
async def test_message_that_cannot_be_is_refused_by_field(office: Office, changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        await office.tools().propose_message("anna@acme.com", **{**WORDS, **changes})
    assert refused.value.field == field


async def test_scope_to_send_is_given_by_name_alone(office: Office) -> None:
    unasked = office.tools(scopes=frozenset({Permission.MESSAGES_PROPOSE}))
    assert [tool.name for tool in unasked.tool_definitions()] == ["propose_message", "budget", "undo"]


async def test_answer_goes_on_in_the_thread_of_what_was_sent(office: Office, clock: Clock) -> None:
    await office.tools().send_message("anna@acme.com", **WORDS)
    await office.run()
    clock.forward(days=3)
    asked = await office.tools().propose_message("anna@acme.com", "email", "I am glad you wrote.", in_thread=True)
    [approval] = await office.approvals()
    assert (approval.subject, approval.content_hash) == ("Re: A word", asked.content_hash)
    await office.accept(approval)
    await office.run()
    first, second = office.world.post.sent
    assert (second.subject, second.in_reply_to) == ("Re: A word", first.message_id)
    assert first.message_id in second.references


@pytest.mark.parametrize(("changes", "cure"), [({}, "nothing was sent"), ({"subject": "A"}, "leave `subject` out")], ids=str)
async def test_thread_that_is_not_there_is_no_thread(office: Office, changes: dict[str, str], cure: str) -> None:
    with pytest.raises(InvalidValueError, match=cure):
        await office.tools().propose_message("anna@acme.com", "email", "Hello", in_thread=True, **changes)


async def test_first_mail_that_has_to_say_where_the_address_is_from_needs_that_on_record(office: Office) -> None:
    nia = await _somebody(office, "paris.fr", "FR", None)
    with pytest.raises(RefusedError, match="where the address is from"):
        await office.tools().propose_message(nia, **WORDS)
    known = await _somebody(office, "lyon.fr", "FR", "their web site")
    assert (await office.tools().propose_message(known, **WORDS)).outcome == "waits_for_a_person"


async def test_accepted_words_wait_where_the_source_of_the_address_went_missing(office: Office) -> None:
    await office.tools().propose_message("anna@acme.com", **WORDS)
    [approval] = await office.approvals()
    await office.accept(approval)
    await office.world.select(str, "UPDATE contacts SET country = 'FR' WHERE id = %(id)s RETURNING id::text", id=office.anna.id)
    assert await office.run() == []
    [task] = (await office.tools().list_tasks()).tasks
    assert "where the address is from" in task.title
