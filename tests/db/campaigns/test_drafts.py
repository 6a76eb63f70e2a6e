"""Messages that a model writes: from the step that asks for one to the mail that leaves, and what stands in where there is none."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.campaigns.drafts import Draft, list_drafts
from accountgraph.campaigns.why import why
from accountgraph.campaigns.work.approvals import accept_approval, list_approvals
from accountgraph.drafting.wanted import write_wanted
from accountgraph.mailboxes.login.vault import WorkspaceVault
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.outreach.drafting import DraftingRepository
from accountgraph.store.touchpoints import TouchpointRepository
from tests.db.campaigns.world import PLAIN, World
from tests.drafting.model_server import ModelServer, Status

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from tests.factories import Clock

WROTE = {"subject": "A word about planning", "body": "Hello Anna,\n\nhow do you plan today?\n\nMe", "facts_used": ["f1"]}


@pytest.fixture
def model() -> Iterator[ModelServer]:
    server = ModelServer()
    server.answers = [WROTE]
    yield server
    server.close()


def drafted(**step: Any) -> list[dict[str, Any]]:
    first = {**PLAIN["steps"][0], "drafted": True, "instructions": "Ask how they plan.", **step}
    return [first, *PLAIN["steps"][1:]]


async def begin(
    world: World, model: ModelServer | None, *, policy: dict[str, Any] | None = None, step: dict[str, Any] | None = None, **options: Any
) -> UUID:
    """Anna in a campaign whose first mail a model writes."""
    if model is not None:
        await DraftingRepository(world.db).put_settings({"model": "small", "base_url": model.url, **options})
    people = await world.account("acme.com", "Anna")
    version = await world.campaign(steps=drafted(**(step or {})), policy=policy or {})
    return (await world.enrol(version, *people))[0]


async def run(world: World) -> None:
    """What `worker --once` does: what is due, what a model is to write, what is due then."""
    await world.runner().run_due()
    if await write_wanted(world.db, WorkspaceVault(world.db)):
        await world.runner().run_due()


async def told(world: World) -> list[str]:
    """What `campaign why` says, line by line."""
    found = await world.db.run(lambda session: why(session, "anna@acme.com", session.now()))
    return [f"{line.kind} {line.rule}: {line.reason}" for line in found.story]


async def draft(world: World) -> Draft:
    (one,) = await list_drafts(world.db)
    return one


async def test_draft_waits_for_approval_and_leaves_with_its_words(world: World, model: ModelServer) -> None:
    enrolment_id = await begin(world, model)
    await run(world)
    (waiting,) = await list_approvals(world.db)
    assert (waiting.subject, waiting.content, waiting.written_by) == (WROTE["subject"], WROTE["body"], "small")
    assert [(fact.table, fact.text) for fact in waiting.facts] == [("contacts", "name: Anna")]
    assert waiting.why == "A model wrote the message: a person approves it."
    assert world.post.sent == []
    await world.db.run(lambda s: accept_approval(s, waiting.id, waiting.content_hash, by="Kim", now=s.now()))
    await world.runner().run_due()
    (left,) = world.post.sent
    assert (left.subject, left.content) == (WROTE["subject"], WROTE["body"])
    assert (await world.standing(enrolment_id)).step_key == "second"
    story = await told(world)
    assert any(line.startswith("defer draft: small writes the message; where it has not by ") for line in story)
    assert 'draft written small: "A word about planning"' in story


async def test_trusted_draft_leaves_by_itself(world: World, model: ModelServer) -> None:
    await begin(world, model, step={"trusts_drafts": True}, policy={"requires_approval": True})
    await run(world)
    assert [mail.content for mail in world.post.sent] == [WROTE["body"]]
    assert 'draft written small: "A word about planning"' in await told(world)


async def test_policy_may_trust_all_drafts(world: World, model: ModelServer) -> None:
    await begin(world, model, policy={"trusts_drafts": True})
    await run(world)
    assert [mail.content for mail in world.post.sent] == [WROTE["body"]]


async def test_step_that_needs_approval_is_stronger_than_a_policy_that_trusts(world: World, model: ModelServer) -> None:
    await begin(world, model, policy={"trusts_drafts": True}, step={"needs_approval": True})
    await run(world)
    assert (world.post.sent, len(await list_approvals(world.db))) == ([], 1)


async def test_without_a_model_the_template_leaves_at_once(world: World) -> None:
    await begin(world, None)
    await world.runner().run_due()
    assert [mail.subject for mail in world.post.sent] == ["Hello Anna"]
    assert await list_drafts(world.db) == []


async def test_draft_that_is_refused_twice_leaves_the_template(world: World, model: ModelServer) -> None:
    model.answers = [{**WROTE, "body": "Hello Anna,\n\nGunther saves 40% with us.\n\nMe"}]
    await begin(world, model)
    await run(world)
    assert [mail.subject for mail in world.post.sent] == ["Hello Anna"]
    one = await draft(world)
    assert (one.state, len(one.refusals), len(model.asked)) == ("refused", 2, 2)
    assert "“Gunther” is not in the context" in model.prompts[1]
    assert any(line.startswith("draft refused small: What it wrote was refused 2 times") for line in await told(world))


async def test_draft_that_is_better_the_second_time_is_taken(world: World, model: ModelServer) -> None:
    model.answers = [{**WROTE, "body": "Gunther says hello."}, WROTE]
    await begin(world, model, step={"trusts_drafts": True})
    await run(world)
    assert [mail.content for mail in world.post.sent] == [WROTE["body"]]


@pytest.mark.parametrize(
    ("answers", "options", "said"),
    [
        ([Status(500, retry_after="0")], {}, "small is busy or out of order (500)."),
        ([WROTE], {"key_env": "NO_SUCH_KEY"}, "NO_SUCH_KEY is not set"),
        ([WROTE], {"drafts_per_day": 0}, "The day's budget of 0 drafts is spent."),
        (["{"], {}, "small does not answer as it was asked to"),
    ],
)
async def test_where_no_draft_comes_the_template_leaves_and_why_says_so(
    world: World, model: ModelServer, answers: list[Any], options: dict[str, Any], said: str
) -> None:
    model.answers = answers
    await begin(world, model, **options)
    await run(world)
    assert [mail.subject for mail in world.post.sent] == ["Hello Anna"]
    assert any(line.startswith("draft failed small:") and said in line for line in await told(world))


async def test_template_that_stands_in_follows_its_own_rule_of_approval(world: World, model: ModelServer) -> None:
    model.answers = ["{"]
    await begin(world, model, step={"trusts_drafts": True}, policy={"requires_approval": True})
    await run(world)
    (waiting,) = await list_approvals(world.db)
    assert (waiting.written_by, waiting.subject, world.post.sent) == (None, "Hello Anna", [])


async def test_where_nobody_writes_in_time_the_template_leaves(world: World, model: ModelServer, clock: Clock) -> None:
    enrolment_id = await begin(world, model)
    await world.runner().run_due()
    standing = await world.standing(enrolment_id)
    assert (standing.state, standing.reason, standing.paused_until) == ("paused", "draft", clock() + timedelta(minutes=15))
    clock.forward(minutes=16)
    await world.runner().run_due()
    assert [mail.subject for mail in world.post.sent] == ["Hello Anna"]
    assert (await draft(world)).state == "failed"


async def test_two_workers_write_one_draft(world: World, model: ModelServer) -> None:
    await begin(world, model)
    await world.runner().run_due()
    vault = WorkspaceVault(world.db)
    assert sum(await asyncio.gather(write_wanted(world.db, vault), write_wanted(world.db, vault))) == 1
    assert len(model.asked) == 1


async def test_draft_of_a_worker_that_died_is_written_by_another(world: World, model: ModelServer, clock: Clock) -> None:
    await begin(world, model)
    await world.runner().run_due()
    died = "UPDATE drafts SET lease = gen_random_uuid(), lease_until = %(at)s, tries = 1"
    await world.db.run(lambda s: s.execute(died, {"at": clock() - timedelta(seconds=1)}))
    assert await write_wanted(world.db, WorkspaceVault(world.db)) == 1
    assert (await draft(world)).state == "written"


async def test_day_has_its_budget(world: World, model: ModelServer) -> None:
    await DraftingRepository(world.db).put_settings({"model": "small", "base_url": model.url, "drafts_per_day": 2})
    people = [person for name in ("a.com", "b.com", "c.com") for person in await world.account(name, "Anna")]
    await world.enrol(await world.campaign(steps=drafted()), *people)
    await run(world)
    states = sorted(one.state for one in await list_drafts(world.db))
    assert (states, len(model.asked)) == (["failed", "written", "written"], 2)


async def test_other_people_of_the_account_are_not_named(world: World, model: ModelServer) -> None:
    await begin(world, model)
    (company,) = await world.select(dict, "SELECT company_id FROM contacts")
    await ContactRepository(world.db).create_contact(
        {"company_id": company, "first_name": "Grace", "last_name": "Hope", "email": "grace@acme.com"}
    )
    model.answers = [{**WROTE, "body": "Hello Anna,\n\nGrace Hope told me about you.\n\nMe"}]
    await run(world)
    assert any("Grace Hope, who may not be named" in said for refusals in (await draft(world)).refusals for said in refusals)


async def test_answer_meanwhile_makes_a_draft_stale(world: World, model: ModelServer, clock: Clock) -> None:
    """It was written before the person wrote: it is written anew."""
    enrolment_id = await begin(world, model)
    await world.runner().run_due()
    await write_wanted(world.db, WorkspaceVault(world.db))
    (contact_id,) = await world.select(dict, "SELECT contact_id FROM enrolments")
    clock.forward(minutes=1)
    await world.db.run(
        lambda s: s.execute(
            "INSERT INTO conversations (contact_id, started_at, response_count, last_response_at) VALUES (%(id)s, %(at)s, 1, %(at)s)",
            {"id": contact_id, "at": clock()},
        )
    )
    await world.runner().run_due()
    assert (await world.standing(enrolment_id)).reason == "draft"
    assert (await draft(world)).state == "wanted"


async def test_dry_run_shows_the_draft_on_the_console(world: World, model: ModelServer) -> None:
    await DraftingRepository(world.db).put_settings({"model": "small", "base_url": model.url})
    people = await world.account("acme.com", "Anna")
    await world.enrol(await world.campaign(steps=drafted(trusts_drafts=True)), *people, is_live=False)
    await run(world)
    assert [mail.content for mail in world.console.sent] == [WROTE["body"]]


async def test_follow_up_goes_on_in_its_thread(world: World, model: ModelServer, clock: Clock) -> None:
    await DraftingRepository(world.db).put_settings({"model": "small", "base_url": model.url})
    people = await world.account("acme.com", "Anna")
    steps = [PLAIN["steps"][0], {**PLAIN["steps"][1], "drafted": True, "trusts_drafts": True}]
    await world.enrol(await world.campaign(steps=steps, templates=PLAIN["templates"]), *people)
    await run(world)
    clock.forward(days=4)
    await run(world)
    assert [(mail.subject, mail.content) for mail in world.post.sent][1:] == [("Re: Hello Anna", WROTE["body"])]
    assert "leave the subject empty" in model.prompts[0]


async def colleague(world: World, clock: Clock) -> UUID:
    """Ben Stone, of Anna's company, who answered kindly."""
    (company,) = await world.select(dict, "SELECT company_id FROM contacts")
    given = {"company_id": company, "first_name": "Ben", "last_name": "Stone", "email": "ben@acme.com"}
    ben = await ContactRepository(world.db).create_contact(given)
    talk = await ConversationRepository(world.db).create_conversation(ben.id)
    message = await TouchpointRepository(world.db).create_touchpoint({"conversation_id": talk.id, "sent_at": clock() - timedelta(days=9)})
    await TouchpointRepository(world.db).record_event(message.id, "replied", detail="positive", at=clock() - timedelta(days=8))
    return ben.id


NAMES_BEN = {**WROTE, "body": "Hello Anna,\n\nBen Stone replied to us. How do you see it?\n\nMe"}


async def test_trusted_draft_that_names_a_colleague_waits_for_a_person(world: World, model: ModelServer, clock: Clock) -> None:
    await begin(world, model, step={"trusts_drafts": True})
    await colleague(world, clock)
    model.answers = [NAMES_BEN]
    await run(world)
    (waiting,) = await list_approvals(world.db)
    assert (waiting.mentions, waiting.why) == ("Ben Stone", "The message names Ben Stone: a person approves it.")
    assert "colleague who may be named: Ben Stone; replied on" in model.prompts[0]
    assert world.post.sent == []


async def test_draft_whose_colleague_may_no_longer_be_named_gives_way_to_the_template(
    world: World, model: ModelServer, clock: Clock
) -> None:
    await begin(world, model, step={"trusts_drafts": True})
    ben = await colleague(world, clock)
    model.answers = [NAMES_BEN]
    await world.runner().run_due()
    await write_wanted(world.db, WorkspaceVault(world.db))
    await ContactRepository(world.db).update_contact(ben, {"communication_preferences": {"do_not_reference": True}})
    await world.runner().run_due()
    assert [mail.subject for mail in world.post.sent] == ["Hello Anna"]
    assert await list_approvals(world.db) == []


async def test_people_wait_in_line_while_others_are_written(world: World, model: ModelServer, clock: Clock) -> None:
    """A long line is worked off: nobody gets the template because others came first."""
    await begin(world, model)
    enrolment_id = (await world.select(dict, "SELECT id FROM enrolments"))[0]
    await world.runner().run_due()
    clock.forward(minutes=16)
    other = "INSERT INTO drafts (enrolment_id, step_key, channel, asked_at, called_at) VALUES (%(id)s, 'second', 'email', %(at)s, %(at)s)"
    await world.db.run(lambda s: s.execute(other, {"id": enrolment_id, "at": clock() - timedelta(minutes=1)}))
    await world.runner().run_due()
    assert world.post.sent == []
    assert (await world.standing(enrolment_id)).reason == "draft"
