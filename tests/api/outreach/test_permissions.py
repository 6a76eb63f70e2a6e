"""Who may be written to, over HTTP: suppressions, consents, topics, exclusions, holds, the law, free days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.outreach.outside import applied, ready

if TYPE_CHECKING:
    from tests.api.conftest import Asker

NOBODY = "00000000-0000-4000-8000-000000000000"  # the same in every process that collects tests


@pytest.mark.parametrize(
    ("body", "channels"),
    [
        ({"address": "Ada@Acme.com", "reason": "objection"}, ["all"]),
        ({"domain": "acme.com", "channel": "email"}, ["email"]),
        ({"phone": "+1 202 555 0123"}, ["call", "sms", "whatsapp"]),
    ],
)
async def test_suppression_stands_until_it_is_lifted(api: Asker, body: dict[str, Any], channels: list[str]) -> None:
    made = (await api.made("/suppressions", body))["items"]
    assert [one["channel"] for one in made] == channels
    assert (await api.made("/suppressions", body))["items"] == made
    assert {one["id"] for one in (await api.get("/suppressions")).json()["items"]} == {one["id"] for one in made}
    for one in made:
        assert (await api.delete(f"/suppressions/{one['id']}")).status_code == 204
    assert (await api.delete(f"/suppressions/{made[0]['id']}")).status_code == 404
    assert (await api.get("/suppressions")).json()["items"] == []


async def test_suppressed_domain_keeps_us_from_a_person(api: Asker) -> None:
    ada = await ready(api)
    await api.made("/suppressions", {"domain": "acme.com"})
    found = (await api.get(f"/contacts/{ada['id']}/suppressions")).json()["items"]
    assert [one["domain"] for one in found] == ["acme.com"]
    await applied(api)
    assert (await api.get("/campaigns/plain/audience")).json()["reasons"] == {"suppressed": 1}


@pytest.mark.parametrize(
    "body", [{}, {"address": "a@acme.com", "domain": "acme.com"}, {"address": "none"}, {"phone": "+12025550123", "channel": "email"}]
)
async def test_suppression_names_one_target_that_fits(api: Asker, body: dict[str, Any]) -> None:
    assert (await api.post("/suppressions", body)).status_code == 422


async def test_list_goes_on_where_the_page_before_ended(api: Asker) -> None:
    for name in "abc":
        await api.made("/suppressions", {"address": f"{name}@acme.com"})
    first = (await api.get("/suppressions?limit=2")).json()
    rest = (await api.get("/suppressions", params={"limit": 2, "after": first["next"]})).json()
    assert [one["address"] for one in first["items"] + rest["items"]] == ["a@acme.com", "b@acme.com", "c@acme.com"]
    assert rest["next"] is None


async def test_consent_stands_until_it_is_revoked(api: Asker) -> None:
    ada = await ready(api)
    path = f"/contacts/{ada['id']}/consents"
    await api.made(path, {"channel": "email", "wording": "The newsletter."})
    assert [one["wording"] for one in (await api.get(path)).json()["items"]] == ["The newsletter."]
    ended = (await api.made(f"{path}/revoke", {}))["items"]
    assert len(ended) == 1
    assert (await api.get(path)).json()["items"] == []
    assert len((await api.get("/consents", params={"contact_id": ada["id"]})).json()["items"]) == 1
    assert (await api.post(f"/contacts/{NOBODY}/consents", {"channel": "email"})).status_code == 422
    assert (await api.post(path, {"channel": "pigeon"})).json()["errors"][0]["field"] == "channel"


async def test_topic_that_somebody_refused_is_off(api: Asker) -> None:
    ada = await ready(api)
    for key in ("news", "events"):
        assert (await api.send("PUT", f"/topics/{key}", json={"name": key.title()})).status_code == 200
    path = f"/contacts/{ada['id']}/topics"
    assert [(one["key"], one["is_on"]) for one in (await api.get(path)).json()["items"]] == [("events", True), ("news", True)]
    chosen = await api.send("PUT", path, json={"on": ["news"]})
    assert [(one["key"], one["is_on"]) for one in chosen.json()["items"]] == [("events", False), ("news", True)]
    assert (await api.send("PUT", path, json={"on": ["nwes"]})).json()["errors"][0]["field"] == "on"
    assert (await api.get(f"/contacts/{NOBODY}/topics")).status_code == 404


async def test_account_that_is_left_out_comes_back(api: Asker) -> None:
    ada = await ready(api)
    path = f"/companies/{ada['company_id']}/exclusions"
    made = await api.made(path, {"reason": "competitor"})
    assert [one["id"] for one in (await api.get("/exclusions")).json()["items"]] == [made["id"]]
    assert (await api.delete(f"{path}?reason=owner")).status_code == 404
    assert (await api.delete(path)).json()["items"][0]["ended_at"] is not None
    assert (await api.get("/exclusions")).json()["items"] == []
    assert len((await api.get("/exclusions?ended=true")).json()["items"]) == 1
    assert (await api.post(f"/companies/{NOBODY}/exclusions", {})).status_code == 422


async def test_hold_stops_a_person_until_it_is_lifted(api: Asker) -> None:
    ada = await ready(api)
    await applied(api)
    await api.made("/campaigns/plain/start", {})
    made = await api.made("/holds", {"scope": "contact", "target_id": ada["id"], "note": "Asked us to wait."})
    assert (made["is_new"], made["hold"]["target"]) == (True, "Ada")
    await api.made("/campaigns/plain/run", None)
    assert (await api.get("/approvals")).json()["items"] == []
    lifted = await api.made("/holds/lift", {"scope": "contact", "target_id": ada["id"]})
    assert (len(lifted["holds"]), lifted["resumed"]) == (1, 1)
    assert (await api.get("/holds")).json()["items"] == []


@pytest.mark.parametrize("body", [{"scope": "contact"}, {"scope": "workspace", "target_id": NOBODY}, {"scope": "town"}])
async def test_hold_names_what_it_stops(api: Asker, body: dict[str, Any]) -> None:
    assert (await api.post("/holds", body)).status_code == 422


async def test_law_of_a_day_takes_the_place_of_the_one_before(api: Asker) -> None:
    path = "/jurisdictions/de/email/2031-01-01"
    put = await api.send("PUT", path, json={"rule": "deny", "source": "A new law"})
    assert (put.status_code, put.json()["country"]) == (200, "DE")
    then = (await api.get("/jurisdictions?country=de&on=2031-06-01")).json()["items"]
    assert [one["rule"] for one in then if one["channel"] == "email"] == ["deny"]
    today = (await api.get("/jurisdictions?country=de")).json()["items"]
    assert [one["rule"] for one in today if one["channel"] == "email"] != ["deny"]
    assert (await api.delete(path)).status_code == 204
    assert (await api.delete(path)).status_code == 404
    assert (await api.send("PUT", path, json={"rule": "maybe", "source": "x"})).status_code == 422
    assert (await api.send("PUT", "/jurisdictions/germany/email/2031-01-01", json={"rule": "deny", "source": "x"})).status_code == 404


async def test_free_day_is_free_until_it_is_taken_away(api: Asker) -> None:
    await api.made("/holidays", {"day": "2031-12-24", "name": "Eve", "region": "DE"})
    assert [one["name"] for one in (await api.get("/holidays")).json()["items"]] == ["Eve"]
    assert (await api.delete("/holidays/2031-12-24")).status_code == 404  # it is free in Germany alone
    assert (await api.delete("/holidays/2031-12-24?region=DE")).status_code == 204
    assert (await api.post("/holidays", {"day": "christmas", "name": "x"})).json()["errors"][0]["field"] == "day"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/suppressions", {"address": "a@acme.com"}),
        ("POST", f"/contacts/{NOBODY}/consents", {"channel": "email"}),
        ("PUT", f"/contacts/{NOBODY}/topics", {"on": []}),
        ("POST", f"/companies/{NOBODY}/exclusions", {}),
        ("POST", "/holds", {"scope": "workspace"}),
        ("PUT", "/jurisdictions/de/email/2031-01-01", {"rule": "deny", "source": "x"}),
        ("POST", "/holidays", {"day": "2031-12-24", "name": "Eve"}),
        ("PUT", "/secrets/key", {"value": "x"}),
        ("PATCH", "/settings", {"timezone": "UTC"}),
        ("POST", "/senders", {"address": "x@ours.com"}),
    ],
)
@pytest.mark.parametrize("role", ["viewer", "agent"])
async def test_viewer_and_agent_open_nothing(api: Asker, role: str, method: str, path: str, body: dict[str, Any]) -> None:
    assert (await (await api.as_role(role)).send(method, path, json=body)).status_code == 403
