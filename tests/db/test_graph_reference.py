"""The reference account: its exact figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.demo import DOMAIN, load_reference_account
from accountgraph.errors import DuplicateError
from accountgraph.graph import CompanyGraph, as_prompt
from accountgraph.store.companies import CompanyRepository
from accountgraph.store.conversations import ConversationRepository
from accountgraph.store.touchpoints import TouchpointRepository

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.factories import Clock


async def test_account_has_three_contacts_two_relationships_and_two_active_conversations(db: Database) -> None:
    demo = await load_reference_account(db)
    overview = await CompanyGraph(db).get_account_overview(demo.company_id)
    assert overview["summary"] == {
        "total_contacts": 3,
        "decision_makers": 1,
        "primary_contacts": 1,
        "total_relationships": 2,
        "active_conversations": 2,
        "total_conversations": 2,
    }
    assert overview["company"]["name"] == "Acme Medical Group"
    assert next(iter(overview["contacts"])) == demo.williams_id
    assert [edge["contact_2"]["name"] for edge in overview["relationships"]] == ["Michael Chen", "Lisa Anderson"]
    assert {talk["id"] for talk in overview["active_conversations"]} == {demo.williams_conversation_id, demo.chen_conversation_id}
    assert {touchpoint["id"] for touchpoint in overview["recent_touchpoints"]} == {demo.williams_email_id, demo.chen_email_id}


async def test_company_counts_its_contacts_and_active_conversations(db: Database) -> None:
    demo = await load_reference_account(db)
    company = await CompanyRepository(db).get_company_by_id(demo.company_id)
    assert company is not None
    assert (company.total_contacts, company.active_conversations) == (3, 2)


async def test_conversation_counts_the_send_alone(db: Database) -> None:
    demo = await load_reference_account(db)
    talk = await ConversationRepository(db).get_conversation_by_id(demo.williams_conversation_id)
    email = await TouchpointRepository(db).get_touchpoint_by_id(demo.williams_email_id)
    assert talk is not None
    assert email is not None
    assert (talk.touchpoint_count, talk.last_touchpoint_at) == (1, email.sent_at)


async def test_chen_is_the_only_expansion_target_with_priority_21(db: Database) -> None:
    demo = await load_reference_account(db)
    [target] = await CompanyGraph(db).find_expansion_targets(demo.williams_id)
    assert target["contact"].id == demo.chen_id
    assert target["priority_score"] == 21.00
    assert target["relationship_to_primary"] == {
        "primary_contact_id": demo.williams_id,
        "primary_contact_name": "Sarah Williams",
        "primary_contact_title": "Chief Medical Officer",
        "strength": "strong",
        "type": "colleagues",
        "implied": False,
    }
    assert target["engagement_status"] == {"has_active_conversation": True, "engagement_score": 0, "last_engaged_at": None}
    assert {part["name"]: part["points"] for part in target["why"]} == {"relationship": 30, "seniority": 12, "active_conversation": -21}


async def test_williams_context_has_raw_rates_of_100_percent_and_no_human_act(db: Database) -> None:
    demo = await load_reference_account(db)
    context = await CompanyGraph(db).get_conversation_context(demo.williams_id)
    metrics = context["engagement"]["metrics"]
    assert (metrics["open_rate"], metrics["click_rate"], metrics["reply_rate"]) == (100.0, 100.0, 0.0)
    assert (metrics["human_open_rate"], metrics["human_click_rate"]) == (0.0, 0.0)
    assert (context["conversations"]["active"], context["conversations"]["total"]) == (1, 1)


async def test_chens_context_names_his_colleague(db: Database) -> None:
    demo = await load_reference_account(db)
    context = await CompanyGraph(db).get_conversation_context(demo.chen_id)
    assert context["relationships"] is not None
    assert context["relationships"]["colleagues"][0]["name"] == "Sarah Williams"
    assert "Sarah Williams" in as_prompt(context)


async def test_health_is_43_33_and_fair(db: Database) -> None:
    demo = await load_reference_account(db)
    health = await CompanyGraph(db).get_account_health_score(demo.company_id)
    assert (health["total_score"], health["health_status"]) == (43.33, "fair")
    assert health["breakdown"] == {"engagement": 0.0, "conversations": 20.0, "relationships": 13.33, "decision_makers": 10.0}
    assert [found["missing"] for found in health["recommendations"]] == ["relationships", "engagement"]


async def test_open_an_hour_later_keeps_the_expansion_score_and_raises_the_health(timed: Database, clock: Clock) -> None:
    demo = await load_reference_account(timed)
    graph = CompanyGraph(timed)
    clock.forward(hours=1)
    await TouchpointRepository(timed).record_email_opened(demo.williams_email_id)
    [target] = await graph.find_expansion_targets(demo.williams_id)
    health = await graph.get_account_health_score(demo.company_id)
    assert target["priority_score"] == 21.00
    assert health["total_score"] > 43.33


async def test_health_as_of_a_date_forgets_what_happened_since(timed: Database, clock: Clock) -> None:
    demo = await load_reference_account(timed)
    graph = CompanyGraph(timed)
    sent = clock()
    clock.forward(hours=1)
    await TouchpointRepository(timed).record_email_replied(demo.williams_email_id, "Yes, please")
    await ConversationRepository(timed).update_conversation_status(demo.williams_conversation_id, "won")
    now = await graph.get_account_health_score(demo.company_id)
    before = await graph.get_account_health_score(demo.company_id, as_of=sent)
    assert (before["total_score"], before["as_of"]) == (43.33, sent)
    assert now["breakdown"]["engagement"] > 0
    assert now["breakdown"]["conversations"] == 10.0


async def test_loading_twice_changes_nothing(db: Database) -> None:
    first = await load_reference_account(db)
    before = await CompanyGraph(db).get_account_overview(first.company_id)
    assert await load_reference_account(db) == first
    assert await CompanyGraph(db).get_account_overview(first.company_id) == before


async def test_a_real_account_of_the_demos_domain_is_left_alone(db: Database) -> None:
    await CompanyRepository(db).create_company({"name": "Really Acme", "domain": DOMAIN})
    with pytest.raises(DuplicateError, match="another workspace"):
        await load_reference_account(db)
