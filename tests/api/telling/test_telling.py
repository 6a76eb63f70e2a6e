"""Endpoints, notices and agents over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.db.outgoing.receiver import Receiver, Reply

if TYPE_CHECKING:
    from tests.api.conftest import Asker

HOOK = {"url": "https://hooks.example.com/in", "kinds": ["reply.received"]}


async def test_signing_secret_of_an_endpoint_is_shown_once(api: Asker) -> None:
    made = await api.made("/webhooks/endpoints", HOOK)
    assert made["secret"].startswith("whsec_")
    listed = (await api.get("/webhooks/endpoints")).text
    assert made["endpoint"]["id"] in listed
    assert made["secret"] not in listed
    rotated = await api.made(f"/webhooks/endpoints/{made['endpoint']['id']}/rotate", {})
    assert rotated["secret"] not in {made["secret"], ""}


@pytest.mark.parametrize(
    "address", ["http://hooks.example.com/in", "https://127.0.0.1/in", "https://[::1]/in", "https://169.254.169.254/", "x"]
)
async def test_endpoint_in_our_own_network_or_without_tls_is_refused(api: Asker, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCOUNTGRAPH_WEBHOOK_NETWORKS")  # as it is where nobody says otherwise
    answer = await api.post("/webhooks/endpoints", {**HOOK, "url": address})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "url")


async def test_kind_that_there_is_not_is_refused(api: Asker) -> None:
    assert (await api.post("/webhooks/endpoints", {**HOOK, "kinds": ["cat.meowed"]})).status_code == 422
    assert "reply.received" in {one["kind"] for one in (await api.get("/webhooks/kinds")).json()["items"]}


async def test_endpoint_is_paused_resumed_and_removed(api: Asker) -> None:
    path = f"/webhooks/endpoints/{(await api.made('/webhooks/endpoints', HOOK))['endpoint']['id']}"
    paused = (await api.patch(path, {"is_active": False, "reason": "moving"})).json()
    assert (paused["state"], paused["reason"]) == ("paused", "moving")
    assert (await api.patch(path, {"is_active": True})).json()["state"] == "active"
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404


async def test_channel_of_notices_is_made_changed_and_removed(api: Asker) -> None:
    wanted = {"name": "ops", "way": "webhook", "address": "https://hooks.example.com/ops"}
    made = await api.made("/notices/channels", wanted)
    assert made["secret"].startswith("whsec_")
    path = f"/notices/channels/{made['channel']['id']}"
    assert (await api.patch(path, {"gap_minutes": 60})).json()["gap_minutes"] == 60
    assert (await api.patch(path, {"gap_minutes": -1})).status_code == 422
    assert (await api.patch(path, {"way": "slack"})).json()["errors"][0]["field"] == "way"
    quiet = (await api.patch(path, {"quiet_from": "20:00:00", "quiet_to": "07:00:00"})).json()
    assert (quiet["quiet_from"], quiet["gap_minutes"]) == ("20:00:00", 60)
    assert (await api.patch(path, {"quiet_from": None, "quiet_to": None})).json()["quiet_from"] is None
    assert (await api.get(f"{path}/preview")).json()["items"] == []
    assert (await api.delete(path)).status_code == 204
    assert (await api.get(path)).status_code == 404


async def test_agent_is_added_paused_and_removed(api: Asker) -> None:
    added = await api.made("/agents", {"name": "scout", "may_send": True, "touches_a_day": 5})
    assert added["agent"]["touches_a_day"] == 5
    assert (await api.post("/agents", {"name": "scout"})).status_code == 409
    assert (await api.post("/agents", {"name": "Sc out"})).status_code == 422
    assert (await api.patch("/agents/scout", {"is_paused": True})).json()["is_paused"]
    assert [one["name"] for one in (await api.get("/agents")).json()["items"]] == ["scout"]
    assert (await api.get("/agents/messages")).json()["items"] == []
    assert (await api.delete("/agents/scout")).status_code == 204
    assert (await api.get("/agents/scout")).status_code == 404


async def test_endpoint_is_told_an_example_and_what_came_of_it_is_shown(api: Asker, receiver: Receiver) -> None:
    made = await api.made("/webhooks/endpoints", {"url": receiver.url, "kinds": ["*"]})
    told = await api.made(f"/webhooks/endpoints/{made['endpoint']['id']}/test", {"kind": "reply.received"})
    assert ([one["status"] for one in told["attempts"]], receiver.types) == ([200], ["reply.received"])
    listed = (await api.get(f"/webhooks/deliveries?endpoint_id={made['endpoint']['id']}")).json()["items"]
    assert [one["id"] for one in listed] == [told["delivery"]["id"]]


async def test_channel_is_told_a_made_up_thing(api: Asker, receiver: Receiver) -> None:
    made = await api.made("/notices/channels", {"name": "ops", "way": "webhook", "address": receiver.url})
    path = f"/notices/channels/{made['channel']['id']}/test"
    assert (await api.post(path)).json() == {"was_taken": True, "error": None, "is_unknown": False}
    assert len(receiver.got) == 1
    receiver.answer = lambda _: Reply(500)
    assert not (await api.post(path)).json()["was_taken"]
