"""Who changed what, from the command line; taking it back; one search over everything."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def test_change_is_listed_shown_and_taken_back_under_the_users_name(run: Program) -> None:
    run("up")
    assert run("exclusion", "add", "acmemedical.com", "--reason", "competitor").code == 0
    [change, *_] = run("audit", "list", "--table", "account_exclusions", "--json").data["items"]
    assert (change["actor_kind"], change["actor_name"], change["action"]) == ("command", getpass.getuser(), "insert")
    assert run("audit", "list", "--account", "acmemedical.com", "--json").data["items"][0] == change
    assert "competitor" in run("audit", "show", str(change["id"])).out
    assert f"insert account exclusions\n{change['row_id']}"[:25] in run("audit", "list", "--limit", "1").out
    assert str(change["id"]) in run("audit", "undo", str(change["id"])).out
    assert run("exclusion", "list", "--json").data == []
    again = run("audit", "undo", str(change["id"]))
    assert again.code == 1
    assert "It was taken back already." in " ".join(again.out.split())


def test_last_of_what_somebody_did_is_taken_back(run: Program) -> None:
    for day in ("2031-12-24", "2031-12-31", "2032-01-06"):
        run("holiday", "add", day, "Free")
    undone = run("audit", "undo", "--actor", getpass.getuser(), "--last", "2", "--json").data["undone"]
    assert [change["after"]["day"] for change in undone] == ["2032-01-06", "2031-12-31"]
    assert [day["day"] for day in run("holiday", "list", "--json").data] == ["2031-12-24"]
    assert run("audit", "undo", "--actor", getpass.getuser()).code == 0
    assert run("holiday", "list", "--json").data == []


def test_list_goes_on_where_the_page_ended(run: Program) -> None:
    for day in ("2031-12-24", "2031-12-31", "2032-01-06"):
        run("holiday", "add", day, "Free")
    first = run("audit", "list", "--table", "free_days", "--limit", "2", "--json").data
    rest = run("audit", "list", "--table", "free_days", "--after", first["next"], "--json").data
    assert [one["after"]["day"] for one in (*first["items"], *rest["items"])] == ["2032-01-06", "2031-12-31", "2031-12-24"]
    assert f"--after {first['next']}" in run("audit", "list", "--table", "free_days", "--limit", "2").err
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "show", "999"), "no change 999"),
        (("audit", "undo"), "say what to undo"),
        (("audit", "undo", "1", "--actor", "x"), "one of the three"),
        (("audit", "undo", "--actor", "nobody"), "nothing to undo"),
        (("audit", "list", "--since", "yesterday"), "no time with its offset"),
        (("audit", "list", "--after", "x"), "no cursor of this list"),
        (("search", "acme", "--kind", "person"), "is one of company"),
        (("search", " "), "give some text"),
    ],
)
def test_what_cannot_be_done_is_said(run: Program, arguments: tuple[str, ...], said: str) -> None:
    answer = run(*arguments)
    assert answer.code in {1, 2}
    assert said in " ".join(answer.err.split())


def test_search_finds_accounts_and_people(demo: Program) -> None:
    [first, *_] = demo("search", "acme med", "--json").data
    assert (first["kind"], first["title"]) == ("company", "Acme Medical Group")
    assert "Acme Medical Group" in demo("search", "acme med").out
    assert {one["kind"] for one in demo("search", "acme", "--kind", "contact", "--kind", "conversation", "--json").data} <= {
        "contact",
        "conversation",
    }
    assert "Nothing fits." in demo("search", "zzzzzz").out
