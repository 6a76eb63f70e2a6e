"""Entities over HTTP: made, read, changed, guarded."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from tests.api.conftest import Asker

ACME = {"name": "Acme", "domain": "acme.com"}


async def test_company_that_was_made_is_read_at_its_location(api: Asker) -> None:
    made = await api.post("/companies", ACME)
    assert made.status_code == 201
    read = await api.client.get(made.headers["location"], headers={"Authorization": f"Bearer {api.key}"})
    assert read.status_code == 200
    assert read.json() == made.json()
    assert read.json()["domain"] == "acme.com"


async def test_bad_field_is_named_with_its_cure(api: Asker) -> None:
    answer = await api.post("/companies", {"name": "Acme", "domian": "acme.com"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"field": "domian", "message": "companies have no such field; did you mean 'domain'?"}]


async def test_second_company_of_a_domain_is_a_conflict(api: Asker) -> None:
    await api.made("/companies", ACME)
    answer = await api.post("/companies", {**ACME, "name": "Acme Again"})
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["field"] == "domain"


async def test_nothing_is_found_under_an_id_that_is_none(api: Asker) -> None:
    assert (await api.get(f"/companies/{uuid4()}")).status_code == 404
    assert (await api.get("/companies/acme")).status_code == 404


async def test_only_the_fields_that_were_asked_for_are_shown(api: Asker) -> None:
    made = await api.made("/companies", ACME)
    answer = await api.get(f"/companies/{made['id']}?fields=name,domain")
    assert answer.json() == {"id": made["id"], "name": "Acme", "domain": "acme.com"}


async def test_field_that_there_is_not_is_refused_in_the_query(api: Asker) -> None:
    made = await api.made("/companies", ACME)
    answer = await api.get(f"/companies/{made['id']}?fields=nmae")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "fields"


async def test_parameter_that_is_not_known_is_refused(api: Asker) -> None:
    made = await api.made("/companies", ACME)
    answer = await api.get(f"/companies/{made['id']}?feilds=name")
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"field": "feilds", "message": "is not known here."}]


async def test_company_comes_with_its_contact_where_it_is_asked_for(api: Asker) -> None:
    company = await api.made("/companies", ACME)
    contact = await api.made("/contacts", {"company_id": company["id"], "email": "ada@acme.com"})
    answer = (await api.get(f"/contacts/{contact['id']}?include=company")).json()
    assert [one["name"] for one in answer["included"]["company"]] == ["Acme"]


async def test_entity_that_did_not_change_is_not_sent_again(api: Asker) -> None:
    made = await api.made("/companies", ACME)
    tag = (await api.get(f"/companies/{made['id']}")).headers["etag"]
    again = await api.get(f"/companies/{made['id']}", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")


async def test_update_over_what_others_changed_is_refused(api: Asker) -> None:
    path = f"/companies/{(await api.made('/companies', ACME))['id']}"
    tag = (await api.get(path)).headers["etag"]
    assert (await api.patch(path, {"industry": "tools"}, headers={"If-Match": tag})).status_code == 200
    late = await api.patch(path, {"industry": "traps"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert (await api.get(path)).json()["industry"] == "tools"


async def test_of_two_updates_at_once_with_the_same_tag_one_is_taken(api: Asker) -> None:
    path = f"/companies/{(await api.made('/companies', ACME))['id']}"
    tag = (await api.get(path)).headers["etag"]
    sent = [api.patch(path, {"industry": f"kind {number}"}, headers={"If-Match": tag}) for number in range(6)]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*sent))
    assert statuses == [200, 412, 412, 412, 412, 412]


async def test_what_the_database_keeps_does_not_stand_in_the_way_of_an_update(api: Asker) -> None:
    company = await api.made("/companies", ACME)
    tag = (await api.get(f"/companies/{company['id']}")).headers["etag"]
    await api.made("/contacts", {"company_id": company["id"], "email": "ada@acme.com"})  # total_contacts grows
    answer = await api.patch(f"/companies/{company['id']}", {"industry": "tools"}, headers={"If-Match": tag})
    assert answer.status_code == 200
    assert answer.json()["total_contacts"] == 1


async def test_bad_row_among_many_spoils_no_other(api: Asker) -> None:
    answer = await api.made("/contacts/bulk", {"items": [{"email": "a@acme.com"}, {"email": "no address"}, {"email": "b@acme.com"}]})
    assert answer["created"] == 2
    assert [error["position"] for error in answer["errors"]] == [1]
    assert answer["ids"][1] is None


async def test_edge_that_was_removed_is_gone(api: Asker) -> None:
    ends = [(await api.made("/contacts", {"email": f"{name}@acme.com"}))["id"] for name in "ab"]
    edge = await api.made("/relationships", {"contact_id_1": ends[0], "contact_id_2": ends[1], "relationship_type": "colleagues"})
    assert (await api.delete(f"/relationships/{edge['id']}")).status_code == 204
    assert (await api.get(f"/relationships/{edge['id']}")).status_code == 404


async def test_large_answer_is_compressed_for_who_can_read_it(api: Asker) -> None:
    made = await api.made("/companies", {**ACME, "description": "long " * 1000})
    for coding in ("gzip", "zstd"):
        answer = await api.client.get(
            f"/api/v1/companies/{made['id']}", headers={"Authorization": f"Bearer {api.key}", "Accept-Encoding": coding}
        )
        assert answer.headers["content-encoding"] == coding
        assert answer.json()["description"].startswith("long long")


async def test_list_is_read_to_its_end_a_page_at_a_time(api: Asker) -> None:
    await api.made("/companies/bulk", {"items": [{"name": f"Company {number:02}"} for number in range(7)]})
    names: list[str] = []
    after = ""
    while True:
        page = (await api.get(f"/companies?limit=3&fields=name{after}")).json()
        names += [one["name"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert names == [f"Company {number:02}" for number in range(7)]


async def test_page_comes_with_what_belongs_to_its_rows(api: Asker) -> None:
    company = await api.made("/companies", ACME)
    await api.made("/contacts/bulk", {"items": [{"email": f"{name}@acme.com", "company_id": company["id"]} for name in "abc"]})
    page = (await api.get("/contacts?include=company")).json()
    assert len(page["items"]) == 3
    assert [one["id"] for one in page["included"]["company"]] == [company["id"]]


async def test_cursor_of_another_list_is_refused_by_name(api: Asker) -> None:
    answer = await api.get("/companies?after=nonsense")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "after"


async def test_filter_that_no_index_serves_is_refused(api: Asker) -> None:
    answer = await api.get("/touchpoints?channel=email")
    assert answer.status_code == 422


async def test_a_time_zone_that_there_is_not_is_refused_by_its_name(api: Asker) -> None:
    answer = await api.post("/contacts", {"email": "ada@acme.com", "communication_preferences": {"timezone": "Mars/X"}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "communication_preferences.timezone"
