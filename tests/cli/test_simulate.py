"""`campaign simulate`, run as a user runs it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from accountgraph.db import Database
from tests.db.campaigns.world import World
from tests.factories import Clock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program

CAMPAIGN = """
name = "plain"
policy = { requires_approval = false }
[audience]
country = ["US"]
[[steps]]
key = "first"
channel = "email"
template = "hello"
[templates.hello]
subject = "Hello"
body = "Hello {{ contact.first_name }}."
"""


@pytest.fixture
def campaign(url: str, tmp_path: Path) -> str:
    """A campaign's file, and two people of one account to write to."""

    async def make() -> None:
        async with Database(url, workspace="abm", clock=Clock()) as db:
            world = await World.begin(db)
            await world.account("acme.com", "Anna", "Ben")

    asyncio.run(make())
    file = tmp_path / "plain.toml"
    file.write_text(CAMPAIGN, encoding="utf-8")
    return str(file)


def test_report_is_drawn_and_written_as_a_page(run: Program, campaign: str, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    answer = run("campaign", "simulate", campaign, "--start", "2026-03-02", "--until", "2026-04-01", "--html", str(page))
    assert answer.code == 0
    assert "2 touches to 2 people" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "<svg" in page.read_text(encoding="utf-8")
    assert str(page) in answer.err


def test_json_says_who_gets_what(run: Program, campaign: str, tmp_path: Path) -> None:
    people = tmp_path / "people.toml"
    people.write_text('[scripts."ben@acme.com".reply]\nafter_days = 1\n', encoding="utf-8")
    given = ("--start", "2026-03-02T09:00+00:00", "--behaviour", str(people), "--contact", "ben@acme.com")
    answer = run("--json", "campaign", "simulate", campaign, *given)
    assert [(touch["address"], touch["step"], touch["at"]) for touch in answer.data["touches"]] == [
        ("ben@acme.com", "first", "2026-03-02T09:00:00Z")
    ]
    assert [(one["address"], one["kind"]) for one in answer.data["answers"]] == [("ben@acme.com", "reply")]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--start", "soon"], 2, "--start: 'soon' is no day or time"),
        (["--start", "2026-03-02", "--until", "2026-03-01"], 2, "--until: 2026-03-01 00:00 is not after the start"),
        (["--behaviour", "nowhere.toml"], 1, "behaviour: there is no file nowhere.toml"),
        (["--html", "no/such/folder.html"], 2, "--html: no/such/folder.html cannot be written"),
        (["--contact", "zoe@acme.com"], 1, "zoe@acme.com"),
    ],
)
def test_bad_option_is_named(run: Program, campaign: str, options: list[str], code: int, said: str) -> None:
    answer = run("campaign", "simulate", campaign, *options)
    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
