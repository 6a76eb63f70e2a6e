"""The tools that look, record and learn; and what a model is told of all of them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema_rs import Draft202012Validator, meta

from accountgraph.campaigns.definition.campaign import CampaignDefinition
from accountgraph.errors import ConfigError, InvalidValueError, NotFoundError
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.relationships import RelationshipRepository
from accountgraph.store.suppressions import SuppressionRepository
from accountgraph.store.touchpoints import TouchpointRepository
from accountgraph.tools import NotPermittedError, Toolbox, ToolError
from accountgraph.tools.definitions import KINDS
from accountgraph.tools.toolbox import tools
from tests.agents.office import WORDS, Office

if TYPE_CHECKING:
    from tests.factories import Clock


async def _talked(office: Office, words: str = "We plan in March.") -> None:
    db = office.world.db
    talk = await ConversationRepository(db).create_conversation(office.anna.id)
    sent = await TouchpointRepository(db).record_email_sent(talk.id, "Your quarter", "How do you plan?", {})
    await TouchpointRepository(db).record_email_replied(sent.id, words, actor="human")


async def test_search_finds_accounts_and_people(office: Office) -> None:
    found = await office.tools().find_account("acme")
    assert [one.domain for one in found.accounts] == ["acme.com"]
    assert {one.name for one in found.contacts} == {"Anna", "Bob"}
    assert "anna@acme.com" in found.text


async def test_brief_tells_health_people_and_what_was_said_last(office: Office) -> None:
    await _talked(office)
    brief = await office.tools().brief("acme.com")
    assert {person.name for person in brief.people} == {"Anna", "Bob"}
    assert [talk.name for talk in brief.conversations] == ["Anna"]
    assert "We plan in March." in (brief.recent[0].untrusted_words or "")
    assert "We plan in March." in brief.text
    assert f"health {brief.health:.0f} of 100" in brief.text


@pytest.mark.parametrize("room", [500, 900, 3000])
async def test_texts_fit_the_room_they_are_given(office: Office, room: int) -> None:
    await _talked(office, "A long answer. " * 200)
    assert len((await office.tools().brief("acme.com", room)).text) <= room
    assert len((await office.tools().context("anna@acme.com", room)).text) <= room


async def test_who_next_names_people_with_reasons_and_warm_paths(office: Office) -> None:
    await _talked(office)
    await RelationshipRepository(office.world.db).create_relationship(
        {"contact_id_1": office.anna.id, "contact_id_2": office.bob.id, "relationship_type": "colleagues", "strength": "strong"}
    )
    answer = await office.tools().who_next("acme.com")
    [bob] = answer.people
    assert (bob.name, bob.warm_path) == ("Bob", ["Anna", "Bob"])
    assert bob.why


async def test_who_next_says_whom_not_to_write_to(office: Office) -> None:
    await SuppressionRepository(office.world.db).suppress(contact_id=office.bob.id, reason="unsubscribed")
    await office.tools().propose_message("anna@acme.com", **WORDS)
    answer = await office.tools().who_next("acme.com")
    assert answer.people == []
    assert [(one.name, one.kind) for one in answer.not_now] == [("Anna", "waiting"), ("Bob", "suppressed")]


async def test_context_says_whether_they_may_be_written_to(office: Office) -> None:
    assert (await office.tools().context("anna@acme.com")).may_be_written_to
    await SuppressionRepository(office.world.db).suppress(contact_id=office.anna.id, reason="complained")
    context = await office.tools().context("anna@acme.com")
    assert not context.may_be_written_to
    assert "Do not write to them now" in context.text


async def test_suppression_of_another_channel_does_not_bar_all(office: Office) -> None:
    await SuppressionRepository(office.world.db).suppress(contact_id=office.anna.id, reason="unsubscribed", channel="sms")
    context = await office.tools().context("anna@acme.com")
    assert context.may_be_written_to
    assert [one.detail for one in context.not_now] == ["sms: unsubscribed"]


async def test_why_not_written_names_what_stands_against_it(office: Office) -> None:
    await SuppressionRepository(office.world.db).suppress(contact_id=office.anna.id, reason="unsubscribed")
    answer = await office.tools().why_not_written("anna@acme.com")
    assert answer.barriers == ["suppressed all: unsubscribed"]


async def test_why_not_written_of_a_campaign_says_that_its_audience_is_others(office: Office) -> None:
    answer = await office.tools().why_not_written("anna@acme.com", "agents-email")
    assert answer.outside == "not_in_audience"


@pytest.mark.parametrize("what", ["call", "meeting"])
async def test_recorded_call_or_meeting_is_a_touchpoint_that_counts(office: Office, what: Any) -> None:
    made = await office.tools().record("anna@acme.com", what, "She plans in March.", minutes=20)
    [touchpoint] = await TouchpointRepository(office.world.db).get_touchpoint_history(_uuid(made.conversation_id))
    assert (touchpoint.channel, touchpoint.content, touchpoint.call_duration_seconds) == (what, "She plans in March.", 1200)
    asked = await office.tools().propose_message("anna@acme.com", **WORDS)
    assert "business days" in asked.arbiter


async def test_note_is_part_of_what_is_known_in_the_conversation(office: Office) -> None:
    await _talked(office)
    await office.tools().record("anna@acme.com", "note", "Prefers the morning.")
    assert "scout: Prefers the morning." in (await office.tools().context("anna@acme.com")).text


async def test_note_without_a_conversation_names_the_cure(office: Office) -> None:
    with pytest.raises(InvalidValueError, match="learn"):
        await office.tools().record("anna@acme.com", "note", "Prefers the morning.")


async def test_what_is_to_come_is_not_recorded(office: Office, clock: Clock) -> None:
    del clock
    with pytest.raises(InvalidValueError, match="past"):
        await office.tools().record("anna@acme.com", "call", "Later.", at=datetime(2030, 1, 1, tzinfo=UTC))


async def test_learnt_facts_keep_their_source_and_what_was_known(office: Office) -> None:
    tools = office.tools()
    await tools.learn("anna@acme.com", {"uses_kubernetes": "yes"}, "https://acme.com/blog")
    await tools.learn("anna@acme.com", {"team_size": "12"}, "a call")
    anna = await ContactRepository(office.world.db).get_contact_by_id(office.anna.id)
    assert anna is not None
    assert (anna.research_data["uses_kubernetes"], anna.research_data["team_size"]) == ("yes", "12")
    assert anna.research_data["sources"]["uses_kubernetes"]["from"] == "https://acme.com/blog"
    assert anna.last_researched_at is not None


async def test_facts_about_an_account_are_in_its_brief(office: Office) -> None:
    await office.tools().learn("acme.com", {"plans": "a new plant"}, "its report", "account")
    assert "a new plant" in (await office.tools().brief("acme.com")).text


@pytest.mark.parametrize("facts", [{}, {"Bad Name": "x"}, {"sources": "x"}, {"a": " "}, {f"f{n}": "x" for n in range(21)}], ids=str)
async def test_facts_that_cannot_be_are_refused(office: Office, facts: dict[str, str]) -> None:
    with pytest.raises(InvalidValueError, match="facts"):
        await office.tools().learn("anna@acme.com", facts, "a call")


async def test_simulation_tells_touches_and_sends_nothing(office: Office) -> None:
    definition = await office.world.campaign(audience={"companies": ["acme.com"]})
    assert isinstance(definition.definition, CampaignDefinition)
    answer = await office.tools().simulate("plain", 30)
    assert answer.touches == sum(answer.touches_by_channel.values()) > 0
    assert answer.people == 2
    assert office.world.post.sent == []


async def test_budget_says_what_is_left_and_which_channels_are_open(office: Office) -> None:
    budget = await office.tools().budget()
    assert (budget.may_send, budget.touches_left, budget.proposals_left) == (True, 2, 100)
    assert budget.channels == {"call": "rehearsal", "email": "live", "linkedin": "rehearsal"}


async def test_changes_are_taken_back_by_whoever_may(office: Office) -> None:
    with pytest.raises(ToolError, match="ask a person"):
        await office.tools().undo(2, "changes")

    async def undo(agent: str, last: int) -> tuple[list[str], list[str]]:
        return [f"{last} of {agent}"], ["a call: it was changed since"]

    undone = await Toolbox(office.desk, agent="scout", undo_changes=undo).undo(2, "changes")
    assert undone.text == "Taken back: 2 of scout.\nStays: a call: it was changed since."


@pytest.mark.parametrize("last", [0, 21])
async def test_undo_is_of_a_few_things(office: Office, last: int) -> None:
    with pytest.raises(InvalidValueError, match="1 to 20"):
        await office.tools().undo(last)


async def test_agent_that_nobody_added_is_told_so(office: Office) -> None:
    with pytest.raises(NotFoundError, match="agent add ghost"):
        await office.tools("ghost").budget()


async def test_toolbox_refuses_a_persons_rights(office: Office) -> None:
    with pytest.raises(ConfigError, match="as_agent"):
        Toolbox(office.world.db, agent="scout")


async def test_call_takes_arguments_as_a_model_gives_them(office: Office) -> None:
    answer = await office.tools().call("propose_message", '{"contact": "anna@acme.com", "channel": "email", "subject": "A", "body": "B"}')
    assert answer["outcome"] == "waits_for_a_person"


@pytest.mark.parametrize("arguments", [{"text": 5}, {}, {"text": "a", "more": 1}, "no JSON", "[1]"], ids=str)
async def test_arguments_that_do_not_fit_are_refused_with_what_would(office: Office, arguments: Any) -> None:
    with pytest.raises(InvalidValueError, match="find_account takes text"):
        await office.tools().call("find_account", arguments)


async def test_tool_without_its_scope_is_not_there(office: Office) -> None:
    tools = office.tools(scopes=frozenset())
    assert tools.tool_definitions() == []
    with pytest.raises(NotPermittedError, match="find_account"):
        await tools.call("find_account", {"text": "acme"})


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_tool_is_described_with_valid_schemas(name: str) -> None:
    definition = tools()[name].definition
    meta.validate(definition.parameters)
    meta.validate(definition.answer)
    assert definition.answer["type"] == definition.parameters["type"] == "object"
    assert len(definition.description) > 40
    assert "Args" not in definition.description
    assert all(part["description"] for part in definition.parameters.get("properties", {}).values())
    assert definition.for_openai()["function"]["name"] == name


async def test_answers_fit_their_schema(office: Office) -> None:
    await _talked(office)
    tool = office.tools()
    schemas = {definition.name: definition.answer for definition in tool.tool_definitions()}
    for name, arguments in {
        "find_account": {"text": "acme"}, "brief": {"account": "acme.com"}, "who_next": {"account": "acme.com"},
        "context": {"contact": "anna@acme.com"}, "budget": {}, "list_tasks": {},
        "propose_message": {"contact": "bob@acme.com", **WORDS}, "undo": {}, "why_not_written": {"contact": "bob@acme.com"},
    }.items():  # fmt: skip
        answer = await tool.call(name, arguments)
        Draft202012Validator(schemas[name]).validate(answer)
        assert answer["text"]


def _uuid(text: str) -> Any:
    from uuid import UUID

    assert re.fullmatch(r"[0-9a-f-]{36}", text)
    return UUID(text)
