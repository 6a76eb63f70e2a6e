"""Merging, erasing and searching over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.conftest import Asker

_FORMS = (("GmbH", "de"), ("GmbH", "com"))


async def two(api: Asker) -> tuple[str, str]:
    """Two contacts who are one person: the one to be kept, and the other."""
    kept = await api.made("/contacts", {"email": "ada@acme.com", "first_name": "Ada", "last_name": "Lovelace"})
    other = await api.made("/contacts", {"email": "a.lovelace@acme.com", "first_name": "Ada", "title": "Analyst"})
    return kept["id"], other["id"]


async def test_merge_is_shown_done_and_undone(api: Asker) -> None:
    kept, other = await two(api)
    shown = await api.made("/contacts/merge/preview", {"keep": kept, "drop": other})
    assert {one["field"]: one["result"] for one in shown["fields"]}["title"] == "Analyst"
    done = await api.made("/contacts/merge", {"keep": kept, "drop": other})
    assert (done["kept_id"], done["dropped_id"], done["merged_by"]) == (kept, other, "owner of abm")
    assert (await api.get(f"/contacts/{other}")).json()["id"] == kept  # the old id leads to who is kept
    assert (await api.get(f"/contacts/{kept}")).json()["title"] == "Analyst"
    undone = (await api.post(f"/merges/{done['id']}/undo")).json()
    assert undone["restored_id"] == other
    assert (await api.get(f"/contacts/{other}")).json()["email"] == "a.lovelace@acme.com"
    assert (await api.get(f"/contacts/{kept}")).json()["title"] is None


async def test_nobody_is_merged_with_themselves(api: Asker) -> None:
    kept, _ = await two(api)
    assert (await api.post("/contacts/merge", {"keep": kept, "drop": kept})).status_code in {409, 422}


async def test_agent_sees_what_a_merge_would_do_and_may_not_do_it(api: Asker) -> None:
    kept, other = await two(api)
    agent = await api.as_role("agent")
    assert (await agent.post("/contacts/merge/preview", {"keep": kept, "drop": other})).status_code == 200
    assert (await agent.post("/contacts/merge", {"keep": kept, "drop": other})).status_code == 403


async def test_people_of_one_name_in_one_account_may_be_the_same(api: Asker) -> None:
    company = (await api.made("/companies", {"name": "Acme", "domain": "acme.com"}))["id"]
    for number in (1, 2):
        await api.made("/contacts", {"email": f"ada{number}@acme.com", "first_name": "Ada", "last_name": "Lovelace", "company_id": company})
    found = (await api.get("/duplicates/contacts")).json()["items"]
    assert [len(one["rows"]) for one in found] == [2]
    assert (await api.get("/duplicates/cats")).status_code == 404


@pytest.mark.parametrize("path", ["/merges", "/duplicates/companies"])
async def test_list_ends_with_its_last_row_and_not_with_an_empty_page(api: Asker, path: str) -> None:
    for name in ("Acme", "Beta"):
        ids = [(await api.made("/companies", {"name": f"{name} {form}", "domain": f"{name}.{end}"}))["id"] for form, end in _FORMS]
        if path == "/merges":
            await api.made("/companies/merge", {"keep": ids[0], "drop": ids[1]})
    first = (await api.get(path, params={"limit": 1})).json()
    second = (await api.get(path, params={"limit": 1, "after": first["next"]})).json()
    assert [len(page["items"]) for page in (first, second)] == [1, 1]
    assert first["items"] != second["items"]
    assert second["next"] is None


async def test_erased_person_is_gone_and_stays_unwritable(api: Asker) -> None:
    kept, _ = await two(api)
    known = (await api.post("/privacy/export", {"contact_id": kept})).json()
    assert "ada@acme.com" in known["addresses"]
    report = await api.made("/privacy/erase", {"contact_id": kept})
    assert report["suppressed"] >= 1
    assert (await api.get(f"/contacts/{kept}")).status_code == 404
    again = await api.made("/contacts", {"email": "ada@acme.com"})
    assert (await api.get(f"/contacts/{again['id']}/suppressions")).json()["items"]


async def test_member_neither_exports_nor_erases_a_person(api: Asker) -> None:
    kept, _ = await two(api)
    member = await api.as_role("member")
    for path in ("/privacy/export", "/privacy/erase"):
        assert (await member.post(path, {"contact_id": kept})).status_code == 403


async def test_how_long_a_kind_is_kept_is_set_and_counted_before_it_goes(api: Asker) -> None:
    kinds = (await api.get("/privacy/retention")).json()["items"]
    kind = kinds[0]["kind"]
    assert (await api.send("PUT", f"/privacy/retention/{kind}", json={"days": 7})).json() == {"kind": kind, "days": 7}
    counted = (await api.post("/privacy/retention/apply", {"dry_run": True})).json()["items"]
    assert {one["kind"]: one["rows"] for one in counted}[kind] == 0
    assert (await api.send("PUT", "/privacy/retention/cats", json={"days": 7})).status_code in {404, 422}


async def test_search_finds_accounts_and_people_as_one_types(api: Asker) -> None:
    await api.made("/companies", {"name": "Lovelace Works", "domain": "lovelace.com"})
    await two(api)
    found = (await api.get("/search?q=lovel")).json()["items"]
    assert {one["kind"] for one in found} == {"company", "contact"}
    assert {one["kind"] for one in (await api.get("/search?q=lovel&kinds=company")).json()["items"]} == {"company"}
    assert (await api.get("/search?q=")).status_code == 422
