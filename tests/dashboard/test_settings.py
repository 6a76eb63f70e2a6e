"""The settings: who may see and do what in each of them, and what is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from accountgraph.access import Role
from accountgraph.access.permissions import GRANTS
from accountgraph.dashboard.settings import WAYS
from accountgraph.store.outreach.senders import SenderRepository
from accountgraph.store.outreach.settings import SettingsRepository
from tests.dashboard.conftest import Browser, W
from tests.dashboard.test_accounts import HOSTILE

if TYPE_CHECKING:
    from accountgraph.dashboard.settings.room import Way
    from accountgraph.db import Database

S = f"{W}/settings"
ROLES = [Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER]
NOBODY = str(UUID(int=7))


def path_of(way: Way) -> str:
    """Its path, with an id that nothing has."""
    path = way.address.replace("{workspace}", "abm")
    while "{" in path:
        head, _, rest = path.partition("{")
        name, _, tail = rest.partition("}")
        path = head + (NOBODY if name.endswith("_id") else "7" if name.endswith("number") else "nothing") + tail
    return path


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_sees_and_does_what_it_may_and_nothing_else(browser: Browser, role: Role) -> None:
    ada = await browser.as_role(role)
    csrf = (await ada.page(f"{S}/account")).hidden["csrf"]
    for way in WAYS:
        path = path_of(way)
        answer = await (ada.get(path) if way.method == "GET" else ada.post(path, {"csrf": csrf}))
        assert (answer.status_code == 403) is (way.needs not in GRANTS[role]), f"{role} {way.method} {way.path}: {answer.status_code}"
        assert answer.status_code < 500, f"{way.method} {way.path}"


async def test_an_action_without_the_sessions_token_is_refused(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    for way in WAYS:
        if way.method == "POST":
            assert (await ada.post(path_of(way), {})).status_code == 403, way.path


async def test_who_is_not_logged_in_is_led_to_the_login(browser: Browser) -> None:
    for way in WAYS:
        answer = await (browser.get(path_of(way)) if way.method == "GET" else browser.post(path_of(way), {}))
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/app/login"), way.path


@pytest.mark.parametrize("role", ROLES)
async def test_every_page_without_an_id_is_whole_and_lists_the_subjects(browser: Browser, role: Role) -> None:
    ada = await browser.as_role(role)
    for way in WAYS:
        if way.method == "GET" and "{" not in way.path and way.needs in GRANTS[role]:
            shown = await ada.page(path_of(way))
            assert f"{S}/account" in shown.links
            assert (f"{S}/audit" in shown.links) is (role in {Role.OWNER, Role.ADMIN})


async def test_a_viewer_sees_no_button_but_those_of_their_own_account(browser: Browser) -> None:
    eve = await browser.as_role("viewer")
    for way in WAYS:
        if way.method == "GET" and "{" not in way.path and way.needs in GRANTS[Role.VIEWER] and way.path != "account":
            text = (await eve.get(path_of(way))).text
            page = text[text.index("<main") : text.index("</main>")]
            assert 'method="post"' not in page, way.path


async def test_the_overview_says_what_is_missing_and_leads_there(browser: Browser) -> None:
    shown = await (await browser.as_role("owner")).page(S)
    assert "the law wants a name and a postal address" in shown.text
    assert {f"{S}/identities", f"{S}/senders", f"{S}/workspace"} <= set(shown.links)


async def test_the_overview_says_what_is_done(browser: Browser, db: Database) -> None:
    identity = await SettingsRepository(db).add_legal_identity({"name": HOSTILE, "postal_address": "1 Road"})
    await SettingsRepository(db).update_settings({"legal_identity_id": identity.id, "country": "DE", "timezone": "Europe/Berlin"})
    await SenderRepository(db).add_sender({"address": "me@ours.com", "transport": "smtp", "settings": {"host": "mail.ours.com"}})
    shown = await (await browser.as_role("viewer")).page(S)
    assert f"mails name {HOSTILE}" in shown.text
    assert "1 sender can send" in shown.text
    assert "Europe/Berlin, DE" in shown.text


async def test_the_palette_leads_to_the_subjects_that_one_may_see(browser: Browser) -> None:
    for role, sees in (("owner", True), ("viewer", False)):
        shown = await (await browser.as_role(role)).page(f"{W}/palette?q=audit")
        assert (f"{S}/audit" in shown.links) is sees
