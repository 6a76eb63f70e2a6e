"""Every page, at every size, light and dark: valid, accessible, silent, and nothing of it comes from elsewhere."""

from __future__ import annotations

import pytest

from accountgraph.dashboard.settings import WAYS
from tests.browser.conftest import Tab, W

PAGES = [
    "inbox",
    "tasks",
    "tasks/new",
    "approvals",
    "accounts",
    "accounts?tour=1",
    "accounts/new",
    "analytics",
    "analytics/variants?whole=1",
    "campaigns",
    "campaigns/new",
    "campaigns/new/edit?from=cold-account",
    "campaigns/new/edit?as=text",
    "imports",
    "palette?q=ac",
    "people",
    "people/new",
    "people/relationships/new",
    "start",
]
SETTINGS = [way.address.removeprefix("/app/w/{workspace}/") for way in WAYS if way.method == "GET" and "{" not in way.path]


@pytest.mark.parametrize("path", PAGES + SETTINGS)
async def test_the_page_is_valid_accessible_and_fits(tab: Tab, path: str) -> None:
    await tab.go(f"{W}/{path}")
    await tab.check()


@pytest.mark.parametrize("role", [None])
async def test_the_login_is_valid_accessible_and_fits(tab: Tab, role: None) -> None:
    await tab.go("/app/login")
    await tab.check()
