"""Campaigns over HTTP: written, looked at, tried out, approved, started, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.api.outreach.outside import DEFINITION, TOML, applied, ready

if TYPE_CHECKING:
    from tests.api.conftest import Asker


async def test_examples_are_campaigns_that_can_be_read(api: Asker) -> None:
    examples = (await api.get("/campaign-examples")).json()["items"]
    assert {one["name"] for one in examples} == {"inbound-lead", "cold-account", "re-engagement"}
    checked = await api.made("/campaigns/check", {"text": examples[0]["text"]})
    assert checked["name"] == examples[0]["name"]


async def test_plan_keeps_nothing_and_apply_keeps_a_version(api: Asker) -> None:
    await ready(api)
    plan = await api.made("/campaigns/plan", {"definition": DEFINITION})
    assert (plan["latest"], plan["is_changed"]) == (None, True)
    assert (await api.get("/campaigns/plain")).status_code == 404
    first = await applied(api)
    assert (first["number"], first["created"], first["is_changed"]) == (1, True, True)
    again = await applied(api)
    assert (again["number"], again["is_changed"]) == (1, False)


async def test_plan_shows_what_another_text_changes(api: Asker) -> None:
    await ready(api)
    await applied(api)
    plan = await api.made("/campaigns/plan", {"definition": {**DEFINITION, "description": "Of spring"}})
    assert plan["changes"] == [{"key": "description", "before": "none", "after": "Of spring"}]
    second = await applied(api, description="Of spring")
    versions = (await api.get("/campaigns/plain/versions")).json()["items"]
    assert (second["number"], [one["number"] for one in versions]) == (2, [2, 1])
    one = (await api.get("/campaigns/plain/versions/1")).json()
    assert one["definition"]["description"] is None
    assert (await api.get("/campaigns/plain/versions/3")).status_code == 404


@pytest.mark.parametrize(
    "text", [TOML, "name: plain\naudience: {companies: [acme.com]}\nsteps: [{key: first, channel: email, template: hello}]\n"]
)
async def test_campaign_comes_as_toml_or_as_yaml(api: Asker, text: str) -> None:
    await ready(api)
    kind = "toml" if text is TOML else "yaml"
    checked = await api.made("/campaigns/check", {"text": text, "format": kind})
    assert checked["name"] == "plain"
    assert checked["is_sound"] is (text is TOML)  # the other one has no template


async def test_every_problem_of_a_text_is_named(api: Asker) -> None:
    await ready(api)
    broken = {**DEFINITION, "steps": [{"key": "first", "channel": "email", "template": "helo"}, {"key": "second", "channel": "emial"}]}
    answer = await api.post("/campaigns", {"definition": broken})
    assert answer.status_code == 422
    assert "steps[1].channel" in [one["field"] for one in answer.json()["errors"]]
    unknown = await api.post("/campaigns", {"definition": {**DEFINITION, "stesp": []}})
    assert unknown.json()["errors"][0] == {"field": "stesp", "message": "there is no such key. Did you mean 'steps'?"}


@pytest.mark.parametrize("body", [{}, {"definition": DEFINITION, "text": TOML}])
async def test_campaign_is_given_in_one_way(api: Asker, body: dict[str, object]) -> None:
    answer = await api.post("/campaigns", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "definition"


async def test_put_keeps_the_name(api: Asker) -> None:
    await ready(api)
    await applied(api)
    other = await api.send("PUT", "/campaigns/plain", json={"definition": {**DEFINITION, "name": "other"}})
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "name")
    assert (await api.send("PUT", "/campaigns/plain", json={"definition": {**DEFINITION, "description": "x"}})).json()["number"] == 2
    assert (await api.send("PUT", "/campaigns/nothing", json={"definition": DEFINITION})).status_code == 404


async def test_audience_is_shown_with_the_reason_of_who_is_left_out(api: Asker) -> None:
    ada = await ready(api)
    company = {"company_id": ada["company_id"]}
    await api.made("/contacts", {**company, "first_name": "Bob", "email": "bob@acme.com", "status": "bounced"})
    await applied(api)
    audience = (await api.get("/campaigns/plain/audience")).json()
    assert [one["name"] for one in audience["chosen"]] == ["Ada"]
    assert [(one["email"], one["reason"]) for one in audience["excluded"]] == [("bob@acme.com", "inactive")]


async def test_preview_shows_the_words_and_the_hash_of_the_text(api: Asker) -> None:
    ada = await ready(api)
    await applied(api)
    shown = (await api.get(f"/campaigns/plain/preview?contact_id={ada['id']}")).json()
    assert shown["messages"][0]["subject"] == "Hello Ada"
    assert "Ours Ltd" in shown["messages"][0]["footer"]
    assert shown["content_hash"] == (await api.get("/campaigns/plain")).json()["campaign"]["content_hash"]
    other = {**DEFINITION, "templates": {"hello": {"subject": "Dear {{ contact.first_name }}", "body": "Yes."}}}
    unapplied = await api.made("/campaigns/preview", {"definition": other, "contact_id": ada["id"]})
    assert unapplied["messages"][0]["subject"] == "Dear Ada"
    assert (await api.get(f"/campaigns/plain/preview?contact_id={uuid4()}")).status_code == 404


async def test_live_start_waits_for_an_approved_preview(api: Asker) -> None:
    await ready(api)
    await applied(api)
    refused = await api.post("/campaigns/plain/start", {"live": True})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:accountgraph:problem:refused")
    wrong = await api.post("/campaigns/plain/approve", {"content_hash": "0" * 64})
    assert wrong.status_code == 409
    digits = (await api.get("/campaigns/plain")).json()["campaign"]["content_hash"]
    approved = await api.made("/campaigns/plain/approve", {"content_hash": digits})
    assert approved["preview_approved_by"] == "owner of abm"
    shown = await api.post("/campaigns/plain/start", {"live": True})  # its one sender is the console, which sends nothing
    assert shown.status_code == 422


async def test_campaign_pauses_goes_on_and_ends(api: Asker) -> None:
    await ready(api)
    await applied(api)
    started = await api.made("/campaigns/plain/start", {})
    assert (started["enrolled"], started["campaign"]["is_live"]) == (1, False)
    assert (await api.made("/campaigns/plain/pause", None))["people"] == 1
    assert (await api.post("/campaigns/plain/pause")).status_code == 409
    assert (await api.made("/campaigns/plain/resume", None))["people"] == 1
    assert (await api.post("/campaigns/plain/finish")).status_code == 409  # Ada is under way
    standing = (await api.get("/campaigns/plain/status")).json()
    assert (standing["under_way"], standing["funnel"][0]["enrolled"]) == (1, 1)
    assert (await api.made("/campaigns/plain/cancel", None))["people"] == 1
    assert (await api.get("/campaigns/plain/status")).json()["campaign"]["status"] == "cancelled"


async def test_campaign_goes_by_its_id_too(api: Asker) -> None:
    await ready(api)
    made = await applied(api)
    assert (await api.get(f"/campaigns/{made['campaign_id']}")).json()["campaign"]["name"] == "plain"


async def test_simulation_shows_what_would_happen_and_leaves_nothing(api: Asker) -> None:
    await ready(api)
    await applied(api)
    times = {"start": "2031-03-03T09:00:00Z", "until": "2031-03-20T09:00:00Z"}
    found = await api.made("/campaigns/plain/simulate", {**times, "behaviour": "typical", "seed": 3})
    assert [touch["step"] for touch in found["touches"]][:1] == ["first"]
    assert sum(found["states"].values()) == 1
    assert (await api.get("/campaigns/plain/status")).json()["progress"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start": "2031-01-01T00:00:00Z", "until": "2033-01-01T00:00:00Z"}, "until"),
        ({"start": "2031-01-02T00:00:00Z", "until": "2031-01-01T00:00:00Z"}, "until"),
        ({"start": "2031-01-02T00:00:00"}, "start"),
        ({"contacts": [str(uuid4())]}, "contacts"),
        ({"behaviour": {"rates": [{"kind": "reply", "percent": 101}]}}, "behaviour.rates"),
    ],
)
async def test_simulation_has_its_limits(api: Asker, body: dict[str, object], field: str) -> None:
    await ready(api)
    await applied(api)
    answer = await api.post("/campaigns/plain/simulate", body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith(field)


async def test_viewer_looks_and_changes_nothing(api: Asker) -> None:
    await ready(api)
    await applied(api)
    viewer = await api.as_role("viewer")
    assert (await viewer.get("/campaigns/plain")).status_code == 200
    assert (await viewer.post("/campaigns", {"definition": DEFINITION})).status_code == 403
    assert (await viewer.post("/campaigns/plain/start", {})).status_code == 403
    assert (await viewer.post("/campaigns/plain/approve", {"content_hash": "0" * 64})).status_code == 403


async def test_agent_sees_a_campaign_and_never_approves_it(api: Asker) -> None:
    ada = await ready(api)
    await applied(api)
    agent = await api.as_role("agent")
    assert (await agent.get("/campaigns/plain")).status_code == 200
    assert (await agent.get(f"/contacts/{ada['id']}/why?campaign=plain")).json()["outside"] == {"campaign": "plain", "reason": None}
    assert (await agent.post("/campaigns/plain/approve", {"content_hash": "0" * 64})).status_code == 403
    assert (await agent.post("/campaigns/plain/start", {})).status_code == 403
