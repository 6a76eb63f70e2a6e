"""Every page, at every size, light and dark: valid, accessible, silent, and nothing of it comes from elsewhere."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Tab, W

PAGES = ["accounts", "palette?q=ac", "imports", "start", "accounts?tour=1", "analytics", "analytics/variants?whole=1"]


@pytest.mark.parametrize("path", PAGES)
async def test_the_page_is_valid_accessible_and_fits(tab: Tab, path: str) -> None:
    await tab.go(f"{W}/{path}")
    await tab.check()


@pytest.mark.parametrize("role", [None])
async def test_the_login_is_valid_accessible_and_fits(tab: Tab, role: None) -> None:
    await tab.go("/app/login")
    await tab.check()
