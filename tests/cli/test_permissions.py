"""What may be done, from the command line: the law of a country, free days, accounts that are left out."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from accountgraph.db import Database
from tests.db.campaigns.world import World

if TYPE_CHECKING:
    from tests.cli.conftest import Program

BEFORE_ITS_HOURS = {
    "schedule": {"email": {"days": [(datetime.now(UTC) + timedelta(days=3)).isoweekday()], "start": "09:00", "end": "11:00"}}
}


def test_law_of_a_country_is_set_from_a_day_on_and_taken_back(run: Program) -> None:
    [before] = [rule for rule in run("jurisdiction", "list", "--country", "us", "--json").data if rule["channel"] == "email"]
    said = run("jurisdiction", "set", "us", "email", "deny", "--source", "counsel, by mail", "--from", "2020-01-01").out
    assert said.strip() == "US, email: never, from 2020-01-01 on."
    assert "counsel, by mail" in run("jurisdiction", "list", "--country", "US", "--all").out
    assert run("jurisdiction", "remove", "us", "email", "--from", "2020-01-01").code == 0
    assert before in run("jurisdiction", "list", "--json").data


def test_country_without_a_rule_says_who_decides(run: Program) -> None:
    assert "a person decides about each cold message" in run("jurisdiction", "list", "--country", "AQ").out


def test_free_day_is_added_listed_and_removed(run: Program) -> None:
    assert run("holiday", "add", "2031-12-24", "Christmas Eve", "--region", "DE").out.strip() == "2031-12-24 is free in DE: Christmas Eve."
    assert run("holiday", "list", "--json").data == [{"day": "2031-12-24", "region": "DE", "name": "Christmas Eve"}]
    assert "is no free day of all regions" in run("holiday", "remove", "2031-12-24").err
    assert run("holiday", "remove", "2031-12-24", "--region", "DE").code == 0
    assert "None of your own" in run("holiday", "list").out


def test_account_is_left_out_until_that_ends(run: Program) -> None:
    run("up")
    assert "Acme Medical Group is left out: a competitor." in run("exclusion", "add", "acmemedical.com", "--reason", "competitor").out
    [left] = run("exclusion", "list", "--json").data
    assert (left["account"], left["reason"]) == ("Acme Medical Group", "competitor")
    assert "may be in campaigns again" in run("exclusion", "end", "acmemedical.com").out
    assert "is not left out" in run("exclusion", "end", "acmemedical.com").err
    assert run("exclusion", "list", "--json").data == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("jurisdiction", "set", "US", "email", "forbid", "--source", "x"), "allow, consent, deny"),
        (("jurisdiction", "set", "Germany", "email", "deny", "--source", "x"), "country"),
        (("holiday", "add", "24.12.2031", "Eve"), "write for example 2031-12-24"),
        (("holiday", "add", "2031-12-24", "Eve", "--region", "Germany"), "like DE or US-CA"),
        (("exclusion", "add", "nobody.example"), "nobody.example"),
    ],
)
def test_wrong_value_is_refused_with_the_cure(demo: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = demo(*arguments)
    assert (answer.code in {1, 2}, said in answer.err) == (True, True), answer.err


async def _waiting_for_hours(url: str) -> None:
    async with Database(url, workspace="abm") as db:
        world = await World.begin(db)
        await world.enrol(await world.campaign(policy=BEFORE_ITS_HOURS), *await world.account("acme.com", "Anna"), is_live=False)


def test_whoever_waits_for_the_hours_of_a_channel_is_not_said_to_be_due(run: Program, url: str) -> None:
    asyncio.run(_waiting_for_hours(url))
    for said in (run("campaign", "status", "plain").out, run("campaign", "why", "anna@acme.com").out, run("campaign", "list").out):
        assert "in 2 days" in said or "in 3 days" in said
        assert "due now" not in said


async def _asking(url: str) -> None:
    async with Database(url, workspace="abm") as db:
        world = await World.begin(db)
        always = {"days": [1, 2, 3, 4, 5, 6, 7], "start": "00:00", "end": "24:00"}
        policy = {"requires_approval": True, "schedule": {"email": always}}
        await world.enrol(await world.campaign(policy=policy), *await world.account("acme.com", "Anna"))


def test_worker_says_that_a_message_waits_for_somebody(run: Program, url: str) -> None:
    asyncio.run(_asking(url))
    said = run("worker", "--once").err
    assert "1 decided, 0 sent, 1 waiting for a person" in said
    assert "accountgraph approval list" in said
