"""Drawings: words for numbers and times, trees in all shapes, and strangers' texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from accountgraph.cli.choices import one_of
from accountgraph.cli.frame import console
from accountgraph.cli.harmless import Harmless
from accountgraph.cli.render.account import accounts_table
from accountgraph.cli.render.marks import marks
from accountgraph.cli.render.tree import people_of, people_tree
from accountgraph.cli.render.words import ago, bar, count, plain, span
from accountgraph.enums import AccountTier
from accountgraph.models import Company, Contact, Event

if TYPE_CHECKING:
    from accountgraph.cli.render.tree import Person
    from accountgraph.graph.answers import AccountOverview

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=15), "2 weeks ago"),
        (timedelta(days=90), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(days=-2), "in 2 days"),
    ],
)
def test_times_are_said_in_words(before: timedelta, words: str) -> None:
    assert ago(NOW - before, NOW) == words


def test_what_never_was_is_said_so() -> None:
    assert ago(None, NOW) == "never"


@pytest.mark.parametrize(("seconds", "words"), [(40, "40 s"), (180, "3 min"), (18_000, "5 h"), (200_000, "2 days")])
def test_stretches_are_said_with_their_unit(seconds: float, words: str) -> None:
    assert span(seconds) == words


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 40))
def test_a_bar_always_has_its_width(share: float, width: int) -> None:
    assert len(bar(share, width)) == width


def test_numbers_agree_with_their_words() -> None:
    assert [count(1, "person", "people"), count(1200, "person", "people"), plain("individual_contributor"), plain("vp")] == [
        "1 person",
        "1,200 people",
        "individual contributor",
        "VP",
    ]


def test_a_word_in_any_case_is_known() -> None:
    assert one_of(AccountTier, "--tier", " Tier1 ") == "tier1"


def overview(edges: list[tuple[int, str, int]], people: int) -> tuple[AccountOverview, list[UUID]]:
    ids = [uuid4() for _ in range(people)]
    contacts = {
        key: {
            "contact": Contact(id=key, first_name=f"P{number}", department="Sales" if number % 2 else None),
            "engagement_score": 0,
            "active_conversations": 0,
            "conversations": [],
        }
        for number, key in enumerate(ids)
    }
    relationships = [{"contact_1": {"id": ids[one]}, "contact_2": {"id": ids[other]}, "type": kind} for one, kind, other in edges]
    return cast("AccountOverview", {"company": {"name": "Acme"}, "contacts": contacts, "relationships": relationships}), ids


def names(people: list[Person]) -> list[Any]:
    return [(person["name"], names(person["reports"])) if person["reports"] else person["name"] for person in people]


def test_reporting_lines_come_first_and_the_rest_by_department() -> None:
    found = people_of(overview([(1, "reports_to", 0), (0, "manager_of", 2)], 5)[0])
    assert names(found["lines"]) == [("P0", ["P1", "P2"])]
    assert {name: names(members) for name, members in found["departments"].items()} == {"Sales": ["P3"], "": ["P4"]}


@given(st.integers(1, 8).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))))))
def test_everybody_always_stands_in_the_tree_once_also_in_circles(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    people, pairs = drawn
    account, ids = overview([(one, "reports_to", other) for one, other in pairs if one != other], people)
    found = people_of(account)
    roots = [*found["lines"], *(person for members in found["departments"].values() for person in members)]

    def everybody(some: list[Person]) -> list[UUID]:
        return [key for person in some for key in [person["id"], *everybody(person["reports"])]]

    assert sorted(everybody(roots)) == sorted(ids)
    people_tree(account, found)


def event(kind: str, seconds: float, actor: str | None = "human", reason: str | None = None) -> Event:
    fields: dict[str, Any] = {"kind": kind, "at": NOW + timedelta(seconds=seconds), "actor": actor, "actor_reason": reason}
    empty = dict.fromkeys(("detail", "touchpoint_id", "contact_id", "url", "provider"))
    return Event(id=1, raw={}, recorded_at=NOW, cursor="1-1", **fields, **empty)  # type: ignore[arg-type]


def test_what_a_person_did_stands_for_its_kind() -> None:
    events = [event("opened", 1, "prefetch", "opened within 2 s of sending or delivery"), event("opened", 7200)]
    assert str(marks(events, NOW)) == "opened 2 h later"


def test_what_no_person_did_says_not_counted_and_why() -> None:
    events = [event("clicked", 20, "scanner", "known tool: Barracuda")]
    assert str(marks(events, NOW)) == "clicked (not counted: known tool: Barracuda)"


def test_a_message_without_events_says_so() -> None:
    assert str(marks([event("sent", 0, None)], NOW)) == "no reaction yet"


def text_of(drawing: Any, width: int = 80) -> str:
    out = StringIO()
    Console(file=out, width=width, markup=False, emoji=False, highlight=False).print(Harmless(drawing))
    return out.getvalue()


@pytest.mark.parametrize("name", ["[/bold]", "[red]x", ":smile:", "株式会社" * 30, "شركة الاتصالات", "👩‍💻" * 30])
def test_a_strange_name_is_drawn_as_it_is_within_80_columns(name: str) -> None:
    drawn = text_of(accounts_table([Company(name=name)]))
    assert name[:2] in drawn
    assert all(Text(line).cell_len <= 80 for line in drawn.splitlines())


@pytest.mark.parametrize("name", ["\x1b]0;title\x07", "\x1b[2J", "\x9b31m", "abc\x08\x08\x08xyz", "\u202egnp.exe"])
def test_a_name_cannot_steer_the_terminal(name: str) -> None:
    drawn = text_of(accounts_table([Company(name=name)]))
    assert not set(drawn) & {"\x1b", "\x07", "\x08", "\x9b", "\u202e"}


def test_the_console_reads_no_markup() -> None:
    made = console()
    with made.capture() as captured:
        made.print("[bold]x[/bold] :smile:")
    assert captured.get().strip() == "[bold]x[/bold] :smile:"


def test_no_line_of_a_drawing_ends_in_blanks() -> None:
    drawn = text_of(accounts_table([Company(name="Initech"), Company(name="Acme Medical Group", domain="acmemedical.com")]))
    assert len(drawn.splitlines()) == 3
    assert all(line == line.rstrip() for line in drawn.splitlines())


@pytest.mark.parametrize("width", [30, 40])
def test_a_narrow_terminal_breaks_no_word_of_a_table(width: int) -> None:
    drawn = text_of(accounts_table([Company(name="Acme Medical Group", domain="acmemedical.com")]), width)
    assert {"Acme", "Medical", "Group", "acmemedical.com", "prospecting"} <= set(drawn.split())
    assert all(Text(line).cell_len <= width for line in drawn.splitlines())


def test_a_name_of_a_whole_page_is_cut() -> None:
    drawn = text_of(accounts_table([Company(name="x" * 200_000)]))
    assert "..." in drawn
    assert len(drawn.splitlines()) < 10
