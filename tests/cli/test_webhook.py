"""`webhook`: what providers told, on the command line."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from accountgraph.db import Database
from accountgraph.store.contacts import ContactRepository
from accountgraph.store.intake import PayloadRepository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program

BOUNCE = {
    "RecordType": "Bounce",
    "ID": 42,
    "Type": "HardBounce",
    "TypeCode": 1,
    "Email": "anna@acme.com",
    "BouncedAt": "2026-03-02T10:00:00Z",
}


async def _anna(url: str) -> None:
    async with Database(url, workspace="abm") as db:
        await ContactRepository(db).create_contact({"email": "anna@acme.com", "first_name": "Anna"})


async def _kept(url: str) -> None:
    async with Database(url, workspace="abm") as db:
        await PayloadRepository(db).keep("postmark", {}, b"{}")


def test_replay_does_what_the_provider_said_and_the_second_time_nothing(run: Program, url: str, tmp_path: Path) -> None:
    asyncio.run(_anna(url))
    file = tmp_path / "bounce.json"
    file.write_text(json.dumps(BOUNCE))
    said = [run("webhook", "replay", str(file), "--provider", "postmark", "--json") for _ in range(2)]
    assert [(one.code, one.data["told"]) for one in said] == [(0, 1), (0, 1)]
    assert len(run("suppress", "list", "--json").data) == 1


def test_replay_of_what_is_no_payload_says_what_is_wrong(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "bounce.json"
    file.write_text("no json")
    said = run("webhook", "replay", str(file), "--provider", "postmark")
    assert (said.code, "Traceback" in said.err) == (1, False)


def test_replay_knows_its_providers(run: Program, tmp_path: Path) -> None:
    file = tmp_path / "bounce.json"
    file.write_text("{}")
    said = run("webhook", "replay", str(file), "--provider", "postmarc")
    assert (said.code, "did you mean 'postmark'?" in said.err) == (2, True)


def test_list_shows_what_waits(run: Program, url: str) -> None:
    asyncio.run(_kept(url))
    [one] = run("webhook", "list", "--state", "new", "--json").data
    assert (one["provider"], one["size"]) == ("postmark", 2)
