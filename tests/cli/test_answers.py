"""Every command that prints data: as JSON, and drawn."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program

ACCOUNT, WILLIAMS = "acmemedical.com", "sarah.williams@acmemedical.com"
DATA_COMMANDS = [
    ("account", "list"),
    ("account", "list", "--tier", "tier1"),
    ("account", "search", "medical"),
    ("account", "overview", ACCOUNT),
    ("account", "health", ACCOUNT),
    ("account", "expansion", ACCOUNT),
    ("account", "expansion", ACCOUNT, "--implied", "--strength", "weak"),
    ("account", "tree", ACCOUNT),
    ("contact", "show", WILLIAMS),
    ("contact", "search", "williams"),
    ("contact", "context", WILLIAMS),
    ("contact", "context", WILLIAMS, "--prompt"),
    ("contact", "paths", WILLIAMS),
    ("conversation", "health", WILLIAMS),
    ("conversation", "health", "--account", ACCOUNT),
    ("conversation", "history", WILLIAMS),
    ("workspace", "list"),
    ("provider", "list"),
    ("db", "status"),
    ("db", "url"),
    ("verify",),
    ("bench", "--calls", "10"),
    ("migrate",),
    ("up",),
    ("demo",),
]


@pytest.mark.parametrize("arguments", DATA_COMMANDS, ids=" ".join)
def test_json_is_all_that_stands_on_standard_output(demo: Program, arguments: tuple[str, ...]) -> None:
    answer = demo(*arguments, "--json")
    assert answer.code == 0, answer.err
    assert answer.data is not None


@pytest.mark.parametrize("arguments", [a for a in DATA_COMMANDS if a[0] not in {"up", "db"}], ids=" ".join)
def test_drawings_fit_in_80_columns_and_need_no_colour(demo: Program, arguments: tuple[str, ...]) -> None:
    answer = demo(*arguments)
    assert answer.code == 0, answer.err
    assert answer.out.strip()
    if "--prompt" not in arguments:
        assert max(map(len, answer.out.splitlines())) <= 80
    assert "\x1b" not in answer.out


def test_json_may_be_asked_for_before_the_command(demo: Program) -> None:
    assert demo("--json", "account", "list").data[0]["name"] == "Acme Medical Group"


def test_the_reference_account_gives_its_figures(demo: Program) -> None:
    answer = demo("demo", "--json").data
    assert [target["priority_score"] for target in answer["expansion_targets"]] == [21.0]
    assert (answer["health"]["total_score"], answer["health"]["health_status"]) == (43.33, "fair")
    assert {"overview", "context"} <= answer.keys()


def test_an_overview_says_what_was_not_counted(demo: Program) -> None:
    drawn = " ".join(demo("account", "overview", ACCOUNT).out.split())
    assert "opened (not counted: within 2 s of sending or delivery)" in drawn
    assert "demo: made-up data" in drawn
    assert "43.33 of 100, fair" in drawn


@pytest.mark.parametrize("name", ["acmemedical.com", "https://www.acmemedical.com/team", "Acme Medical Group", "acme medical group"])
def test_an_account_is_found_by_domain_and_by_name(demo: Program, name: str) -> None:
    assert demo("account", "overview", name, "--json").data["company"]["domain"] == ACCOUNT


def test_an_account_is_found_by_its_id(demo: Program) -> None:
    [company] = demo("account", "list", "--json").data
    assert demo("account", "health", company["id"], "--json").data["company_id"] == company["id"]


def test_a_tree_draws_who_reports_to_whom(demo: Program) -> None:
    lines = demo("account", "tree", ACCOUNT, "--json").data["lines"]
    assert [(line["name"], [below["name"] for below in line["reports"]]) for line in lines] == [("Sarah Williams", ["Lisa Anderson"])]


def test_json_without_colour_has_money_and_confidence_as_numbers(demo: Program) -> None:
    edges = demo("account", "overview", ACCOUNT, "--json").data["relationships"]
    assert {edge["confidence"] for edge in edges} == {1.0}


def test_colour_comes_back_on_a_terminal_that_asks_for_it(demo: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    drawn = demo("account", "health", ACCOUNT).out
    assert re.search(r"\x1b\[3[23]m", drawn)


def test_the_page_of_whom_to_talk_to_begins_with_whom_it_starts_from(demo: Program) -> None:
    drawn = demo("account", "expansion", ACCOUNT).out.splitlines()
    assert drawn[0] == "Whom to talk to next   starting from Sarah Williams"
