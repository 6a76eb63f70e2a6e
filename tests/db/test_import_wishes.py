"""Who wishes to be left alone is, whatever else a file says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from accountgraph.store.suppressions import SuppressionRepository
from tests.db.test_import_contacts import contact, counts, imported

if TYPE_CHECKING:
    from pathlib import Path

    from accountgraph.db import Database

CHANNELS = ("call", "email", "sms")
OPT_OUTS = ["Email Opt Out", "Unsubscribed from all email", "do_not_reference"]


def people(header: str, *said: str) -> list[list[str]]:
    name = f"communication_preferences.{header}" if header == "do_not_reference" else header
    return [["Email", name], *(["jo@acme.com", one] for one in said)]


async def is_left_alone(db: Database, header: str) -> bool:
    preferences = (await contact(db, "jo@acme.com")).communication_preferences
    return preferences.do_not_reference if header == "do_not_reference" else preferences.do_not_contact


@pytest.mark.parametrize("header", OPT_OUTS)
async def test_an_opt_out_of_a_later_import_wins(db: Database, tmp_path: Path, header: str) -> None:
    await imported(db, "contacts", tmp_path, *people(header, "false"))
    report = await imported(db, "contacts", tmp_path, *people(header, "true"))
    assert (counts(report), await is_left_alone(db, header)) == ((0, 1, 0, 0), True)


@pytest.mark.parametrize("header", OPT_OUTS)
async def test_an_opt_out_is_not_taken_back_by_a_later_import(db: Database, tmp_path: Path, header: str) -> None:
    await imported(db, "contacts", tmp_path, *people(header, "true"))
    report = await imported(db, "contacts", tmp_path, *people(header, "false"))
    assert (counts(report), await is_left_alone(db, header)) == ((0, 0, 1, 0), True)


@pytest.mark.parametrize("said", [("false", "true"), ("true", "false"), ("false", "true", "false")])
@pytest.mark.parametrize("header", OPT_OUTS)
async def test_an_opt_out_of_any_row_of_a_person_wins(db: Database, tmp_path: Path, header: str, said: tuple[str, ...]) -> None:
    await imported(db, "contacts", tmp_path, *people(header, *said))
    assert await is_left_alone(db, header)


async def test_an_opt_out_is_taken_back_where_the_file_overwrites(db: Database, tmp_path: Path) -> None:
    await imported(db, "contacts", tmp_path, *people("Email Opt Out", "true"))
    await imported(db, "contacts", tmp_path, *people("Email Opt Out", "false"), overwrite=True)
    assert not await is_left_alone(db, "Email Opt Out")


@pytest.mark.parametrize("said", [("0", "1"), ("1", "0")])
async def test_an_opt_out_of_any_column_wins(db: Database, tmp_path: Path, said: tuple[str, str]) -> None:
    await imported(db, "contacts", tmp_path, ["Email", "Email Opt Out", "Do Not Contact"], ["jo@acme.com", *said])
    assert await is_left_alone(db, "Email Opt Out")


async def test_an_opt_out_of_a_column_that_map_adds_leaves_that_of_another(db: Database, tmp_path: Path) -> None:
    said = {"map": ("Blocked=communication_preferences.do_not_contact",)}
    await imported(db, "contacts", tmp_path, ["Email", "Email Opt Out", "Blocked"], ["jo@acme.com", "1", "0"], **said)
    assert await is_left_alone(db, "Email Opt Out")


@pytest.mark.parametrize("said", [("active", "unsubscribed"), ("unsubscribed", "active")])
async def test_a_status_that_a_column_has_by_itself_counts_as_empty_among_rows_of_a_person(
    db: Database, tmp_path: Path, said: tuple[str, str]
) -> None:
    await imported(db, "contacts", tmp_path, ["email", "status"], *(["jo@acme.com", one] for one in said))
    assert (await contact(db, "jo@acme.com")).status == "unsubscribed"


async def test_a_flag_that_one_row_of_a_person_sets_is_set(db: Database, tmp_path: Path) -> None:
    await imported(db, "contacts", tmp_path, ["email", "is_champion"], ["jo@acme.com", "no"], ["jo@acme.com", "yes"])
    assert (await contact(db, "jo@acme.com")).is_champion


async def suppressed(db: Database, email: str = "jo@acme.com") -> set[str]:
    person = await contact(db, email)
    return {channel for channel in CHANNELS if await SuppressionRepository(db).is_suppressed(person.id, channel)}


@pytest.mark.parametrize("header", ["DoNotCall", "Do Not Call", "do_not_call"])
async def test_who_does_not_wish_to_be_called_is_suppressed_on_calls_alone(db: Database, tmp_path: Path, header: str) -> None:
    rows = [["Email", header], ["jo@acme.com", "1"], ["ann@acme.com", "0"], ["ben@acme.com", ""]]
    report = await imported(db, "contacts", tmp_path, *rows)
    assert counts(report) == (3, 0, 0, 0)
    assert [await suppressed(db, email) for email in ("jo@acme.com", "ann@acme.com", "ben@acme.com")] == [{"call"}, set(), set()]


async def test_a_wish_not_to_be_called_that_is_new_counts_as_a_change_once(db: Database, tmp_path: Path) -> None:
    runs = [[["Email", "Do Not Call"], ["jo@acme.com", word]] for word in ("false", "true", "true", "false")]
    said = [counts(await imported(db, "contacts", tmp_path, *rows)) for rows in runs]
    assert said == [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 1, 0)]
    assert await suppressed(db) == {"call"}


async def test_a_wish_not_to_be_called_of_any_row_of_a_person_counts(db: Database, tmp_path: Path) -> None:
    await imported(db, "contacts", tmp_path, ["Email", "Do Not Call"], ["jo@acme.com", "no"], ["jo@acme.com", "yes"])
    assert await suppressed(db) == {"call"}
