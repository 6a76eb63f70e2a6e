"""What holds for every request: who, how, how often, once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from accountgraph.access import Registry
from accountgraph.api import Parts, Workspaces, api_app
from accountgraph.api.limits import Limits
from accountgraph.api.recognising import Recogniser
from tests.api.conftest import opened, served

if TYPE_CHECKING:
    from accountgraph.db import Database, Session
    from tests.api.conftest import Asker

ACME = {"name": "Acme", "domain": "acme.com"}


async def test_nobody_is_told_to_bring_a_key(api: Asker) -> None:
    answer = await api.client.post("/api/v1/companies", json=ACME)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "agk_" in answer.json()["detail"]


@pytest.mark.parametrize("key", ["nonsense", "agk_" + "a" * 12 + "_" + "b" * 43, "äöü", "agk_", "."])
async def test_key_that_is_none_opens_nothing(api: Asker, key: str) -> None:
    answer = await api.client.get("/api/v1/companies/none", headers=[(b"Authorization", f"Bearer {key}".encode())])
    assert answer.status_code == 401


async def test_address_that_brings_wrong_keys_is_not_looked_up_for_ever(url: str) -> None:
    registry = Registry(url)
    parts = Parts(Workspaces(url), Recogniser(registry, strangers=Limits(2)))
    async with served(api_app(parts)) as client:
        statuses = [(await client.get("/api/v1/companies/none")).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


async def test_viewer_is_told_which_permission_is_missing(api: Asker) -> None:
    answer = await (await api.as_role("viewer")).post("/companies", ACME)
    assert answer.status_code == 403
    assert "graph:write" in answer.json()["detail"]


async def test_request_id_of_the_caller_comes_back(api: Asker) -> None:
    answer = await api.get("/companies/none", headers={"X-Request-Id": "abc-12345678"})
    assert answer.headers["x-request-id"] == "abc-12345678"
    assert answer.json()["request_id"] == "abc-12345678"


async def test_request_id_with_a_line_end_is_replaced(api: Asker) -> None:
    answer = await api.get("/companies/none", headers={"X-Request-Id": "abc 12345678<script>"})
    assert len(answer.headers["x-request-id"]) == 32


async def test_method_that_a_path_has_not_is_refused_with_those_it_has(api: Asker) -> None:
    answer = await api.send("PUT", "/companies")
    assert answer.status_code == 405
    assert "POST" in answer.headers["allow"]


@pytest.mark.parametrize("body", ["{", "", "[1", '"text"', "[]", "null", "[" * 100_000])
async def test_body_that_is_no_object_is_refused(api: Asker, body: str) -> None:
    answer = await api.send("POST", "/companies", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}
    assert answer.json()["errors"][0]["field"] == "body"


async def test_form_is_no_json(api: Asker) -> None:
    answer = await api.send("POST", "/companies", data={"name": "Acme"})
    assert answer.status_code == 415


async def test_body_that_is_too_large_is_refused(api: Asker) -> None:
    answer = await api.send("POST", "/companies", content=b" " * 1_000_001, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


async def test_request_that_is_sent_twice_is_done_once(api: Asker, db: Database) -> None:
    first = await api.post("/companies", {"name": "Acme"}, headers={"Idempotency-Key": "one"})
    second = await api.post("/companies", {"name": "Acme"}, headers={"Idempotency-Key": "one"})
    assert second.status_code == first.status_code == 201
    assert second.json() == first.json()
    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert len([company async for company in _companies(db)]) == 1


async def test_what_takes_away_may_be_sent_again_when_its_answer_was_lost(api: Asker) -> None:
    key = (await api.made("/keys", {"label": "CRM", "role": "viewer"}))["key"]
    ada, bob = [(await api.made("/contacts", {"email": f"{name}@acme.com"}))["id"] for name in ("ada", "bob")]
    edge = await api.made("/relationships", {"contact_id_1": ada, "contact_id_2": bob, "relationship_type": "colleagues"})
    for path in (f"/keys/{key['id']}", f"/relationships/{edge['id']}"):
        header = {"Idempotency-Key": path}
        first, second = [await api.delete(path, headers=header) for _ in range(2)]
        assert (first.status_code, second.status_code, second.headers["idempotency-replayed"]) == (204, 204, "true")
    assert (await api.delete(f"/relationships/{edge['id']}")).status_code == 404  # under no key, or another, it is asked anew


async def test_two_equal_requests_at_once_make_one_row(api: Asker, db: Database) -> None:
    sent = [api.post("/companies", {"name": "Acme"}, headers={"Idempotency-Key": "one"}) for _ in range(8)]
    answers = await asyncio.gather(*sent)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len([company async for company in _companies(db)]) == 1


async def test_key_that_was_used_for_something_else_is_refused(api: Asker) -> None:
    await api.post("/companies", {"name": "Acme"}, headers={"Idempotency-Key": "one"})
    answer = await api.post("/companies", {"name": "Bolt"}, headers={"Idempotency-Key": "one"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_request_that_failed_may_be_sent_again_with_its_key(api: Asker) -> None:
    await api.made("/companies", ACME)
    refused = await api.post("/companies", ACME, headers={"Idempotency-Key": "one"})
    assert refused.status_code == 409
    again = await api.post("/companies", {"name": "Bolt", "domain": "bolt.com"}, headers={"Idempotency-Key": "one"})
    assert again.status_code == 201


async def test_kept_answer_about_somebody_who_was_erased_is_forgotten_and_nothing_is_done_again(api: Asker, db: Database) -> None:
    ada = {"first_name": "Ada", "email": "ada@acme.com"}
    made = await api.post("/contacts", ada, headers={"Idempotency-Key": "one"})
    await api.made("/privacy/erase", {"contact_id": made.json()["id"]})
    again = await api.post("/contacts", ada, headers={"Idempotency-Key": "one"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:accountgraph:problem:shown-once")
    assert "erased" in again.json()["detail"]
    assert (await api.get("/contacts")).json()["items"] == []


async def test_key_of_one_is_not_another_ones(api: Asker) -> None:
    first = await api.post("/companies", {"name": "Acme"}, headers={"Idempotency-Key": "one"})
    second = await (await api.as_role("admin")).post("/companies", {"name": "Acme"}, headers={"Idempotency-Key": "one"})
    assert first.json()["id"] != second.json()["id"]


async def test_who_asks_too_often_is_told_when_to_come_again(url: str) -> None:
    now = 0.0
    async with opened(url, limits=Limits(3, clock=lambda: now)) as asker:
        answers = [await asker.get("/companies/none") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
        assert answers[0].headers["ratelimit"].startswith('"minute";r=2')
        assert int(answers[3].headers["retry-after"]) > 0
        other = await (await asker.as_role("admin")).get("/companies/none")
        assert other.status_code == 404
        now = 21.0
        assert (await asker.get("/companies/none")).status_code == 404


async def test_change_stands_in_the_audit_log_with_the_name_of_the_key(api: Asker, db: Database) -> None:
    made = await api.post("/companies", ACME, headers={"X-Request-Id": "abc-12345678"})
    found = await db.run(lambda session: _logged(session, made.json()["id"]))
    assert found == [("key", "owner of abm", "abc-12345678", "insert")]


async def _companies(db: Database):  # type: ignore[no-untyped-def] # noqa: ANN202
    from accountgraph.store.companies import CompanyRepository

    async for company in CompanyRepository(db).every_company():
        yield company


async def _logged(session: Session, row_id: str) -> list[tuple[str, ...]]:
    question = b"SELECT actor_kind, actor_name, request_id, action FROM audit_log WHERE row_id = %s"
    return await (await session._connection.execute(question, (row_id,))).fetchall()
