"""The first run: where to begin, and a tour over the real pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from accountgraph.demo import load_reference_account
from tests.dashboard.conftest import Browser, W

if TYPE_CHECKING:
    from accountgraph.db import Database


async def test_the_tour_leads_through_its_steps_on_the_real_pages(browser: Browser, db: Database) -> None:
    await load_reference_account(db)
    ada = await browser.as_role("owner")
    begun = await ada.page(f"{W}/start")
    number = sum(bool(re.fullmatch(rf"{W}/tour/\d", link)) for link in dict.fromkeys(begun.links))
    path, seen = f"{W}/tour/1", 0
    while path:
        answer = await ada.get(path)
        shown = await ada.page(answer.headers["location"])
        seen += 1
        assert f"{seen} of {number}." in shown.text
        path = next((link for link in shown.links if link == f"{W}/tour/{seen + 1}"), "")
    assert seen == number > 2


async def test_the_second_step_shows_the_account_whose_numbers_are_known(browser: Browser, db: Database) -> None:
    await load_reference_account(db)
    ada = await browser.as_role("owner")
    answer = await ada.get(f"{W}/tour/2")
    assert "Acme Medical Group" in (await ada.page(answer.headers["location"])).text


async def test_the_tour_can_be_left_at_any_step(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    shown = await ada.page(f"{W}/accounts?tour=1")
    assert f"{W}/accounts" in shown.links
    assert "1 of" not in (await ada.page(f"{W}/accounts")).text


async def test_a_step_that_is_none_shows_nothing(browser: Browser) -> None:
    ada = await browser.as_role("owner")
    for nonsense in ("0", "99", "x", "-1", "1e9", "0011", "²", "01"):
        assert "Skip the rest" not in (await ada.page(f"{W}/accounts?tour={nonsense}")).text
