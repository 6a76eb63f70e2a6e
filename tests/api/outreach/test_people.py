"""People in campaigns over HTTP: brought in, paused, taken out; leads; what nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from tests.api.outreach.outside import DEFINITION, applied, ready

if TYPE_CHECKING:
    from tests.api.conftest import Asker

OPEN: dict[str, Any] = {"audience": {}, "policy": {**DEFINITION["policy"], "requires_approval": False}}


async def _begun(api: Asker) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ada, in a campaign without an audience, by hand."""
    ada = await ready(api)
    await applied(api, **OPEN)
    await api.made("/campaigns/plain/start", {})
    added = await api.made("/campaigns/plain/enrolments", {"contact_ids": [ada["id"]]})
    return ada, added


async def test_person_who_is_in_already_does_not_begin_again(api: Asker) -> None:
    ada, added = await _begun(api)
    assert [one["contact_id"] for one in added["enrolled"]] == [ada["id"]]
    again = await api.made("/campaigns/plain/enrolments", {"contact_ids": [ada["id"]]})
    assert (again["enrolled"], again["left_out"]) == ([], [ada["id"]])


@pytest.mark.parametrize("ids", [[], [str(uuid4())], ["ada"]])
async def test_nobody_is_brought_in_who_is_not_there(api: Asker, ids: list[str]) -> None:
    await _begun(api)
    answer = await api.post("/campaigns/plain/enrolments", {"contact_ids": ids})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("contact_ids")


async def test_campaign_that_did_not_begin_takes_nobody(api: Asker) -> None:
    ada = await ready(api)
    await applied(api, **OPEN)
    assert (await api.post("/campaigns/plain/enrolments", {"contact_ids": [ada["id"]]})).status_code == 409


async def test_person_who_is_paused_gets_nothing_until_they_go_on(api: Asker) -> None:
    _, added = await _begun(api)
    path = f"/enrolments/{added['enrolled'][0]['id']}"
    paused = await api.made(f"{path}/pause", {})
    assert (paused["state"], paused["reason"], paused["person"]) == ("paused", "by_hand", "Ada")
    assert (await api.post(f"{path}/pause", {})).status_code == 409
    assert (await api.made("/campaigns/plain/run", None))["sent"] == 0
    assert (await api.made(f"{path}/resume", None))["state"] == "waiting"
    assert (await api.post(f"{path}/resume")).status_code == 409
    assert (await api.made("/campaigns/plain/run", None))["sent"] == 1


async def test_pause_ends_ahead(api: Asker) -> None:
    _, added = await _begun(api)
    path = f"/enrolments/{added['enrolled'][0]['id']}"
    assert (await api.post(f"{path}/pause", {"until": "2020-01-01T00:00:00Z"})).json()["errors"][0]["field"] == "until"
    assert (await api.made(f"{path}/pause", {"until": "2090-01-01T00:00:00Z"}))["paused_until"] == "2090-01-01T00:00:00Z"


async def test_person_who_is_taken_out_leaves_no_task_behind(api: Asker) -> None:
    ada, added = await _begun(api)
    path = f"/enrolments/{added['enrolled'][0]['id']}"
    await api.made("/campaigns/plain/run", None)
    assert [task["kind"] for task in (await api.get("/tasks")).json()["items"]] == ["call"]
    removed = await api.made(f"{path}/remove", None)
    assert (removed["state"], removed["reason"]) == ("finished", "removed")
    assert (await api.get("/tasks")).json()["items"] == []
    assert (await api.made(f"{path}/remove", None))["finished_at"] == removed["finished_at"]
    assert (await api.post(f"{path}/pause", {})).status_code == 409
    listed = (await api.get("/enrolments", params={"contact_id": ada["id"], "state": "finished"})).json()["items"]
    assert [one["campaign"] for one in listed] == ["plain"]


async def test_viewer_and_agent_move_nobody(api: Asker) -> None:
    ada, added = await _begun(api)
    for role in ("viewer", "agent"):
        other = await api.as_role(role)
        assert (await other.get(f"/enrolments/{added['enrolled'][0]['id']}")).status_code == 200
        for deed in ("pause", "resume", "remove"):
            assert (await other.post(f"/enrolments/{added['enrolled'][0]['id']}/{deed}", {})).status_code == 403
        assert (await other.post("/campaigns/plain/enrolments", {"contact_ids": [ada["id"]]})).status_code == 403


async def test_lead_is_taken_once_and_begins(api: Asker) -> None:
    await ready(api)
    await applied(api, **OPEN)
    lead = {"campaign": "plain", "email": "eve@bolt.com", "first_name": "Eve", "company": "Bolt", "message": "Call me."}
    assert (await api.post("/leads", lead)).status_code == 409  # the campaign is a draft
    await api.made("/campaigns/plain/start", {})
    first = await api.made("/leads", lead)
    assert (first["is_new_company"], first["is_new_contact"], len(first["enrolments"])) == (True, True, 1)
    again = await api.made("/leads", lead)
    assert (again["contact_id"], again["is_new_message"], again["enrolments"]) == (first["contact_id"], False, [])


async def test_bad_lead_keeps_none_of_the_others_back(api: Asker) -> None:
    await ready(api)
    await applied(api, **OPEN)
    await api.made("/campaigns/plain/start", {})
    good = {"campaign": "plain", "email": "eve@bolt.com"}
    taken = await api.made("/leads/bulk", {"items": [good, {"campaign": "plain", "email": "no address"}, {**good, "emial": "x"}]})
    assert [one["processed"] is None for one in taken["items"]] == [False, True, True]
    assert taken["items"][2]["error"].startswith("emial")
    refused = await api.post("/leads", {"campaign": "plain", "email": "eve@bolt.com", "emial": "x"})
    assert refused.json()["errors"][0]["field"] == "emial"


async def test_what_is_known_needs_nobody_to_say_it(api: Asker) -> None:
    ada, _ = await _begun(api)
    await api.made("/campaigns/plain/run", None)
    [intent] = (await api.get("/intents", params={"contact_id": ada["id"], "state": "sent"})).json()["items"]
    refused = await api.post(f"/intents/{intent['id']}/resolve", {"left": True})
    assert refused.status_code == 409
    assert "sent" in refused.json()["detail"]
    assert (await api.post(f"/intents/{uuid4()}/resolve", {"left": True})).status_code == 404


async def test_ledger_is_narrowed_to_a_campaign_by_its_name_or_its_id(api: Asker) -> None:
    _, added = await _begun(api)
    await applied(api, **OPEN, name="other")
    await api.made("/campaigns/plain/run", None)
    for asked in ("plain", (await api.get("/campaigns/plain")).json()["campaign"]["id"]):
        found = (await api.get("/intents", params={"campaign": asked})).json()["items"]
        assert {intent["enrolment_id"] for intent in found} == {added["enrolled"][0]["id"]}
    assert (await api.get("/intents", params={"campaign": "other"})).json()["items"] == []
    assert (await api.get("/intents", params={"campaign": "none"})).status_code == 404


async def test_template_is_changed_by_itself_and_previewed_before(api: Asker) -> None:
    ada = await ready(api)
    await applied(api)
    path = "/campaigns/plain/templates/hello"
    words = {"subject": "Dear {{ contact.first_name }}", "body": "Yes."}
    tried = await api.made(f"{path}/preview", {"contact_id": ada["id"], "words": words})
    assert [one["subject"] for one in tried["items"]] == ["Dear Ada"]
    assert [one["number"] for one in (await api.get(path)).json()["items"]] == [1]
    assert (await api.send("PUT", path, json=words)).json()["number"] == 2
    assert [one["definition"]["body"] for one in (await api.get(path)).json()["items"]] == ["Yes.", "A word about {{ company.name }}."]
    kept = (await api.get(f"{path}/preview?contact_id={ada['id']}")).json()["items"]
    assert [one["subject"] for one in kept] == ["Dear Ada"]
    assert [one["name"] for one in (await api.get("/templates")).json()["items"]] == ["plain/hello"]
    assert (await api.send("PUT", path, json={"body": "{{ contact.fist_name }}"})).status_code == 422
    assert (await api.get("/campaigns/plain/templates/nothing")).status_code == 404
