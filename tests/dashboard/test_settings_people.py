"""Settings of people: members, invitations, one's own account, keys, agents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from accountgraph import tools
from accountgraph.access.keys import create_key, list_keys
from accountgraph.access.people.invitations import invite, list_invitations
from accountgraph.access.people.memberships import list_members
from accountgraph.access.people.resets import issue_reset
from accountgraph.access.people.sessions import list_sessions
from accountgraph.access.people.users import get_user
from accountgraph.access.permissions import Role
from tests.dashboard.conftest import ROOT, Browser, W, with_password
from tests.dashboard.test_accounts import HOSTILE
from tests.dashboard.test_settings import S

if TYPE_CHECKING:
    from accountgraph.db import Database
    from tests.dashboard.html import Page

GOOD = "a violet ladder sings quietly"


async def sent(ada: Browser, path: str, fields: dict[str, str | list[str]], status: int, back: str | None = None) -> str:
    """Send a form whose answer is a page itself; gives its text."""
    csrf = (await ada.page(back or path)).hidden["csrf"]
    answer = await ada.post(path, {"csrf": csrf, **fields})
    assert answer.status_code == status, answer.text
    return answer.text


def link_in(text: str) -> str:
    """The path of the invitation's link."""
    found = re.search(r"<code>(http[^<]+)</code>", text)
    assert found, text
    parts = urlsplit(found[1])
    return f"{parts.path}?{parts.query}"


async def test_an_invitation_is_shown_once_accepted_and_used_up(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    link = link_in(await sent(ada, f"{S}/members", {"form": "invite", "email": "new@ours.com", "role": "member"}, 201))
    assert link.partition("token=")[2] not in (await ada.get(f"{S}/members")).text
    new = Browser(browser.client, browser.parts)
    assert "new@ours.com" in (await new.page(link)).text
    answer = await new.post("/app/join", {"token": link.partition("token=")[2], "name": "New", "password": GOOD})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{W}/accounts")
    assert "New, member" in (await new.page(f"{W}/accounts")).text
    assert "was used" in (await new.page(link, 401)).text


async def test_who_has_a_login_accepts_without_a_password(browser: Browser) -> None:
    registry = browser.parts.recognise.registry
    nobody = await browser.member_without()
    made = await invite(registry, "abm", "nobody@ours.com", Role.VIEWER, by=ROOT)
    assert "You have a login already" in (await nobody.page(f"/app/join?token={made.token}")).text
    answer = await nobody.post("/app/join", {"token": made.token})
    assert answer.headers["location"].startswith("/app/login?next=")
    assert "nobody@ours.com" in {one.email for one in await list_members(registry, "abm")}


@pytest.mark.parametrize(("password", "says"), [("", "Choose a password"), ("short", "password")])
async def test_a_poor_password_leaves_the_invitation_as_it_is(browser: Browser, password: str, says: str) -> None:
    made = await invite(browser.parts.recognise.registry, "abm", "new@ours.com", Role.VIEWER, by=ROOT)
    answer = await browser.post("/app/join", {"token": made.token, "name": HOSTILE, "password": password})
    assert answer.status_code == 422
    assert says in answer.text
    assert HOSTILE not in answer.text
    await browser.page(f"/app/join?token={made.token}")


async def test_a_wrong_token_opens_nothing(browser: Browser) -> None:
    await browser.page("/app/join?token=wrong", 401)
    assert (await browser.post("/app/password", {"token": "wrong", "password": GOOD})).status_code == 401


async def test_a_reset_link_sets_another_password_once_and_lets_in(browser: Browser) -> None:
    await with_password(browser, "ada@ours.com", "the first good password")
    registry = browser.parts.recognise.registry
    made = await issue_reset(registry, (await get_user(registry, "ada@ours.com")).id, by=ROOT)
    await browser.page(f"/app/password?token={made.token}")
    assert (await browser.post("/app/password", {"token": made.token, "password": "short"})).status_code == 422
    answer = await browser.post("/app/password", {"token": made.token, "password": GOOD})
    assert answer.headers["location"] == "/app"
    assert "ada@ours.com" in (await browser.page(f"{W}/accounts")).text
    assert (await browser.post("/app/password", {"token": made.token, "password": GOOD})).status_code == 401


async def test_a_refused_invitation_keeps_what_was_typed_and_says_why_at_the_field(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    text = await sent(ada, f"{S}/members", {"form": "invite", "email": "no address", "role": "admin"}, 422)
    assert 'value="no address"' in text
    assert 'aria-describedby="invite-email-error"' in text
    assert '<option value="admin" selected>' in text


async def test_an_invitation_is_taken_back(browser: Browser) -> None:
    registry = browser.parts.recognise.registry
    made = await invite(registry, "abm", "new@ours.com", Role.VIEWER, by=ROOT)
    ada = await browser.as_role("admin")
    shown = await ada.do(f"{S}/invitations/{made.invitation.id}/revoke", {}, f"{S}/members")
    assert "opens nothing any more" in shown.text
    assert await list_invitations(registry, "abm") == []


async def test_a_role_is_changed_and_given_back(browser: Browser) -> None:
    ada, eve = await browser.as_role("owner"), await browser.as_role("viewer")
    registry = browser.parts.recognise.registry
    key = next(one.user_id for one in await list_members(registry, "abm") if one.role is Role.VIEWER)
    shown = await ada.do(f"{S}/members/{key}/role", {"role": "member"}, f"{S}/members")
    assert "The viewer is now member." in shown.text
    await eve.page(f"{S}/webhooks")
    await ada.do(f"{S}/members/{key}/role", {"role": shown.hidden["role"]}, f"{S}/members")
    assert {one.role for one in await list_members(registry, "abm")} == {Role.OWNER, Role.VIEWER}


async def test_an_admin_makes_nobody_an_owner(browser: Browser) -> None:
    bob, _ = await browser.as_role("admin"), await browser.as_role("viewer")
    registry = browser.parts.recognise.registry
    key = next(one.user_id for one in await list_members(registry, "abm") if one.role is Role.VIEWER)
    await sent(bob, f"{S}/members/{key}/role", {"role": "owner"}, 403, f"{S}/members")
    assert Role.OWNER not in {one.role for one in await list_members(registry, "abm")}


async def test_the_last_owner_stays_and_the_page_says_so(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    [only] = await list_members(browser.parts.recognise.registry, "abm")
    assert "owner" in await sent(ada, f"{S}/members/{only.user_id}/remove", {}, 422, f"{S}/members")
    assert len(await list_members(browser.parts.recognise.registry, "abm")) == 1


async def test_a_member_is_taken_out(browser: Browser) -> None:
    ada, eve = await browser.as_role("owner"), await browser.as_role("viewer")
    key = next(one.user_id for one in await list_members(browser.parts.recognise.registry, "abm") if one.role is Role.VIEWER)
    assert "The viewer may not enter" in (await ada.do(f"{S}/members/{key}/remove", {}, f"{S}/members")).text
    await eve.page(f"{W}/accounts", 403)


async def test_ones_password_is_changed_and_other_sessions_end(browser: Browser) -> None:
    await with_password(browser, "ada@ours.com", "the first good password")
    other = Browser(browser.client, browser.parts)
    for one in (browser, other):
        await one.post("/app/login", {"email": "ada@ours.com", "password": "the first good password"})
    fields = {"form": "password", "old": "the first good password", "new": GOOD, "new_again": GOOD}
    text = await sent(browser, f"{S}/account/password", {**fields, "new_again": "another"}, 422, f"{S}/account")
    assert "the two new passwords differ" in text
    assert GOOD not in text
    await sent(browser, f"{S}/account/password", {**fields, "old": "wrong"}, 401, f"{S}/account")
    assert "is changed" in (await browser.do(f"{S}/account/password", dict(fields), f"{S}/account")).text
    assert (await other.get(f"{S}/account")).status_code == 303


async def test_ones_other_sessions_are_ended_one_by_one_or_all(browser: Browser) -> None:
    await with_password(browser, "ada@ours.com", "the first good password")
    registry = browser.parts.recognise.registry
    others = [Browser(browser.client, browser.parts) for _ in range(3)]
    for one in (*others, browser):
        await one.post("/app/login", {"email": "ada@ours.com", "password": "the first good password"})
    user = await get_user(registry, "ada@ours.com")
    first = min(await list_sessions(registry, user.id), key=lambda one: one.created_at)
    await browser.do(f"{S}/account/sessions/{first.id}/end", {}, f"{S}/account")
    assert len(await list_sessions(registry, user.id)) == 3
    assert "2 other sessions have ended" in (await browser.do(f"{S}/account/sessions/end", {}, f"{S}/account")).text
    await browser.page(f"{S}/account")


async def test_light_or_dark_is_chosen_for_the_browser(browser: Browser) -> None:
    ada = await browser.as_role("viewer")
    await ada.do(f"{S}/account/look", {"form": "look", "look": "dark"}, f"{S}/account")
    assert 'data-look="dark"' in (await ada.get(f"{W}/accounts")).text
    await ada.do(f"{S}/account/look", {"form": "look", "look": ""}, f"{S}/account")
    assert "data-look" not in (await ada.get(f"{W}/accounts")).text
    await sent(ada, f"{S}/account/look", {"form": "look", "look": HOSTILE}, 422, f"{S}/account")


async def test_a_key_is_shown_once_opens_and_is_revoked(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    fields: dict[str, str | list[str]] = {"form": "key", "label": "nightly", "role": "member", "days": "90", "scopes": ["graph:read"]}
    text = await sent(ada, f"{S}/keys", fields, 201)
    [token] = re.findall(r"<code>(agk_[^<]+)</code>", text)
    assert token not in (await ada.get(f"{S}/keys")).text
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await browser.client.get("/api/v1/companies", headers=bearer)).status_code == 200
    assert (await browser.client.get("/api/v1/campaigns", headers=bearer)).status_code == 403
    [key] = await list_keys(browser.parts.recognise.registry, "abm")
    shown = await ada.do(f"{S}/keys/{key.id}/revoke", {}, f"{S}/keys")
    assert "opens nothing any more" in shown.text
    assert (await browser.client.get("/api/v1/companies", headers=bearer)).status_code == 401
    assert "revoked" in (await ada.page(f"{S}/keys?revoked=yes")).text


async def test_a_rotated_key_is_shown_once(browser: Browser) -> None:
    registry = browser.parts.recognise.registry
    made = await create_key(registry, "abm", "old", Role.VIEWER, created_by=ROOT)
    text = await sent(await browser.as_role("admin"), f"{S}/keys/{made.key.id}/rotate", {}, 201, f"{S}/keys")
    [token] = re.findall(r"<code>(agk_[^<]+)</code>", text)
    assert (await browser.client.get("/api/v1/companies", headers={"Authorization": f"Bearer {token}"})).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"), [("label", ""), ("role", "king"), ("days", "7"), ("scopes", "everything:do"), ("scopes", "keys:write")]
)
async def test_a_key_that_cannot_be_is_refused_at_its_field(browser: Browser, field: str, value: str) -> None:
    ada = await browser.as_role("owner")
    fields: dict[str, str | list[str]] = {"form": "key", "label": "x", "role": "viewer", "days": "", field: value}
    text = await sent(ada, f"{S}/keys", fields, 422)
    assert f"{field}: " in text
    assert await list_keys(browser.parts.recognise.registry, "abm") == []


async def test_an_agent_is_added_limited_paused_and_removed(browser: Browser, db: Database) -> None:
    ada = await browser.as_role("admin")
    await ada.do(f"{S}/agents", {"form": "agent", "name": "researcher", "proposals_a_day": "20"}, f"{S}/agents")
    fields: dict[str, str | list[str]] = {"may_send": "yes", "touches_a_day": "5", "proposals_a_day": "30"}
    shown = await ada.do(f"{S}/agents/researcher", fields, f"{S}/agents")
    assert "asks for 30 messages a day, and sends 5 messages a day without a person" in shown.text
    await ada.do(f"{S}/agents/researcher/pause", {}, f"{S}/agents")
    agent = await tools.get_agent(db, "researcher")
    assert (agent.is_paused, agent.touches_a_day, agent.may_send) == (True, 5, True)
    await ada.do(f"{S}/agents/researcher/resume", {}, f"{S}/agents")
    await ada.do(f"{S}/agents/researcher/remove", {}, f"{S}/agents")
    assert await tools.list_agents(db) == []


async def test_an_agents_name_that_cannot_be_is_refused_at_its_field(browser: Browser) -> None:
    text = await sent(await browser.as_role("owner"), f"{S}/agents", {"form": "agent", "name": HOSTILE}, 422)
    assert "agent-name-error" in text
    assert "<img src=x" not in text


async def test_what_others_wrote_is_text_and_nothing_else(browser: Browser) -> None:
    registry = browser.parts.recognise.registry
    await create_key(registry, "abm", HOSTILE, Role.VIEWER, created_by=ROOT)
    ada = await browser.as_role("owner")
    shown: Page = await ada.page(f"{S}/keys")
    assert HOSTILE in shown.text
    assert "img" not in shown.tags[shown.tags.index("main") :]
    text = (await ada.get(f"{S}/account", **{"User-Agent": HOSTILE})).text
    assert "<img src=x" not in text
