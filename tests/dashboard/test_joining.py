"""A browser comes in by the link of a mail, and gets another password by one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest

from accountgraph.access import Role
from accountgraph.access.oidc import SingleSignOn
from accountgraph.access.oidc.settings import OidcSettings
from accountgraph.access.people.invitations import invite
from accountgraph.notices.own_mail import OwnMail
from tests.api.access.test_own_mail import TOKEN, environment, text_of
from tests.channels.post_office import PostOffice
from tests.dashboard.conftest import ROOT, Browser, W, with_password
from tests.dashboard.html import page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ADDRESS, PASSWORD = "bob@ours.com", "correct horse battery"


async def link(browser: Browser) -> str:
    made = await invite(browser.parts.recognise.registry, "abm", ADDRESS, Role.VIEWER, by=ROOT)
    return f"/app/join?token={made.token}"


async def test_who_is_new_chooses_a_password_and_is_in(browser: Browser) -> None:
    shown = await browser.page(await link(browser))
    assert "root invites" in " ".join(shown.text.split())
    answer = await browser.post("/app/join", {"token": shown.hidden["token"], "name": "Bob", "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{W}/accounts")
    assert "Bob, viewer" in (await browser.page(f"{W}/accounts")).text
    await browser.page(f"/app/join?token={shown.hidden['token']}", 401)


@pytest.mark.parametrize("password", ["", "short"])
async def test_password_that_is_not_good_enough_leaves_the_link_working(browser: Browser, password: str) -> None:
    shown = await browser.page(await link(browser))
    answer = await browser.post("/app/join", {"token": shown.hidden["token"], "name": "Bob", "password": password})
    assert (answer.status_code, 'value="Bob"' in answer.text) == (422, True)
    again = await browser.post("/app/join", {"token": shown.hidden["token"], "name": "Bob", "password": PASSWORD})
    assert again.status_code == 303


async def test_who_has_a_login_comes_in_by_that(browser: Browser) -> None:
    await with_password(browser, ADDRESS, PASSWORD)
    await browser.parts.recognise.registry.run(
        lambda session: session.execute("DELETE FROM memberships WHERE user_id = (SELECT id FROM users)")
    )
    shown = await browser.page(await link(browser))
    assert "password" not in shown.hidden
    answer = await browser.post("/app/join", {"token": shown.hidden["token"]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/app/login?next={quote(f'{W}/accounts', safe='')}")
    assert browser.cookie is None, "an invitation logs nobody in who has a password"
    await browser.post("/app/login", {"email": ADDRESS, "password": PASSWORD})
    assert "viewer" in (await browser.page(f"{W}/accounts")).text


@pytest.mark.parametrize("token", ["", "x" * 43, "é"])
async def test_link_that_is_none_lets_nobody_in(browser: Browser, token: str) -> None:
    await browser.page(f"/app/join?token={token}", 401)
    answer = await browser.post("/app/password", {"token": token, "password": PASSWORD})
    assert answer.status_code == 401


async def test_form_of_another_site_is_refused(browser: Browser) -> None:
    token = (await link(browser)).partition("=")[2]
    fields = {"token": token, "password": PASSWORD}
    assert (await browser.post("/app/join", fields, Origin="https://evil.example")).status_code == 403


async def test_login_names_the_ways_that_there_are(browser: Browser) -> None:
    text = (await browser.get("/app/login")).text
    assert "single sign-on" not in text
    assert "/app/forgot" not in text
    assert (await browser.get("/app/forgot")).status_code == 404


async def test_login_leads_to_single_sign_on_where_there_is_a_provider(browser: Browser) -> None:
    settings = OidcSettings(issuer="https://id.ours.com", client_id="abm")
    browser.parts.single_sign_on = SingleSignOn(browser.parts.recognise.registry, settings)
    for wanted, leads in ((f"{W}/accounts?q=a b", "/app/w/abm/accounts%3Fq%3Da%20b"), ("", "/app")):
        shown = await browser.get("/app/login?" + urlencode({"next": wanted}))
        assert f'href="/api/v1/session/oidc?return_to={leads}"' in shown.text


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    office = PostOffice()
    async with office.open():
        yield office


async def test_invitation_whose_mail_does_not_leave_is_shown_with_the_reason(browser: Browser, office: PostOffice) -> None:
    browser.parts.own_mail = OwnMail.from_environment(browser.parts.recognise.registry.now, environment(office.port))
    ada = await browser.as_role("owner")
    invited = {"form": "invite", "email": ADDRESS, "role": "viewer"}
    assert "The invitation went to" in (await ada.do(f"{W}/settings/members", invited, f"{W}/settings/members")).text
    office.refused.add(ADDRESS)
    csrf = (await ada.page(f"{W}/settings/members")).hidden["csrf"]
    shown = page((await ada.post(f"{W}/settings/members", {"csrf": csrf, **invited})).text).text
    assert "No such user" in shown
    assert "https://abm.ours.com/app/join?token=" in shown


async def test_forgotten_password_is_set_anew_by_the_link_of_a_mail(browser: Browser, office: PostOffice) -> None:
    browser.parts.own_mail = OwnMail.from_environment(browser.parts.recognise.registry.now, environment(office.port))
    await with_password(browser, ADDRESS, "another " + PASSWORD)
    assert "/app/forgot" in (await browser.get("/app/login")).text
    told = [page((await browser.post("/app/forgot", {"email": email})).text).text for email in (ADDRESS, "nobody@ours.com")]
    assert told[0] == told[1]
    async with asyncio.timeout(10):
        while not office.mails:  # noqa: ASYNC110 - the mail leaves beside the answer
            await asyncio.sleep(0.01)
    found = TOKEN.search(text_of(office.mails[0]))
    assert found is not None
    shown = await browser.page(f"/app/password?token={found[2]}")
    short = await browser.post("/app/password", {"token": shown.hidden["token"], "password": "short"})
    assert short.status_code == 422
    answer = await browser.post("/app/password", {"token": shown.hidden["token"], "password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/app")
    assert browser.cookie
