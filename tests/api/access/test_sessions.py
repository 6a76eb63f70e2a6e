"""People log in, are known by a cookie, and are safe from other sites' forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from accountgraph.access import Role, at_command_line
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.sessions import SESSION_COOKIE
from accountgraph.access.people.users import create_user

if TYPE_CHECKING:
    import httpx

    from tests.api.conftest import Asker

ROOT = at_command_line("root")
ADDRESS, PASSWORD = "ada@ours.com", "correct horse battery"


@pytest.fixture
async def ada(api: Asker) -> Asker:
    """Ada is a member of `abm`, and has a password."""
    recognise = api.parts.recognise
    made = await recognise.passwords.new(PASSWORD, ADDRESS)
    user = await create_user(recognise.registry, ADDRESS, by=ROOT, password=made)
    await add_member(recognise.registry, "abm", user.id, Role.MEMBER, by=ROOT)
    return api


async def log_in(api: Asker, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return await api.client.post("/api/v1/session", json={"email": ADDRESS, "password": password}, headers=headers)


async def ask(api: Asker, begun: httpx.Response, method: str, path: str, *, with_token: bool = True, **options: Any) -> httpx.Response:
    """A request of the browser that logged in."""
    cookie = begun.headers["set-cookie"].partition(";")[0]
    token = {"X-CSRF-Token": begun.json()["csrf_token"]} if with_token else {}
    return await api.client.request(method, f"/api/v1{path}", headers={"Cookie": cookie, **token}, **options)


async def test_cookie_is_for_this_host_over_https_and_for_no_script(ada: Asker) -> None:
    cookie = (await log_in(ada)).headers["set-cookie"]
    assert cookie.startswith(SESSION_COOKIE.name + "=")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


async def test_member_writes_with_the_token_of_the_session(ada: Asker) -> None:
    begun = await log_in(ada)
    answer = await ask(ada, begun, "POST", "/companies", json={"name": "Acme"})
    assert answer.status_code == 201


async def test_form_of_another_site_is_refused(ada: Asker) -> None:
    begun = await log_in(ada)
    answer = await ask(ada, begun, "POST", "/companies", with_token=False, json={"name": "Acme"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:accountgraph:problem:csrf")


async def test_login_by_a_plain_form_is_refused(ada: Asker) -> None:
    answer = await ada.client.post("/api/v1/session", data={"email": ADDRESS, "password": PASSWORD})
    assert answer.status_code == 415


async def test_wrong_password_and_unknown_address_are_told_alike(ada: Asker) -> None:
    wrong = await log_in(ada, "not her password")
    unknown = await ada.client.post("/api/v1/session", json={"email": "eve@ours.com", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["detail"] == unknown.json()["detail"]


async def test_session_that_was_planted_before_the_login_is_worth_nothing(ada: Asker) -> None:
    planted = await log_in(ada)
    cookie = planted.headers["set-cookie"].partition(";")[0]
    begun = await log_in(ada, Cookie=cookie)
    assert (await ask(ada, planted, "GET", "/me")).status_code == 401
    assert (await ask(ada, begun, "GET", "/me")).json()["name"] == ADDRESS


async def test_who_logged_out_is_nobody(ada: Asker) -> None:
    begun = await log_in(ada)
    left = await ask(ada, begun, "DELETE", "/session")
    assert (left.status_code, "Max-Age=0" in left.headers["set-cookie"]) == (204, True)
    assert (await ask(ada, begun, "GET", "/me")).status_code == 401


async def test_workspace_of_which_one_is_no_member_is_closed(ada: Asker) -> None:
    begun = await log_in(ada)
    cookie = begun.headers["set-cookie"].partition(";")[0]
    for name in ("other", "no such"):
        answer = await ada.client.get("/api/v1/me", headers={"Cookie": cookie, "AccountGraph-Workspace": name})
        assert answer.status_code == 403


async def test_who_was_invited_comes_in_and_is_what_they_were_invited_as(api: Asker) -> None:
    invited = await api.made("/invitations", {"email": ADDRESS, "role": "viewer"})
    shown = await api.client.post("/api/v1/invitations/look", json={"token": invited["token"]})
    assert shown.json()["invitation"]["role"] == "viewer"
    accepted = await api.client.post("/api/v1/invitations/accept", json={"token": invited["token"], "password": PASSWORD})
    assert accepted.status_code == 200, accepted.text
    begun = await log_in(api)
    assert (await ask(api, begun, "GET", "/me")).json()["role"] == "viewer"
    again = await api.client.post("/api/v1/invitations/accept", json={"token": invited["token"], "password": PASSWORD})
    assert again.status_code == 401


async def test_key_is_shown_once_and_never_again(api: Asker) -> None:
    wanted, header = {"label": "CRM", "role": "member"}, {"Idempotency-Key": "one"}
    made = await api.post("/keys", wanted, headers=header)
    assert made.status_code == 201
    again = await api.post("/keys", wanted, headers=header)
    assert (again.status_code, again.json()["type"]) == (409, "urn:accountgraph:problem:shown-once")
    listed = (await api.get("/keys")).text
    assert made.json()["token"] not in listed
    assert (await api.with_key(made.json()["token"]).get("/me")).json()["role"] == "member"


async def test_key_that_was_revoked_opens_nothing_at_once(api: Asker) -> None:
    made = await api.made("/keys", {"label": "CRM", "role": "member"})
    theirs = api.with_key(made["token"])
    assert (await theirs.get("/me")).status_code == 200
    assert (await api.delete(f"/keys/{made['key']['id']}")).status_code == 204
    assert (await theirs.get("/me")).status_code == 401


async def test_admin_makes_nobody_more_than_they_are(api: Asker) -> None:
    admin = await api.as_role("admin")
    assert (await admin.post("/keys", {"label": "CRM", "role": "owner"})).status_code == 403
    assert (await admin.post("/invitations", {"email": ADDRESS, "role": "owner"})).status_code == 403


async def test_work_that_failed_may_be_sent_again_under_its_key(api: Asker) -> None:
    header = {"Idempotency-Key": "one"}
    refused = await api.post("/keys", {"label": "CRM", "role": "viewer", "scopes": ["graph:write"]}, headers=header)
    assert refused.status_code == 422
    assert (await api.post("/keys", {"label": "CRM", "role": "viewer"}, headers=header)).status_code == 201


async def test_access_log_is_read_a_page_at_a_time_the_newest_first(api: Asker) -> None:
    for label in ("one", "two", "three"):
        await api.made("/keys", {"label": label, "role": "viewer"})
    whole = (await api.get("/access-log")).json()
    found: list[int] = []
    asked: dict[str, Any] = {"limit": 2}
    while len(found) < len(whole["items"]):
        page = (await api.get("/access-log", params=asked)).json()
        found += [entry["id"] for entry in page["items"]]
        asked["after"] = page["next"]
    assert found == [entry["id"] for entry in whole["items"]] == sorted(found, reverse=True)
    assert (whole["next"], page["next"]) == (None, None)
    assert len(found) >= 3
