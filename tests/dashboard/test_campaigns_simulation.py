"""Simulating a campaign in the browser: asked for, run beside the requests, drawn; nothing of it stays in the workspace."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.api.simulations import MOST_AT_ONCE
from accountgraph.campaigns.lifecycle import get_status
from accountgraph.campaigns.signals.reactions import SignalKind
from accountgraph.dashboard.campaigns.simulation.calendar import calendar_of, timeline
from accountgraph.dashboard.campaigns.simulation.charts import endings_chart, load_chart, put_off_chart
from accountgraph.simulation import Behaviour, Rate, Response, simulate
from tests.dashboard.campaigns import at, kept, office
from tests.dashboard.test_accounts import HOSTILE

if TYPE_CHECKING:
    from uuid import UUID

    from accountgraph.db import Database
    from tests.dashboard.conftest import Browser
    from tests.dashboard.html import Page

FRIDAY = datetime(2031, 3, 7, 9, tzinfo=UTC)
ASKED = {"start": "2031-03-07", "days": "20", "seed": "3", "behaviour": "silent", "own": ""}


async def simulated(ada: Browser, campaign_id: UUID, **changes: str) -> Page:
    """Ask for a simulation, and wait until its page has it."""
    shown = await ada.do(at(campaign_id, "simulate"), {**ASKED, **changes}, back=at(campaign_id, "simulate"))
    address = next(link for link in shown.links if "/simulate/" in link) if "Look again" in shown.text else ""
    while "Look again" in shown.text:
        await asyncio.sleep(0.1)
        shown = await ada.page(address)
    return shown


async def test_a_simulation_is_drawn_and_leaves_nothing(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    shown = await simulated(await browser.as_role("member"), campaign_id)
    assert "Day by day" in shown.text
    assert "went through all steps" in shown.text
    assert "March 2031" in shown.text
    assert (await get_status(db, campaign_id)).progress == []


async def test_who_is_left_out_is_told_with_the_reason(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    await world.account("closed.com", "Cid", account_status="customer")
    campaign_id = await kept(db, audience={"companies": ["acme.com", "closed.com"]})
    assert "1 person: the account is a customer" in (await simulated(await browser.as_role("member"), campaign_id)).text


async def test_behaviour_is_written_as_toml(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    own = '[scripts."ada@acme.com".reply_positive]\nafter_days = 1'
    shown = await simulated(await browser.as_role("member"), campaign_id, behaviour="own", own=own)
    assert "reply positive" in shown.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": "0"}, "simulate 1 to 366 days"),
        ({"days": "many"}, "is no whole number"),
        ({"start": "soon"}, "is no day; write one like"),
        ({"start": "2999-01-01"}, "choose a day of this century"),
        ({"seed": "9" * 30}, "is no whole number up to"),
        ({"behaviour": "odd"}, "choose one of the list"),
        ({"behaviour": "own", "own": "[["}, "it is no TOML"),
        ({"behaviour": "own", "own": "[scripts.a.odd]"}, "is no kind of signal"),
        ({"behaviour": "own", "own": HOSTILE}, "it is no TOML"),
    ],
    ids=["no-days", "words", "no-day", "far", "seed", "behaviour", "toml", "kind", "hostile"],
)
async def test_what_cannot_be_simulated_is_told_at_its_field(browser: Browser, db: Database, changes: dict[str, str], said: str) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    csrf = (await ada.page(at(campaign_id, "simulate"))).hidden["csrf"]
    answer = await ada.post(at(campaign_id, "simulate"), {"csrf": csrf, **ASKED, **changes})
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")
    assert "<script>alert" not in answer.text


async def test_what_keeps_it_from_running_is_told(browser: Browser, db: Database) -> None:
    world, _ = await office(db)
    campaign_id = await kept(db)
    await world.select(str, "UPDATE senders SET is_active = false RETURNING address")
    shown = await simulated(await browser.as_role("member"), campaign_id)
    assert "no active sender does that" in shown.text


async def test_more_than_two_at_once_are_refused(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    csrf = (await ada.page(at(campaign_id, "simulate"))).hidden["csrf"]
    crew = browser.parts.simulations
    inside = [crew.enter() for _ in range(MOST_AT_ONCE)]
    for one in inside:
        one.__enter__()
    assert (await ada.post(at(campaign_id, "simulate"), {"csrf": csrf, **ASKED})).status_code == 429
    for one in inside:
        one.__exit__(None, None, None)
    assert (await ada.post(at(campaign_id, "simulate"), {"csrf": csrf, **ASKED})).status_code == 303


async def test_a_simulation_that_is_stopped_says_so_and_makes_room(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    ada = await browser.as_role("member")
    await ada.do(at(campaign_id, "simulate"), {**ASKED, "days": "300"}, back=at(campaign_id, "simulate"))
    [run] = browser.parts.simulations.of("abm", campaign_id)
    shown = await ada.do(at(campaign_id, f"simulate/{run.key}/stop"), {}, back=at(campaign_id, "simulate"))
    assert "its copy is gone" in shown.text
    assert run.is_over
    assert run.task is not None
    assert run.task.done()


async def test_another_campaign_does_not_show_it(browser: Browser, db: Database) -> None:
    await office(db)
    campaign_id = await kept(db)
    other = await kept(db, name="other")
    ada = await browser.as_role("member")
    await simulated(ada, campaign_id)
    [run] = browser.parts.simulations.of("abm", campaign_id)
    assert (await ada.get(at(other, f"simulate/{run.key}"))).status_code == 404


async def test_the_calendar_has_every_touch_and_answer_once(db: Database) -> None:
    world, _ = await office(db)
    await world.account("big.com", *(f"P{n}" for n in range(45)))
    campaign_id = await kept(db, audience={"companies": ["acme.com", "big.com"]})
    refuses = {"ada@acme.com": {"one": Response(kind=SignalKind.REPLY_REFUSAL, after_days=1)}}
    behaviour = Behaviour(scripts=refuses, rates=(Rate(kind=SignalKind.OUT_OF_OFFICE, percent=20),))
    report = await simulate(db, campaign_id, start=FRIDAY, until=FRIDAY + timedelta(days=40), behaviour=behaviour, seed=5)
    pages = [calendar_of(report, number) for number in (1, 2)]
    assert [page.pages for page in pages] == [2, 2]
    rows = [row for page in pages for row in page.rows]
    assert [row.end.contact_id for row in rows] == [end.contact_id for end in report.endings]
    marks = [mark for row in rows for found in row.marks.values() for mark in found]
    assert len(marks) == len(report.touches) + len(report.answers) == len(timeline(report))
    days = pages[0].days
    assert sum(count for _, count in pages[0].months) == len(days)
    assert [day.date.isoformat() for day in days if day.is_free][:2] == ["2031-03-08", "2031-03-09"]
    assert set().union(*(row.marks for row in rows)) <= {day.date for day in days}


async def test_the_charts_add_up_to_the_report(db: Database) -> None:
    world, _ = await office(db)
    await world.account("big.com", *(f"P{n}" for n in range(20)))
    campaign_id = await kept(db, audience={"companies": ["acme.com", "big.com"]})
    report = await simulate(db, campaign_id, start=FRIDAY, until=FRIDAY + timedelta(days=20), seed=5)
    assert sum(value or 0 for value in load_chart(report).series[0].values) == len(report.touches)
    assert sum(value or 0 for value in endings_chart(report).series[0].values) == len(report.endings) == 22
    assert sum(value or 0 for value in put_off_chart(report).series[0].values) == sum(one.times for one in report.put_off)
