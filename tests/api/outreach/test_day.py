"""A day over HTTP: a campaign is written, seen, started, its message approved, its call made, its answer told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.outreach.outside import applied, ready
from tests.channels.post_office import PostOffice

if TYPE_CHECKING:
    from tests.api.conftest import Asker


async def _asked(api: Asker) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ada, and her first message, which waits for a person."""
    ada = await ready(api)
    await applied(api)
    await api.made("/campaigns/plain/start", {})
    assert (await api.made("/campaigns/plain/run", None))["asked"] == 1
    [waiting] = (await api.get("/approvals")).json()["items"]
    return ada, waiting


async def _accepted(api: Asker) -> dict[str, Any]:
    """Ada, who got her first message (as a dry run)."""
    ada, waiting = await _asked(api)
    await api.made(f"/approvals/{waiting['id']}/accept", {"content_hash": waiting["content_hash"]})
    assert (await api.made("/campaigns/plain/run", None))["sent"] == 1
    return ada


async def test_day_from_the_text_to_the_call_that_was_made(api: Asker) -> None:
    ada, waiting = await _asked(api)
    shown = (await api.get(f"/approvals/{waiting['id']}")).json()
    assert shown["approval"]["subject"] == "Hello Ada"
    ruling = await api.made(f"/approvals/{waiting['id']}/accept", {"content_hash": waiting["content_hash"]})
    assert (ruling["is_new"], ruling["approval"]["decided_by"]) == (True, "owner of abm")
    assert (await api.made("/campaigns/plain/run", None))["sent"] == 1
    intent = (await api.get("/intents", params={"contact_id": ada["id"], "state": "sent"})).json()["items"][0]
    assert (intent["channel"], intent["is_live"]) == ("email", False)
    whole = (await api.get(f"/intents/{intent['id']}")).json()
    assert (whole["intent"]["person"], [one["outcome"] for one in whole["attempts"]]) == ("Ada", ["sent"])

    sheet = (await api.made("/tasks/next", {"channel": "call"}))["sheet"]
    assert (sheet["task"]["kind"], sheet["task"]["held_by"]) == ("call", "owner of abm")
    closed = await api.made(f"/tasks/{sheet['task']['id']}/done", {"outcome": "no_answer"})
    assert (closed["task"]["state"], closed["task"]["closed_by"]) == ("done", "owner of abm")

    story = (await api.get(f"/contacts/{ada['id']}/why")).json()["story"]
    assert {"approval accepted", "sent", "task done"} <= {line["kind"] for line in story}
    decisions = (await api.get("/decisions", params={"contact_id": ada["id"]})).json()["items"]
    assert decisions[0]["rule"] == "approval"
    assert (await api.get("/campaigns/plain/replay")).json()["different"] == 0


async def test_live_message_that_was_approved_arrives_and_is_answered_in_its_thread(api: Asker) -> None:
    async with PostOffice().open() as office:
        ada = await ready(api, transport="smtp", settings={"host": "127.0.0.1", "port": office.port, "tls": "none"})
        await applied(api)
        seen = (await api.get(f"/campaigns/plain/preview?contact_id={ada['id']}")).json()
        await api.made("/campaigns/plain/approve", {"content_hash": seen["content_hash"]})
        assert (await api.made("/campaigns/plain/start", {"live": True}))["campaign"]["is_live"]
        await api.made("/campaigns/plain/run", None)
        [waiting] = (await api.get("/approvals")).json()["items"]
        assert office.mails == []
        await api.made(f"/approvals/{waiting['id']}/accept", {"content_hash": waiting["content_hash"]})
        assert (await api.made("/campaigns/plain/run", None))["sent"] == 1
        [first] = office.mails
        assert first["Subject"] == "Hello Ada"

        await api.made("/signals", {"kind": "reply_question", "contact_id": ada["id"], "text": "How much is it?"})
        [item] = (await api.get("/inbox")).json()["items"]
        answer = await api.made(f"/inbox/{item['id']}/reply", {"content": "Little."})
        assert (answer["outcome"], answer["is_new"]) == ("sent", True)
        assert first["Message-ID"] in office.mails[1]["References"]
        assert (await api.made(f"/inbox/{item['id']}/reply", {"content": "Little."}))["is_new"] is False
        assert len(office.mails) == 2
    assert (await api.get("/inbox")).json()["items"] == []


async def test_answer_that_is_told_once_does_its_work_once(api: Asker) -> None:
    ada = await _accepted(api)
    told = {"kind": "reply_positive", "contact_id": ada["id"], "text": "Yes, call me."}
    first = await api.made("/signals", told)
    assert first["is_new"]
    again = await api.made("/signals", told)
    assert (again["is_new"], again["id"]) == (False, first["id"])
    listed = (await api.get("/signals", params={"contact_id": ada["id"]})).json()["items"]
    assert [(one["kind"], one["source"]) for one in listed] == [("reply_positive", "owner of abm")]
    [item] = (await api.get("/inbox")).json()["items"]
    opened = (await api.get(f"/inbox/{item['id']}")).json()
    assert opened["came"]["data"]["text"] == "Yes, call me."
    assigned = await api.made(f"/inbox/{item['id']}/assign", {"owner": "Ann"})
    assert assigned["owner"] == "Ann"
    status = (await api.get("/campaigns/plain/status")).json()
    assert (status["funnel"][0]["approached"], status["funnel"][0]["positive"]) == (1, 1)


async def test_words_that_changed_since_they_were_seen_do_not_leave(api: Asker) -> None:
    _, waiting = await _asked(api)
    path, seen = f"/approvals/{waiting['id']}", {"content_hash": waiting["content_hash"]}
    edited = await api.patch(path, {**seen, "content": "Other words."})
    assert edited.status_code == 200
    refused = await api.post(f"{path}/accept", seen)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:accountgraph:problem:refused")
    assert (await api.patch(path, {**seen, "content": "Yet others."})).status_code == 409
    await api.made(f"{path}/accept", {"content_hash": edited.json()["content_hash"]})


@pytest.mark.parametrize("body", [{}, {"content_hash": "0a1b2c3d"}, {"content_hash": "0" * 63 + "G"}, {"content_hash": None}])
async def test_nothing_is_accepted_without_the_whole_hash(api: Asker, body: dict[str, Any]) -> None:
    _, waiting = await _asked(api)
    assert (await api.post(f"/approvals/{waiting['id']}/accept", body)).status_code == 422
    assert (await api.get(f"/approvals/{waiting['id']}")).json()["approval"]["state"] == "pending"


async def test_agent_and_viewer_see_an_approval_and_decide_none(api: Asker) -> None:
    _, waiting = await _asked(api)
    path = f"/approvals/{waiting['id']}"
    for role in ("agent", "viewer"):
        other = await api.as_role(role)
        assert (await other.get(path)).status_code == 200
        for deed, body in (("accept", {"content_hash": waiting["content_hash"]}), ("reject", {"note": "No."})):
            assert (await other.post(f"{path}/{deed}", body)).status_code == 403


async def test_rejected_message_passes_over_its_step(api: Asker) -> None:
    _, waiting = await _asked(api)
    ruling = await api.made(f"/approvals/{waiting['id']}/reject", {"note": "Too pushy.", "then": "skip"})
    assert ruling["approval"]["state"] == "rejected"
    assert (await api.post(f"/approvals/{waiting['id']}/accept", {"content_hash": waiting["content_hash"]})).status_code == 409


async def test_task_is_one_persons_until_it_is_given_back(api: Asker) -> None:
    await _accepted(api)
    await api.made("/campaigns/plain/run", None)
    mine = (await api.made("/tasks/next", {}))["sheet"]["task"]
    member = await api.as_role("member")
    assert (await member.made("/tasks/next", {}))["sheet"] is None
    assert (await member.post(f"/tasks/{mine['id']}/done", {"outcome": "no_answer"})).status_code == 409
    await api.made(f"/tasks/{mine['id']}/release", None)
    assert (await member.made("/tasks/next", {}))["sheet"]["task"]["id"] == mine["id"]
    assert (await member.post(f"/tasks/{mine['id']}/snooze", {"until": "2020-01-01T00:00:00Z"})).status_code == 422
    skipped = await member.made(f"/tasks/{mine['id']}/skip", {"note": "On holiday."})
    assert (skipped["task"]["state"], skipped["task"]["closed_by"]) == ("skipped", "member of abm")
    assert [one["state"] for one in (await api.get("/tasks?state=all")).json()["items"]] == ["skipped"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"outcome": "no_anwser"}, "outcome"),
        ({"outcome": "no_answer", "seconds": -1}, "seconds"),
        ({"outcome": "no_answer", "at": "2031-01-01T09:00:00"}, "at"),
        ({"outcme": "no_answer"}, "outcme"),
    ],
)
async def test_outcome_that_does_not_fit_is_named(api: Asker, body: dict[str, Any], field: str) -> None:
    await _accepted(api)
    await api.made("/campaigns/plain/run", None)
    [task] = (await api.get("/tasks")).json()["items"]
    answer = await api.post(f"/tasks/{task['id']}/done", body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_signal_says_whom_it_is_about(api: Asker) -> None:
    assert (await api.post("/signals", {"kind": "reply"})).json()["errors"][0]["field"] == "contact_id"
    assert (await api.post("/signals", {"kind": "replly"})).status_code == 422
    assert (await api.get("/signals")).json()["items"] == []  # without a contact: everybody's
    assert (await (await api.as_role("viewer")).post("/signals", {"kind": "reply"})).status_code == 403


async def test_task_by_hand_is_listed_by_its_account(api: Asker) -> None:
    ada = await ready(api)
    answer = await api.post("/tasks", json={"title": "Send the plan", "due_at": "2031-05-02T09:00:00Z", "contact_id": ada["id"]})
    made = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/tasks/{made['id']}")
    assert (made["kind"], made["company_id"], made["state"]) == ("to_do", ada["company_id"], "open")
    listed = (await api.get("/tasks", params={"kind": "to_do", "company_id": ada["company_id"]})).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]


async def test_task_by_hand_about_nobody_there_is_names_the_field(api: Asker) -> None:
    body = {"title": "Send the plan", "due_at": "2031-05-02T09:00:00Z", "contact_id": "00000000-0000-4000-8000-000000000000"}
    answer = await api.post("/tasks", json=body)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["contact_id"]
