"""What a dashboard asks of the API: who is at what, counts, tables, views, changes of many accounts and taking them back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from accountgraph.access import Permission, Role, at_command_line
from accountgraph.access.keys import create_key

if TYPE_CHECKING:
    from tests.api.conftest import Asker


async def _wrote(api: Asker) -> str:
    """Somebody wrote; gives the task."""
    company = (await api.made("/companies", {"name": "Acme", "domain": "acme.com"}))["id"]
    person = (await api.made("/contacts", {"email": "ann@acme.com", "first_name": "Ann", "company_id": company}))["id"]
    await api.made("/signals", {"kind": "reply_question", "contact_id": person, "text": "What does it cost?"})
    [item] = (await api.get("/inbox")).json()["items"]
    task: str = item["id"]
    return task


async def _narrowed(api: Asker, *scopes: Permission) -> Asker:
    by = at_command_line("tests")
    made = await create_key(api.keys.registry, "abm", "narrow", Role.OWNER, created_by=by, scopes=frozenset(scopes))
    return api.with_key(made.token)


async def test_who_comes_second_sees_who_is_at_a_task_and_can_do_nothing_until_they_take_it_over(api: Asker) -> None:
    task, member = await _wrote(api), await api.as_role("member")
    assert (await api.made(f"/tasks/{task}/claim", {}))["is_yours"]
    second = await member.made(f"/tasks/{task}/claim", {})
    assert (second["is_yours"], second["held_by"]) == (False, "owner of abm")
    refused = await member.post(f"/tasks/{task}/done", {"outcome": "answered"})
    assert (refused.status_code, "owner of abm is at task" in refused.json()["detail"]) == (409, True)
    assert (await member.made(f"/tasks/{task}/claim", {"take_over": True}))["is_yours"]
    assert (await member.post(f"/tasks/{task}/done", {"outcome": "answered"})).status_code == 200


async def test_who_leaves_a_task_is_at_it_no_more(api: Asker) -> None:
    task = await _wrote(api)
    await api.made(f"/tasks/{task}/claim", {"hold_minutes": 30})
    left = (await api.delete(f"/tasks/{task}/claim")).json()
    assert (left["is_yours"], left["held_by"]) == (False, None)


async def test_what_is_not_there_is_nobodys_to_be_at(api: Asker) -> None:
    absent = "00000000-0000-0000-0000-000000000007"
    assert (await api.post(f"/approvals/{absent}/claim", {})).status_code == 404
    assert (await api.delete(f"/approvals/{absent}/claim")).status_code == 404


async def test_what_was_put_off_is_in_no_list_until_it_is_asked_for_or_brought_back(api: Asker) -> None:
    task, until = await _wrote(api), datetime.now(UTC) + timedelta(days=2)
    await api.made(f"/tasks/{task}/snooze", {"until": until.isoformat()})
    for path in ("/inbox", "/tasks"):
        assert (await api.get(path)).json()["items"] == []
        [shown] = (await api.get(f"{path}?include_snoozed=true")).json()["items"]
        assert (shown["id"], shown["snoozed_by"]) == (task, "owner of abm")
    assert (await api.delete(f"/tasks/{task}/snooze")).json()["snoozed_by"] is None
    assert [one["id"] for one in (await api.get("/inbox")).json()["items"]] == [task]


async def test_counts_are_null_for_whoever_may_not_see_what_is_counted(api: Asker) -> None:
    task = await _wrote(api)
    await api.made(f"/inbox/{task}/assign", {"owner": "Owner of ABM"})
    found = (await api.get("/counts")).json()
    assert {name: one["count"] for name, one in found.items()} == {
        "inbox": 1,
        "tasks": 1,
        "my_tasks": 1,
        "approvals": 0,
        "campaigns": 0,
        "accounts": 1,
    }
    narrow = (await (await _narrowed(api, Permission.GRAPH_READ)).get("/counts")).json()
    assert (narrow["accounts"]["count"], narrow["tasks"], narrow["campaigns"]) == (1, None, None)


async def test_table_of_accounts_says_what_is_next_to_those_who_may_see_it(api: Asker) -> None:
    task = await _wrote(api)
    await api.made("/companies", {"name": "Beta", "account_tier": "tier1", "country": "DE"})
    rows = (await api.get("/accounts")).json()["items"]
    assert [(row["name"], row["next_step"]["kind"], row["next_step"]["item_id"]) for row in rows] == [
        ("Acme", "reply", task),
        ("Beta", "find_people", None),
    ]
    narrow = await _narrowed(api, Permission.GRAPH_READ)
    assert [row["next_step"] for row in (await narrow.get("/accounts")).json()["items"]] == [None, None]
    filtered = await api.get("/accounts?tier=tier1&tier=tier2&country=DE")
    assert [row["name"] for row in filtered.json()["items"]] == ["Beta"]
    assert [row["name"] for row in (await api.get("/accounts?has_open_work=true")).json()["items"]] == ["Acme"]


async def test_table_of_accounts_goes_on_where_the_page_before_ended(api: Asker) -> None:
    for name in ("Alder", "Birch", "Cedar"):
        await api.made("/companies", {"name": name})
    first = (await api.get("/accounts?limit=2")).json()
    second = (await api.get("/accounts", params={"limit": 2, "after": first["next"]})).json()
    assert [row["name"] for row in first["items"] + second["items"]] == ["Alder", "Birch", "Cedar"]
    assert second["next"] is None
    assert (await api.get("/accounts?tier=tier1&sort=-created_at")).status_code == 422


async def test_view_is_changed_only_as_it_was_seen(api: Asker) -> None:
    made = await api.post("/account-views", {"name": "Big", "wanted": {"tier": ["tier1"], "columns": ["health"]}})
    view = made.json()
    assert (made.status_code, made.headers["location"]) == (201, f"/api/v1/account-views/{view['id']}")
    tag = made.headers["etag"]
    path = f"/account-views/{view['id']}"
    assert (await api.patch(path, {"name": "Bigger"}, headers={"If-Match": tag})).status_code == 200
    assert (await api.patch(path, {"name": "Biggest"}, headers={"If-Match": tag})).status_code == 412
    assert (await api.get(path)).json()["name"] == "Bigger"


async def test_view_is_ones_own_until_it_is_shared(api: Asker) -> None:
    member, viewer = await api.as_role("member"), await api.as_role("viewer")
    path = f"/account-views/{(await member.made('/account-views', {'name': 'Mine'}))['id']}"
    assert [(await one.get(path)).status_code for one in (member, viewer, api)] == [200, 404, 404]
    assert (await member.patch(path, {"is_shared": True})).status_code == 200
    assert [one["name"] for one in (await viewer.get("/account-views")).json()["items"]] == ["Mine"]
    assert (await viewer.delete(path)).status_code == 403
    assert (await api.delete(path)).status_code in {200, 204}
    assert (await member.get(path)).status_code == 404


async def test_view_of_what_the_table_does_not_know_is_refused_with_its_field(api: Asker) -> None:
    answer = await api.post("/account-views", {"name": "Odd", "wanted": {"columns": ["colour"]}})
    assert (answer.status_code, answer.json()["errors"][0]["field"].startswith("wanted")) == (422, True)


async def _accounts(api: Asker, *names: str) -> list[str]:
    return [(await api.made("/companies", {"name": name}))["id"] for name in names]


async def _tiers(api: Asker) -> list[Any]:
    return [one["account_tier"] for one in (await api.get("/companies")).json()["items"]]


async def test_change_of_many_accounts_is_taken_back_by_its_batch(api: Asker) -> None:
    member = await api.as_role("member")
    ids = await _accounts(member, "Alder", "Birch")
    done = await member.made("/accounts/tier", {"ids": ids, "tier": "tier1"})
    assert (set(done["changed"]), done["left_out"], await _tiers(api)) == (set(ids), [], ["tier1", "tier1"])
    await member.made("/accounts/status", {"ids": ids, "status": "engaged"})
    report = await member.made("/audit/undo-mine", {"transaction": done["batch"]})
    assert (len(report["undone"]), await _tiers(api)) == (2, [None, None])


async def test_ones_last_change_is_undone_whatever_others_did_since(api: Asker) -> None:
    member = await api.as_role("member")
    ids = await _accounts(api, "Alder", "Birch")
    await member.made("/accounts/tier", {"ids": ids, "tier": "tier1"})
    await api.made("/accounts/status", {"ids": ids, "status": "engaged"})
    assert len((await member.post("/audit/undo-last")).json()["undone"]) == 2
    assert await _tiers(api) == [None, None]
    assert (await member.post("/audit/undo-last")).status_code == 404


async def test_accounts_are_held_and_released(api: Asker) -> None:
    ids = await _accounts(api, "Alder", "Birch")
    assert set((await api.made("/accounts/hold", {"ids": ids, "reason": "fair"}))["changed"]) == set(ids)
    assert len((await api.get("/holds")).json()["items"]) == 2
    released = await api.made("/accounts/release", {"ids": ids[:1]})
    assert (released["changed"], len((await api.get("/holds")).json()["items"])) == (ids[:1], 1)


async def test_accounts_do_not_come_into_a_campaign_that_is_not_there(api: Asker) -> None:
    ids = await _accounts(api, "Alder")
    assert (await api.post("/accounts/enrol", {"ids": ids, "campaign": "nothing"})).status_code == 404


async def test_people_are_listed_with_whether_they_may_be_mailed(api: Asker) -> None:
    await _wrote(api)
    await api.made("/contacts", {"first_name": "Ben"})
    rows = (await api.get("/people")).json()["items"]
    assert [(row["name"], row["company"], row["may_be_mailed"]) for row in rows] == [("Ben", None, False), ("Ann", "Acme", True)]
    assert [row["name"] for row in (await api.get("/people?q=ACME")).json()["items"]] == ["Ann"]
