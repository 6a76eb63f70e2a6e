"""The first owner comes in by a link, everybody by a password, and nobody by another site's form."""

from __future__ import annotations

import asyncio
import re
from importlib.resources import files

import pytest

from accountgraph.access import Role
from accountgraph.access.people.memberships import list_members
from accountgraph.access.people.sessions import SESSION_COOKIE
from accountgraph.dashboard import Setup
from accountgraph.schema import create_workspace
from tests.dashboard.conftest import TOKEN, Browser, W, assert_guarded, with_password
from tests.dashboard.html import page

ADDRESS, PASSWORD = "ada@ours.com", "correct horse battery"
OWNER = {"token": TOKEN, "name": "Ada", "email": ADDRESS, "password": PASSWORD}


async def test_a_browser_is_led_to_the_dashboard_and_a_program_is_not(browser: Browser) -> None:
    answer = await browser.get("/")
    assert (answer.status_code, answer.headers["location"]) == (302, "/app")
    assert (await browser.get("/", Accept="*/*")).status_code == 404
    assert (await browser.get("/healthz")).status_code == 200


async def test_the_link_makes_the_first_owner_and_logs_them_in(browser: Browser) -> None:
    shown = await browser.page(f"/app/setup?token={TOKEN}")
    assert "abm" in shown.text
    answer = await browser.post("/app/setup", {**OWNER, "token": shown.hidden["token"]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{W}/start")
    assert (await browser.get("/app")).headers["location"] == f"{W}/accounts"
    assert "Ada, owner" in (await browser.page(f"{W}/accounts")).text
    [member] = await list_members(browser.parts.recognise.registry, "abm")
    assert (member.email, member.role) == (ADDRESS, Role.OWNER)


async def test_the_link_works_once(browser: Browser) -> None:
    answers = await asyncio.gather(*(browser.post("/app/setup", OWNER | {"email": f"{name}@ours.com"}) for name in ("ada", "eve")))
    assert sorted(one.status_code for one in answers) == [303, 403]
    assert (await browser.get(f"/app/setup?token={TOKEN}")).status_code == 403
    assert len(await list_members(browser.parts.recognise.registry, "abm")) == 1


@pytest.mark.parametrize("token", ["", "t" * 42, "T" * 43, "é" * 43])
async def test_another_token_makes_nobody(browser: Browser, token: str) -> None:
    await browser.page(f"/app/setup?token={token}", 403)
    assert (await browser.post("/app/setup", OWNER | {"token": token})).status_code == 403
    assert await list_members(browser.parts.recognise.registry, "abm") == []


def test_without_a_token_or_with_a_short_one_nobody_is_made_in_a_browser() -> None:
    for environ in ({}, {"ACCOUNTGRAPH_SETUP_TOKEN": "guess"}, {"ACCOUNTGRAPH_SETUP_TOKEN": " "}):
        setup = Setup.from_environment(environ, "abm")
        assert not any(setup.fits(given) for given in ("", "guess", " ", "None"))


@pytest.mark.parametrize(("field", "value"), [("password", "short"), ("email", "no address"), ("password", f"{ADDRESS}{ADDRESS}")])
async def test_what_is_wrong_is_said_and_what_was_typed_is_kept(browser: Browser, field: str, value: str) -> None:
    answer = await browser.post("/app/setup", OWNER | {field: value})
    assert answer.status_code == 422
    assert page(answer.text).tags.count("form") == 1
    assert 'aria-invalid="true"' in answer.text
    assert 'value="Ada"' in answer.text
    assert PASSWORD not in answer.text
    assert await list_members(browser.parts.recognise.registry, "abm") == []


async def test_login_leads_to_the_page_that_was_wanted(browser: Browser) -> None:
    await with_password(browser, ADDRESS, PASSWORD)
    wanted = f"{W}/accounts?tier=tier1&q=a%26b"
    sent = await browser.get(wanted)
    assert sent.status_code == 303
    shown = await browser.page(sent.headers["location"])
    answer = await browser.post("/app/login", {"email": ADDRESS, "password": PASSWORD, "next": shown.hidden["next"]})
    assert (answer.status_code, answer.headers["location"]) == (303, wanted)
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in cookie.split(";")}
    assert (await browser.get(sent.headers["location"])).headers["location"] == wanted  # is logged in already
    await browser.page(wanted)


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/app/w/../../evil\n", "javascript:alert(1)", "/api/v1/me", "/\\evil"]
)
async def test_login_leads_nowhere_else(browser: Browser, wanted: str) -> None:
    await with_password(browser, ADDRESS, PASSWORD)
    answer = await browser.post("/app/login", {"email": ADDRESS, "password": PASSWORD, "next": wanted})
    assert (answer.status_code, answer.headers["location"]) == (303, "/app")


async def test_a_wrong_password_is_told_and_begins_nothing(browser: Browser) -> None:
    await with_password(browser, ADDRESS, PASSWORD)
    for email in (ADDRESS, "eve@ours.com", '"><script>alert(1)</script>'):
        answer = await browser.post("/app/login", {"email": email, "password": "not her password"})
        assert answer.status_code == 401
        assert_guarded(answer)
        assert "do not go together" in page(answer.text).text
        assert "set-cookie" not in answer.headers


async def test_too_many_tries_have_to_wait(browser: Browser) -> None:
    await with_password(browser, ADDRESS, PASSWORD)
    statuses = {(await browser.post("/app/login", {"email": ADDRESS, "password": f"wrong {n}"})).status_code for n in range(30)}
    assert statuses == {401, 429}
    answer = await browser.post("/app/login", {"email": ADDRESS, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}]
)
@pytest.mark.parametrize("path", ["/app/login", "/app/setup", "/app/logout"])
async def test_a_form_of_another_site_is_refused(browser: Browser, path: str, headers: dict[str, str]) -> None:
    await with_password(browser, ADDRESS, PASSWORD)
    answer = await browser.post(path, OWNER, **headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


async def test_logging_out_ends_the_session(browser: Browser) -> None:
    ada = await browser.as_role("member")
    held = ada.cookie
    csrf = (await ada.page(f"{W}/accounts")).hidden["csrf"]
    assert (await ada.post("/app/logout", {"csrf": "x" * len(csrf)})).status_code == 403
    await ada.page(f"{W}/accounts")
    answer = await ada.post("/app/logout", {"csrf": csrf})
    assert (answer.status_code, answer.headers["location"], ada.cookie) == (303, "/app/login", None)
    ada.cookie = held
    assert (await ada.get(f"{W}/accounts")).headers["location"].startswith("/app/login?next=")


async def test_who_is_in_several_workspaces_chooses(browser: Browser, url: str) -> None:
    await asyncio.to_thread(create_workspace, url, "second")
    ada = await browser.as_role("viewer", "abm", "second")
    shown = await ada.page("/app")
    assert {f"{W}/accounts", "/app/w/second/accounts"} <= set(shown.links)
    assert "second" in (await ada.page("/app/w/second/accounts")).text


async def test_who_is_in_no_workspace_is_told(browser: Browser) -> None:
    nobody = await browser.member_without()
    assert "member of no workspace" in (await nobody.page("/app")).text
    await nobody.page(f"{W}/accounts", 403)
    await nobody.page("/app/w/nowhere/accounts", 403)


async def test_a_cookie_that_is_no_session_leads_to_the_login(browser: Browser) -> None:
    for cookie in ("x", "x" * 43, "é" * 43):
        answer = await browser.client.get(f"{W}/accounts", headers={b"Cookie": f"{SESSION_COOKIE.name}={cookie}".encode()})
        assert answer.headers["location"].startswith("/app/login?next=")


async def test_what_is_not_there_is_a_page_too(browser: Browser) -> None:
    assert "no such page" in (await browser.page("/app/nothing", 404)).text
    assert "no such file" in (await browser.page("/app/static/%2e%2e/app.py", 404)).text
    assert (await browser.post("/app", {})).status_code == 405


async def test_files_of_pages_are_kept_by_browsers_for_ever(browser: Browser) -> None:
    text = (await browser.get("/app/login")).text
    [address] = [part.split('"')[0] for part in text.split('href="') if "dashboard.css" in part.split('"')[0]]
    answer = await browser.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert {found.split("?v=")[0] for found in re.findall(r"url\(([^)]*)", answer.text)} == {
        f"/app/static/vendor/{one.name}"
        for one in (files("accountgraph.dashboard") / "static" / "vendor").iterdir()
        if one.name.endswith(".woff2")
    }
    assert "@import" not in answer.text


async def test_a_script_comes_back_after_the_login_to_the_page_it_was_on(browser: Browser) -> None:
    origin = str(browser.client.base_url).rstrip("/")
    for page_, to in (
        (f"{origin}{W}/people?q=x", f"/app/login?next={W.replace('/', '%2F')}%2Fpeople"),
        (f"https://evil.example{W}/people", "/app/login"),
        (f"{origin}/elsewhere", "/app/login"),
        ("http://[", "/app/login"),
        ("", "/app/login"),
    ):
        answer = await browser.get(f"{W}/counts", **{"HX-Request": "true", "HX-Current-URL": page_})
        assert answer.headers["hx-redirect"] == to
