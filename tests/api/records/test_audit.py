"""Who changed what, and taking it back, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.api.conftest import Asker


async def changed(api: Asker) -> tuple[str, dict[str, Any]]:
    """A company whose industry was changed, and that change."""
    company = (await api.made("/companies", {"name": "Acme", "industry": "tools"}))["id"]
    assert (await api.patch(f"/companies/{company}", {"industry": "traps"})).status_code == 200
    found = (await api.get(f"/audit?table=companies&row_id={company}")).json()["items"]
    assert [one["action"] for one in found] == ["update", "insert"]
    return company, found[0]


async def test_change_tells_what_stood_there_before(api: Asker) -> None:
    company, change = await changed(api)
    assert (change["before"]["industry"], change["after"]["industry"], change["actor_name"]) == ("tools", "traps", "owner of abm")
    assert (await api.get(f"/audit/{change['id']}")).json() == change
    history = (await api.get(f"/audit/rows/companies/{company}")).json()["items"]
    assert [one["action"] for one in history] == ["insert", "update"]


async def test_change_is_taken_back_and_that_is_logged_too(api: Asker) -> None:
    company, change = await changed(api)
    report = await api.made("/audit/undo", {"ids": [change["id"]]})
    assert [one["id"] for one in report["undone"]] == [change["id"]]
    assert (await api.get(f"/companies/{company}")).json()["industry"] == "tools"
    assert (await api.get(f"/audit?table=companies&row_id={company}&limit=1")).json()["items"][0]["undoes_id"] == change["id"]


async def test_change_that_a_later_one_stands_on_is_not_taken_back(api: Asker) -> None:
    company, change = await changed(api)
    await api.patch(f"/companies/{company}", {"industry": "toys"})
    report = await api.made("/audit/undo", {"ids": [change["id"]]})
    assert (report["undone"], [one["obstacle"] for one in report["refused"]]) == ([], ["changed"])
    assert (await api.get(f"/companies/{company}")).json()["industry"] == "toys"


async def test_member_takes_back_their_own_changes_alone(api: Asker) -> None:
    member = await api.as_role("member")
    company, change = await changed(api)
    assert (await member.post("/audit/undo", {"ids": [change["id"]]})).status_code == 403
    assert (await member.post("/audit/undo-mine", {"ids": [change["id"]]})).status_code == 422
    await member.patch(f"/companies/{company}", {"industry": "toys"})
    own = (await api.get(f"/audit?table=companies&row_id={company}&limit=1")).json()["items"][0]
    assert (await member.post("/audit/undo-mine", {"ids": [own["id"]]})).status_code == 200
    assert (await api.get(f"/companies/{company}")).json()["industry"] == "traps"


async def test_key_with_the_label_of_another_takes_nothing_of_it_back(api: Asker) -> None:
    ours, theirs = [(await api.made("/keys", {"label": "Zapier", "role": "member"}))["token"] for _ in range(2)]
    company, _ = await changed(api)
    await api.with_key(theirs).patch(f"/companies/{company}", {"industry": "toys"})
    answer = await api.with_key(ours).post("/audit/undo-last")
    assert answer.status_code == 404
    change = (await api.get(f"/audit?table=companies&row_id={company}&limit=1")).json()["items"][0]
    answer = await api.with_key(ours).post("/audit/undo-mine", {"ids": [change["id"]]})
    assert (answer.status_code, "not yours" in answer.text) == (422, True)
    assert (await api.with_key(theirs).post("/audit/undo-last")).status_code == 200


async def test_agent_takes_nothing_back_but_by_its_tool(api: Asker) -> None:
    agent = await api.as_role("agent")
    company, _ = await changed(api)
    assert (await agent.patch(f"/companies/{company}", {"industry": "toys"})).status_code == 200
    own = (await api.get(f"/audit?table=companies&row_id={company}&limit=1")).json()["items"][0]
    assert own["actor_kind"] == "agent"
    assert (await agent.post("/audit/undo-last")).status_code == 403
    assert (await agent.post("/audit/undo-mine", {"ids": [own["id"]]})).status_code == 403


async def test_viewer_does_not_read_the_log(api: Asker) -> None:
    assert (await (await api.as_role("viewer")).get("/audit")).status_code == 403


async def test_row_that_the_log_does_not_know_has_no_history(api: Asker) -> None:
    assert (await api.get("/audit/rows/companies/none")).status_code == 404
